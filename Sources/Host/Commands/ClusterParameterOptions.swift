import ArgumentParser

/// `--cluster-param`, which sets what the cluster file leaves open.
struct ClusterParameterOptions: ParsableArguments {
    @Option(
        name: .customLong("cluster-param"),
        help: ArgumentHelp("Set a parameter of the cluster file; may be given several times.", valueName: "name=value"))
    var parameters: [String] = []

    /// The values; with `requiringAll` one that the cluster needs and nobody gave is an error.
    func arguments(requiringAll: Bool = false) throws(Failure) -> ClusterArguments {
        try ClusterArguments(parsing: parameters, requiringAll: requiringAll)
    }
}

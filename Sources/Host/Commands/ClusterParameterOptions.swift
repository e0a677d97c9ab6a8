import ArgumentParser

/// `--cluster-param`, which sets what the cluster file leaves open.
struct ClusterParameterOptions: ParsableArguments {
    @Option(
        name: .customLong("cluster-param"),
        help: ArgumentHelp("Set a parameter of the cluster file; may be given several times.", valueName: "name=value"))
    var parameters: [String] = []

    /// The values that were given.
    func arguments() throws(Failure) -> ClusterArguments {
        try ClusterArguments(parsing: parameters)
    }
}

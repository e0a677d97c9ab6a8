/// What a node has of a cluster already, found out at once and without changing anything there.
struct NodeProbe: Sendable {
    /// The digests of the steps that were done.
    private(set) var done: Set<String> = []
    /// Whether anything was ever put there for the cluster, or for another node that shares the home.
    private(set) var hasFiles = false
    private(set) var ray = RayOnNode.Status()

    /// What prints it, asked about these steps.
    static func script(steps: [String], _ cluster: ClusterIdentity, _ node: ClusterNode) -> String {
        """
        \(RayOnNode.beginning(cluster, node))
        for step in \(steps.joined(separator: " ")); do
            if read -r status rest < "$folder/steps/$step/status"; then
                [ "$status" != 0 ] || echo "done $step"
            fi
        done 2>/dev/null
        if [ -d "$folder/files" ] || [ -d "${folder%/*}/files" ]; then echo files; fi
        printf 'ray '
        \(RayOnNode.inspection)
        """
    }

    init(_ output: String) {
        for line in output.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("done", 2): done.insert(words[1])
            case ("files", 1): hasFiles = true
            case ("ray", 3): ray = .init(digest: words[1] == "none" ? nil : words[1], isAlive: words[2] == "yes")
            default: break
            }
        }
    }
}

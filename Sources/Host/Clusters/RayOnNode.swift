import FoundationEssentials

/// The Ray that the start commands of a cluster have started on one node.
struct RayOnNode: Sendable {
    private let conversation: NodeConversation
    private let cluster: ClusterIdentity
    private let script: String
    private let isHead: Bool

    init(_ conversation: NodeConversation, _ cluster: ClusterIdentity, _ node: ClusterNode) {
        self.conversation = conversation
        self.cluster = cluster
        script = Self.beginning(cluster, node)
        isHead = node.node.kind == .head
    }

    /// What all processes of the cluster's Ray carry in their environment.
    static func mark(_ cluster: ClusterIdentity) -> String { "RAY_CLUSTER_UID=\(cluster.uid)" }

    struct Status: Sendable, Equatable {
        /// What the last start commands were made of; nil where none came to their end since the node booted.
        var digest: String?
        /// Whether what they left running still runs; where none came to their end, whether anything of theirs does.
        var isAlive = false

        /// Why Ray is started again, where it had been started; nil where it had not.
        func difference(from wanted: String, restarts: Bool) -> String? {
            guard let digest else { return nil }
            if restarts { return "restarting Ray" }
            if !isAlive { return "Ray has ended: starting it again" }
            return digest == wanted ? nil : "what starts Ray has changed: starting it again"
        }
    }

    /// What each of its scripts begins with.
    private static func beginning(_ cluster: ClusterIdentity, _ node: ClusterNode) -> String {
        """
        boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) || boot=none
        folder=$HOME/\(NodeReach.folder(of: node, in: cluster.uid))
        record=$folder/started
        \(NodeProcesses(variable: mark(cluster)).function)

        """
    }

    /// How it is now; `files` is a script that is to run before.
    func status(writing files: String = "") async throws -> Status {
        Self.status(from: try await output(files + Self.inspection))
    }

    private static let inspection =
        """
        digest= its_boot= running=
        [ ! -r "$record" ] || read -r digest its_boot running < "$record"
        [ "$its_boot" = "$boot" ] || digest=none running=
        if [ "$running" = no ] || [ -n "$(pids)" ]; then echo "$digest yes"; else echo "$digest no"; fi
        """

    /// A script that changes nothing: it prints `done` and the digest of each of these steps that was done, and then
    /// `ray` and how Ray is.
    static func inspection(of steps: [String], _ cluster: ClusterIdentity, _ node: ClusterNode) -> String {
        beginning(cluster, node) + """
            for step in \(steps.joined(separator: " ")); do
                if read -r status rest < "$folder/steps/$step/status"; then
                    [ "$status" != 0 ] || echo "done $step"
                fi
            done 2>/dev/null
            printf 'ray '
            \(inspection)
            """
    }

    /// How Ray is, from what that script prints.
    static func status(from text: String) -> Status {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 2 else { return Status() }
        return Status(digest: words[0] == "none" ? nil : words[0], isAlive: words[1] == "yes")
    }

    /// Notes what was started, and whether it has left anything that runs.
    func remember(_ digest: String) async throws {
        _ = try await output(
            """
            running=no
            [ -z "$(pids)" ] || running=yes
            echo "\(digest) $boot $running" > "$record"
            """)
    }

    /// Ends all processes of the cluster's Ray and what descends from them: politely, and after two seconds in any
    /// case.
    ///
    /// Some of Ray's write their title over their environment, so that only their parents tell whose they are.
    ///
    /// `isLast` where the cluster goes, and nothing is to be left of what it wrote for Ray.
    func end(isLast: Bool = true) async throws {
        _ = try await output(
            """
            all=' '
            look() { # FILE: $pid, $state and $parent; fails where there is none
                { read -r line < "$1"; } 2>/dev/null || return 1
                pid=${line%% *}
                set -- ${line##*") "}
                state=$1 parent=$2
            }
            gather() {
                for pid in $(pids); do
                    case $all in *" $pid "*) ;; *) all="$all$pid " ;; esac
                done
                before=
                while [ "$all" != "$before" ]; do
                    before=$all
                    for file in /proc/[0-9]*/stat; do
                        look "$file" || continue
                        case $all in *" $pid "*) continue ;; *" $parent "*) all="$all$pid " ;; esac
                    done
                done
            }
            for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
                gather
                left=
                for one in $all; do
                    if look "/proc/$one/stat" && [ "$state" != Z ]; then left="$left $one"; fi
                done
                [ -n "$left" ] || break
                if [ $number = 1 ]; then kill $left 2>/dev/null; fi
                if [ $number -gt 20 ]; then kill -9 $left 2>/dev/null; fi
                sleep 0.1 2>/dev/null || sleep 1
            done
            rm -f "$record"

            """ + (isHead && isLast ? BootstrapConfig.removal(name: cluster.name) : ""))
    }

    private func output(_ text: String) async throws -> String {
        String(decoding: try await conversation.output(of: script + text), as: UTF8.self)
    }
}

/// Lets an interrupt of this program reach a command on a node that has no terminal there.
///
/// ssh itself would only close the channel, of which the command hears nothing.
struct RemoteInterrupt: Sendable {
    /// The variable by which the command's outermost shell is known.
    static let variable = "RAY_REMOTE_RUN"

    private let node: ClusterNode
    private let id: String

    init(_ node: ClusterNode, id: String) {
        self.node = node
        self.id = id
    }

    /// Runs `body`, which waits for the command; when this task is cancelled the command is interrupted, and killed
    /// when it does not end.
    ///
    /// Nil where it was interrupted.
    func forwarding<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value? {
        let waiting = Task { try await body() }
        let result = await withTaskCancellationHandler {
            await waiting.result
        } onCancel: {
            Task {
                await interrupt()
                // What it printed last is on its way.
                try? await Task.sleep(for: .milliseconds(200))
                waiting.cancel()
            }
        }
        // Ctrl-C in a terminal ends ssh too, before the command has heard of it.
        guard Task.isCancelled else { return try result.get() }
        await Task { await interrupt() }.value
        return nil
    }

    /// Every process of the command's session there; returns when none is left.
    private func interrupt() async {
        _ = try? await node.connection.output(of: script, node: node.id)
    }

    private var script: String {
        """
        field() { # STAT: the session
            read -r line < "$1" || return 1
            set -- ${line##*") "}
            echo "$4"
        }
        sessions=
        for file in $(grep -lF '\(Self.variable)=\(id)' /proc/[0-9]*/environ); do
            sessions="$sessions $(field "${file%/environ}/stat") "
        done
        for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
            list=
            for file in /proc/[0-9]*/stat; do
                session=$(field "$file") || continue
                case $sessions in *" $session "*) file=${file%/stat}; list="$list ${file#/proc/}" ;; esac
            done
            [ -n "$list" ] || break
            if [ $number = 1 ]; then kill -INT $list; fi
            if [ $number = 25 ]; then kill -KILL $list; fi
            sleep 0.2 || sleep 1
        done 2>/dev/null
        exit 0
        """
    }
}

/// The processes on a node that have a variable in their environment, as lines of a POSIX shell.
struct NodeProcesses: Sendable {
    /// `NAME=VALUE`, or how that begins.
    let variable: String

    /// A function `pids` that prints them.
    var function: String {
        """
        pids() {
            grep -lF \(variable.shellQuoted) /proc/[0-9]*/environ 2>/dev/null | sed 's,/proc/\\([0-9]*\\)/.*,\\1,'
        }
        """
    }

    /// Ends them: politely, and after three seconds in any case.
    var ending: String {
        """
        \(function)
        for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
            list=$(pids)
            [ -n "$list" ] || break
            if [ $number = 1 ]; then kill $list 2>/dev/null; fi
            if [ $number -gt 8 ]; then kill -9 $list 2>/dev/null; fi
            sleep 0.2 2>/dev/null || sleep 1
        done
        """
    }
}

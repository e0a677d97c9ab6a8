/// The processes on a node that have a variable in their environment, as lines of a POSIX shell.
struct NodeProcesses: Sendable {
    /// `NAME=VALUE`, or how that begins.
    let variable: String

    /// What ends them and what descends from them.
    var ending: String { "\(function)\n\(Self.ending)" }

    /// A function `pids` that prints them.
    var function: String {
        """
        pids() {
            for file in $(grep -lF \(variable.shellQuoted) /proc/[0-9]*/environ 2>/dev/null); do
                file=${file#/proc/}
                echo "${file%/environ}"
            done
        }
        """
    }

    /// What ends them and what descends from it: politely, and after two seconds in any case.
    ///
    /// Some programs, Ray's among them, write their title over their environment, so that only their parents tell
    /// whose they are. Ray's nodes take their leave of its GCS, and wait for it where it is gone: it goes last.
    private static let ending = """
        all=' '
        look() { # FILE: $pid, $state, $parent and $name; fails where there is none
            { read -r line < "$1"; } 2>/dev/null || return 1
            pid=${line%% *} name=${line#*"("}
            name=${name%")"*}
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
        told=
        for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
            gather
            left= last=
            for one in $all; do
                look "/proc/$one/stat" && [ "$state" != Z ] || continue
                if [ "$name" = gcs_server ]; then last="$last $one"; else left="$left $one"; fi
            done
            [ -n "$left$last" ] || break
            if [ $number = 1 ] && [ -n "$left" ]; then kill $left 2>/dev/null; fi
            if [ -n "$last" ] && [ -z "$told" ] && { [ -z "$left" ] || [ $number -gt 12 ]; }; then
                kill $last 2>/dev/null
                told=1
            fi
            if [ $number -gt 20 ]; then kill -9 $left $last 2>/dev/null; fi
            sleep 0.1 2>/dev/null || sleep 1
        done
        """
}

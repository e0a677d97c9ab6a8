import FoundationEssentials
import Glibc
import Host
import Testing

/// What runs on a cluster's head: windows, forwarded ports, interrupts, the list of clusters.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterCommandTests {
    private static let head = "10.77.0.11"
    private static let rest = "head_start_ray_commands: []\nworker_start_ray_commands: []\n"

    private static func with(_ body: (Workplace, HostBed) async throws -> Void) async throws {
        try await HostBed.with([head]) { place, bed in
            try await bed.write([head], rest)
            let outcome = try await bed.ray("up", "cluster.yaml")
            try #require(outcome.status == 0, "\(outcome.errors)")
            try await body(place, bed)
        }
    }

    @Test func `an interrupt reaches a command without a terminal`() async throws {
        try await Self.with { place, bed in
            for (text, process) in [("sleep 1000", "sleep 100[0]"), ("trap '' INT; sleep 1001", "sleep 100[1]")] {
                let outcome = try await bed.ray(["exec", "cluster.yaml", text], sending: SIGINT) {
                    try await bed.run(Self.head, "pgrep -f '^\(process)' || :") != ""
                }
                #expect(outcome.status == 130)
                #expect(try await bed.run(Self.head, "pgrep -fa '\(process)' || :") == "")
                #expect(outcome.errors == "")
            }
            let words = try await bed.ray("exec", "cluster.yaml", "env")
            #expect(!words.output.contains("RAY_REMOTE_RUN"))
        }
    }

    @Test func `a command may go on in a window of tmux or screen`() async throws {
        try await Self.with { place, bed in
            for option in ["tmux", "screen"] {
                let run = try await bed.ray("exec", "cluster.yaml", "--\(option)", "echo \"it's $PPID\" > ~/\(option)")
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.errors.hasPrefix("it runs in \(option) as `ray-"), "\(run.errors)")
                #expect(run.errors.hasSuffix("`; `ray attach` with the same option shows it\n"), "\(run.errors)")
                try await until {
                    try await bed.run(Self.head, "cat ~/\(option) 2>/dev/null || :").hasPrefix("it's ")
                }
            }
            #expect(try await bed.run(Self.head, "tmux list-sessions").hasPrefix("ray-"))
            let both = try await bed.ray("exec", "cluster.yaml", "--tmux", "true", "--screen")
            #expect(both.errors.contains("`--tmux` and `--screen` cannot both be given"), "\(both.errors)")
            let stop = try await bed.ray("submit", "cluster.yaml", "--tmux", "--stop", "x.py")
            #expect(
                stop.errors.contains(
                    "`--stop` waits for the command, which `--tmux` and `--screen` do not: use `ray down` when it has ended"
                ),
                "\(stop.errors)")
        }
    }

    @Test func `attach is a shell with the words that come in`() async throws {
        try await Self.with { place, bed in
            let shell = try await bed.ray("attach", "cluster.yaml", input: "echo at $(hostname)\nexit 3\n")
            #expect(shell.output == "at host-10-77-0-11\n")
            #expect(shell.status == 3)
            let new = try await bed.ray("attach", "cluster.yaml", "--new")
            #expect(new.errors.contains("`--new` is about windows: it needs `--tmux` or `--screen`"), "\(new.errors)")
            // A terminal of our own, of which ssh makes one there.
            for (option, word) in [("--tmux", "TMUX"), ("--screen", "STY")] {
                let typed = "sleep 1; printf 'echo [$\(word)] > ~/window\\n'; sleep 1; printf 'exit\\n'; sleep 1"
                let script = try #require(TestBed.variable("RAY_TEST_HOSTS"))
                let words = try ([script] + bed.words(["attach", "cluster.yaml", option, "-N"]))
                    .map(\.shellQuoted).joined(separator: " ")
                _ = try await place.run(
                    "sh", ["-c", "(\(typed)) | TERM=xterm script -qec \(words.shellQuoted) /dev/null"])
                let window = try await bed.run(Self.head, "cat ~/window; rm ~/window")
                #expect(window.count > 4 && window.hasPrefix("["), "\(option): \(window)")
            }
        }
    }

    @Test func `a port that a killed client had forwarded is free again for the next`() async throws {
        try await Self.with { place, bed in
            let killed = try await bed.ray(["exec", "cluster.yaml", "-p", "8265", "sleep 1000"], sending: SIGKILL) {
                try await bed.run(Self.head, "pgrep -f '^sleep 100[0]' || :") != ""
            }
            #expect(killed.status == 137)
            let next = try await bed.ray("exec", "cluster.yaml", "-p", "8265", "echo ran")
            #expect(next.output == "ran\n", "\(next.errors)")
            #expect(next.status == 0)
        }
    }

    @Test func `ports lead to the head while something runs`() async throws {
        try await Self.with { place, bed in
            let server = "cd /etc && exec python3 -m http.server --bind 127.0.0.1 8265"
            async let serving = bed.ray("exec", "cluster.yaml", "-p", "8265", server, errorsTo: "serve.log")
            try await until {
                try await bed.control("python3", "-c", Self.fetch(8265)).contains("host-10-77-0-11")
            }
            let taken = try await bed.ray("exec", "cluster.yaml", "-p", "8265", "true")
            #expect(
                taken.errors == """
                    error[conflict]: cannot forward port 8265 of this machine
                      something listens on it
                      hint: end what listens on it, or forward another one

                    """)
            #expect(taken.status == 125)
            // The dashboard takes another port then, and leads to the same.
            let dashboard = try await bed.ray(["dashboard", "cluster.yaml"], sending: SIGINT) {
                let address = try place.text("output.log")
                guard let port = Int(address.split(separator: ":").last?.filter(\.isNumber) ?? "") else { return false }
                return try await bed.control("python3", "-c", Self.fetch(port)).contains("host-10-77-0-11")
            }
            #expect(dashboard.status == 0)
            _ = try await bed.run(Self.head, "pkill -f http.serve[r]")
            _ = try await serving
            let free = try await bed.ray("exec", "cluster.yaml", "-p", "8265", "true")
            #expect(free.status == 0, "\(free.errors)")
            let wrong = try await bed.ray("exec", "cluster.yaml", "-p", "70000", "true")
            #expect(wrong.errors.contains("`--port-forward` needs a port from 1 to 65535, not 70000"))
            let other = try await bed.ray("dashboard", "cluster.yaml", "--remote-port", "0")
            #expect(other.errors.contains("a port is from 1 to 65535, not 0"))
        }
    }

    private static func fetch(_ port: Int) -> String {
        """
        import urllib.request
        try: print(urllib.request.urlopen("http://127.0.0.1:\(port)/hostname", timeout=3).read().decode())
        except OSError: pass
        """
    }

    @Test func `the monitor's log is followed until an interrupt`() async throws {
        try await Self.with { place, bed in
            _ = try await bed.run(
                Self.head,
                "mkdir -p /tmp/ray/s/logs; ln -s s /tmp/ray/session_latest; seq 200 > /tmp/ray/s/logs/monitor.log")
            let monitor = try await bed.ray(["monitor", "cluster.yaml", "--lines", "2"], sending: SIGINT) {
                try place.text("output.log") == "199\n200\n"
            }
            #expect(monitor.status == 130)
            #expect(try await bed.run(Self.head, "pgrep -fa 'tail -[n]' || :") == "")
            let lines = try await bed.ray("monitor", "cluster.yaml", "--lines=-1")
            #expect(lines.errors.contains("`--lines` cannot be less than 0"), "\(lines.errors)")
        }
    }

    @Test func `a cluster is brought up for a command and taken down after it`() async throws {
        try await HostBed.with([Self.head]) { place, bed in
            try await bed.write([Self.head], Self.rest)
            let none = try await bed.ray("clusters")
            #expect(none.errors == "no clusters; `ray up cluster.yaml` brings one up\n")
            try place.write("x.py", "import sys; print(sys.argv); sys.exit(4)\n")
            _ = try await bed.run(Self.head, "ln -s /usr/bin/python3 /usr/local/bin/python")
            let run = try await bed.ray("submit", "cluster.yaml", "--start", "--stop", "x.py", "--tmux")
            #expect(run.output == "['/root/x.py', '--tmux']\n")
            #expect(run.errors.hasSuffix("cluster `c` is down\n"), "\(run.errors)")
            #expect(run.status == 4)
            #expect(try await bed.ray("clusters", "--json").output == "[]\n")

            #expect(try await bed.ray("exec", "cluster.yaml", "--start", "true").status == 0)
            let list = try await bed.ray("clusters", in: "/")
            let lines = list.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(lines.first == ["NAME", "STATE", "HEAD", "WORKERS", "PROVIDER", "CREATED", "FILE"])
            #expect(lines.dropFirst().first?.prefix(5) == ["c", "up", "10.77.0.11", "0", "local"])
            let summary = try await bed.ray("clusters", "--json").output
            #expect(
                summary.contains("\"head\":\"10.77.0.11\"") || summary.contains("\"head\": \"10.77.0.11\""),
                "\(summary)")

            let missing = try await bed.ray("submit", "cluster.yaml", "y.py")
            #expect(
                missing.errors == """
                    error[usage]: there is no file `y.py`
                      hint: give the path of a script of this machine

                    """)
            let nothing = try await bed.ray("submit", "cluster.yaml")
            #expect(nothing.errors.hasPrefix("error[usage]: a script is missing\n"), "\(nothing.errors)")
        }
    }
}

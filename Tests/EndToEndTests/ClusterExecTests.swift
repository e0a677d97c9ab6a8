import FoundationEssentials
import Host
import Testing

/// `ray exec`: words, input, output and status of a command on the head.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterExecTests {
    private static let head = "10.77.0.11"

    private static func with(_ body: (Workplace, HostBed) async throws -> Void) async throws {
        try await HostBed.with([head]) { place, bed in
            try await bed.write([head], "head_start_ray_commands: []\n")
            let outcome = try await bed.ray("up", "cluster.yaml", "-y")
            try #require(outcome.status == 0, "\(outcome.errors)")
            try await body(place, bed)
        }
    }

    @Test func `words after two hyphens arrive as they are`() async throws {
        try await Self.with { _, bed in
            for word in [
                "$x", "a b", "'q'", "\"d\"", ";", "a\nb", "*", "back\\slash", "ünï", "", "-n", "!!", "~", "`id`", "%s",
                String(repeating: "x", count: 100_000),
            ] {
                let outcome = try await bed.ray(
                    "exec", "cluster.yaml", "--", "python3", "-c", "import sys; sys.stdout.write(sys.argv[1])", word)
                #expect(outcome.output == word)
                #expect(outcome.errors.isEmpty)
                #expect(outcome.status == 0)
            }
        }
    }

    @Test func `a string is read by the login shell, with its functions and variables`() async throws {
        try await Self.with { _, bed in
            _ = try await bed.run(
                Self.head,
                #"printf 'case $- in *i*) echo noise; echo more >&2;; esac\ngreet() { echo "hello $1"; }\nexport PATH=/own:$PATH\n' > ~/.bashrc"#
            )
            let outcome = try await bed.ray("exec", "cluster.yaml", "greet you; echo ${PATH%%:*}; echo e >&2; exit 7")
            #expect(outcome.output == "hello you\n/own\n")
            #expect(outcome.errors == "e\n")
            #expect(outcome.status == 7)
        }
    }

    @Test func `bytes pass in both directions`() async throws {
        try await Self.with { place, bed in
            let outcome = try await bed.ray(
                "exec", "cluster.yaml", "--", "sha256sum", input: String(repeating: "0123456789abcde\n", count: 65536))
            #expect(outcome.output == "\(Digest.of(String(repeating: "0123456789abcde\n", count: 65536)))  -\n")
            let zero = try await bed.ray("exec", "cluster.yaml", "head -c 10000000 /dev/zero | tr '\\0' '\\377'")
            #expect(zero.output.utf8.count >= 10_000_000)
        }
    }

    @Test(arguments: [0, 1, 125, 137, 255] as [Int32])
    func `the status is the command's`(status: Int32) async throws {
        try await Self.with { _, bed in
            let outcome = try await bed.ray("exec", "cluster.yaml", "exit \(status)")
            #expect(outcome.status == status)
            #expect(outcome.errors.isEmpty)
        }
    }

    @Test func `a connection that ends is not taken for the command's end`() async throws {
        try await Self.with { _, bed in
            let outcome = try await bed.ray("exec", "cluster.yaml", "kill -9 $(pgrep -f 'sshd: root@')")
            #expect(outcome.status == 125)
            #expect(
                outcome.errors.hasPrefix(
                    "error[unreachable]: the connection to node `10.77.0.11` has ended before the command did\n"),
                "\(outcome.errors)")
            #expect(outcome.errors.hasSuffix("  hint: what the command does there may go on\n"))
        }
    }

    @Test func `what is no command is told`() async throws {
        try await Self.with { _, bed in
            let none = try await bed.ray("exec", "cluster.yaml")
            #expect(none.errors.hasPrefix("error[usage]: a command is missing\n"), "\(none.errors)")
            #expect(none.status == 2)
            let many = try await bed.ray("exec", "cluster.yaml", "ls", "-l")
            #expect(
                many.errors == """
                    error[usage]: the command has 2 words
                      hint: put it in quotes to have the shell there read it, or `--` before it to pass each word as it is

                    """)
            #expect(many.status == 2)
        }
    }

    @Test func `a text that is too long for an argument needs room on the node`() async throws {
        try await Self.with { _, bed in
            _ = try await bed.run(Self.head, "mount -t tmpfs -o ro none ~/.local/state/ray")
            let outcome = try await bed.ray("exec", "cluster.yaml", "--", "true", String(repeating: "x", count: 70_000))
            #expect(
                outcome.errors.hasPrefix("error[unreachable]: cannot write on node `10.77.0.11`\n"), "\(outcome.errors)"
            )
            #expect(outcome.errors.hasSuffix("  hint: see whether its disk is full\n"))
            #expect(outcome.status == 125)
        }
    }
}

import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// Environments that are built once, by one, and recognised again.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentBuildTests {
    @Test func `what is built is there, said with its reasons`() async throws {
        try await Workplace.withPip("click==8.1.7\n", "  shell: [echo made > made.txt]\n") { place in
            let first = try await place.planned("pip")
            #expect(first["action"] == "lock and build")
            #expect(first["reason"] == "it was never built")
            #expect(first["lock_reason"] == "it was never locked")
            let build = try await place.ray("environment", "build")
            #expect(build.status == 0)
            #expect(build.errors.contains("pip: wrote `.rayproject/environment.lock`: commit it\n"))
            #expect(build.errors.contains("the environment is there: pip "))
            #expect(try place.text("made.txt") == "made\n")
            let layers = try await place.built()
            let python = try #require(layers["pip"]).prefix / "venv/bin/python"
            let outcome = try await place.run(python, ["-c", "import click; print(click.__version__)"])
            #expect(outcome.output == "8.1.7\n")
            #expect(try await place.planned("pip")["action"] == "keep")
            #expect(try await place.planned("shell")["reason"] == nil)
        }
    }

    @Test func `an unchanged environment is recognised without a process or a network`() async throws {
        try await Workplace.withPip { place in
            let trace = place.folder / "trace"
            // The first one writes the lock, and what is as young as the answer is not trusted.
            #expect(try await place.shell("ray environment build && sleep 0.05 && ray environment build").status == 0)
            for level in ["none", "quick"] {
                let outcome = try await place.shell(
                    "exec strace -f --seccomp-bpf -e trace=execve,clone,clone3,fork,vfork,socket,connect -o \(trace.shellQuoted) "
                        + "ray environment build --check \(level)")
                #expect(outcome.status == 0)
                let calls = try #require(try Files.read(trace))
                let lines = String(decoding: calls, as: UTF8.self).split(separator: "\n")
                    .filter { !$0.contains("CLONE_THREAD") && !$0.contains("+++") && !$0.contains("SIGURG") }
                #expect(lines.count { $0.contains("execve(") } == 1, "\(lines)")
                #expect(!lines.contains { $0.contains("socket(") || $0.contains("fork(") }, "\(lines)")
            }
        }
    }

    @Test func `a hundred runs, without HOME and in a folder that cannot be written, say the same`() async throws {
        try await Workplace.withPip { place in
            let layers = try await place.built()
            let outcome = try await place.shell(
                """
                chmod -R a-w . && unset HOME
                for i in $(seq 100); do ray environment build --json || exit; done | sort | uniq -c | wc -l
                """)
            chmod(place.project, 0o755)
            _ = try await place.shell("chmod -R u+w .")
            #expect(outcome.status == 0)
            #expect(outcome.errors == "")
            let again = try await place.built()
            #expect(again == layers)
        }
    }

    @Test func `sixteen builders of one digest build once, and say for whom they wait`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [\"echo x >> built.txt; sleep 1\"]}")
            let outcome = try await place.shell(
                """
                for i in $(seq 16); do ray environment build > out.$i 2> err.$i || echo "failed $i" & done
                wait
                cat err.*
                """)
            #expect(!outcome.output.contains("failed"))
            #expect(try place.text("built.txt") == "x\n")
            let waiting = outcome.output.split(separator: "\n").filter { $0.contains("waiting for process ") }
            #expect(!waiting.isEmpty)
            #expect(waiting.allSatisfy { $0.contains(", building shell for `p`, since 20") })
            let ends = outcome.output.split(separator: "\n").filter { $0.hasPrefix("the environment is there: shell ") }
            #expect(ends.count == 16)
            #expect(Set(ends).count == 1)
        }
    }

    @Test func `sixteen different digests are built at once`() async throws {
        try await Workplace.with { place in
            // Each waits until all are being built.
            for number in 1...16 {
                try place.write("\(number)/.rayproject/cluster.yaml", "cluster_name: c\nprovider: {type: local}\n")
                try place.write(
                    "\(number)/.rayproject/project.yaml",
                    """
                    name: p\(number)
                    cluster: {config: .rayproject/cluster.yaml}
                    environment:
                      shell: ["touch ../here-\(number); until [ $(ls .. | grep -c here-) = 16 ]; do sleep 0.01; done"]
                    """)
            }
            let outcome = try await place.shell(
                """
                for i in $(seq 16); do (cd $i && timeout 60 ray environment build || echo "failed $i") & done
                wait
                """)
            #expect(!outcome.output.contains("failed"), "\(outcome.errors)")
            #expect(place.store.built().count == 16)
        }
    }

    @Test func `a waiter takes over from a builder that was killed`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment: {shell: [\"echo x >> built.txt; [ -e second ] || { touch second; exec sleep 600; }\"]}")
            let outcome = try await place.shell(
                """
                ray environment build & first=$!
                until [ -e second ]; do sleep 0.01; done
                ray environment build & next=$!
                sleep 0.3
                kill -9 $first
                wait $next; echo "status $?"
                """)
            #expect(outcome.output == "status 0\n")
            #expect(outcome.errors.contains("waiting for process"))
            #expect(try place.text("built.txt") == "x\nx\n")
            let left = try await place.shell("for p in $(pgrep -x sleep); do readlink /proc/$p/cwd; done")
            #expect(!left.output.contains(place.project))
        }
    }

    @Test(arguments: ["INT", "TERM"])
    func `an interrupted build leaves nothing behind`(signal: String) async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [\"touch begun; sleep 599 & sleep 599\"]}")
            let outcome = try await place.shell(
                """
                ray environment build & ray=$!
                until [ -e begun ]; do sleep 0.01; done
                kill -\(signal) $ray
                wait $ray; echo "status $?"
                for p in $(pgrep -x sleep); do [ "$(readlink /proc/$p/cwd)" != "$PWD" ] || echo "left $p"; done
                """)
            #expect(outcome.output == "status 130\n")
            #expect(Files.names(in: place.store.root / "envs").isEmpty)
            #expect(place.store.built().isEmpty)
        }
    }

    @Test func `thirty kills at any moment, and each time the next build is whole and the same`() async throws {
        try await Workplace.withPip("click==8.1.7\nrich==13.9.4\n") { place in
            let layer = try #require(try await place.built()["pip"])
            let manifest = place.store.root / "envs" / layer.digest / "manifest"
            let whole = try #require(try Files.read(manifest))
            var generator = SplitMix(seed: TestBed.seed)
            var killed = 0
            for round in 1...30 {
                try Files.remove(place.store.root / "envs")
                let pause = Double.random(in: 0.005...0.25, using: &generator)
                let outcome = try await place.shell(
                    "ray environment build & sleep \(pause); kill -9 $! 2>/dev/null && echo killed; wait")
                if outcome.output.contains("killed") { killed += 1 }
                let left = try Files.read(manifest)
                #expect(!place.store.isBuilt(layer.digest) || left == whole)
                let again = try await place.built()
                #expect(again["pip"] == layer, "round \(round) of seed \(TestBed.seed)")
                #expect(try Files.read(manifest) == whole, "round \(round) of seed \(TestBed.seed)")
            }
            #expect(killed > 10)
            let verified = try await place.ray("environment", "verify", "--full")
            #expect(verified.status == 0)
        }
    }
}

import FoundationEssentials
import Glibc
import Host
import Testing

/// Hosts that ssh reaches, made for one test (Tests/Support/Hosts) and gone after it.
struct HostBed: Sendable {
    private let script: String
    let folder: String
    private let place: Workplace

    /// Runs `body` with hosts at these addresses.
    static func with(
        _ addresses: [String], _ options: [String] = [],
        _ body: (Workplace, HostBed) async throws -> Void
    ) async throws {
        try await Workplace.with { place in
            let bed = HostBed(
                script: try #require(TestBed.variable("RAY_TEST_HOSTS")), folder: place.folder / "bed", place: place)
            do {
                try await bed.hosts("init", "--owner", "\(getpid())")
                if !addresses.isEmpty { try await bed.add(addresses, options) }
                try await body(place, bed)
            } catch {
                _ = try? await bed.end()
                throw error
            }
            try await bed.end()
        }
    }

    /// Stops the sessions there are, which only this network reaches, and removes the hosts.
    private func end() async throws {
        if Files.exists(place.folder / "state/ray/sessions") {
            _ = try? await ray("session", "stop", "--all", "--terminate")
        }
        try await hosts("down")
    }

    /// Runs the script with the bed and these words, and returns what it prints.
    @discardableResult func hosts(_ words: String...) async throws -> String { try await hosts(words) }

    @discardableResult func hosts(_ words: [String]) async throws -> String {
        let outcome = try await place.run(script, [folder] + words)
        try #require(outcome.status == 0, "hosts \(words): \(outcome.errors)")
        return outcome.output
    }

    func add(_ addresses: [String], _ options: [String] = []) async throws {
        try await hosts(["add"] + addresses + options)
    }

    /// The options with which hosts see the packages that this machine has fetched.
    static var packages: [String] {
        [TestBed.uvCache, TestBed.uv?.parentPath].compactMap(\.self).flatMap { ["--share", $0] }
    }

    /// Lets uv on these hosts install, offline, what this machine has fetched; what it writes stays there.
    func lendPackages(to addresses: [String]) async throws {
        let cache = try #require(TestBed.uvCache)
        let tools = try #require(TestBed.uv).parentPath
        let settings = place.environment.filter { name, _ in
            (name.hasPrefix("PIP_") || name.hasPrefix("UV_")) && name != "UV_CACHE_DIR"
        }
        let exports = settings.sorted { $0.key < $1.key }.map { "export \($0.key)=\($0.value.shellQuoted)\n" }
        for address in addresses {
            _ = try await run(
                address,
                """
                mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work /mnt/cache
                mount -t overlay none -o lowerdir=\(cache.shellQuoted),upperdir=/mnt/upper,workdir=/mnt/work /mnt/cache
                cat > ~/.bashrc <<'END'
                \(exports.joined())
                export PATH=\(tools.shellQuoted):$PATH UV_CACHE_DIR=/mnt/cache UV_OFFLINE=1 UV_LINK_MODE=symlink
                END
                """)
        }
    }

    /// Runs a command inside a host.
    func run(_ address: String, _ text: String) async throws -> String {
        try await hosts("run", address, "sh", "-c", text)
    }

    /// Runs a program beside the hosts, and returns what it prints.
    func control(_ words: String...) async throws -> String { try await hosts(["control"] + words) }

    /// Runs the built `ray` beside the hosts.
    ///
    /// What it prints as errors goes to the file `errorsTo` of the project if one is named. `killedAfter` ends it by
    /// SIGKILL when that many records are in its journal.
    func ray(
        _ words: String..., in directory: String? = nil, input: String = "", variables: [String: String] = [:],
        errorsTo file: String? = nil, killedAfter record: Int? = nil
    ) async throws -> Outcome {
        let program = try #require(TestBed.prefix) / "bin/ray"
        let killer = try record.map {
            ["env", "LD_PRELOAD=\(try #require(TestBed.killer))", "RAY_TEST_KILL_AT=\($0)"]
        }
        let redirected = file.map { ["sh", "-c", "exec \"$@\" 2> '\($0)'", "sh"] } ?? []
        return try await place.run(
            script, [folder, "control"] + redirected + (killer ?? []) + [program] + words, in: directory, input: input,
            variables: ["AUTOSCALER_NODE_START_WAIT_S": "5"].merging(variables) { $1 })
    }

    /// Writes a cluster file of these hosts, the first of them the head; `rest` follows.
    func write(_ addresses: [String], _ rest: String, to file: String = "cluster.yaml", auth: String = "") async throws
    {
        let key = try await hosts("key").split(whereSeparator: \.isNewline).first ?? ""
        let workers = addresses.dropFirst().joined(separator: ", ")
        try place.write(
            file,
            """
            cluster_name: c
            provider: {type: local, head_ip: \(addresses.first ?? ""), worker_ips: [\(workers)]}
            auth: {ssh_user: root, ssh_private_key: \(YAMLText.quoted(String(key)))\(auth)}
            \(rest)
            """)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where no hosts can be made, and says why; fails there when `CI` is set.
    static var needsHosts: Self {
        .enabled("hosts of the test bed can be made here") {
            guard TestBed.variable("RAY_TEST_HOSTS") == nil else { return TestBed.isComplete }
            if TestBed.variable("CI") != nil { throw MissingTestBed() }
            return false
        }
    }
}

extension HostBed {
    /// Runs the built `ray` in a terminal beside the hosts and types what `answering` has, in turn, each time its text
    /// comes on the screen behind what was answered last; the output is all that was on the screen.
    ///
    /// Before the first answer, `after` must have succeeded on the host `at`.
    func terminal(
        _ words: String..., answering: [(text: String, answers: [String])], after: String? = nil, at host: String = ""
    ) async throws -> Outcome {
        let program = try #require(TestBed.prefix) / "bin/ray"
        let answers: JSONValue = .array(
            answering.map { ["text": .string($0.text), "answers": .array($0.answers.map(JSONValue.string))] })
        let ready = after.map { [script, folder, "run", host, "sh", "-c", $0] } ?? []
        return try await place.run(
            "python3",
            [
                "-c",
                """
                import json, os, pty, select, subprocess, sys, time
                asked, ready, command = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
                child, screen = pty.fork()
                if child == 0:
                    os.execv(command[0], command)
                seen, behind, end = b"", 0, time.time() + 60
                while time.time() < end:
                    if select.select([screen], [], [], 0.1)[0]:
                        try:
                            some = os.read(screen, 65536)
                        except OSError:
                            break
                        if not some:
                            break
                        seen += some
                        continue
                    # The screen is quiet, so its last lines are what is asked now.
                    line = seen[behind:].replace(b"\\r\\x1b[K", b"\\n")
                    for one in asked:
                        text = one["text"].encode()
                        last = b"\\n".join(line.split(b"\\n")[-1 - text.count(b"\\n") :])
                        if one["answers"] and text in last:
                            if ready and subprocess.run(ready, capture_output=True).returncode:
                                break
                            ready, behind = [], len(seen)
                            os.write(screen, one["answers"].pop(0).encode())
                            break
                else:
                    os.kill(child, 9)
                sys.stdout.buffer.write(seen)
                sys.stdout.flush()
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
                """, answers.text, JSONValue.array(ready.map(JSONValue.string)).text,
                script, folder,
                "control", program,
            ] + words,
            variables: [
                "TERM": "xterm", "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": place.folder / "home",
                "AUTOSCALER_NODE_START_WAIT_S": "5",
            ])
    }
}

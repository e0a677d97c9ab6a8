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
    /// SIGKILL when that many records are in its journal; `behind` are words of a program that runs it.
    func ray(
        _ words: String..., in directory: String? = nil, input: String = "", variables: [String: String] = [:],
        errorsTo file: String? = nil, killedAfter record: Int? = nil, behind program: [String] = []
    ) async throws -> Outcome {
        let killer = try record.map {
            ["env", "LD_PRELOAD=\(try #require(TestBed.killer))", "RAY_TEST_KILL_AT=\($0)"]
        }
        let redirected = file.map { ["sh", "-c", "exec \"$@\" 2> '\($0)'", "sh"] } ?? []
        let prefix = [folder, "control"] + redirected + (killer ?? []) + program
        return try await place.run(
            script, prefix + [try #require(TestBed.prefix) / "bin/ray"] + words, in: directory, input: input,
            variables: ["AUTOSCALER_NODE_START_WAIT_S": "5"].merging(variables) { $1 })
    }

    /// Runs the built `ray` beside the hosts until `isReady`, and sends it a signal then.
    ///
    /// What it prints is in `output.log` and `errors.log` of the project from the start.
    func ray(
        _ words: [String], sending signal: Int32, when isReady: () async throws -> Bool
    ) async throws -> Outcome {
        let command = try [script] + self.words(words)
        // The shell becomes the script, and that the program.
        async let ended = place.run(
            "sh", ["-c", "echo $$ > client; exec \"$@\" > output.log 2> errors.log", "sh"] + command)
        try await until(isReady)
        kill(try #require(Int32(try place.text("client").filter(\.isNumber))), signal)
        return Outcome(
            status: try await ended.status, output: try place.text("output.log"),
            errors: try place.text("errors.log"))
    }

    /// What has the script run the built `ray` beside the hosts.
    func words(_ words: [String]) throws -> [String] {
        [folder, "control", try #require(TestBed.prefix) / "bin/ray"] + words
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
    /// Runs the built `ray` in a terminal beside the hosts and types what `answers` say.
    ///
    /// Before the first answer, `after` must have succeeded on the host `at`.
    func terminal(
        _ words: String..., answering answers: [(text: String, answers: [String])], after: String? = nil,
        at host: String = ""
    ) async throws -> Outcome {
        try await place.screen(
            [script] + self.words(words), answers.map { ScreenAnswer(text: $0.text, answers: $0.answers) },
            ready: after.map { [script, folder, "run", host, "sh", "-c", $0] } ?? [],
            variables: ["XDG_RUNTIME_DIR": place.folder / "home", "AUTOSCALER_NODE_START_WAIT_S": "5"])
    }
}

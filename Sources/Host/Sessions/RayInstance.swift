import FoundationEssentials
import Glibc

/// One Ray that was started for one session.
package struct RayInstance: Sendable, Codable, Equatable {
    /// `UID.NUMBER`; all its processes carry it, and a dot, in `RAY_SESSION_RAY`.
    package var id: String
    /// Short, since Ray puts sockets below it whose paths must stay under 107 bytes.
    package var temporaryFolder: String
    /// The layers it runs in.
    package var digests: [String]
    package var version: String
    /// `127.0.0.1:PORT`; nil until it is up.
    package var address: String?
    /// The processes without which it is not alive.
    package var processes: [ProcessIdentity]?

    package var isAlive: Bool {
        guard let processes, !processes.isEmpty else { return false }
        return processes.allSatisfy(\.isRunning)
    }

    /// What commands need to find it, and to be let in.
    package var variables: [String: String] {
        guard let address else { return [:] }
        return ["RAY_ADDRESS": address].merging(authentication) { $1 }
    }

    /// A Ray listens on every interface and runs what it is sent, so each has a token of its own.
    ///
    /// Releases of Ray without tokens ignore these.
    private var authentication: [String: String] {
        ["RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": temporaryFolder / "token"]
    }
}

extension RayInstance {
    /// A script whose facts say whether there is a Ray in an environment: `ray_version`, and
    /// whether it can serve Ray Client.
    static let probe = """
        python=$(command -v python3 || command -v python) || exit 0
        "$python" - <<'END'
        import sys
        # The folder that this runs in is the project's, whose modules are not meant here.
        sys.path = [path for path in sys.path if path]
        import importlib.metadata, importlib.util
        print("depends=" + sys.executable)
        print("python_version=%d.%d.%d" % sys.version_info[:3])
        try:
            print("ray_version=" + importlib.metadata.version("ray"))
        except importlib.metadata.PackageNotFoundError:
            pass
        if importlib.util.find_spec("grpc"):
            print("ray_client=yes")
        for folder in sys.path:
            if folder.endswith("site-packages") or folder.endswith("dist-packages"):
                print("depends=" + folder)
        END
        """

    static func planned(uid: String, number: Int, context: Context, digests: [String], version: String) -> RayInstance {
        let preferred = context.environment["TMPDIR"] ?? "/tmp"
        let base =
            preferred.hasPrefix("/") && preferred.utf8.count <= 20 && Files.isFolder(preferred) ? preferred : "/tmp"
        return RayInstance(
            id: "\(uid).\(number)", temporaryFolder: base / "ray-\(uid.prefix(8))-\(number)", digests: digests,
            version: version)
    }

    /// Starts Ray's head with ports of its own and returns it with its address.
    ///
    /// `directory` is where its workers run, so that a task finds the files that the driver finds.
    /// `log` takes what Ray says.
    func start(
        inside environment: [String: String], directory: String, hasClient: Bool, log: String
    ) async throws -> RayInstance {
        try makeTemporaryFolder()
        var variables = environment
        variables.merge(authentication) { $1 }
        variables["RAY_SESSION_RAY"] = id + "."
        variables["RAY_ADDRESS"] = nil
        // What its parts leave there goes with the rest.
        variables["TMPDIR"] = temporaryFolder / "tmp"
        variables["RAY_USAGE_STATS_ENABLED"] = variables["RAY_USAGE_STATS_ENABLED"] ?? "0"
        let script = NodeScript(
            Self.startScript(temporaryFolder: temporaryFolder, hasClient: hasClient), environment: variables,
            directory: directory, timeout: .seconds(120), log: log)
        let exit = try await ThisMachine().run(script)
        guard exit == .status(0), let address = takenAddress(), let processes = coreProcesses() else {
            throw Failure(
                .buildFailed, "Ray \(version) did not start (status \(exit.shellStatus))",
                cause: Files.tail(of: log, lines: 10),
                hint: "the whole output is in `\(log)`; run `ray session start` again after mending the cause")
        }
        var started = self
        started.address = address
        started.processes = processes
        return started
    }

    /// Port 0 lets each part of Ray take a free port by itself, which no other program can take in
    /// between; those that have to be told are looked for by the script.
    private static func startScript(temporaryFolder: String, hasClient: Bool) -> String {
        """
        python=$(command -v python3 || command -v python)
        exec "$python" - <<'END'
        import sys
        sys.path = [path for path in sys.path if path]
        import socket
        from ray.scripts.scripts import main

        # Held until all are chosen: one that is free again may be chosen twice.
        listeners = []

        def free_port():
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listeners.append(listener)
            return str(listener.getsockname()[1])

        sys.argv = ["ray", "start", "--head", "--port=0", "--node-ip-address=127.0.0.1",
            "--temp-dir=\(temporaryFolder)", "--min-worker-port=0", "--max-worker-port=0",
            "--node-manager-port=0", "--object-manager-port=0", "--metrics-export-port=" + free_port(),
            "--dashboard-port=" + free_port(), "--dashboard-agent-listen-port=" + free_port(),
            "--dashboard-agent-grpc-port=" + free_port(), "--runtime-env-agent-port=" + free_port(),
            "--disable-usage-stats", "--log-color=false"]
        if \(hasClient ? "True" : "False"):
            sys.argv.append("--ray-client-server-port=" + free_port())
        for listener in listeners:
            listener.close()
        main()
        END
        """
    }

    private func makeTemporaryFolder() throws(Failure) {
        guard mkdir(temporaryFolder, 0o700) == 0 else {
            throw Failure(system: errno, "cannot make the folder `\(temporaryFolder)` for Ray")
        }
        try Files.makeFolder(temporaryFolder / "tmp", mode: 0o700)
        let token = (0..<4).map { _ in RandomName.make() }.joined()
        try Files.replace(temporaryFolder / "token", with: Data(token.utf8), mode: 0o600)
    }

    /// Ray writes the port that its head took into the folder of its latest start.
    private func takenAddress() -> String? {
        let folder = temporaryFolder / "session_latest"
        guard let file = Files.names(in: folder).first(where: { $0.hasPrefix("gcs_server_port") }),
            let data = try? Files.read(folder / file),
            let port = UInt16(String(decoding: data, as: UTF8.self).filter(\.isNumber))
        else { return nil }
        return "127.0.0.1:\(port)"
    }

    private func coreProcesses() -> [ProcessIdentity]? {
        let core = ProcessTable.now().entries.map(\.identity).filter { process in
            guard let data = try? Files.read("/proc/\(process.pid)/cmdline") else { return false }
            let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard let program = words.first?.lastPathName, program == "gcs_server" || program == "raylet" else {
                return false
            }
            return words.contains { $0.contains(temporaryFolder + "/") }
        }
        return core.count >= 2 ? core : nil
    }

    /// Ends all its processes and removes its folder; does nothing twice.
    func end() async throws {
        try await endProcesses()
        try Files.remove(temporaryFolder)
    }

    /// Ends all its processes, and leaves its logs.
    func endProcesses() async throws {
        // The dot keeps number 1 from being taken for the beginning of number 10.
        let (mark, folder) = ("RAY_SESSION_RAY=\(id).", temporaryFolder)
        // Asked all at once, its parts wait for each other; nothing of it is needed any more.
        try await ProcessTable.end(grace: .seconds(1)) { $0.family(variable: mark, folder: folder) }
    }
}

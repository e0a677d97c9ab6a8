import FoundationEssentials
import Glibc
import Host
import Testing

/// Names and passwords of package indexes, which nobody may see but the index.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentSecretTests {
    private static let token = "s3cr3t-T0ken"
    /// What nobody may see: the token, and what `Authorization: Basic` makes of `user:` and the token.
    private static let traces = [token, Data("user:\(token)".utf8).base64EncodedString()]

    /// Where a name and a password are written down.
    enum Way: CaseIterable, Sendable {
        case literal, variable, pipVariable, pipFile, netrc, wheel, wheelWithVariable

        /// The place that an error of access is told at.
        var place: String {
            switch self {
            case .literal, .variable, .wheel, .wheelWithVariable: "requirements.txt:1:1"
            case .pipVariable, .pipFile, .netrc: ".rayproject/project.yaml:4:17"
            }
        }

        /// Writes `login` down; returns the file that holds the password, from the test's folder.
        func write(_ login: String, for index: PackageIndex, _ place: inout Workplace) throws -> String? {
            let parts = login.split(separator: ":").map(String.init)
            place.environment["TOKEN"] = parts[1]
            let wheel = "files/thing-1.0-py3-none-any.whl"
            switch self {
            case .literal:
                try place.write("requirements.txt", "--index-url \(index.url("simple", login))\nthing==1.0\n")
                return "project/requirements.txt"
            case .variable:
                let url = index.url("simple", "\(parts[0]):${TOKEN}")
                try place.write("requirements.txt", "--index-url \(url)\nthing==1.0\n")
            case .pipVariable:
                place.environment["PIP_INDEX_URL"] = index.url("simple", login)
            case .pipFile:
                try place.writeHome(".config/pip/pip.conf", "[global]\nindex-url = \(index.url("simple", login))\n")
                return "home/.config/pip/pip.conf"
            case .netrc:
                place.environment["PIP_INDEX_URL"] = index.url("simple")
                try place.writeHome(".netrc", "machine 127.0.0.1 login \(parts[0]) password \(parts[1])\n")
                return "home/.netrc"
            case .wheel:
                try place.write("requirements.txt", "thing @ \(index.url(wheel, login))\n")
                return "project/requirements.txt"
            case .wheelWithVariable:
                let url = index.url(wheel, "\(parts[0]):${TOKEN}")
                try place.write("requirements.txt", "thing @ \(url)\n")
            }
            return nil
        }
    }

    /// The files that hold the password, from the test's folder; those of the index do not count.
    private static func files(holding texts: [String], _ place: Workplace) async throws -> [String] {
        let patterns = texts.map { "-e \($0.shellQuoted)" }.joined(separator: " ")
        let outcome = try await place.shell(
            "cd .. && grep -rlaF \(patterns) --exclude-dir=index --exclude=trace . | sort")
        return outcome.output.split(separator: "\n").map { String($0.dropFirst(2)) }
    }

    private static func expectNone(of texts: [String], in output: String, _ what: String) {
        for text in texts { #expect(!output.contains(text), "\(what): \(output)") }
    }

    @Test(arguments: Way.allCases, [nil, "no"] as [String?])
    func `a password reaches the index and nobody else`(_ way: Way, uv: String?) async throws {
        try await PackageIndex.with(["thing 1.0"], login: "user:\(Self.token)") { place, index in
            var place = place
            place.environment["RAY_UV"] = uv
            let holder = try way.write("user:\(Self.token)", for: index, &place)
            let trace = place.folder / "trace"
            var told = ""
            let runs = [
                "exec strace -f --seccomp-bpf -s 100000 -e trace=execve -o \(trace.shellQuoted) ray environment build --json",
                "ray environment plan --json", "ray environment build --check full", "ray environment list --json",
                "ray environment lock --json", "ray session start", "ray session status --json",
                "ray session execute --shell true", "ray session logs", "ray session stop",
            ]
            for run in runs {
                let outcome = try await place.shell(run)
                // Making a lock takes uv.
                let expected: Int32 = uv == "no" && run.contains("environment lock") ? 1 : 0
                #expect(outcome.status == expected, "\(run): \(outcome.errors)")
                told += "$ \(run)\n\(outcome.output)\(outcome.errors)"
            }
            #expect(place.store.built().map(\.plugin) == ["pip"])
            #expect(try index.requests().contains("GET /files/thing-1.0-py3-none-any.whl 200"))
            Self.expectNone(of: Self.traces, in: told, "what was told")
            let calls = String(decoding: try #require(try Files.read(trace)), as: UTF8.self)
            #expect(calls.contains("execve("))
            #expect(
                calls.contains(
                    uv == nil ? "uv\", \"--no-progress\", \"pip\", \"install\"" : "\"-m\", \"pip\", \"install\""))
            Self.expectNone(of: Self.traces, in: calls, "the arguments of a process")
            #expect(try await Self.files(holding: Self.traces, place) == [holder].compactMap(\.self))
        }
    }

    @Test(arguments: Way.allCases, [nil, "no"] as [String?])
    func `a wrong password is refused, told with the host alone`(_ way: Way, uv: String?) async throws {
        try await PackageIndex.with(["thing 1.0"], login: "user:another") { place, index in
            var place = place
            place.environment["RAY_UV"] = uv
            let holder = try way.write("user:\(Self.token)", for: index, &place)
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            #expect(
                place.brief(outcome.errors).hasSuffix(
                    "\nerror[auth]: \(way.place): `127.0.0.1` refuses access: 401 Unauthorized\n"
                        + "  hint: put the name and the password for it into `~/.netrc`, or into variables that its URL "
                        + "names, as in `https://${NAME}:${TOKEN}@127.0.0.1/`\n"), "\(place.plain(outcome.errors))")
            #expect(!outcome.errors.contains("trying again"))
            let json = try await place.ray("environment", "build", "--json")
            #expect(json.status == 1)
            Self.expectNone(of: Self.traces, in: outcome.errors + json.output + json.errors, "what was told")
            #expect(place.store.built().isEmpty)
            #expect(try await Self.files(holding: Self.traces, place) == [holder].compactMap(\.self))
        }
    }

    @Test(arguments: [nil, "no"] as [String?]) func `an index that wants a password and gets none`(uv: String?)
        async throws
    {
        try await PackageIndex.with(["thing 1.0"], login: "user:\(Self.token)") { place, index in
            try place.write("requirements.txt", "thing==1.0\n")
            var variables = ["PIP_INDEX_URL": index.url("simple")]
            variables["RAY_UV"] = uv
            let outcome = try await place.ray("environment", "build", variables: variables)
            #expect(outcome.status == 1)
            let told = place.brief(outcome.errors)
            #expect(
                told.contains(
                    "error[auth]: .rayproject/project.yaml:4:17: `127.0.0.1` refuses access: 401 Unauthorized\n"),
                "\(told)")
            #expect(!told.contains("trying again"))
        }
    }

    @Test func `a variable that is not set is told with its name and place`() async throws {
        try await Workplace.withPip("# one\n--index-url http://user:${TOKEN}@127.0.0.1:1/simple\nthing\n") { place in
            for value in [nil, ""] {
                place.expect(
                    try await place.ray("environment", "build", variables: value.map { ["TOKEN": $0] } ?? [:]),
                    tells: """
                        error[input]: requirements.txt:2:25: `${TOKEN}` is not set
                          hint: set it before starting, or write its value

                        """)
            }
        }
    }

    @Test func `what a command prints of a password is in no log and no error`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [\"echo $MY_URL; echo again $MY_URL >&2; exit 3\"]}")
            let url = "https://user:\(Self.token)@example.invalid/simple"
            let outcome = try await place.ray("environment", "build", variables: ["MY_URL": url])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("example.invalid/simple"))
            Self.expectNone(of: Self.traces, in: outcome.errors + outcome.output, "what was told")
            let log = try #require(outcome.errors.firstMatch(of: #/the whole output is in `(.*)`/#)).1
            let text = String(decoding: try #require(try Files.read(String(log))), as: UTF8.self)
            #expect(text.contains("again ") && text.contains("example.invalid/simple"))
            #expect(try await Self.files(holding: Self.traces, place) == [])
        }
    }
}

/// A package index on this machine, with wheels of its own, which may want a name and a password.
struct PackageIndex {
    private let folder: String
    private let port: String

    /// The URL of a path in it.
    func url(_ path: String, _ login: String? = nil) -> String {
        "http://\(login.map { $0 + "@" } ?? "")127.0.0.1:\(port)/\(path)"
    }

    /// Replaces what it has, as `NAME VERSION REQUIREMENT…`.
    func offer(_ packages: [String]) throws {
        try Files.replace(folder / "packages", with: Data(packages.joined(separator: "\n").utf8), durable: false)
    }

    /// Every request so far, as `GET /simple/thing/ 200`.
    func requests() throws -> [String] {
        String(decoding: try Files.read(folder / "requests") ?? Data(), as: UTF8.self).split(separator: "\n").map(
            String.init)
    }

    /// Ends it, and waits until it has ended.
    func end(_ place: Workplace) async throws {
        let ended = try await place.shell(
            """
            cd \(folder.shellQuoted) && rm -f port
            for i in $(seq 500); do kill -0 $(cat pid) 2>/dev/null || exit 0; sleep 0.02; done
            kill -9 $(cat pid); exit 1
            """)
        #expect(ended.status == 0)
    }

    /// A project with a requirements file, and an index that ends with `body`, also when `body` throws.
    static func with(
        _ packages: [String], login: String = "", requirements: String = "thing==1.0\n", _ more: String = "",
        _ body: (Workplace, PackageIndex) async throws -> Void
    ) async throws {
        try await Workplace.withPip(requirements, more) { place in
            let folder = place.folder / "index"
            try Files.makeFolder(folder)
            try Files.replace(folder / "server.py", with: Data(server.utf8), durable: false)
            try Files.replace(folder / "login", with: Data(login.utf8), durable: false)
            try Files.replace(folder / "packages", with: Data(packages.joined(separator: "\n").utf8), durable: false)
            let begun = try await place.shell(
                """
                cd \(folder.shellQuoted)
                python3 server.py </dev/null >output 2>&1 &
                echo $! > pid
                until [ -e port ]; do kill -0 $! || exit 1; sleep 0.02; done
                cat port
                """)
            try #require(begun.status == 0, "\(begun.errors)")
            let index = PackageIndex(folder: folder, port: begun.output)
            do { try await body(place, index) } catch {
                try? await index.end(place)
                throw error
            }
            try await index.end(place)
        }
    }

    /// It ends when its file `port` is gone.
    private static let server = #"""
        import base64, hashlib, http.server, io, os, threading, time, zipfile

        def text(name):
            with open(name) as file:
                return file.read()

        def wheel(name, version, needs):
            info = f"{name}-{version}.dist-info"
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            files = {
                f"{name}.py": f"version = '{version}'\n",
                f"{info}/METADATA": metadata + "".join(f"Requires-Dist: {need}\n" for need in needs),
                f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            }
            record, data = "", io.BytesIO()
            with zipfile.ZipFile(data, "w") as archive:
                for path, body in files.items():
                    digest = base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()).decode().rstrip("=")
                    record += f"{path},sha256={digest},{len(body)}\n"
                    archive.writestr(zipfile.ZipInfo(path), body)
                archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), record + f"{info}/RECORD,,\n")
            return data.getvalue()

        def wheels():
            lines = [line.split() for line in text("packages").splitlines()]
            return {f"{name}-{version}-py3-none-any.whl": wheel(name, version, needs) for name, version, *needs in lines}

        login = text("login")
        allowed = "Basic " + base64.b64encode(login.encode()).decode()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                code, kind, body = self.answer()
                with open("requests", "a") as log:
                    log.write(f"{self.command} {self.path} {code}\n")
                self.send_response(code)
                if code == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="index"')
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-cache")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def answer(self):
                if login and self.headers.get("Authorization") != allowed:
                    return 401, "text/plain", b"no"
                here, last = wheels(), self.path.rstrip("/").split("/")[-1]
                if last in here:
                    return 200, "application/octet-stream", here[last]
                links = [
                    f'<a href="/files/{file}#sha256={hashlib.sha256(data).hexdigest()}">{file}</a>'
                    for file, data in here.items() if file.split("-")[0] == last
                ]
                if not links:
                    return 404, "text/plain", b"no"
                return 200, "text/html", f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()

            def log_message(self, *words):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        with open("port.new", "w") as file:
            file.write(str(server.server_address[1]))
        os.rename("port.new", "port")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        while os.path.exists("port"):
            time.sleep(0.05)
        """#
}

extension Workplace {
    /// Writes a file below the home.
    func writeHome(_ path: String, _ text: String) throws {
        let file = folder / "home" / path
        try Files.makeFolder(file.parentPath)
        try Files.replace(file, with: Data(text.utf8), durable: false)
        chmod(file, 0o600)
    }

    /// Expects a failure that told exactly this, the lines of files aside.
    func expect(
        _ outcome: Outcome, tells text: String, status: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == status, sourceLocation: sourceLocation)
        #expect(brief(outcome.errors) == text, "\(plain(outcome.errors))", sourceLocation: sourceLocation)
    }
}

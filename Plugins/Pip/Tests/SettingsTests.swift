import FoundationEssentials
import Pip
import PluginKit
import Testing

/// uv against a real index on this machine, that pip is configured with and uv knows nothing of.
@Suite(.enabled(if: Node.uv != nil)) struct SettingsTests {
    /// Serves the wheels of a folder, to who has the name and the password; its port goes into a file.
    private static let index = """
        import base64, http.server, os, sys
        wanted = "Basic " + base64.b64encode(b"joe:hunter2").decode()
        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self):
                if self.headers.get("Authorization") != wanted:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="x"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    super().do_GET()
            def log_message(self, *arguments):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        with open("port.new", "w") as file:
            file.write(str(server.server_address[1]))
        os.rename("port.new", "port")
        server.serve_forever()
        """

    /// A shell that runs a script while the index serves, whose port it puts in the place of `@PORT@` in some
    /// files.
    private func shell(_ node: Node, files: [String]) throws -> [String] {
        try node.place.write(Self.index, to: "serve.py")
        try WheelFile.write("wl", code: "Z = 7", to: node.place.path("www/simple/wl"))
        try node.place.write(
            """
            cd '\(node.place.path("www"))'
            rm -f port
            python3 -B ../serve.py & server=$!
            trap 'kill $server' EXIT
            tries=0
            until [ -e port ] || [ $tries = 200 ]; do tries=$((tries + 1)); sleep 0.05; done
            for file in \(files.map { "'\($0)'" }.joined(separator: " ")); do
                sed "s/@PORT@/$(cat port)/" "$file.in" > "$file"
            done
            cd '\(node.project.root.path)'
            /bin/sh -e "$1"
            """, to: "with-index")
        return ["/bin/sh", node.place.path("with-index")]
    }

    private func check(_ node: Node, files: [String]) throws {
        node.variables["UV_CACHE_DIR"] = node.place.path("own-cache")
        let shell = try shell(node, files: files)
        for file in files { try FileManager.default.copyItem(atPath: "\(file).in", toPath: file) }
        for uv in [Node.uv, "no"] {
            node.variables["RAY_UV"] = Node.uv
            let request = try node.request()
            let answer = try node.builder.lock(request, .unobserved)
            let locked = try node.run(answer.steps, shell: shell)
            #expect(locked.lock.contains("\nwl==1.0 \\\n    --hash=sha256:"), "\(locked.output)")
            // Nothing is left for the second part but to ask the index.
            try? FileManager.default.removeItem(atPath: node.place.path("own-cache"))
            for file in files {
                try? FileManager.default.removeItem(atPath: file)
                try FileManager.default.copyItem(atPath: "\(file).in", toPath: file)
            }
            node.variables["RAY_UV"] = uv
            let plan = try node.plan(locked.lock)
            let built = try node.run(plan.steps, shell: shell)
            #expect(built.status == 0, "\(built.output)")
            #expect(try node.python(built, "import wl; print(wl.Z)") == "7\n")
            let everything = "\(request.facts)\(answer)\(locked)\(plan)\(built)"
            #expect(!everything.contains("hunter2"))
        }
    }

    @Test func `an index in pip's own file is used, with its name and password`() throws {
        let node = try Node(["r.txt": "wl\n"])
        let file = node.place.path("home/pip.conf")
        try node.place.write(
            "# mine\n[global]\nindex-url = http://joe:hunter2@127.0.0.1:@PORT@/simple\n", to: "home/pip.conf.in")
        node.variables["PIP_CONFIG_FILE"] = file
        node.variables["PIP_INDEX_URL"] = nil
        try check(node, files: [file])
    }

    @Test func `an index in a requirements file is used, with its name and password`() throws {
        let node = try Node(["r.txt.in": "# mine\n-i http://joe:hunter2@127.0.0.1:@PORT@/simple\nwl\n"])
        try check(node, files: [node.project.path("r.txt")])
    }

    @Test func `a variable in a requirements file is used, and an index that refuses is told`() throws {
        let node = try Node(["r.txt.in": "-i http://joe:${MY_TOKEN}@127.0.0.1:@PORT@/simple\nwl\n"])
        node.variables["MY_TOKEN"] = "hunter2"
        let file = node.project.path("r.txt")
        try check(node, files: [file])
        node.variables["MY_TOKEN"] = "wrong"
        node.variables["UV_CACHE_DIR"] = node.place.path("another-cache")
        node.variables["RAY_UV"] = Node.uv
        var request = try node.request()
        let failed = try node.run(
            try node.builder.lock(request, .unobserved).steps, shell: try shell(node, files: [file]))
        request.failure = StepFailure(operation: "lock", step: 0, status: 1, output: failed.output)
        let found = try #require(try node.builder.explain(request, .unobserved).diagnostics.first)
        #expect(found.errorClass == .auth)
        #expect(found.message == "`127.0.0.1` refuses access: 401 Unauthorized")
        #expect(found.file == file)
        #expect(found.line == 1)
    }
}

@Suite struct SettingScriptTests {
    /// The variables and arguments that uv gets, by the part of a plan's script that makes them.
    private func told(
        _ node: Node, shell: [String] = ["/bin/sh", "-e"], lock: String? = nil
    ) throws -> [String] {
        var facts = try node.facts()
        facts["uv"] = "/opt/uv"
        facts["uv_version"] = "0.13.9"
        let script = try #require(try node.plan(lock, facts: facts).steps.last?.script)
        let start = try #require(script.firstRange(of: "setting() {"))
        let end = try #require(script.firstRange(of: "uv venv --quiet"))
        let part = script[start.lowerBound..<end.lowerBound]
        let run = try ScriptRun(
            part + "\nenv | grep -E '^(UV_[A-Z]|SSL_|HTTPS?_PROXY)'\nfor word; do echo \"[$word]\"; done\n",
            shell: shell,
            in: node.project.root.path, variables: node.variables)
        return run.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("UV_CACHE_DIR") }.sorted()
    }

    private func node(_ configuration: String, _ variables: [String: String] = [:]) throws -> Node {
        let node = try Node(["r.txt": "six\n", "links/x": ""])
        for name in node.variables.keys
        where name.hasPrefix("SSL_") || name.hasSuffix("_CA_BUNDLE") || name.hasPrefix("PIP_")
            || name.uppercased().hasSuffix("_PROXY")
        { node.variables[name] = nil }
        try node.place.write(configuration, to: "home/my pip.conf")
        node.variables["PIP_CONFIG_FILE"] = node.place.path("home/my pip.conf")
        node.variables["RAY_UV"] = nil
        node.variables.merge(variables) { $1 }
        return node
    }

    private static let shells = [["/usr/bin/dash", "-e"], ["/usr/bin/busybox", "sh", "-e"], ["/bin/bash", "-e"]]

    @Test(arguments: shells)
    func `what pip is configured with is told to uv`(shell: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: shell[0]) else { return }
        let node = try node(
            """
            [global]
            index-url = https://joe:hunter2@a/simple
            extra-index-url =
                https://b/simple
                # not this one
                https://c/simple
            find-links = links nowhere
                ~/x
                https://d/links
            trusted-host = a b
            proxy = me:hunter2@proxy:3128
            cert = ~/ca.pem
            client-cert = /client.pem
            timeout = 60.5
            pre = true
            no-binary = six,click
            only-binary = :all:
            constraint = c.txt
            no-index = false
            """)
        #expect(
            try told(node, shell: shell) == [
                "HTTPS_PROXY=http://me:hunter2@proxy:3128", "HTTP_PROXY=http://me:hunter2@proxy:3128",
                "SSL_CERT_FILE=\(node.place.path("home"))/ca.pem", "SSL_CLIENT_CERT=/client.pem",
                "UV_CONSTRAINT=c.txt", "UV_EXTRA_INDEX_URL=https://b/simple https://c/simple",
                "UV_FIND_LINKS=links,\(node.place.path("home"))/x,https://d/links", "UV_HTTP_TIMEOUT=60",
                "UV_INDEX_URL=https://joe:hunter2@a/simple", "UV_INSECURE_HOST=a b", "[--no-binary]",
                "[--no-binary]", "[--only-binary]", "[--prerelease]", "[:all:]", "[allow]", "[click]",
                "[six]",
            ])
        // Versions are chosen already.
        let locked = try told(node, shell: shell, lock: "six==1.17.0\n")
        #expect(
            locked.filter { $0.hasPrefix("[") } == [
                "[--no-binary]", "[--no-binary]", "[--only-binary]", "[:all:]", "[click]", "[six]",
            ])
    }

    @Test func `what the user told uv goes first, and no index is none`() throws {
        let node = try node(
            "[install]\nindex-url = https://a/simple\nextra-index-url = https://b/simple\ntimeout = 5\ncert=/a\npre=1\nno-index = on\n",
            [
                "UV_DEFAULT_INDEX": "https://mine/simple", "UV_INDEX": "https://own/simple", "UV_HTTP_TIMEOUT": "9",
                "SSL_CERT_FILE": "/mine", "UV_PRERELEASE": "disallow",
            ])
        #expect(
            try told(node) == [
                "SSL_CERT_FILE=/mine", "UV_DEFAULT_INDEX=https://mine/simple", "UV_HTTP_TIMEOUT=9",
                "UV_INDEX=https://own/simple", "UV_PRERELEASE=disallow",
            ])
        for name in ["UV_DEFAULT_INDEX", "UV_INDEX", "UV_PRERELEASE"] { node.variables[name] = nil }
        node.variables["PIP_INDEX_URL"] = "https://v/simple"
        #expect(
            try told(node) == [
                "SSL_CERT_FILE=/mine", "UV_EXTRA_INDEX_URL=https://b/simple", "UV_HTTP_TIMEOUT=9",
                "UV_INDEX_URL=https://v/simple", "[--no-index]", "[--prerelease]", "[allow]",
            ])
    }
}

import FoundationEssentials
import Pip
import PluginKit
import Testing

private let shells = [["/usr/bin/dash"], ["/usr/bin/busybox", "sh"], ["/bin/bash"]].filter {
    FileManager.default.isExecutableFile(atPath: $0[0])
}

@Suite struct ProbeTests {
    /// A node whose home holds these files, and on which pip is configured by nothing else.
    private func node(_ files: [String: String] = [:], _ variables: [String: String] = [:]) throws -> Node {
        let node = try Node(["r.txt": "six\n"])
        node.variables["PIP_CONFIG_FILE"] = nil
        node.variables["XDG_CONFIG_DIRS"] = node.place.path("xdg")
        for (name, text) in files { try node.place.write(text, to: name) }
        for (name, value) in variables {
            node.variables[name] = value.replacing("HOME", with: node.place.path("home"))
        }
        return node
    }

    private func settings(_ facts: [String: String], _ node: Node) -> [String: String] {
        facts.filter { $0.key.hasPrefix("setting_") }.mapValues { $0.replacing(node.place.root.path, with: "") }
    }

    @Test(arguments: shells)
    func `settings are found with their lines, later files and the section install first`(shell: [String]) throws {
        let node = try node(
            [
                "xdg/pip/pip.conf": "[global]\nindex-url = https://a/simple\nproxy: http://p:1\n",
                "home/.pip/pip.conf": "[install]\nindex_url=https://u:hunter2@b/simple\n[global]\ntimeout = 7\n",
                "home/.config/pip/pip.conf":
                    "# x\n[global]\nindex-url = https://c/simple\nExtra-Index-URL =\n    https://me:hunter2@d/simple\n"
                    + "    https://e/simple\n\n[freeze]\ntimeout = 9\n[install]\ntrusted-host = d\n",
            ])
        let facts = try node.facts(shell: shell)
        let found = settings(facts, node).filter { !["setting_cert", "setting_find_links"].contains($0.key) }
        #expect(
            found == [
                "setting_index_url": "2,2 /home/.pip/pip.conf", "setting_proxy": "3,3 /xdg/pip/pip.conf",
                "setting_timeout": "4,4 /home/.pip/pip.conf",
                "setting_extra_index_url": "4,6 /home/.config/pip/pip.conf",
                "setting_trusted_host": "11,11 /home/.config/pip/pip.conf",
            ])
        #expect(
            facts["indexes"]?.contains("index_url=https://b/simple; extra_index_url=https://d/simple https://e/simple")
                == true)
        #expect(!"\(facts)".contains("hunter2"))
    }

    @Test func `variables go before files, and one file may replace the user's`() throws {
        let node = try node(
            [
                "home/.config/pip/pip.conf": "[global]\nindex-url = https://c/simple\npre = yes\n",
                "own.conf": "[global]\npre=no\n",
            ],
            ["PIP_INDEX_URL": "https://joe:hunter2@v/simple", "HTTPS_PROXY": "http://me:hunter2@p:1"])
        let facts = try node.facts()
        #expect(facts["setting_index_url"] == "env")
        #expect(facts["secrets"] == "PIP_INDEX_URL HTTPS_PROXY")
        #expect(facts["indexes"]?.contains("index_url=https://v/simple") == true)
        #expect(settings(facts, node)["setting_pre"] == "3,3 /home/.config/pip/pip.conf")
        node.variables["PIP_CONFIG_FILE"] = node.place.path("own.conf")
        #expect(settings(try node.facts(), node)["setting_pre"] == "2,2 /own.conf")
        node.variables["PIP_CONFIG_FILE"] = "/dev/null"
        #expect(settings(try node.facts(), node)["setting_pre"] == nil)
        #expect(!"\(facts)".contains("hunter2"))
    }

    @Test func `what chooses between wheels and sources is told alone as well`() throws {
        let node = try node(
            ["home/.config/pip/pip.conf": "[install]\nno-binary = six,\n  attrs\n"], ["PIP_ONLY_BINARY": "numpy"])
        let facts = try node.facts()
        #expect(facts["packaging"] == "no_binary=six, attrs; only_binary=numpy")
        #expect(facts["indexes"]?.contains("no_binary=six, attrs; only_binary=numpy") == true)
    }

    @Test func `the contents of constraints count, and an index that uv's own files name`() throws {
        let node = try node(["c.txt": "six<2\n"], [:])
        node.variables["PIP_CONSTRAINT"] = node.place.path("c.txt")
        let first = try node.facts()["indexes"]
        try node.place.write("six<3\n", to: "c.txt")
        let second = try node.facts()["indexes"]
        #expect(first != second)
        #expect(second?.contains("constraint=\(node.place.path("c.txt"))") == true)
        try node.project.write("[[index]]\nurl = \"https://h/simple\"\n", to: "uv.toml")
        #expect(try node.facts()["uv_config"] == node.project.path("uv.toml"))
    }

    @Test(arguments: shells)
    func `a Python is chosen by its version, its path or its name`(shell: [String]) throws {
        let node = try node()
        let usual = try node.facts(shell: shell)
        let executable = try #require(usual["python_executable"])
        let version = try #require(usual["python_version"])
        let minor = version.split(separator: ".").prefix(2).joined(separator: ".")
        for asked in [version, minor, executable] {
            node.environment["python"] = .string(asked)
            let facts = try node.facts(shell: shell)
            #expect(facts["python_version"] == version)
            #expect(facts["python_requested"] == asked)
        }
        #expect(usual["python_venv"] == "yes")
        #expect(usual["python_implementation"] == "cpython")
        #expect(usual["python_bundled"]?.hasPrefix("pip==") == true)
        try FileManager.default.createSymbolicLink(
            atPath: node.project.path("py"), withDestinationPath: executable)
        node.environment["python"] = "./py"
        #expect(try node.facts(shell: shell)["python_version"] == version)
    }

    @Test func `a Python that is not there is told with those that are`() throws {
        let node = try node()
        node.variables["RAY_UV"] = "no"
        node.environment["python"] = "3.99"
        let facts = try node.facts()
        #expect(facts["python_executable"] == nil)
        #expect(facts["uv"] == nil)
        let version = try #require(facts["pythons"]?.split(separator: " ").first)
        let found = try #require(try node.plan(facts: facts).diagnostics.first)
        #expect(found.errorClass == .toolMissing)
        #expect(found.message.hasPrefix("there is no Python 3.99: there is Python \(version)"))
        #expect(found.hint == "name one of these, or install uv, which brings any Python")
        #expect(found.line == node.project.pythonPlace.line)
        node.environment["python"] = "./nowhere"
        let absent = try #require(try node.plan().diagnostics.first)
        #expect(absent.message.hasPrefix("`./nowhere` is no Python that runs: there is Python "))
        #expect(absent.hint == "name a version, as in `\"3.11\"`, or the path of a Python")
        node.environment["python"] = "3.11.x."
        #expect(
            try node.builder.check(node.request(), .unobserved).diagnostics.isEmpty
                && node.plan().diagnostics.first?.message.hasPrefix("`3.11.x.` is no Python that runs") == true)
        node.environment["python"] = "3..1"
        #expect(
            try node.builder.check(node.request(), .unobserved).diagnostics == [
                Diagnostic(
                    .input, "`3..1` is no version of Python", at: node.project.pythonPlace,
                    hint: "write it as in `\"3.11\"` or `\"3.11.7\"`")
            ])
        node.environment["python"] = 3
        #expect(throws: PluginError(.input, "`python` is neither a version in quotes nor a path")) {
            _ = try node.builder.check(
                BuilderRequest(environment: node.environment, project: Project(name: "p", root: "/p")), .unobserved)
        }
    }

    @Test func `a uv that the user names is the one, and one that does not run is an error`() throws {
        let node = try node()
        node.variables["RAY_UV"] = "/nowhere/uv"
        let found = try #require(try node.plan().diagnostics.first)
        #expect(found.message == "`RAY_UV` names `/nowhere/uv`, which is no uv that runs")
        #expect(found.hint == "name a uv in `RAY_UV`, unset it, or set it to `no` to use pip")
        node.variables["RAY_UV"] = nil
        node.variables["PATH"] = "/usr/bin:/bin"
        try node.place.write("#!/bin/sh\necho 'uv 9.9.9 (x)'\n", to: "cache/bin/uv")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: node.place.path("cache/bin/uv"))
        #expect(try node.facts()["uv"] == node.place.path("cache/bin/uv"))
        #expect(try node.facts()["uv_version"] == "9.9.9")
    }

    @Test(.enabled(if: Node.uv != nil)) func `uv may bring a Python that is not there`() throws {
        let node = try node()
        node.environment["python"] = "3.99"
        let facts = try node.facts()
        #expect(facts["python_managed"] == "3.99")
        let plan = try node.plan(facts: facts)
        #expect(plan.components["python"] == "3.99 chosen by uv")
        #expect(plan.notes == ["there is no Python 3.99: uv \(facts["uv_version"] ?? "") brings it"])
    }
}

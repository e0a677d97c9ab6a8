import FoundationEssentials
import Pip
import PluginKit
import Testing

@Suite(.enabled(if: Node.uv != nil)) struct LockingTests {
    private let flit = """
        [project]
        name = "mylib"
        version = "1.0"
        description = "x"
        [build-system]
        requires = ["flit_core==3.12.0"]
        build-backend = "flit_core.buildapi"
        """

    @Test func `a lock has exact versions with hashes, and its packages are installed from it`() throws {
        let node = try Node(["r.txt": "click<8.1.8\n"])
        let locked = try node.lock()
        #expect(locked.status == 0, "\(locked.output)")
        #expect(locked.lock.hasPrefix("# python >=3."))
        #expect(locked.lock.contains("\nclick==8.1.7 \\\n    --hash=sha256:"))
        #expect(locked.lock.contains("colorama==0.4.6 ; sys_platform == 'win32'"))

        let plan = try node.plan(locked.lock)
        #expect(plan.components["requirements"] == "click==8.1.7")
        #expect(plan.components["hashes"]?.hasPrefix("click sha256:") == true)
        #expect(plan.steps.count == 1)
        let built = try node.run(plan.steps)
        #expect(built.status == 0, "\(built.output)")
        #expect(built.output == "")
        let code = "import importlib.metadata as m\nprint(*sorted(d.metadata['Name'] for d in m.distributions()))"
        #expect(try node.python(built, code).split(separator: " ").first == "click")
        #expect(
            try node.python(built, "import pip, click; print(pip.__file__.startswith('\(built.layer)'))") == "True\n")
        #expect(try node.run([Step(title: "", script: try #require(plan.verify), timeout: 1)]).status != 0)
    }

    @Test func `what is locked stays until it is to be upgraded`() throws {
        let node = try Node(["r.txt": "click\n"])
        let old = "# python >=3.8\nclick==8.1.6 \\\n    --hash=sha256:\(String(repeating: "0", count: 64))\n"
        let kept = try node.lock(old)
        #expect(kept.lock.contains("click==8.1.6 \\\n    --hash=sha256:"))
        #expect(!kept.lock.contains("sha256:000000"))
        #expect(!(try node.lock(old, upgrade: Upgrade(names: ["Click"]))).lock.contains("click==8.1.6"))
        #expect(!(try node.lock(old, upgrade: Upgrade(all: true))).lock.contains("click==8.1.6"))
    }

    @Test func `a lock that cannot be read is made anew`() throws {
        let node = try Node(["r.txt": "click\n"])
        let locked = try node.lock("<<<<<<< mine\nclick==8.1.6\n")
        #expect(locked.lock.contains("\nclick==8."))
        #expect(!locked.lock.contains("click==8.1.6"))
        var request = try node.request()
        request.lock = node.lockValue("<<<<<<< mine\nclick==8.1.6\n")
        #expect(
            try node.builder.lock(request, .unobserved).notes == [
                "the lock that there was cannot be read: everything is resolved anew"
            ])
    }

    @Test func `a name that nothing has cannot be upgraded`() throws {
        let node = try Node(["r.txt": "click\nrequests\n"])
        var request = try node.request()
        request.lock = node.lockValue("# python >=3.8\ncolorama==0.4.6\n")
        request.upgrade = Upgrade(names: ["Clik", "colorama", "zzz"])
        let answer = try node.builder.lock(request, .unobserved)
        #expect(answer.steps.isEmpty)
        #expect(
            answer.diagnostics == [
                Diagnostic(
                    .usage, "`Clik` cannot be upgraded: no requirement and no locked package has this name",
                    hint: "did you mean `click`?"),
                Diagnostic(.usage, "`zzz` cannot be upgraded: no requirement and no locked package has this name"),
            ])
    }

    @Test func `folders are built from what is in them now, wheels of the same name too`() throws {
        let node = try Node([
            "r.txt": "./lib\n-f ./wheels\nwl\n", "lib/pyproject.toml": flit, "lib/mylib.py": "\"\"\"x\"\"\"\nX = 1\n",
        ])
        let code = "import mylib, wl\nprint(mylib.X, wl.Z)"
        for number in 1...3 {
            let text = "\"\"\"x\"\"\"\nX = \(number)\n"
            try Data(text.utf8).write(to: URL(filePath: node.project.path("lib/mylib.py")))
            try WheelFile.write("wl", code: "Z = \(number)", to: node.project.path("wheels"))
            let locked = try node.lock()
            #expect(locked.lock.contains("\n./lib\n"), "\(locked.output)")
            let plan = try node.plan(locked.lock)
            let built = try node.run(plan.steps)
            #expect(built.status == 0, "\(built.output)")
            #expect(try node.python(built, code) == "\(number) \(number)\n")
            #expect(plan.components["requirements"] == "./lib\nwl==1.0")
            #expect(plan.inputs.contains(node.project.path("lib/mylib.py")))
            #expect(plan.inputs.contains(node.project.path("wheels/wl-1.0-py3-none-any.whl")))
        }
    }

    @Test func `a cache that was damaged through hard links is cleaned`() throws {
        let node = try Node(["r.txt": "six==1.17.0\n"])
        node.variables["UV_CACHE_DIR"] = node.place.path("own-cache")
        let plan = try node.plan(try node.lock().lock)
        let first = try node.run(plan.steps)
        let site = try node.python(first, "import six; print(six.__file__)").split(separator: "\n")[0]
        let handle = try #require(FileHandleForAppending(String(site)))
        handle.append("\nPOISON = 1\n")
        let second = try node.run(plan.steps)
        #expect(try node.python(second, "import six; print(hasattr(six, 'POISON'))") == "True\n")
        let record = "venv/lib/python3.11/site-packages/six-1.17.0.dist-info/RECORD"
        let third = try node.run(plan.steps, extra: ["RAY_DAMAGED": record])
        #expect(third.status == 0, "\(third.output)")
        #expect(try node.python(third, "import six; print(hasattr(six, 'POISON'))") == "False\n")
    }

    @Test func `a password in a file reaches the installer, and nothing else`() throws {
        let node = try Node([
            "r.txt": "# a\n--extra-index-url https://joe:hunter2@127.0.0.1:9/simple\n-f ./wheels\n--no-index\nwl\n"
        ])
        try WheelFile.write("wl", code: "Z = 1", to: node.project.path("wheels"))
        let request = try node.request()
        let answer = try node.builder.lock(request, .unobserved)
        let locked = try node.lock()
        #expect(locked.status == 0, "\(locked.output)")
        let plan = try node.plan(locked.lock)
        let built = try node.run(plan.steps)
        #expect(built.status == 0, "\(built.output)")
        #expect(try node.python(built, "import wl; print(wl.Z)") == "1\n")
        let everything = "\(answer)\(plan)\(locked)\(built)"
        #expect(!everything.contains("hunter2"))
        #expect(!everything.contains("joe"))
        let sources = try String(
            contentsOf: URL(filePath: node.place.path("tmp/\(node.layers)/sources")), encoding: .utf8)
        #expect(sources.contains("--extra-index-url https://joe:hunter2@127.0.0.1:9/simple\n"))
    }
}

/// A file that text is written to the end of, in place.
struct FileHandleForAppending {
    private let path: String

    init?(_ path: String) {
        guard FileManager.default.isWritableFile(atPath: path) else { return nil }
        self.path = path
    }

    func append(_ text: String) {
        _ = try? ScriptRun("cat >> '\(path)' <<'E'\n\(text)\nE\n", in: "/", variables: ["PATH": "/usr/bin:/bin"])
    }
}

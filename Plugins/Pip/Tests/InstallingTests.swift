import FoundationEssentials
import Pip
import PluginKit
import Testing

@Suite(.enabled(if: Node.uv != nil)) struct InstallingTests {
    private let zeros = "sha256:\(String(repeating: "0", count: 64))"

    @Test func `without uv, pip installs exactly the lock and verifies it`() throws {
        let node = try Node(["r.txt": "click<8.1.8\n./lib\n", "lib/setup.py": "raise SystemExit(3)"])
        try node.project.write(
            "from setuptools import setup\nsetup(name='mylib', py_modules=['mylib'])", to: "lib/setup.py")
        try node.project.write("X = 1\n", to: "lib/mylib.py")
        let locked = try node.lock()
        #expect(locked.status == 0, "\(locked.output)")
        node.variables["RAY_UV"] = "no"
        let plan = try node.plan(locked.lock)
        #expect(plan.steps.map(\.title) == ["install 2 packages with pip"])
        let built = try node.run(plan.steps)
        #expect(built.status == 0, "\(built.output)")
        #expect(try node.python(built, "import click, mylib, pip; print(click.__version__, mylib.X)") == "8.1.7 1\n")
        let compiled = try ScriptRun("find '\(built.layer)' -name '*.pyc'", in: "/", variables: node.variables)
        #expect(compiled.output == "")

        let tampered = locked.lock.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.contains("--hash=") ? "    --hash=\(zeros)\(line.hasSuffix("\\") ? " \\" : "")" : String(line)
        }.joined(separator: "\n")
        let failed = try node.run(try node.plan(tampered).steps)
        #expect(failed.status != 0)
        var request = try node.request()
        request.lock = node.lockValue(tampered)
        request.failure = StepFailure(operation: "plan", step: 0, status: 1, output: failed.output)
        let found = try #require(try node.builder.explain(request, .unobserved).diagnostics.first)
        #expect(found.errorClass == .hash)
        #expect(found.cause?.hasPrefix("expected \(zeros)") == true)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/busybox")))
    func `all of it works in the shell of busybox as well`() throws {
        let shell = ["/usr/bin/busybox", "sh", "-e"]
        let node = try Node(["r.txt": "-f ./wheels\nsix==1.17.0\nwl\n"])
        try WheelFile.write("wl", code: "Z = 1", to: node.project.path("wheels"))
        let locked = try node.run(try node.builder.lock(node.request(), .unobserved).steps, shell: shell)
        #expect(locked.lock.contains("\nwl==1.0 \\\n    --hash=sha256:"), "\(locked.output)")
        for uv in [Node.uv, "no"] {
            node.variables["RAY_UV"] = uv
            let plan = try node.plan(locked.lock)
            let built = try node.run(plan.steps, extra: ["RAY_DAMAGED": "a/wl-1.0.dist-info/RECORD"], shell: shell)
            #expect(built.status == 0, "\(built.output)")
            #expect(try node.python(built, "import six, wl; print(wl.Z)") == "1\n")
        }
    }

    @Test func `a wheel that does not have the hash of the lock is not installed`() throws {
        let node = try Node(["r.txt": "six==1.17.0\n"])
        let built = try node.run(try node.plan("# python >=3.8\nsix==1.17.0 \\\n    --hash=\(zeros)\n").steps)
        #expect(built.status != 0)
        #expect(built.output.contains("Hash mismatch for `six==1.17.0`"))
    }

    @Test func `uv is brought by Python's own pip, once`() throws {
        let node = try Node(["r.txt": "six==1.17.0\n"])
        node.variables["RAY_UV"] = nil
        node.variables["PATH"] = "/usr/bin:/bin"
        var facts = try node.facts()
        try #require(facts["uv"] == nil)
        if facts["python_wheels"] == nil { return }
        facts["uv"] = nil
        let steps = try node.builder.lock(try node.request(facts), .unobserved).steps
        #expect(steps.map(\.title) == ["bring uv from the package index", "resolve 1 requirement with uv"])
        let locked = try node.run(steps)
        #expect(locked.lock.contains("six==1.17.0 \\\n"), "\(locked.output)")
        #expect(locked.notes == "")
        #expect(try node.facts()["uv"] == node.place.path("cache/bin/uv"))
        let again = try node.run([steps[0]])
        #expect(again.status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: node.place.path("cache/bin")) == ["uv"])
    }

    @Test func `where uv cannot be brought pip is used, and that is said`() throws {
        let node = try Node(["r.txt": "-f ./wheels\n--no-index\nwl\n"])
        try WheelFile.write("wl", code: "Z = 1", to: node.project.path("wheels"))
        node.variables["RAY_UV"] = nil
        node.variables["PATH"] = "/usr/bin:/bin"
        node.variables["PIP_NO_INDEX"] = "1"
        let facts = try node.facts()
        if facts["python_wheels"] == nil { return }
        let locked = try node.run(try node.builder.lock(try node.request(facts), .unobserved).steps)
        #expect(locked.status == 0, "\(locked.output)")
        #expect(locked.lock == "")
        #expect(
            locked.notes == """
                uv could not be brought from the package index: using python -m venv and pip, which takes longer
                nothing is locked: that takes uv, and there is none

                """)
        let plan = try node.plan(locked.lock, facts: facts)
        #expect(plan.notReproducible == ["nothing is locked, and no exact version is asked for of `wl`"])
        let built = try node.run(plan.steps)
        #expect(built.status == 0, "\(built.output)")
        #expect(try node.python(built, "import wl; print(wl.Z)") == "1\n")
        node.variables["RAY_UV"] = "no"
        let answer = try node.builder.lock(try node.request(), .unobserved)
        #expect(answer.steps.isEmpty)
        #expect(answer.notes == ["nothing is locked: that takes uv, and there is none"])
    }

    @Test func `a Python alone makes an empty environment of it`() throws {
        let node = try Node(["x": ""], environment: ["python": "3"])
        #expect(try node.builder.lock(node.request(), .unobserved).steps.isEmpty)
        let plan = try node.plan()
        #expect(plan.diagnostics.isEmpty)
        #expect(plan.steps.map(\.title).first?.hasPrefix("create the virtual environment with uv") == true)
        let built = try node.run(plan.steps)
        #expect(built.status == 0, "\(built.output)")
        #expect(try node.python(built, "import sys, pip; print(sys.prefix)") == "\(built.layer)/venv\n")
        node.variables["RAY_UV"] = "no"
        let other = try node.run(try node.plan().steps)
        #expect(try node.python(other, "import sys, pip; print(sys.prefix)") == "\(other.layer)/venv\n")
    }

    @Test func `what is not locked is resolved when it is built`() throws {
        let node = try Node(["r.txt": "-f ./wheels\n--no-index\nwl\n./lib\n-e ./edi\n"])
        try WheelFile.write("wl", code: "Z = 1", to: node.project.path("wheels"))
        for name in ["lib", "edi"] {
            try node.project.write(
                "from setuptools import setup\nsetup(name='my\(name)', py_modules=['my\(name)'])",
                to: "\(name)/setup.py")
            try node.project.write("X = 1\n", to: "\(name)/my\(name).py")
        }
        node.variables["RAY_UV"] = "no"
        // Building takes setuptools, which the folder of wheels does not have.
        try node.project.write("-f ./wheels\n--no-index\nwl\n", to: "r.txt")
        let plan = try node.plan()
        let built = try node.run(plan.steps)
        #expect(built.status == 0, "\(built.output)")
        node.variables["RAY_UV"] = Node.uv
        try node.project.write("-f ./wheels\nwl\n./lib\n-e ./edi\n", to: "r.txt")
        for number in 1...2 {
            try node.project.write("X = \(number)\n", to: "lib/mylib.py")
            let other = try node.run(try node.plan().steps)
            #expect(other.status == 0, "\(other.output)")
            #expect(
                try node.python(other, "import wl, mylib, myedi; print(mylib.X, myedi.__file__)").hasPrefix(
                    "\(number) \(node.project.path("edi"))"))
        }
    }

    @Test func `a version that there is not is told with the newest`() throws {
        let node = try Node(["r.txt": "# x\nclick==99.99\n"])
        for uv in [Node.uv, "no"] {
            node.variables["RAY_UV"] = uv
            let steps = uv == "no" ? try node.plan().steps : try node.builder.lock(node.request(), .unobserved).steps
            let failed = try node.run(steps)
            #expect(failed.status != 0)
            var request = try node.request()
            request.failure = StepFailure(operation: "lock", step: 0, status: 1, output: failed.output)
            let found = try node.builder.explain(request, .unobserved).diagnostics
            #expect(found.count == 1)
            #expect(found.first?.message.hasPrefix("no version of click matches ==99.99 (newest is 8.") == true)
            #expect(found.first?.line == 2)
        }
    }

    @Test func `verify refuses what uv's cache has lost`() throws {
        let node = try Node(["r.txt": "six==1.17.0\n"])
        let plan = try node.plan(try node.lock().lock)
        let built = try node.run(plan.steps)
        let verify = [Step(title: "verify", script: try #require(plan.verify), timeout: 9)]
        #expect(try node.run(verify, extra: ["RAY_LAYER": built.layer]).status == 0)
        let records = try ScriptRun(
            "rm \"$LAYER\"/venv/lib/python*/site-packages/six-1.17.0.dist-info/RECORD", in: "/",
            variables: ["LAYER": built.layer, "PATH": "/usr/bin:/bin"])
        #expect(records.status == 0)
        let refused = try node.run(verify, extra: ["RAY_LAYER": built.layer])
        #expect(refused.status != 0)
        #expect(refused.output == "ray: no record of six\n")
    }
}

import FoundationEssentials
import Pip
import PluginKit
import Testing

@Suite struct ExplainTests {
    /// What is said about a failure of a project with this requirements file: class, place, message, and,
    /// each in a line, cure and cause.
    private func explanation(
        of output: String, requirements: String, lock: String? = nil, operation: String = "lock"
    ) throws -> String {
        let project = try ProjectFolder([
            "r.txt": requirements, "bad/setup.py": "", "badc/setup.py": "", "wl-1.0-py3-none-any.whl": "",
            "wlb-1.0-py3-none-any.whl": "",
        ])
        var request = project.request("r.txt", facts: ProjectFolder.uvFacts)
        request.failure = StepFailure(operation: operation, step: 0, status: 1, output: output)
        request.lock = lock.map { Lock(text: $0, place: Place(file: project.path("environment.lock"), line: 10)) }
        return try PipBuilder(variables: [:]).explain(request, .unobserved).diagnostics.map { found in
            let file = found.file?.split(separator: "/").last ?? "-"
            let place = "\(file):\(found.line ?? 0):\(found.column ?? 0)"
            let rest = [found.hint.map { "hint: \($0)" }, found.cause.map { "cause: \($0)" }].compactMap { $0 }
            return (["[\(found.errorClass.rawValue)] \(place) \(found.message)"] + rest).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    @Test(arguments: capturedOutputs)
    func `what uv and pip say becomes class, place, message and cure`(_ captured: CapturedOutput) throws {
        let requirements = "# what is needed\n\(captured.requirements)\n"
        #expect(try explanation(of: captured.output, requirements: requirements) == captured.told)
    }

    @Test func `a package of the lock that no requirement names has its place in the lock`() throws {
        let hash = String(repeating: "0", count: 64)
        let lock =
            "# python >=3.11\nclick==8.1.7 \\\n    --hash=sha256:\(hash)\nsix==1.17.0 \\\n    --hash=sha256:\(hash)\n"
        let captured = try #require(capturedOutputs.first { $0.name == "uv-hash" })
        let told = try explanation(of: captured.output, requirements: "click\n", lock: lock, operation: "plan")
        #expect(told.hasPrefix("[hash] environment.lock:13:0 `six==1.17.0` does not match its hash\n"))
    }

    @Test(arguments: [
        (
            "error: failed to write to file `/c/x`: Disk quota exceeded (os error 122)",
            "[disk] -:0:0 the quota of the disk is used up for `/c/x`"
        ),
        (
            "ray: no record of six\n",
            "[verify-failed] project.yaml:3:17 what was installed of `six` is not whole: uv's cache is damaged"
        ),
        (
            "error: Unexpected '-', expected '-c', '-e', '-r' or the start of a requirement: r.txt:1:3",
            "[input] r.txt:1:3 uv does not know this option of requirements files"
        ),
        (
            "error: No interpreter found for Python 3.99 in search path",
            "[tool-missing] project.yaml:3:17 uv finds no such Python"
        ),
        (
            "fatal: unable to access 'https://h.example/x.git/': Could not resolve host: h.example",
            "[network] project.yaml:3:17 `h.example` cannot be reached: there is no host of this name"
        ),
        (
            "fatal: Authentication failed for 'https://me:pw@h.example/x.git/'",
            "[auth] project.yaml:3:17 `h.example` refuses access: it takes a name and a password"
        ),
        (
            "error: Failed to build `six==1.17.0`\n  error: command 'gcc' failed: No such file or directory\n",
            "[tool-missing] r.txt:1:1 building `six==1.17.0` takes `gcc`, which is not there"
        ),
        ("something that nobody knows", ""),
    ])
    func `more words of tools`(output: String, told: String) throws {
        let found = try explanation(of: output, requirements: "six\n")
        #expect(found.split(separator: "\n").first.map(String.init) ?? "" == told)
        #expect(!found.contains("pw@"))
    }

    @Test func `a package that others need is told with the words of uv`() throws {
        let output = """
            error: No solution found when resolving dependencies
              cause: Because nope was not found in the package registry and six==1 depends on nope, we can conclude x.
            """
        #expect(
            try explanation(of: output, requirements: "six==1\n") == """
                [unsatisfiable] project.yaml:3:17 there is no package `nope`, which others need
                hint: look at its name, and at the index that it comes from
                cause: Because nope was not found in the package registry and six==1 depends on nope, we can conclude x.
                """)
    }
}

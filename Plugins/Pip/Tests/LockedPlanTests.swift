import FoundationEssentials
import Pip
import PluginKit
import Testing

private func hash(_ digit: Character) -> String { "sha256:\(String(repeating: digit, count: 64))" }

@Suite struct LockedPlanTests {
    private func plan(
        _ requirements: String, lock: String, facts: [String: String] = ProjectFolder.uvFacts,
        files: [String: String] = [:]
    ) throws -> (answer: PlanAnswer, project: ProjectFolder) {
        let project = try ProjectFolder(files.merging(["r.txt": requirements]) { $1 })
        var request = project.request("r.txt", facts: facts)
        request.lock = Lock(text: lock, place: Place(file: project.path("environment.lock"), line: 10))
        return (try PipBuilder(variables: [:]).plan(request, .unobserved), project)
    }

    @Test func `a lock for a newer Python is stale`() throws {
        let (answer, project) = try plan("six\n", lock: "# python >=3.12\nsix==1.17.0\n")
        #expect(
            answer.diagnostics == [
                Diagnostic(
                    .lockStale, "the lock is for Python 3.12 or newer, and this is Python 3.11.2",
                    at: Place(file: project.path("environment.lock"), line: 10),
                    hint: "`ray environment lock` writes it anew, or choose a Python with `python` in `environment`")
            ])
        #expect(try plan("six\n", lock: "# python >=3.11\nsix==1.17.0\n").answer.diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("<<<<<<< mine", "the lock has a line that is no requirement: `<<<<<<<` is no package name"),
        ("=======", "the lock has a line that is no requirement: `=======` is no package name"),
        ("six>=1", "the lock has no exact version of `six`"),
        ("six==1.*", "the lock has no exact version of `six`"),
        (
            "--index-url https://u:pw@h/simple",
            "the lock has a line that is no requirement: `--index-url https://h/simple`"
        ),
    ])
    func `a line of the lock that uv did not write is told with its place`(line: String, message: String) throws {
        let (answer, project) = try plan(
            "six\n", lock: "# python >=3.11\nclick==8.1.7 \\\n    --hash=\(hash("0"))\n\(line)\n")
        #expect(
            answer.diagnostics == [
                Diagnostic(
                    .input, message, at: Place(file: project.path("environment.lock"), line: 13),
                    hint: "`ray environment lock` writes it anew")
            ])
        #expect(answer.steps.isEmpty)
    }

    @Test func `only what this Python and platform take is installed, and counts`() throws {
        let lock = """
            # python >=3.11
            a==1 ; sys_platform == 'win32'
            b==2 ; python_full_version < '3.12' and sys_platform != 'win32'
            c==3 ; python_full_version >= '3.12'
            d==4 ; platform_machine == 'x86_64' or platform_machine == 'amd64'
            e==5 ; (python_version not in '3.10' and os_name == 'posix')
            f==6 ; platform_release == 'x'
            g==7 ; python_full_version == '3.11.*'
            h==8 ; implementation_name == 'pypy'
            """
        let (answer, _) = try plan("a\n", lock: lock)
        #expect(answer.components["requirements"] == "b==2\nd==4\ne==5\nf==6\ng==7")
        #expect(answer.components["hashes"] == "")
        #expect(answer.steps.map(\.title) == ["install 5 packages with uv 0.13.9"])
        #expect(answer.components["platform"] == "linux x86_64 glibc-2.36")
        let later = ProjectFolder.uvFacts.merging(["python_version": "3.12.1"]) { $1 }
        #expect(try plan("a\n", lock: lock, facts: later).answer.components["requirements"] == "c==3\nd==4\ne==5\nf==6")
    }

    @Test func `hashes that a requirement names narrow those of the lock`() throws {
        let lock = "six==1.17.0 \\\n    --hash=\(hash("1")) \\\n    --hash=\(hash("2"))\n"
        let (narrowed, _) = try plan("six==1.17.0 --hash=\(hash("2"))\n", lock: lock)
        #expect(narrowed.components["hashes"] == "six \(hash("2"))")
        #expect(narrowed.steps.first?.script.contains(hash("1")) == false)
        let (refused, project) = try plan("# x\nSix==1.17.0 --hash=\(hash("3"))\n", lock: lock)
        #expect(
            refused.diagnostics == [
                Diagnostic(
                    .hash, "`six==1.17.0` has none of the hashes that are named here",
                    at: Place(file: project.path("r.txt"), line: 2, column: 1),
                    cause: "it has \(hash("1")), \(hash("2"))",
                    hint: "correct the hashes, or remove them: the lock has some for every package")
            ])
    }

    @Test func `names and passwords of URLs are read from the file when the script runs`() throws {
        let requirements =
            "\nsix @ https://joe:hunter2@h/six.whl\nb @ https://other/b.whl\n-e git+https://x:${GIT_TOKEN}@g/r.git#egg=r\n"
        let lock = """
            b @ https://other/b.whl --hash=\(hash("1"))
            -e git+https://g/r.git@0000000000000000000000000000000000000000#egg=r
            six @ https://h/six.whl --hash=\(hash("2"))
            """
        let project = try ProjectFolder(["r.txt": requirements])
        var request = project.request("r.txt", facts: ProjectFolder.uvFacts)
        request.lock = Lock(text: lock, place: Place(file: "/l", line: 1))
        let answer = try PipBuilder(variables: ["GIT_TOKEN": "hunter2"]).plan(request, .unobserved)
        #expect(answer.diagnostics.isEmpty)
        #expect(!"\(answer)".contains("hunter2"))
        #expect(answer.secrets == ["GIT_TOKEN"])
        let script = try #require(answer.steps.first?.script)
        let files = script.firstRange(of: "unset PYTHONHOME").map { script[..<$0.lowerBound] }
        let run = try ScriptRun(
            "TMPDIR=$PWD\n\(files ?? "")\ncat hashed unhashed\n", in: project.root.path,
            variables: ["PATH": "/usr/bin:/bin"])
        #expect(
            run.output == """
                b @ https://other/b.whl \\
                    --hash=\(hash("1"))
                six @ https://joe:hunter2@h/six.whl \\
                    --hash=\(hash("2"))
                -e git+https://x:${GIT_TOKEN}@g/r.git@0000000000000000000000000000000000000000#egg=r

                """)
    }

    @Test func `no text of a lock can end the text that a script writes`() throws {
        let (answer, project) = try plan("six\n", lock: "six==1.17.0\n", facts: ProjectFolder.uvFacts)
        #expect(answer.steps.first?.script.contains("cat <<'RAY_TEXT'\nsix==1.17.0\nRAY_TEXT\n") == true)
        let (other, _) = try plan("RAY_TEXT\n", lock: "./RAY_TEXT\n./$(touch\tx)`\n")
        #expect(other.steps.first?.script.contains("cat <<'RAY_TEXT'\n./RAY_TEXT\n") == true)
        _ = project
    }

    @Test func `options that an installer needs reach it, with paths as they are on the node`() throws {
        let requirements = "-r sub/more.txt\n--no-binary six\n--trusted-host h\n--pre\nsix\n"
        let (answer, _) = try plan(
            requirements, lock: "six==1.17.0\n", files: ["sub/more.txt": "-f wheels\n-f other\n", "sub/wheels/x": ""])
        let script = try #require(answer.steps.first?.script)
        #expect(
            script.contains(
                "--find-links /home/u/p/sub/wheels\n--find-links /home/u/p/other\n--no-binary six\nRAY_TEXT\n"))
        #expect(script.contains("--no-deps --allow-insecure-host h -r \"$TMPDIR/sources\""))
        #expect(answer.components["options"] == "--no-binary six")
        let facts = ProjectFolder.uvFacts.merging(["packaging": "only_binary=numpy"]) { $1 }
        let configured = try plan(
            requirements, lock: "six==1.17.0\n", facts: facts, files: ["sub/more.txt": "six\n"]
        ).answer
        #expect(configured.components["options"] == "--no-binary six\nonly_binary=numpy")
    }

    @Test func `what an environment depends on that may change by itself is named`() throws {
        let project = try ProjectFolder([
            "r.txt": """
            six==1.17.0
            a @ git+https://u:pw@h/a.git@main
            b @ git+https://h/b.git@0123456789012345678901234567890123456789
            c @ https://h/c.whl
            d @ https://h/d.whl --hash=\(hash("0"))
            -c https://h/constraints.txt
            """
        ])
        #expect(
            try project.plan().notReproducible == [
                "nothing is locked: what the requirements need themselves may be another version tomorrow",
                "`git+https://h/a.git@main` names no commit", "`https://h/c.whl` has no hash",
                "`--constraint https://h/constraints.txt` is read from another host",
            ])
        let loose = try ProjectFolder(["r.txt": "a\nb>1\nc==1.*\nd~=2.0\ne\nf\n"])
        #expect(
            try loose.plan().notReproducible == [
                "nothing is locked, and no exact version is asked for of `a`, `b`, `c`, `d`, `e` and 1 more"
            ])
        #expect(try plan("six\n", lock: "six==1.17.0\n").answer.notReproducible.isEmpty)
    }

    @Test func `the basis of a lock has no platform, no patch version and no password`() throws {
        let project = try ProjectFolder([
            "r.txt": "-i https://u:${T}@h/simple\n-f ./wheels\nsix\n./lib\n--pre\n", "lib/setup.py": "",
            "lib/m/n.py": "",
            "wheels/six-1.0-py3-none-any.whl": "",
        ])
        var request = project.request("r.txt", facts: ProjectFolder.uvFacts)
        request.environment["python"] = "3.11.2"
        let answer = try PipBuilder(variables: ["T": "hunter2"]).lock(request, .unobserved)
        #expect(answer.diagnostics.isEmpty)
        #expect(
            answer.basis == [
                "requirements": "./lib\nsix", "indexes": "--index-url https://h/simple\n--find-links ./wheels",
                "options": "--pre", "python": "3.11",
            ])
        #expect(answer.inputs == ["lib/setup.py", "wheels/six-1.0-py3-none-any.whl"].map(project.path))
        #expect(!"\(answer)".contains("hunter2"))
        #expect(answer.steps.map(\.title) == ["resolve 2 requirements with uv 0.13.9"])
        #expect(answer.steps.first?.place == project.place)
        let other = ProjectFolder.uvFacts.merging(["python_version": "3.11.9", "arch": "aarch64"]) { $1 }
        request.facts = other
        #expect(try PipBuilder(variables: ["T": "hunter2"]).lock(request, .unobserved).basis == answer.basis)
    }
}

import FoundationEssentials
import Pip
import PluginKit
import Testing

@Suite struct PlanTests {
    private func project(_ text: String = "a\nb") throws -> ProjectFolder { try ProjectFolder(["my r.txt": text]) }

    @Test func `with uv the environment is made by uv, with the pip of Python in it`() throws {
        let answer = try project().plan("my r.txt")
        #expect(answer.steps.map(\.title) == ["install 2 requirements with uv 0.13.9"])
        let script = try #require(answer.steps.first?.script)
        #expect(script.contains("uv() { /opt/uv --no-progress \"$@\"; }"))
        #expect(script.contains(#"uv venv --quiet --python /usr/bin/python3.11 "$RAY_LAYER/venv""#))
        #expect(script.contains("--find-links /usr/share/python-wheels 'pip==23.0.1' 'setuptools==66.1.1'\n)\n"))
        #expect(script.contains("UV_REQUIRE_HASHES UV_EXCLUDE_NEWER"))
        #expect(script.hasSuffix(#"--python "$python" "$@" -r 'my r.txt'"# + "\n"))
        #expect(answer.notes.isEmpty)
        #expect(answer.checksums == ["venv/lib/python*/site-packages/*.dist-info/RECORD"])
        #expect(answer.volatile == ["__pycache__"])
    }

    @Test func `a uv that is too old is not used, and that is said`() throws {
        let old = ["uv": "/opt/uv", "uv_version": "0.1.44", "uv_requested": "/opt/uv"]
        let answer = try project().plan("my r.txt", facts: ProjectFolder.pipFacts.merging(old) { $1 })
        #expect(answer.steps.map(\.title) == ["install 2 requirements with pip"])
        #expect(
            answer.notes == [
                "`/opt/uv` is uv 0.1.44, which is older than 0.5: using python -m venv and pip, which takes longer"
            ])
        let facts = ProjectFolder.pipFacts.merging(old) { $1 }.filter { $0.key != "uv_requested" }
        #expect(
            try project().plan("my r.txt", facts: facts).notes == [
                "`/opt/uv` is uv 0.1.44, which is older than 0.5: a newer one is brought from the package index"
            ])
    }

    @Test func `an index that a file names goes before those that pip is configured with`() throws {
        let facts = ProjectFolder.uvFacts.merging([
            "setting_index_url": "env", "setting_extra_index_url": "3,4 /etc/pip.conf",
        ]) { $1 }
        let configured = try project().plan("my r.txt", facts: facts)
        #expect(configured.steps.last?.script.contains("UV_INDEX_URL=\"$PIP_INDEX_URL\"") == true)
        #expect(configured.steps.last?.script.contains("UV_EXTRA_INDEX_URL=\"$(setting 3,4 /etc/pip.conf)\"") == true)
        let chosen = try project("-i https://h/simple\na").plan("my r.txt", facts: facts)
        #expect(chosen.steps.last?.script.contains("UV_INDEX_URL") == false)
        #expect(chosen.steps.last?.script.contains("UV_EXTRA_INDEX_URL") == false)
        let own = try project().plan("my r.txt", facts: facts.merging(["uv_config": "/etc/uv/uv.toml"]) { $1 })
        #expect(own.steps.last?.script.contains("UV_INDEX_URL") == false)
    }

    @Test func `without uv it is made by venv and pip, and that is said`() throws {
        let answer = try project().plan("my r.txt", facts: ProjectFolder.pipFacts)
        #expect(answer.steps.map(\.title) == ["install 2 requirements with pip"])
        #expect(
            answer.steps.first?.script.contains(#"/usr/bin/python3.11 -m venv --without-pip "$RAY_LAYER/venv""#) == true
        )
        #expect(answer.notes == ["`RAY_UV` is `no`: using python -m venv and pip, which takes longer"])
        let bare = ["uv_requested": nil, "python_wheels": nil] as [String: String?]
        let facts = ProjectFolder.pipFacts.merging(bare.mapValues { $0 ?? "" }) { $1 }.filter { !$0.value.isEmpty }
        #expect(
            try project().plan("my r.txt", facts: facts).notes == [
                "uv is not on PATH: using python -m venv and pip, which takes longer"
            ])
    }

    @Test func `a uv that is not there is brought, if Python has a pip to bring it with`() throws {
        let facts = ProjectFolder.pipFacts.filter { $0.key != "uv_requested" }
        let answer = try project().plan("my r.txt", facts: facts)
        #expect(answer.steps.map(\.title) == ["bring uv from the package index", "install 2 requirements with uv"])
        #expect(answer.notes == ["uv is not on PATH: it is brought from the package index"])
        #expect(answer.steps.last?.script.hasPrefix("if [ -x \"$RAY_CACHE/bin/uv\" ]; then\n") == true)
    }

    @Test func `the installer does not decide what is built`() throws {
        let project = try project()
        let newer = ProjectFolder.uvFacts.merging(["uv_version": "1.0.0"]) { $1 }
        let components = try project.plan("my r.txt").components
        #expect(try project.plan("my r.txt", facts: newer).components == components)
        #expect(try project.plan("my r.txt", facts: ProjectFolder.pipFacts).components == components)
        #expect(components["python"] == "3.11.2 /usr/bin/python3.11")
        #expect(components["platform"] == "linux x86_64 glibc-2.36")
    }

    @Test(arguments: [
        (
            ["python_venv": "no"], "`/usr/bin/python3` cannot make virtual environments: its `venv` is not installed",
            "`apt install python3-venv`, or install uv"
        ),
        (
            ["python_version": "2.7.18"], "`/usr/bin/python3` is Python 2.7.18",
            "put a Python 3 on PATH, or name one in `RAY_PYTHON`"
        ),
        (
            ["python": "", "python_executable": ""], "there is neither Python nor uv",
            "install Python 3 or uv, or name a Python in `RAY_PYTHON`"
        ),
    ])
    func `a node that cannot build says what to install`(change: [String: String], message: String, hint: String) throws
    {
        let project = try project()
        let answer = try project.plan("my r.txt", facts: ProjectFolder.pipFacts.merging(change) { $1 })
        let place = Place(file: project.place.file, line: project.place.line, column: project.place.column)
        #expect(answer.diagnostics == [Diagnostic(.toolMissing, message, at: place, hint: hint)])
        #expect(answer.steps.isEmpty)
    }

    @Test func `uv alone is enough`() throws {
        let facts = ["uv": "/opt/uv", "uv_version": "0.13.9"]
        let answer = try project().plan("my r.txt", facts: facts)
        #expect(answer.components["python"] == "3.12 chosen by uv")
        #expect(answer.steps.first?.script.contains("uv venv --quiet --python 3.12 ") == true)
        #expect(answer.notes == ["there is no Python on PATH: uv 0.13.9 brings one"])
    }

    @Test func `a wrong file is not planned`() throws {
        let answer = try project("a=1").plan("my r.txt")
        #expect(answer.diagnostics.count == 1)
        #expect(answer.steps.isEmpty)
    }

    @Test func `the manifest states the same id and version`() throws {
        let manifest = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "plugin.yaml")
        let lines = try String(contentsOf: manifest, encoding: .utf8).split(whereSeparator: \.isNewline)
        #expect(lines.contains("id: \(PipBuilder.id)"))
        #expect(lines.contains("version: \(PipBuilder.version)"))
    }
}

import Conda
import PluginKit
import Testing

/// What stands in an environment.yml.
@Suite struct DocumentTests {
    private static let good = [
        "python", "python=3.11", "python==3.11.7", "numpy>=1.20,<2", "numpy 1.2.*", "blas=*=openblas",
        "conda-forge::gdal",
        "conda-forge/linux-64::gdal=3", "numpy[version='>=1',build=py*]", "_libgcc_mutex", "r-base ~=4.1",
        "cudatoolkit!=11",
        "libfoo >=1|<0.5", "https://host/linux-64/foo-1.0-0.conda", "x264 =1!164.3095",
    ]

    @Test(arguments: good) func `specifications that conda takes`(_ text: String) throws {
        #expect(try CondaBuilder().check(EnvironmentFile.request([text]), .unobserved).diagnostics.isEmpty)
    }

    private static let ofPip = "put it below `pip:`, a list at the end of `dependencies`"
    private static let form = "write `NAME`, `NAME=1.2`, `NAME>=1,<2` or `CHANNEL::NAME`"

    @Test(arguments: [
        ("=3.11", form), ("numpy @ https://x/y.whl", ofPip), ("git+https://x/y", ofPip), ("-r requirements.txt", ofPip),
        ("numpy=", form), ("num py;x", form), ("numpy#1", form), ("requests[security]", form), ("c::", form),
        ("https://host/foo.conda", ofPip),
    ])
    func `specifications that it does not`(_ text: String, _ hint: String) throws {
        let found = try CondaBuilder().check(EnvironmentFile.request(["python", text]), .unobserved).diagnostics
        #expect(found.map(\.told) == ["[input]:11:5 `\(text)` names no conda package\nhint: \(hint)"])
    }

    @Test func `everything that is wrong is told at once`() throws {
        let request = EnvironmentFile.request(
            ["=1", "a\nb"],
            pip: ["-r none.txt", "a\nb", "humanize", "six=1", "--index-url https://${NOWHERE}@h/simple", "./lib"])
        let found = try CondaBuilder().check(request, .unobserved)
        #expect(
            found.diagnostics.map(\.told) == [
                "[input]:10:5 `=1` names no conda package\nhint: \(Self.form)",
                "[input]:11:5 `a` names no conda package\nhint: \(Self.form)",
                "[input]:51:7 an entry of `pip` is no single line\nhint: write one for each",
                "[input]:50:7 `none.txt` not found in `/home/u/p`",
                "[input]:53:7 `=` is no comparison\nhint: did you mean `six==1`?",
                "[input]:54:7 `${NOWHERE}` is not set\nhint: set it before starting, or write its value",
                "[input]:55:7 `./lib` not found in `/home/u/p`",
            ])
        #expect(found.files == ["/home/u/p/none.txt", "/home/u/p/lib"])
    }

    @Test func `what is asked for decides, and what is not used does not`() throws {
        func components(_ request: BuilderRequest) throws -> [String: String] {
            try CondaBuilder().plan(request, .unobserved).components
        }
        let plain = try components(EnvironmentFile.request(["b", "a=1"]))
        #expect(
            plain == ["packages": "a=1\nb", "channels": "file:///c\nnodefaults", "platform": "linux x86_64 glibc-2.36"])
        #expect(try components(EnvironmentFile.request(["a=1", "b"], other: ["name": "x", "prefix": "/y"])) == plain)
        let more = EnvironmentFile.request(
            ["b", "a=1"], pip: ["humanize", "--index-url https://u:secret@h/simple", "https://u:secret@h/x.whl"],
            channels: ["https://u:secret@h/c"], other: ["variables": ["A": 1]]
        )
        #expect(
            try components(more).filter { plain[$0.key] != $0.value } == [
                "packages": "a=1\nb\npip", "channels": "https://h/c",
                "pip": "https://h/x.whl\nhumanize\n--index-url https://h/simple",
                "variables": "A=1",
            ])
        var settings = EnvironmentFile.facts
        settings["conda_settings"] = "1-2"
        #expect(try components(EnvironmentFile.request(["a"], facts: settings))["settings"] == nil)
        #expect(try components(EnvironmentFile.request(["a"], channels: [], facts: settings))["settings"] == "1-2")
    }

    @Test func `keys that mean nothing here are told`() throws {
        let request = EnvironmentFile.request(["a"], other: ["name": "x", "prefix": "/y"])
        #expect(
            try CondaBuilder().plan(request, .unobserved).notes
                == ["`name` and `prefix` of the environment's file are not used"])
    }

    @Test func `without a tool it is told where was looked`() throws {
        var facts = EnvironmentFile.facts
        facts["conda_tool"] = nil
        let told = [
            "[tool-missing]:1:1 there is no conda, mamba or micromamba\ncause: looked at CONDA_EXE, MAMBA_EXE, PATH, "
                + "/home/u/miniforge3/bin\nhint: install Miniforge (https://conda-forge.org/download) or micromamba, or name one "
                + "with `conda_tool`"
        ]
        #expect(
            try CondaBuilder().plan(EnvironmentFile.request(["a"], facts: facts), .unobserved).diagnostics.map(\.told)
                == told)
        #expect(
            try CondaBuilder().lock(EnvironmentFile.request(["a"], facts: facts), .unobserved).diagnostics.map(\.told)
                == told)
        facts["conda_requested"] = "my/conda"
        var request = EnvironmentFile.request(["a"], facts: facts)
        request.places["/conda_tool"] = Place(file: "project.yaml", line: 4, column: 3)
        #expect(
            try CondaBuilder().plan(request, .unobserved).diagnostics.map(\.told)
                == ["[tool-missing]:4:3 `my/conda` is no program that runs\nhint: name a conda, mamba or micromamba"])
    }

    @Test func `an environment that is not there`() throws {
        for (name, hint) in [
            ("science", "`conda env list` shows those that there are; a file's name ends in `.yml` or `.yaml`"),
            ("./env", "name the folder of an environment, or an environment.yml"),
        ] {
            var request = EnvironmentFile.request([])
            request.environment["conda"] = .string(name)
            #expect(
                try CondaBuilder().plan(request, .unobserved).diagnostics.map(\.told)
                    == ["[input]:1:1 there is no conda environment `\(name)`\nhint: \(hint)"])
            #expect(try CondaBuilder().lock(request, .unobserved) == LockAnswer())
            request.facts["conda_prefix"] = "/e/it's"
            let plan = try CondaBuilder().plan(request, .unobserved)
            #expect(plan.activation.prepend == ["PATH": "/e/it's/bin"])
            #expect(plan.notReproducible == ["`/e/it's` is kept by others, who may change it"])
        }
    }
}

import FoundationEssentials
import PluginKit
import Testing

@Suite struct `What commands read` {
    private func command(_ inputs: [String]?, _ outputs: [String] = [], run: String = "make") -> JSONValue {
        ProjectFolder.command(inputs, outputs: outputs, run: run)
    }

    @Test(arguments: [
        (["main.c"], "main.c"), (["./src/../main.c"], "main.c"),
        (["src"], "src/a.c\nsrc/deep/b.c\nsrc/deep/b.h"), (["src/"], "src/a.c\nsrc/deep/b.c\nsrc/deep/b.h"),
        (["src/*"], "src/a.c"), (["src/**"], "src/a.c\nsrc/deep/b.c\nsrc/deep/b.h"),
        (["**/*.c"], "main.c\nsrc/a.c\nsrc/deep/b.c"), (["src/**/b.?"], "src/deep/b.c\nsrc/deep/b.h"),
        (["src/**/deep/**/*.h"], "src/deep/b.h"), (["*"], ".hidden\nmain.c"), (["m*n*.c"], "main.c"),
        (["src/*/b.c", "main.?"], "main.c\nsrc/deep/b.c"), (["empty"], ""), ([], ""),
        ([".git/HEAD"], ".git/HEAD"),
    ])
    func `files, folders and patterns stand for files`(inputs: [String], names: String) throws {
        let project = try ProjectFolder([
            "main.c", ".hidden", "src/a.c", "src/deep/b.c", "src/deep/b.h", ".git/HEAD", "src/.git/HEAD",
            "src/__pycache__/a.pyc",
        ])
        try FileManager.default.createDirectory(atPath: project.path("empty"), withIntermediateDirectories: false)
        let answer = try project.plan([command(inputs)])
        #expect(answer.diagnostics.isEmpty)
        #expect(answer.components["inputs of command 1"] == (names.isEmpty ? nil : names))
        #expect(answer.inputs == names.split(separator: "\n").map { project.path(String($0)) })
        #expect(answer.notReproducible.isEmpty)
    }

    @Test func `an absolute path in the project is as good`() throws {
        let project = try ProjectFolder(["src/a.c"])
        #expect(try project.names(project.path("src/*.c")) == "src/a.c")
    }

    @Test func `touching and naming them in another order changes nothing, all else does`() throws {
        let project = try ProjectFolder(["a", "src/b"])
        let before = try project.plan([command(["a", "src"]), "true"])
        #expect(
            before.components == [
                "command 1": "make", "inputs of command 1": "a\nsrc/b", "command 2": "true", "directory": "/home/u/p",
            ])
        try project.write("a", "other")
        #expect(try project.plan([command(["src/*", "a", "a"]), "true"]).components == before.components)
        #expect(try project.plan([command(["src/*", "a", "a"]), "true"]).inputs == before.inputs)

        try project.write("src/c")
        #expect(try project.names("a", "src") == "a\nsrc/b\nsrc/c")
        try FileManager.default.removeItem(atPath: project.path("src/b"))
        #expect(try project.names("a", "src") == "a\nsrc/c")
        try FileManager.default.moveItem(atPath: project.path("src/c"), toPath: project.path("src/line\nbreak"))
        #expect(try project.names("a", "src") == "a\n'src/line\nbreak'")
        #expect(try project.plan([command(["a"], run: "make all")]).components["command 1"] == "make all")
    }

    @Test func `the answer depends on every file and folder that was looked at`() throws {
        let project = try ProjectFolder(["a", "src/b.c", "src/deep/c.h"])
        try project.link("src/broken", to: "nowhere")
        let answer = try project.check([command(["a", "src", "scr/x", "lib/*.c"])])
        let names = ["", "/a", "/lib", "/scr/x", "/src", "/src/b.c", "/src/deep", "/src/deep/c.h"]
        #expect(answer.files == names.map { project.root + $0 })
        #expect(try project.plan([command(["a", "src", "scr/x", "lib/*.c"])]).files == answer.files)
        #expect(try project.check("make").files == [])
    }

    @Test func `links are followed, also in circles and out of the project`() throws {
        let project = try ProjectFolder(["src/a"])
        let other = try ProjectFolder(["b", "sub/c"])
        try project.link("src/round", to: "../src")
        try project.link("src/link", to: other.root)
        try project.link("src/broken", to: "nowhere")
        let names = ["src/a", "'src/broken -> nowhere'", "src/link/b", "src/link/sub/c"].joined(separator: "\n")
        #expect(try project.names("src") == names)
        #expect(try project.names("src/**/c") == "src/link/sub/c")
        #expect(
            try project.problems([command(["src/broken"])]) == ["10:10: input `src/broken` not found in `ROOT`"])
    }

    @Test func `what commands make is no input`() throws {
        let project = try ProjectFolder(["src/a.c"])
        let commands: JSONValue = [
            command(["src"], ["src/made.c", "build"]),
            command(["src/made.c", "build", "build/*.o", "src/m*.c", "src"]),
            command(["."], ["end"]),
        ]
        let before = try project.plan(commands)
        #expect(before.diagnostics.isEmpty)
        #expect(before.inputs == [project.path("src/a.c")])
        for name in ["src/made.c", "build/x.o", "end/y"] { try project.write(name) }
        let after = try project.plan(commands)
        #expect(after.components == before.components)
        #expect(after.inputs == before.inputs)
        #expect(after.diagnostics.isEmpty)
    }

    @Test func `what no command before it makes has to be there`() throws {
        let project = try ProjectFolder(["src/a.c"])
        #expect(
            try project.problems([command(["build", "build/*.o"]), command([], ["build/all"])]) == [
                "10:10: input `build` not found in `ROOT`", "10:11: no file in `ROOT` matches `build/*.o`",
            ])
        #expect(try project.problems([command([], ["build/all"]), command(["build", "build/*"])]) == [])
    }
}

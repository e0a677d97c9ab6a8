import FoundationEssentials
import Pip
import PluginKit
import Testing

@Suite struct FilesTests {
    @Test func `a missing file is reported where it is named, with the nearest name`() throws {
        let project = try ProjectFolder(["requirements.txt": "", "other.txt": ""])
        let answer = try project.check("requirement.txt")
        let message = "`requirement.txt` not found in `\(project.root.path)`"
        let hint = "did you mean `requirements.txt`?"
        #expect(answer.diagnostics == [Diagnostic(.input, message, at: project.place, hint: hint)])
        #expect(answer.files == [project.path("requirement.txt")])
    }

    @Test func `a missing included file is reported at the line that includes it`() throws {
        let project = try ProjectFolder(["sub/r.txt": "a\n-c  nowhere.txt\n"])
        let place = Place(file: project.path("sub/r.txt"), line: 2, column: 5)
        let message = "`nowhere.txt` not found in `\(project.path("sub"))`"
        #expect(try project.check("sub/r.txt").diagnostics == [Diagnostic(.input, message, at: place)])
    }

    @Test func `a folder is no requirements file`() throws {
        let project = try ProjectFolder(["sub/x": ""])
        #expect(
            try project.check("sub").diagnostics == [
                Diagnostic(.input, "`sub` is a folder, not a requirements file", at: project.place)
            ])
    }

    @Test func `files that include each other are an error, a file included twice is not`() throws {
        let project = try ProjectFolder([
            "r.txt": "-r a.txt\n-r a.txt\n", "a.txt": "x\n", "loop.txt": "-r sub/back.txt\n",
            "sub/back.txt": "\n-r ../loop.txt\n",
        ])
        #expect(try project.check().diagnostics.isEmpty)
        let place = Place(file: project.path("sub/back.txt"), line: 2, column: 4)
        let message = "`../loop.txt` includes itself: `loop.txt` → `back.txt` → `loop.txt`"
        let expected = Diagnostic(.input, message, at: place, hint: "remove this line")
        #expect(try project.check("loop.txt").diagnostics == [expected])
    }

    @Test func `a file that includes itself by another name is noticed`() throws {
        let project = try ProjectFolder(["r.txt": "-r alias.txt\n"])
        try FileManager.default.createSymbolicLink(
            atPath: project.path("alias.txt"), withDestinationPath: project.path("r.txt"))
        let message = "`alias.txt` includes itself: `r.txt` → `r.txt`"
        #expect(try project.check().diagnostics.map(\.message) == [message])
    }

    @Test func `a file that is not UTF-8 is an error, other codings are read`() throws {
        let project = try ProjectFolder(["r.txt": ""])
        let file = URL(filePath: project.path("r.txt"))
        try Data(Array("a\nb # ".utf8) + [0xE9]).write(to: file)
        let expected = Diagnostic(
            .input, "the file is not UTF-8", at: Place(file: file.path, line: 2, column: 5), hint: "save it as UTF-8")
        #expect(try project.check().diagnostics == [expected])

        try Data(Array("# coding: latin-1\na # ".utf8) + [0xE9]).write(to: file)
        #expect(try project.plan().components["requirements"] == "a")
        try Data([0xEF, 0xBB, 0xBF] + Array("a\r\nb".utf8)).write(to: file)
        #expect(try project.plan().components["requirements"] == "a\nb")
        try Data([0xFF, 0xFE] + [UInt8(ascii: "a"), 0, 0x0A, 0]).write(to: file)
        #expect(try project.plan().components["requirements"] == "a")
    }

    @Test func `a local package that is not there is an error, unless a marker may leave it out`() throws {
        let project = try ProjectFolder([
            "r.txt": "./nowhere\n-e nowhere\nx-1.0-py3-none-any.whl\n./nowhere; os_name == 'nt'\n~/x\n"
        ])
        let found = try project.check().diagnostics
        #expect(found.map(\.line) == [1, 2, 3])
        #expect(found.map(\.column) == [1, 4, 1])
        #expect(found.first?.message == "`./nowhere` not found in `\(project.root.path)`")
    }

    @Test func `a file that cannot be read is an error`() throws {
        let project = try ProjectFolder(["r.txt": "-r folder\n-r link.txt\n", "folder/x": ""])
        try FileManager.default.createSymbolicLink(
            atPath: project.path("link.txt"), withDestinationPath: "nowhere.txt")
        #expect(
            try project.check().diagnostics.map(\.message) == [
                "`folder` is a folder, not a requirements file", "`link.txt` not found in `\(project.root.path)`",
            ])
        #expect(throws: PluginError(.input, "`requirements` is not the path of a file")) {
            _ = try PipBuilder(variables: [:]).check(
                BuilderRequest(
                    environment: ["requirements": 1], places: [:], project: Project(name: "p", root: "/p")),
                .unobserved)
        }
    }

    @Test func `a local package is looked for from the project's root`() throws {
        let project = try ProjectFolder([
            "sub/r.txt": "./lib[test]\nx.whl\ny @ file:y.tar.gz\n", "lib/setup.py": "", "x.whl": "", "y.tar.gz": "",
            "lib/src/m.py": "", "lib/src/m.pyc": "", "lib/build/lib/m.py": "", "lib/.git/HEAD": "",
            "lib/src/m.egg-info/PKG-INFO": "", "lib/__pycache__/m.pyc": "",
        ])
        let answer = try project.plan("sub/r.txt")
        #expect(answer.diagnostics.isEmpty)
        #expect(answer.inputs == ["lib/setup.py", "lib/src/m.py", "x.whl", "y.tar.gz"].map(project.path))
        // A folder is another one when a file comes or goes.
        #expect(Set(["lib", "lib/src", "lib/src/m.py"].map(project.path)).isSubset(of: answer.files))
        #expect(answer.components["directory"] == "/home/u/p")
    }
}

import FoundationEssentials
import Glibc
import PluginKit
import Testing

@Suite struct `Paths of commands that are wrong` {
    private func command(_ inputs: [String], _ outputs: [String] = []) -> JSONValue {
        ProjectFolder.command(inputs, outputs: outputs)
    }

    @Test func `all of them are told at once, each at its place`() throws {
        let project = try ProjectFolder(["src/main.c"])
        let outside = "leaves the project's root (copy it into the project, or make a link to it there)"
        #expect(
            try project.problems([
                " ", command(["scr", "src", "*.h", "/etc/passwd"], ["out", "out", "../elsewhere"]),
                command(["~/data"], ["~", ".", "src"]),
            ]) == [
                "10:0: command 1 of `shell` is empty (remove it)",
                "20:10: input `scr` not found in `ROOT` (did you mean `src`?)",
                "20:12: no file in `ROOT` matches `*.h`",
                "20:13: input `/etc/passwd` \(outside)",
                "20:21: output `out` is named already, by command 2 of `shell` (remove one of them)",
                "20:22: output `../elsewhere` leaves the project's root "
                    + "(write the absolute path of what is outside of the project)",
                "30:10: input `~/data` \(outside)",
                "30:20: `~` is not expanded in the output `~` (write its absolute path)",
                "30:21: output `.` holds the whole project (name the files and folders that the command makes)",
                "30:22: output `src` would change the input `src` of command 2 of `shell` "
                    + "(write it elsewhere, or take it out of `inputs`)",
            ])
        #expect(try project.plan([command(["scr"])]).steps.isEmpty)
    }

    @Test(arguments: [
        ("scr/main.c", "(did you mean `src/main.c`?)"), ("src/mian.c", "(did you mean `src/main.c`?)"),
        ("src/deep/main.c", ""), ("nothing/like/it", ""), ("src/main.c/x", ""),
    ])
    func `the nearest name is told`(input: String, hint: String) throws {
        let project = try ProjectFolder(["src/main.c", "src/deeper/b.c"])
        let problem = "10:10: input `\(input)` not found in `ROOT`"
        #expect(try project.problems([command([input])]) == [hint.isEmpty ? problem : "\(problem) \(hint)"])
    }

    @Test(arguments: [
        ("scr/**/*.c", "src/**/*.c"), ("src/ab/?.c", "src/abc/?.c"), ("src/*/main.c", nil), ("*.cc", nil),
        ("src/main.c/*", nil),
    ])
    func `a pattern that matches no file is an error`(pattern: String, nearest: String?) throws {
        let project = try ProjectFolder(["src/main.c", "src/abc/main.h"])
        let hint = nearest.map { " (did you mean `\($0)`?)" } ?? ""
        #expect(
            try project.problems([command([pattern])]) == ["10:10: no file in `ROOT` matches `\(pattern)`\(hint)"])
    }

    @Test(arguments: ["../x", "src/../../x", "/etc", "../p/../x", "/"])
    func `no input leaves the project`(input: String) throws {
        let project = try ProjectFolder(["src/main.c"])
        #expect(
            try project.problems([command([input])]) == [
                "10:10: input `\(input)` leaves the project's root (copy it into the project, or make a link to it there)"
            ])
    }

    @Test func `however it is written, an output is named once`() throws {
        let project = try ProjectFolder(["a"])
        let twice = [
            command([], ["out", "./out/", project.path("out")]), command([], ["x/../out", "/opt/a", "/opt/./a"]),
        ]
        func problem(_ place: String, _ name: String, _ command: Int) -> String {
            "\(place): output `\(name)` is named already, by command \(command) of `shell` (remove one of them)"
        }
        #expect(
            try project.problems(.array(twice)) == [
                problem("10:21", "./out/", 1), problem("10:22", "ROOT/out", 1), problem("20:20", "x/../out", 1),
                problem("20:22", "/opt/./a", 2),
            ])
    }

    @Test func `an output is one file or folder, and not the project`() throws {
        let project = try ProjectFolder(["a"])
        let whole = "holds the whole project (name the files and folders that the command makes)"
        #expect(
            try project.problems([command([], ["build/*.o", "/tmp/??", "/", project.root, "..", "./~"])]) == [
                "10:20: output `build/*.o` is a pattern (name the folder that its files are in)",
                "10:21: output `/tmp/??` is a pattern (name the folder that its files are in)",
                "10:22: output `/` \(whole)", "10:23: output `ROOT` \(whole)",
                "10:24: output `..` leaves the project's root "
                    + "(write the absolute path of what is outside of the project)",
            ])
    }

    @Test func `a command does not change what it or an earlier one has read`() throws {
        let project = try ProjectFolder(["a/x.c", "b"])
        func problem(_ place: String, _ output: String, _ input: String, _ command: Int) -> String {
            "\(place): output `\(output)` would change the input `\(input)` of command \(command) of `shell` "
                + "(write it elsewhere, or take it out of `inputs`)"
        }
        #expect(
            try project.problems([command(["a/x.c", "b"], ["a"])]) == [problem("10:20", "a", "a/x.c", 1)])
        #expect(
            try project.problems([command(["a/x.c"]), command(["b"], ["a/x.c"])])
                == [problem("20:20", "a/x.c", "a/x.c", 1)])
        #expect(try project.problems([command(["a/*.c"], ["a"])]) == [problem("10:20", "a", "a/*.c", 1)])
    }

    @Test func `what is no file and no folder is an error where it is named`() throws {
        let project = try ProjectFolder(["a/x"])
        mkfifo(project.path("a/pipe"), 0o600)
        #expect(
            try project.problems([command(["a/pipe"])]) == [
                "10:10: input `a/pipe` is neither a file nor a folder (leave it out of `inputs`)"
            ])
        #expect(try project.names("a") == "a/pipe\na/x")
    }

    /// A file that not even root may read.
    private static let sealed = "/sys/bus/cpu/uevent"

    @Test(.enabled("there is a file that this user may not read") { geteuid() != 0 || access(sealed, F_OK) == 0 })
    func `what cannot be read is an error`() throws {
        let project = try ProjectFolder(["a/open"])
        if geteuid() == 0 {
            try project.link("a/closed", to: Self.sealed)
        } else {
            try project.write("a/closed")
            chmod(project.path("a/closed"), 0)
        }
        let problem = "`a/closed` cannot be read {Permission denied} (make it readable, or leave it out of `inputs`)"
        for input in ["a", "a/closed", "a/c*"] {
            #expect(try project.problems([command([input])]) == ["10:10: \(problem)"])
        }
    }

    @Test func `there is an end to how many files are looked at`() throws {
        let project = try ProjectFolder((0..<20).map { "data/\($0)" })
        let problem =
            "`shell` has more than 10 files and folders as inputs "
            + "(name fewer, or a file that says which version of them is meant)"
        let commands: JSONValue = [command(["data/1"]), command(["data/2", "data"]), command(["nothing"])]
        #expect(try project.problems(commands, maximumInputs: 10) == ["20:0: \(problem)"])
        #expect(try project.problems([command(["data/*"])], maximumInputs: 21) == [])
    }
}

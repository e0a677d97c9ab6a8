import FoundationEssentials
import Glibc
import Host
import Testing

/// Words that `ray` does not know go to the next `ray` on PATH.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct NextRayTests {
    /// Says how it was called; the last word is its status where that is a number.
    private static let other = #"""
        #!/bin/bash
        printf '<%s>' other "$@"
        printf ' %s\n' "$(cat)"
        [[ ${!#} =~ ^[0-9]+$ ]] && exit "${!#}"
        exit 0
        """#

    /// Runs `ray` from a PATH of these folders, each with what `ray` is in it, and the system's.
    private func ray(
        _ words: String..., in place: Workplace, path folders: [String], input: String = ""
    ) async throws -> Outcome {
        let path = folders.map { $0.isEmpty || !$0.hasPrefix("+") ? $0 : place.folder / String($0.dropFirst()) }
        return try await place.run(
            try program(), words, input: input,
            variables: ["PATH": (path + ["/usr/bin", "/bin"]).joined(separator: ":")])
    }

    private func program() throws -> String { try #require(TestBed.prefix) / "bin/ray" }

    private func script(_ folder: String, _ text: String, in place: Workplace) throws {
        try Files.makeFolder(place.folder / folder)
        try Files.replace(place.folder / folder / "ray", with: Data(text.utf8), mode: 0o755, durable: false)
    }

    private func wrapper(_ folder: String, _ call: String, in place: Workplace) throws {
        try script(folder, "#!/bin/sh\necho \(folder) >&2\n\(call)\n", in: place)
    }

    @Test func `the next ray gets all words as they are, and standard input; its status is ours`() async throws {
        try await Workplace.with { place in
            try script("other", Self.other, in: place)
            let outcome = try await ray(
                "start", "--head", "a b", "", "*", "it's", "\\", "7", in: place, path: ["+other"], input: "in")
            #expect(outcome.output == "<other><start><--head><a b><><*><it's><\\><7> in\n")
            #expect(outcome.errors.isEmpty)
            #expect(outcome.status == 7)
        }
    }

    @Test func `it takes this process's place, with the environment it had`() async throws {
        try await Workplace.with { place in
            try script("other", "#!/bin/sh\necho $$ $RAY_SESSION_RUN; tr '\\0' ' ' < /proc/$$/cmdline", in: place)
            let outcome = try await place.run(
                "/bin/sh", ["-c", "echo $$; exec '\(try program())' status"],
                variables: ["PATH": "\(place.folder / "other"):/usr/bin:/bin", "RAY_SESSION_RUN": "kept"])
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[1] == lines[0] + " kept")
        }
    }

    @Test func `our own program, by whatever name, and what is no program are passed over`() async throws {
        try await Workplace.with { place in
            for folder in ["link", "hard", "folder/ray", "text"] { try Files.makeFolder(place.folder / folder) }
            #expect(symlink(try program(), place.folder / "link/ray") == 0)
            // A hard link needs the same file system.
            if link(try program(), place.folder / "hard/ray") != 0 {
                #expect(symlink(try program(), place.folder / "hard/ray") == 0)
            }
            try Files.replace(place.folder / "text/ray", with: Data("#!/bin/sh\necho no\n".utf8), durable: false)
            try script("other", Self.other, in: place)
            let path = [try program().parentPath, "+link", "+hard", "+folder", "+text", "+missing", "+other"]
            let outcome = try await ray("job", in: place, path: path)
            #expect(outcome.output == "<other><job> \n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `neither the current folder nor a relative one is searched`() async throws {
        try await Workplace.with { place in
            try script("project", Self.other, in: place)
            try script("project/bin", Self.other, in: place)
            let outcome = try await ray("status", in: place, path: ["", ".", "bin", "./bin"])
            #expect(outcome.output.isEmpty)
            #expect(outcome.status == 2)
        }
    }

    @Test(arguments: [
        "exec 'RAY' \"$@\"", "'RAY' \"$@\"", "'RAY' \"$@\" | cat", "sh -c 'exec \"$0\" \"$@\"' 'RAY' \"$@\"",
    ])
    func `a script that calls this program again has its turn once`(call: String) async throws {
        try await Workplace.with { place in
            let call = call.replacing("RAY", with: try program())
            try wrapper("first", call, in: place)
            try wrapper("second", call, in: place)
            try script("other", Self.other, in: place)
            let outcome = try await ray("job", "list it", in: place, path: ["+first", "+second", "+first", "+other"])
            #expect(outcome.errors == "first\nsecond\n")
            #expect(outcome.output == "<other><job><list it> \n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `scripts alone end with the message that there is no other`() async throws {
        try await Workplace.with { place in
            try wrapper("first", "'\(try program())' \"$@\"", in: place)
            try wrapper("second", "exec '\(try program())' \"$@\"", in: place)
            let outcome = try await ray("status", in: place, path: ["+first", "+second"])
            #expect(outcome.errors == "first\nsecond\n\(Self.noOther("status"))\n")
            #expect(outcome.status == 2)
        }
    }

    @Test func `what the next ray starts may ask for other words`() async throws {
        try await Workplace.with { place in
            let again = "[ \"$1\" = status ] && exec '\(try program())' list; echo \"other $1\""
            try script("other", "#!/bin/sh\n\(again)\n", in: place)
            let outcome = try await ray("status", in: place, path: ["+other"])
            #expect(outcome.output == "other list\n")
        }
    }

    @Test func `a mark that an earlier process left counts for nothing`() async throws {
        try await Workplace.with { place in
            try script("other", "#!/bin/sh\necho \"$RAY_FORWARDED\"\n", in: place)
            let variables = ["PATH": "\(place.folder / "other"):/usr/bin:/bin"]
            let first = try await place.run(try program(), ["status"], variables: variables)
            let mark = String(first.output.dropLast())
            #expect(mark.split(separator: " ").count == 5)
            for mark in [mark, "nonsense", ""] {
                let second = try await place.run(
                    try program(), ["status"], variables: variables.merging(["RAY_FORWARDED": mark]) { $1 })
                #expect(second.output.split(separator: " ").count == 5)
                #expect(second.status == 0)
            }
        }
    }

    @Test func `nothing else that is started sees the mark`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let outcome = try await place.ray(
                "session", "start", "--shell", "echo \"<$RAY_FORWARDED>\"", variables: ["RAY_FORWARDED": "1 2 3 4 5.6"])
            #expect(outcome.output == "<>\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `scripts that add words each time are stopped`() async throws {
        try await Workplace.with { place in
            try script("more", "#!/bin/sh\nexec '\(try program())' \"$@\" more\n", in: place)
            let outcome = try await ray("status", in: place, path: ["+more"])
            #expect(
                place.plain(outcome.errors) == """
                    error[conflict]: `FOLDER/more/ray` and `PREFIX/bin/ray` keep calling each other
                      hint: let the script call the `ray` that it means by its path

                    """)
            #expect(outcome.status == 1)
        }
    }

    @Test func `one that cannot be run is told with its cause`() async throws {
        try await Workplace.with { place in
            try script("other", "#!/nowhere/python\n", in: place)
            let outcome = try await ray("status", in: place, path: ["+other"])
            #expect(
                place.plain(outcome.errors) == """
                    error[tool-missing]: cannot run `FOLDER/other/ray`, the next `ray` on PATH
                      No such file or directory
                      hint: the program that its first line names may be missing

                    """)
            #expect(outcome.status == 1)
        }
    }

    @Test func `without another ray the nearest command is suggested, or what there is is told`() async throws {
        try await Workplace.with { place in
            let far = try await ray("status", in: place, path: [])
            #expect(far.errors == Self.noOther("status") + "\n")
            #expect(far.status == 2)
            let near = try await ray("sesion", "list", in: place, path: [])
            #expect(
                near.errors
                    == "error[usage]: there is no command `ray sesion`\n  hint: did you mean `ray session`?\n")
        }
    }

    @Test func `only the first word is handed over`() async throws {
        try await Workplace.with { place in
            try script("other", Self.other, in: place)
            for words in [["project", "frob"], ["session", "status"], ["--frob"]] {
                let outcome = try await place.run(
                    try program(), words, variables: ["PATH": "\(place.folder / "other"):/usr/bin:/bin"])
                #expect(outcome.output.isEmpty)
                #expect(outcome.status == 2, "\(words)")
            }
        }
    }

    private static func noOther(_ word: String) -> String {
        """
        error[usage]: there is no command `ray \(word)`
          hint: there are `ray project`, `ray session`, `ray environment`, `ray up`, `ray down`, `ray exec`, `ray submit`, `ray attach`, `ray monitor`, `ray dashboard`, `ray rsync-up`, `ray rsync-down`, `ray get-head-ip`, `ray get-worker-ips`, `ray clusters`, `ray plugin`, `ray completion`; no other `ray` that could know it \
        is on PATH
        """
    }
}

import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// What is left out of copies, as rsync and git leave it out.
@Suite struct FilePatternTests {
    private static let names = [
        "a", "b.o", "sub/a", "sub/b.o", "sub/deep/a", "sub/deep/c.txt", "deep/sub/a", "build/x", "sub/build/x",
        "sub/build/y/z", "[x]", "back\\slash", "star*", "-dash", "#hash", ";semi", "!bang", "été", "A1", "sp ace ",
        "sub/[x]/f", "long/one/two/three/f", "foo.bar/baz", "x/foo/bar", "foo/bar", "new\nline",
    ]

    private static let patterns: [[String]] = [
        ["a"], ["*.o"], ["/a"], ["sub/a"], ["/sub/a"], ["sub/"], ["/sub/"], ["build/"], ["build"], ["a/"],
        ["deep/*"], ["sub/**"], ["**/a"], ["sub/**/a"], ["/sub/***"], ["deep/***"], ["**sub/a"], ["s*/a"], ["[x]"],
        ["\\[x\\]"], ["\\[x]"], ["back\\slash"], ["back\\\\slash"], ["star\\*"], ["?"], ["[[:upper:]]*"], ["[!a]"],
        ["[^a]"],
        ["-*"], ["#hash"], ["!bang"], ["ét*"], ["sp ace "], ["+ a", "a"], ["+ /sub/", "/*"], ["- a"], ["foo/bar"],
        ["/foo/bar"], ["long/**/f"], ["lo**e"], ["*"], ["+ */", "+ *.txt", "*"], ["[a-c]"], ["[]x]*"], ["[\\]x]*"],
        ["one/two"], ["two/three/f"], ["**"], ["/**"], ["sub*"], ["*b/a"], ["***"], ["new*"], ["/"], ["[x"], ["a\\"],
    ]

    private func fill(_ bench: FilesBench) throws {
        for name in Self.names { try bench.write("local/" + name) }
    }

    private func left(_ bench: FilesBench, _ filter: FileFilter) async throws -> [String] {
        _ = try await bench.sync("~/there", filter)
        return try bench.contents(of: "its home/there")
    }

    @Test(arguments: patterns)
    func `patterns mean what they mean to rsync`(_ patterns: [String]) async throws {
        try await FilesBench.with(.dash) { bench in
            try fill(bench)
            var filter = FileFilter()
            filter.patterns = patterns.map(FilePattern.init(exclude:))
            let words = patterns.map { "--exclude=\($0)".shellQuoted }.joined(separator: " ")
            try await bench.shell("rsync -a \(words) local/ expected")
            #expect(try await left(bench, filter) == bench.contents(of: "expected"))
        }
    }

    @Test func `files with patterns count where they are and below`() async throws {
        try await FilesBench.with(.dash) { bench in
            try fill(bench)
            try bench.write("local/.leave", "# a comment\n; another\n*.o\n/deep\n!bang\n\n")
            try bench.write("local/sub/.leave", "/a\nbuild/y\ndeep/c.txt\r\n")
            var filter = FileFilter()
            filter.files = [".leave", ".none"]
            try await bench.shell("rsync -a --filter 'dir-merge,- .leave' --filter 'dir-merge,- .none' local/ expected")
            #expect(try await left(bench, filter) == bench.contents(of: "expected"))
        }
    }

    private static let ignoring = ["*.o", "build/", "!keep.o", "/deep", "foo/bar", "**/three"]

    @Test func `what git ignores is left out, where there is no repository`() async throws {
        try await FilesBench.with(.dash) { bench in
            try fill(bench)
            try bench.write("local/.gitignore", Self.ignoring.joined(separator: "\n"))
            try bench.write("local/sub/.gitignore", "/a\n!b.o\n")
            try bench.write("local/keep.o")
            var filter = FileFilter()
            filter.asksGit = true
            let kept = try await left(bench, filter).filter { $0.contains(" 100") }
            try await bench.shell("cp -a local repo && git -C repo init -q && git -C repo add -A 2>/dev/null")
            let listed = try await bench.shell("git -C repo -c core.quotepath=off ls-files -z")
            #expect(
                Set(kept.map { Self.name(of: $0) }) == Set(listed.split(separator: "\0").map { "/" + $0 }))
            #expect(kept.contains { $0.hasPrefix("/sub/b.o ") })
            #expect(!kept.contains { $0.hasPrefix("/b.o ") })
        }
    }

    private static func name(of line: String) -> String {
        line.firstRange(of: " 100").map { String(line[..<$0.lowerBound]) } ?? line
    }

    @Test func `in a repository tracked files stay, and others in it have rules of their own`() async throws {
        try await FilesBench.with(.dash) { bench in
            for path in ["tracked.o", "other.o", "mine", "nested/a.o", "nested/b.txt", "nested/c"] {
                try bench.write("local/\(path)")
            }
            try bench.write("local/.gitignore", "*.o\n")
            try bench.write("local/nested/.gitignore", "*.txt\n")
            try await bench.shell(
                """
                git -C local init -q && git -C local add -f tracked.o && echo mine >> local/.git/info/exclude
                git -C local/nested init -q
                """)
            var filter = FileFilter()
            filter.asksGit = true
            filter.patterns = [FilePattern(exclude: ".git")]
            filter.leftOut = [EntryPath("nested/c")]
            let kept = try await left(bench, filter).map { $0.prefix { $0 != " " } }
            #expect(kept == ["/.gitignore", "/nested", "/nested/.gitignore", "/nested/a.o", "/tracked.o"])
        }
    }

    @Test func `what git says when it cannot, and that it is not there, is told`() async throws {
        try await FilesBench.with(.dash) { bench in
            try bench.write("local/.git", "nonsense")
            var filter = FileFilter()
            filter.asksGit = true
            let broken = await failure { _ = try await bench.sync("~/there", filter) }
            #expect(broken?.message == "git cannot say which files of `\(bench.local)` it ignores")
            var context = bench.context
            context.environment["PATH"] = "/nowhere"
            let missing = await failure { _ = try IgnoredFiles(context) }
            #expect(missing?.message == "`git` is not on PATH, and says which files `.gitignore` leaves out")
            #expect(missing?.errorClass == .toolMissing)
        }
    }
}

/// The first thing that is wrong with what `body` does.
func failure(_ body: () async throws -> Void) async -> Diagnostic? {
    do {
        try await body()
        return nil
    } catch { return (error as? Failure)?.diagnostics.first }
}

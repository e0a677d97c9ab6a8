import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// Sets of files on a node, with every shell and set of tools that a node may have.
@Suite struct NodeFilesTests {
    private static let flavours = FilesBench.Flavour.allCases

    private func fill(_ bench: FilesBench) async throws {
        try bench.write("local/plain", "one\n")
        try bench.write("local/run", "#!/bin/sh\n", mode: 0o755)
        try bench.write("local/secret", mode: 0o600)
        for name in [
            "with space", "new\nline", "été \u{65}\u{301} \u{e9}", "-dash", "--", "it's \"quoted\" $x \\", "empty",
            "crlf\r\n",
        ] {
            try bench.write("local/sub/\(name)", name == "empty" ? "" : name)
            try bench.write("local/-d\(name)/\(name)", name)
        }
        try Files.makeFolder(bench.local / "an empty folder")
        try Files.makeFolder(bench.local / "private", mode: 0o700)
        symlink("plain", bench.local / "link")
        symlink("/etc/hosts", bench.local / "absolute")
        symlink("nowhere", bench.local / "dangling")
        symlink("sub", bench.local / "to folder")
        let long = (1...20).map { "folder \($0)" }.joined(separator: "/")
        try bench.write("local/\(long)/file", "deep")
        symlink(String(repeating: "x", count: 300), bench.local / "long link")
        mkfifo(bench.local / "pipe", 0o644)
    }

    @Test(arguments: flavours)
    func `all kinds of files come as with rsync, and nothing moves again`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            try await fill(bench)
            let report = try await bench.sync()
            #expect(report.sent == 25)
            try await bench.shell("rsync -a --no-specials local/ expected")
            #expect(try bench.contents(of: "its home/there") == bench.contents(of: "expected"))
            let silent = bench.node { _ in "echo a channel was opened >&2; exit 1" }
            #expect(try await bench.sync(to: silent).isUnchanged)
            #expect(Files.names(in: bench.state) == ["done"])
        }
    }

    @Test(arguments: flavours)
    func `only what differs goes`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            try await fill(bench)
            _ = try await bench.sync()
            let inode = try await bench.shell("stat -c %i 'its home/there/run'")
            try bench.write("local/plain", "two\n")
            try bench.write("local/more", "more")
            chmod(bench.local / "run", 0o700)
            chmod(bench.local / "private", 0o750)
            let report = try await bench.sync()
            #expect((report.sent, report.bytes, report.removed) == (2, 8, 0))
            #expect(report.words == "2 files sent (8 bytes)")
            try await bench.shell("rsync -a --no-specials local/ expected")
            #expect(try bench.contents(of: "its home/there") == bench.contents(of: "expected"))
            #expect(try await bench.shell("stat -c %i 'its home/there/run'") == inode)
        }
    }

    @Test(arguments: flavours)
    func `what is deleted here goes there, and nothing else does`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            try await fill(bench)
            _ = try await bench.sync()
            try bench.write("its home/there/sub/theirs")
            try bench.write("its home/there/secret", "edited there")
            try await bench.shell(
                "rm -r local/sub local/plain local/secret local/-d* local/link 'local/an empty folder'")
            let report = try await bench.sync()
            #expect(report.removed == 18)
            #expect(report.words == "0 files sent (0 bytes), 18 removed")
            let left = try bench.contents(of: "its home/there").map { $0.prefix { $0 != " " } }
            #expect(left.filter { $0 == "/sub" || $0 == "/sub/theirs" || $0 == "/secret" }.count == 3)
            #expect(!left.contains("/an") && !left.contains("/-d--") && !left.contains("/link"))
            _ = try await bench.sync([])
            #expect(
                try bench.contents(of: "its home/there").map { $0.prefix { $0 != " " } } == [
                    "/secret", "/sub", "/sub/theirs",
                ])
        }
    }

    @Test(arguments: flavours)
    func `what somebody changes there is put again`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            try await fill(bench)
            _ = try await bench.sync()
            try await bench.shell(
                """
                cd 'its home/there'; sleep 1; echo TWO > plain; chmod 777 run; rm 'sub/with space' link; ln -s run link
                rmdir 'an empty folder'; rm sub/-dash; mkdir sub/-dash
                """)
            let report = try await bench.sync()
            #expect(report.sent == 5)
            try await bench.shell("rsync -a --no-specials local/ expected")
            #expect(try bench.contents(of: "its home/there") == bench.contents(of: "expected"))
        }
    }

    @Test(arguments: flavours)
    func `files become folders and links, and the other way`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            for path in ["a", "b/x", "b/y/z", "c/x", "d"] { try bench.write("local/\(path)", path) }
            symlink("d", bench.local / "e")
            _ = try await bench.sync()
            try await bench.shell(
                "cd local; rm -r a b c e; mkdir -p a/in; echo 1 > a/in/f; echo 2 > b; ln -s d c; mkdir e; echo 3 > e/f")
            _ = try await bench.sync()
            #expect(try bench.contents(of: "its home/there") == bench.contents(of: "local"))
        }
    }

    @Test(arguments: flavours)
    func `a link of the user's to a folder stays, and so does what is in the way`(_ flavour: FilesBench.Flavour)
        async throws
    {
        try await FilesBench.with(flavour) { bench in
            try bench.write("local/data/f")
            try Files.makeFolder(bench.home / "there")
            try Files.makeFolder(bench.folder / "big disk")
            symlink(bench.folder / "big disk", bench.home / "there/data")
            _ = try await bench.sync()
            #expect(Files.isLink(bench.home / "there/data"))
            #expect(try bench.text("big disk/f") == "text")
            #expect(try await bench.sync().isUnchanged)
            try bench.write("local/g")
            try bench.write("its home/there/g/theirs")
            let refused = await failure { _ = try await bench.sync() }
            #expect(refused?.message == "head n: files cannot be written, with status 1")
            #expect(refused?.cause == "\(bench.home)/there/g is a folder with other files in it")
            try await bench.shell("rm -r 'its home/there/g'")
            #expect(try await bench.sync().sent == 1)
        }
    }

    @Test(arguments: flavours)
    func `killed anywhere, the next one is right`(_ flavour: FilesBench.Flavour) async throws {
        // After so many commands of the script, and so many bytes of the archive.
        for (number, end) in [
            "rm -rf \"$state/new\" && mkdir -m 700", "mv -f \"$state/new/pending\"", "each gone", "each empty",
            "each folders.put mkdir", "echo 'ray-files go'", "[ \"$(cat \"$state/new/commit\"",
            "stamps \"$state/new/done\"",
            "rm -rf \"$state/done\" && mv", "rm -f \"$state/pending\"", "rm -rf \"$state/new\"\n    echo",
        ].enumerated() {
            try await FilesBench.with(flavour) { bench in
                for path in ["same", "changed", "gone", "old/gone"] { try bench.write("local/\(path)", path) }
                _ = try await bench.sync()
                try bench.write("its home/there/theirs")
                try await bench.shell(
                    "rm -r local/gone local/old; echo more >> local/changed; mkdir local/d; echo n > local/d/new; echo t > local/temporary"
                )
                let script = try #require(try bench.text("prefix/share/ray/node-files.sh"))
                #expect(script.contains(end))
                let broken = script.replacing(end, with: "kill -9 $$; " + end)
                try Files.remove(bench.folder / "prefix/share/ray/node-files.sh")
                try bench.write("prefix/share/ray/node-files.sh", broken)
                #expect(await failure { _ = try await bench.sync() } != nil, "\(number)")
                try bench.write("prefix/share/ray/node-files.sh", script)
                // What only the one that was killed has put is removed, too.
                try Files.remove(bench.local / "temporary")
                _ = try await bench.sync()
                let there = try bench.contents(of: "its home/there")
                #expect(there.filter { !$0.hasPrefix("/theirs ") } == (try bench.contents(of: "local")), "\(end)")
                #expect(there.contains { $0.hasPrefix("/theirs ") })
                #expect(try await bench.sync().isUnchanged)
                #expect(Files.names(in: bench.state) == ["done"])
            }
        }
    }

    @Test(arguments: flavours)
    func `single files, slashes and overlapping mounts`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            try bench.write("local/f", "of the folder")
            try bench.write("one file", "one")
            try bench.write("other", "other")
            let mounts = [
                FileMount(local: bench.local, remote: "~/a/"), FileMount(local: bench.local, remote: "rel//./b"),
                FileMount(local: bench.folder / "one file", remote: bench.home / "x/../y/as"),
                FileMount(local: bench.folder / "one file", remote: "~/into/"),
                FileMount(local: bench.folder / "other", remote: "~/a/f"),
                FileMount(local: bench.folder / "other", remote: "~/a/new/g"),
            ]
            #expect(try await bench.sync(mounts).sent == 5)
            #expect(try bench.text("its home/a/f") == "other")
            #expect(try bench.text("its home/a/new/g") == "other")
            #expect(try bench.text("its home/rel/b/f") == "of the folder")
            #expect(try bench.text("its home/y/as") == "one")
            #expect(try bench.text("its home/into/one file") == "one")
            #expect(try await bench.sync(mounts).isUnchanged)
            let wrong = mounts + [FileMount(local: bench.folder / "other", remote: "~/a")]
            let refused = await failure { _ = try await bench.sync(wrong) }
            #expect(refused?.message == "`\(bench.home)/a` would be a file and a folder at the same time")
        }
    }

    @Test(arguments: flavours)
    func `the modes of folders of others stay, and those that cannot be written in are opened`(
        _ flavour: FilesBench.Flavour
    ) async throws {
        try await FilesBench.with(flavour) { bench in
            try bench.write("local/closed/f", "one")
            chmod(bench.local / "closed", 0o555)
            try Files.makeFolder(bench.home / "there")
            chmod(bench.home / "there", 0o711)
            _ = try await bench.sync()
            #expect(try await bench.shell("stat -c %a 'its home/there' 'its home/there/closed'") == "711\n555\n")
            chmod(bench.local / "closed", 0o755)
            try bench.write("local/closed/f", "two")
            chmod(bench.local / "closed", 0o555)
            #expect(try await bench.sync().sent == 1)
            #expect(try bench.text("its home/there/closed/f") == "two")
            #expect(try await bench.shell("stat -c %a 'its home/there/closed'") == "555\n")
            for path in ["local/closed", "its home/there/closed"] { chmod(bench.folder / path, 0o755) }
        }
    }

    @Test func `what changes while it is sent is told, and so is what is missing`() async throws {
        try await FilesBench.with(.dash) { bench in
            try bench.write("local/f", "one")
            let files = try await NodeFiles(
                [FileMount(local: bench.local, remote: "~/there")], set: "s", bench.context)
            try bench.write("local/f", "two")
            let changed = await failure { _ = try await files.sync(to: bench.node(), folder: ".state/n") }
            #expect(changed?.message == "`\(bench.local)/f` has changed while it was sent")
            #expect(try await bench.sync().sent == 1)
            let place = Place(file: "c.yaml", line: 3, column: 5)
            let mounts = ["x", "y"].map { FileMount(local: bench.folder / $0, remote: "~/\($0)", at: place) }
            do {
                _ = try await bench.sync(mounts)
                Issue.record("nothing was missing")
            } catch let failure as Failure {
                #expect(
                    failure.diagnostics.map(\.message)
                        == ["x", "y"].map {
                            "there is no `\(bench.folder)/\($0)`, which is to be `~/\($0)` on the nodes"
                        })
                #expect(failure.diagnostics.first?.place == place)
            }
            let silent = await failure {
                let node = NodeShell(node: "head n", environment: [:]) { _ in
                    Data("what?\n".utf8)
                } words: {
                    [$0]
                }
                _ = try await bench.sync(to: node)
            }
            #expect(silent?.message == "head n says nothing that can be understood of the files there")
        }
    }

    /// While one writes, the others look.
    @Test(arguments: flavours)
    func `nodes that share a home ask at once, and only one writes`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            try await fill(bench)
            for round in 1...5 {
                try bench.write("local/plain", "\(round)")
                let mount = FileMount(local: bench.local, remote: "~/there")
                let files = try await NodeFiles([mount], set: "files", bench.context)
                let node = bench.node { $0 }
                let reports = try await withThrowingTaskGroup { group in
                    for _ in 1...8 { group.addTask { try await files.sync(to: node, folder: "state/1") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(reports.count { !$0.isUnchanged } == 1)
            }
        }
    }

    @Test func `a manifest is read as it was written`() throws {
        let entries = [
            FileEntry(.file, mode: 0o4755, size: 12, content: "abc", path: EntryPath("~/a b\n c")),
            FileEntry(.link, content: "there \n", path: EntryPath("/é")),
            FileEntry(.root, mode: 0o700, path: EntryPath("~")),
        ]
        let text = FileManifest.text(of: entries)
        #expect(FileManifest.entries(in: text) == entries)
        #expect(FileManifest.entries(in: text.dropLast()) == nil)
        #expect(FileManifest.entries(in: Data("x 1 1\0p\0c\0".utf8)) == nil)
    }

    @Test(arguments: flavours)
    func `files come back as they are, and nowhere else`(_ flavour: FilesBench.Flavour) async throws {
        try await FilesBench.with(flavour) { bench in
            try await fill(bench)
            _ = try await bench.sync()
            let fetching = try FetchedFiles(bench.context)
            let node = bench.node { "echo noise from a profile; " + $0 }
            try Files.makeFolder(bench.folder / "out")
            try bench.write("outside/f", "stays")
            symlink(bench.folder / "outside", bench.folder / "out/sub")
            let fetched = try #require(try await fetching.fetch("~/there", of: node, below: bench.folder / "out"))
            try await fetching.place(fetched, at: bench.folder / "out", FileFilter())
            #expect(try bench.contents(of: "out") == bench.contents(of: "its home/there"))
            #expect(try bench.contents(of: "outside").count == 1)
            let one = try #require(
                try await fetching.fetch("there/sub/-dash", of: node, below: bench.folder / "out"))
            #expect(!one.isFolder)
            try await fetching.place(one, at: bench.folder / "out/one", FileFilter())
            #expect(try bench.text("out/one") == "-dash")
            #expect(try await fetching.fetch("there/none", of: node, below: bench.folder / "out") == nil)
            var context = bench.context
            context.environment["PATH"] = "/nowhere"
            let bare = try FetchedFiles(context)
            let toolless = await failure { _ = try await bare.fetch("there", of: node, below: bench.folder / "out") }
            #expect(toolless?.message == "`tar` is not on PATH")
            #expect(!Files.names(in: bench.folder / "out").contains { $0.hasPrefix(".ray-") })
        }
    }
}

import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct StoreTests {
    @Test func `the manifest names every file and link with its checksum`() async throws {
        try await StoreFolder.with { place in
            #expect(try await place.build().isEmpty)
            let folder = place.store.folder(StoreFolder.digest)
            let manifest = String(decoding: try #require(try Files.read(folder / "manifest")), as: UTF8.self)
            #expect(
                manifest == """
                    f 4 2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806 a file
                    f 1 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 back\\\\slash\\nline
                    x 10 a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf bin/run
                    l 6 \(Digest.of("a file")) link
                    f 0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 sub/b
                    f 1 a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa été

                    """)
            let stamp = try place.stamp()
            #expect(stamp.manifest == Digest.of(manifest))
            #expect((stamp.files, stamp.size) == (6, 22))
            #expect(stamp.volatile == ["__pycache__"])
            #expect(!Files.exists(folder / "tmp"))
            #expect(LayerManifest.entries(in: Data(manifest.utf8))?.contains { $0.path == "back\\slash\nline" } == true)
        }
    }

    @Test func `the same contents have the same manifest, whenever they are built`() async throws {
        try await StoreFolder.with { place in
            try await place.build()
            let first = try place.stamp()
            try await Task.sleep(for: .milliseconds(5))
            try await place.build()
            #expect(try place.stamp().manifest == first.manifest)
            #expect(try place.stamp().built >= first.built)
        }
    }

    struct Tampering: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var quick: [LayerDamage]
        var full: [LayerDamage]
        var change: @Sendable (StoreFolder) throws -> Void

        init(
            _ what: String, quick: [LayerDamage], full: [LayerDamage]? = nil,
            _ change: @escaping @Sendable (StoreFolder) throws -> Void
        ) {
            testDescription = what
            self.quick = quick
            self.full = full ?? quick
            self.change = change
        }
    }

    static let tamperings = [
        Tampering("nothing", quick: []) { _ in },
        Tampering("a line more", quick: [LayerDamage(.changed, "a file")]) { try $0.append("two\n", to: "a file") },
        Tampering("other bytes of the same length", quick: [LayerDamage(.changed, "a file")]) { place in
            let descriptor = open(place.path("a file"), O_WRONLY)
            #expect(Files.writeAll(Data("two\n".utf8), to: descriptor) == 0)
            close(descriptor)
        },
        Tampering("a file less", quick: [LayerDamage(.missing, "sub/b")]) { try Files.remove($0.path("sub/b")) },
        Tampering("a file with a line feed in its name less", quick: [LayerDamage(.missing, "back\\slash\nline")]) {
            try Files.remove($0.path("back\\slash\nline"))
        },
        Tampering("another target of the link", quick: [LayerDamage(.changed, "link")]) { place in
            unlink(place.path("link"))
            symlink("sub/b!", place.path("link"))
        },
        Tampering("a file in the place of the link", quick: [LayerDamage(.changed, "link")]) { place in
            unlink(place.path("link"))
            try Files.replace(place.path("link"), with: Data("a file".utf8))
        },
        Tampering("a folder in the place of a file", quick: [LayerDamage(.changed, "sub/b")]) { place in
            unlink(place.path("sub/b"))
            mkdir(place.path("sub/b"), 0o755)
        },
        Tampering("touched, the bytes the same", quick: [LayerDamage(.changed, "a file")], full: []) { place in
            try waitForTick()
            utimensat(AT_FDCWD, place.path("a file"), nil, 0)
        },
        Tampering("a hard link made elsewhere", quick: []) { place in
            try waitForTick()
            link(place.path("a file"), place.store.root / "elsewhere")
        },
        Tampering("no longer a program", quick: [LayerDamage(.changed, "bin/run")]) { place in
            try waitForTick()
            chmod(place.path("bin/run"), 0o644)
        },
        Tampering("a file more", quick: [], full: [LayerDamage(.extra, "sub/new")]) {
            try Files.replace($0.path("sub/new"), with: Data())
        },
        Tampering("bytecode", quick: []) { place in
            try Files.makeFolder(place.path("sub/__pycache__"))
            try Files.replace(place.path("sub/__pycache__/b.pyc"), with: Data("x".utf8))
        },
        Tampering("no manifest", quick: [LayerDamage(.changed, "manifest")]) {
            try Files.remove($0.store.folder(StoreFolder.digest) / "manifest")
        },
        Tampering("another manifest", quick: [LayerDamage(.changed, "manifest")]) {
            try Files.replace($0.store.folder(StoreFolder.digest) / "manifest", with: Data("f 0 x y\n".utf8))
        },
        Tampering("no stamps", quick: []) { try Files.remove($0.store.folder(StoreFolder.digest) / "stamps") },
        Tampering("stamps of no sort", quick: []) {
            try Files.replace($0.store.folder(StoreFolder.digest) / "stamps", with: Data("1 2 x\n".utf8))
        },
        Tampering("half of the stamps, and a file less that they do not name", quick: [LayerDamage(.missing, "été")]) {
            place in
            let file = place.store.folder(StoreFolder.digest) / "stamps"
            let lines = try #require(try Files.read(file)).split(separator: UInt8(ascii: "\n"))
            try Files.replace(file, with: Data(lines[..<3].joined(separator: [UInt8(ascii: "\n")])) + Data("\n".utf8))
            try Files.remove(place.path("été"))
        },
        Tampering("empty stamps", quick: []) {
            try Files.replace($0.store.folder(StoreFolder.digest) / "stamps", with: Data())
        },
        Tampering("stamps in whole seconds, as busybox writes them", quick: []) { place in
            let file = place.store.folder(StoreFolder.digest) / "stamps"
            let text = String(decoding: try #require(try Files.read(file)), as: UTF8.self)
            try Files.replace(file, with: Data(text.replacing(/\.\d{9}/, with: "").utf8))
        },
        Tampering("no stamps, and a line more", quick: [LayerDamage(.changed, "a file")]) { place in
            try Files.remove(place.store.folder(StoreFolder.digest) / "stamps")
            try place.append("two\n", to: "a file")
        },
    ]

    @Test(arguments: tamperings)
    func `what was changed is noticed`(_ tampering: Tampering) async throws {
        try await StoreFolder.with { place in
            try await place.build()
            try tampering.change(place)
            let stamp = try place.stamp()
            let found = try (quick: place.store.check(stamp, .quick), full: place.store.check(stamp, .full))
            #expect(found.quick == tampering.quick)
            #expect(found.full == tampering.full)
            #expect(try place.store.check(stamp, LayerCheckLevel.none).isEmpty)
        }
    }

    @Test func `a hard link made elsewhere is looked at once`() async throws {
        try await StoreFolder.with { place in
            try await place.build()
            let stamps = place.store.folder(StoreFolder.digest) / "stamps"
            let before = try Files.read(stamps)
            try waitForTick()
            link(place.path("a file"), place.store.root / "elsewhere")
            #expect(try place.store.check(place.stamp(), .quick).isEmpty)
            let after = try Files.read(stamps)
            #expect(after != before)
            #expect(try place.store.check(place.stamp(), .quick).isEmpty)
            #expect(try Files.read(stamps) == after)
        }
    }

    @Test(arguments: ["", "x", "ray layer 1\n", "ray layer 2\ndigest d\n"])
    func `a stamp that is not whole publishes nothing`(_ text: String) async throws {
        try await StoreFolder.with { place in
            try await place.build()
            let stamp = place.store.folder(StoreFolder.digest) / "OK"
            let whole = try #require(try Files.read(stamp))
            #expect(LayerStamp(whole)?.data == whole)
            for data in [Data(text.utf8), whole.dropLast(1), whole.prefix(whole.count / 2)] {
                try Files.replace(stamp, with: data)
                #expect(!place.store.isBuilt(StoreFolder.digest))
                #expect(place.store.isUnfinished(StoreFolder.digest))
            }
        }
    }

    @Test func `a name that is not UTF-8 is told`() async throws {
        try await StoreFolder.with { place in
            try place.store.clear(StoreFolder.digest)
            let bytes = Array(place.path("b").utf8CString.dropLast()) + [CChar(bitPattern: 0xE9), 0]
            let descriptor = open(bytes, O_CREAT | O_WRONLY, 0o600)
            close(descriptor)
            let publication = EnvironmentStore.Publication(components: Data("{}".utf8))
            let failure = await #expect(throws: Failure.self) {
                _ = try await place.store.contents(StoreFolder.digest, publication)
            }
            let folder = place.store.prefix(of: StoreFolder.digest)
            #expect(failure?.diagnostics.first?.message == "the name of a file in `\(folder)` is not UTF-8")
        }
    }

    @Test func `times and numbers of any size are read`() {
        let far = FileStamp(size: 1, modified: .max, changed: .min, inode: .max, device: 1 << 63)
        #expect(FileStamp(text: Substring(far.text)) == far)
        #expect(!far.isRacy(at: .max))
    }

    @Test func `a layer that was removed leaves nothing, and an unfinished one makes room`() async throws {
        try await StoreFolder.with { place in
            try await place.build()
            try place.store.discard(StoreFolder.digest)
            #expect(!Files.exists(place.store.folder(StoreFolder.digest)))
            #expect(Files.names(in: place.store.root / "trash").isEmpty)
            try place.store.clear(StoreFolder.digest)
            try Files.replace(place.path("half"), with: Data())
            try await place.build()
            #expect(!Files.exists(place.path("half")))
        }
    }

    @Test func `what a build made elsewhere is vouched for too`() async throws {
        try await StoreFolder.with { place in
            let output = place.store.root / "out put"
            try Files.replace(output, with: Data("made\n".utf8))
            try await place.build(StoreFolder.digest, [:], .init(components: Data("{}".utf8), outputs: [output]))
            #expect(try place.store.check(place.stamp(), .quick).isEmpty)
            #expect(try place.store.check(place.stamp(), .full).isEmpty)
            try Files.remove(output)
            #expect(try place.store.check(place.stamp(), .quick) == [LayerDamage(.missing, output)])
        }
    }

    @Test func `files that differ from a record of checksums keep a layer from being published`() async throws {
        let record = """
            click/__init__.py,sha256=LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq-WF6rpoxSVDSAY,4
            "click/a,b.py",sha256=LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq-WF6rpoxSVDSAY,4
            ../../bin/click,sha256=LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq-WF6rpoxSVDSAY,4
            click/gone.py,sha256=LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq-WF6rpoxSVDSAY,4
            click/__pycache__/a.pyc,sha256=LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq-WF6rpoxSVDSAY,4
            click-8.dist-info/RECORD,,
            """
        let site = "lib/site"
        var files = [
            "\(site)/click/__init__.py": "one\n", "\(site)/click/a,b.py": "two\n", "bin/click": "one\n",
            "\(site)/click-8.dist-info/RECORD": record, "\(site)/other-1.dist-info/RECORD": "click/__init__.py,,\r\n",
        ]
        let publication = EnvironmentStore.Publication(
            components: Data("{}".utf8), volatile: ["__pycache__"], checksums: ["lib/*/*.dist-info/RECORD"])
        try await StoreFolder.with { place in
            let damaged = try await place.build(StoreFolder.digest, files, publication)
            #expect(damaged.map(\.record) == ["lib/site/click-8.dist-info/RECORD"])
            #expect(damaged.first?.files == ["lib/site/click/a,b.py", "lib/site/click/gone.py"])
            #expect(!place.store.isBuilt(StoreFolder.digest))
            files["\(site)/click/a,b.py"] = "one\n"
            files["\(site)/click/gone.py"] = "one\n"
            #expect(try await place.build(StoreFolder.digest, files, publication).isEmpty)
            #expect(place.store.isBuilt(StoreFolder.digest))
        }
    }

    @Test(arguments: [
        ("a/*.txt", "a/b.txt", true), ("a/*.txt", "a/b/c.txt", false), ("*", "x", true), ("*", "", true),
        ("a*b*c", "aXbYc", true), ("a*b*c", "aXbY", false), ("a", "ab", false), ("**", "ab", true),
    ])
    func `a pattern's star is any text without a slash`(pattern: String, path: String, matches: Bool) {
        #expect(LayerPattern(pattern).matches(path) == matches)
    }
}

/// Lets the clock for files go on, which ticks every few milliseconds.
private func waitForTick() throws {
    usleep(20_000)
}

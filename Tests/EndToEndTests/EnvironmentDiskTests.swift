import FoundationEssentials
import Glibc
import Host
import Testing

/// Disks that are full, and environments that nobody needs.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentDiskTests {
    private static func withSmallDisk(
        _ options: String, _ place: Workplace, _ body: (Workplace) async throws -> Void
    ) async throws {
        let mount = place.folder / "small disk"
        try Files.makeFolder(mount)
        let made = try await place.shell("mount -t tmpfs -o \(options) none \(mount.shellQuoted)")
        try #require(made.status == 0, "\(made.errors)")
        var small = place
        small.environment["XDG_CACHE_HOME"] = mount
        do { try await body(small) } catch {
            _ = try? await place.shell("umount \(mount.shellQuoted)")
            throw error
        }
        #expect(try await place.shell("umount \(mount.shellQuoted)").status == 0)
    }

    @Test(.enabled("a file system can be mounted by root only") { geteuid() == 0 })
    func `a full disk is told with its place, and leaves nothing`() async throws {
        try await Workplace.withPip(
            "click==8.1.7\n", "  shell: [\"dd if=/dev/zero of=\\\"$RAY_LAYER\\\"/big bs=1M count=60\"]\n"
        ) {
            place in
            try await Self.withSmallDisk("size=40m", place) { place in
                let outcome = try await place.ray("environment", "build")
                #expect(outcome.status == 1)
                let told = place.plain(outcome.errors)
                #expect(told.contains("error[disk]: "), "\(told)")
                #expect(
                    told.contains(
                        "shell: the disk is full: `dd if=/dev/zero of=\"$RAY_LAYER\"/big bs=1M count=60` failed\n"),
                    "\(told)")
                #expect(told.contains("`FOLDER/small disk` has "))
                #expect(told.contains("No space left on device"))
                #expect(told.contains("make room there (`ray environment gc` removes environments)"))
                let left = EnvironmentStore(root: place.folder / "small disk/ray/v1")
                #expect(left.built().map(\.plugin) == ["pip"])
                #expect(Files.names(in: left.root / "envs").count == 1)
                try place.makeProject("environment: {requirements: requirements.txt, shell: [\"true\"]}")
                #expect(try await place.ray("environment", "build").status == 0)
            }
        }
    }

    @Test(
        .enabled("a file system can be mounted by root only") { geteuid() == 0 },
        arguments: ["size=8m", "nr_inodes=60"])
    func `too little room is noticed before anything is begun`(options: String) async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [touch begun]}")
            try await Self.withSmallDisk(options, place) { place in
                let outcome = try await place.ray("environment", "build")
                let told = place.plain(outcome.errors)
                #expect(told.contains("error[disk]: "), "\(told)")
                #expect(told.contains("shell: there is too little room to build in"))
                #expect(told.contains("16 MB and 200 files are the least"))
                #expect(!Files.exists(place.project / "begun"))
            }
        }
    }

    @Test func `what no project and no session needs is collected, and a dry run tells the same`() async throws {
        try await Workplace.with { place in
            func build(_ text: String) async throws -> BuiltLayer {
                try place.makeProject("environment: {shell: [\"head -c 1000 /dev/zero > $RAY_LAYER/\(text)\"]}")
                return try #require(try await place.built()["shell"])
            }
            let (first, second) = (try await build("a"), try await build("b"))
            try Files.makeFolder(place.store.root / "envs/0123456789abcdef0123456789abcdef/layer")
            let planned = try await place.ray("environment", "gc", "--cap", "0", "--dry-run", "--json")
            #expect(place.store.isBuilt(first.digest))
            let done = try await place.ray("environment", "gc", "--cap", "0", "--json")
            #expect(planned.output == done.output)
            #expect(
                try JSONValue(parsing: Data(done.output.utf8)) == [
                    ["digest": "0123456789abcdef0123456789abcdef", "size": 0, "reason": "unfinished"],
                    ["digest": .string(first.digest), "size": 1000, "reason": "unused"],
                ])
            #expect(place.store.built().map(\.digest) == [second.digest], "the project needs it")
            let nothing = try await place.ray("environment", "gc", "--cap", "0")
            #expect(nothing.errors == "nothing to remove\n")
            try Files.remove(place.project / ".rayproject")
            try await Workplace.with { other in
                var other = other
                other.environment["XDG_CACHE_HOME"] = place.environment["XDG_CACHE_HOME"]
                other.environment["XDG_STATE_HOME"] = place.environment["XDG_STATE_HOME"]
                let kept = try await other.ray("environment", "gc", "--cap", "0")
                #expect(kept.errors == "nothing to remove\n")
                try Files.remove(place.project)
                let gone = try await other.ray("environment", "gc", "--cap", "0")
                #expect(gone.output.contains("\(second.digest.prefix(8))  1 kB  not used for longest\n"))
                #expect(gone.errors == "removed 1 layer, 1 kB\n")
                try Files.makeFolder(place.project)
            }
        }
    }

    @Test func `a session's environment stays`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [\"head -c 1000 /dev/zero > $RAY_LAYER/x\"]}")
            #expect(try await place.ray("session", "start").status == 0)
            let digest = try #require(try place.state().environment?.digests.first)
            try Files.remove(place.store.root / "projects")
            #expect(try await place.ray("environment", "gc", "--cap", "0").errors == "nothing to remove\n")
            #expect(place.store.isBuilt(digest))
            #expect(try await place.ray("session", "stop").status == 0)
            #expect(try await place.ray("environment", "gc", "--cap", "0").errors == "removed 1 layer, 1 kB\n")
            #expect(!place.store.isBuilt(digest))
        }
    }

    @Test(arguments: ["x", "-5", "10 apples"])
    func `a cap that is no size is refused`(cap: String) async throws {
        try await Workplace.with { place in
            let outcome = try await place.ray("environment", "gc", "--cap=\(cap)")
            #expect(
                outcome.errors
                    == "error[usage]: `\(cap)` is no size\n  hint: write it as in `--cap 20GB` or `--cap 500MB`\n")
            #expect(outcome.status == 2)
        }
    }
}

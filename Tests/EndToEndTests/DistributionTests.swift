import FoundationEssentials
import Host
import Testing

/// The archive that `make dist` makes runs where there is nothing but what the smallest Debian has,
/// and has the plugins that were chosen and no others.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct DistributionTests {
    @Test func `nothing in an archive needs libyaml, libffi or a library of Swift`() async throws {
        try await Workplace.with { place in
            let unpacked = try await place.unpack(place.pack("LocalProvider", "Pip", "Shell"), into: place.folder)
            let files = try await place.run("find", [unpacked, "-type", "f"]).output.split(separator: "\n")
                .map(String.init)
            var programs = 0
            for file in files where try Files.read(file)?.prefix(4) == Data([0x7F] + "ELF".utf8) {
                programs += 1
                let needed = try await place.run("readelf", ["-d", file]).output.matches(of: #/NEEDED.*\[(.*)\]/#)
                #expect(!needed.isEmpty)
                #expect(Set(needed.map { String($0.output.1) }).isSubset(of: EmptyRoot.libraries), "\(file)")
            }
            #expect(programs == 5)
        }
    }

    @Test func `an archive is the same, byte for byte, whenever it is packed`() async throws {
        try await Workplace.with { place in
            let first = try await place.pack("Shell")
            let bytes = try #require(try Files.read(first))
            #expect(try Files.read(try await place.pack("Shell", into: "again")) == bytes)
            #expect(
                try await place.run("sha256sum", ["--check", first.lastPathName + ".sha256"], in: first.parentPath)
                    .output == "\(first.lastPathName): OK\n")
            let listed = try await place.run("tar", ["-tvf", first, "--numeric-owner", "--utc"]).output
                .split(separator: "\n")
            #expect(listed.allSatisfy { $0.contains(" 0/0 ") && $0.contains(" 2001-09-09 01:46 ") })
            let names = listed.compactMap { $0.split(separator: " ").last.map(String.init) }
            // As names of folders, whose slash comes before all that follows it.
            #expect(
                names == names.sorted { $0.split(separator: "/").lexicographicallyPrecedes($1.split(separator: "/")) })
            #expect(
                Set(names.compactMap { $0.split(separator: "/").dropFirst().first }) == [
                    "bin", "include", "lib", "libexec", "share",
                ])
        }
    }

    @Test(.canEnterRoots) func `an archive runs in an empty root, with the plugins that were chosen`() async throws {
        try await Workplace.with { place in
            let archive = try await place.pack("LocalProvider", "Shell")
            // The shell plugin ends what it builds with `sync`.
            let root = try await EmptyRoot(
                in: place, for: try #require(TestBed.prefix) / "bin/ray", with: ["sh", "sync"])
            let name = try await place.unpack(archive, into: root.folder / "opt").lastPathName
            func enter(_ script: String) async throws -> Outcome {
                try await root.run("cd /tmp && " + script, path: "/opt/\(name)/bin:/bin")
            }
            #expect(try await enter("ray --version").output == "ray \(rayVersion)\n")
            let list = try await enter("ray plugin list")
            #expect(
                list.output == """
                    ID     VERSION  HANDLES            VERDICT  FOLDER
                    local  1.1.0    provider local     usable   /opt/\(name)/lib/ray/plugins/local
                    shell  1.0.0    environment.shell  usable   /opt/\(name)/lib/ray/plugins/shell

                    """)
            #expect(list.errors.isEmpty)

            let created = try await enter("ray project create p --shell 'echo built > built.txt'")
            #expect(created.status == 0, "\(created.errors)")
            let validated = try await enter("ray project validate")
            #expect(validated.errors == "Project files validated!\n")
            #expect(validated.status == 0)
            let started = try await enter("ray session start --shell 'echo hi'")
            #expect(started.output == "hi\n", "\(started.errors)")
            #expect(started.status == 0)
            #expect(try await enter("read -r line <built.txt && echo \"$line\"").output == "built\n")
            #expect(try await enter("ray session stop --terminate").status == 0)

            let project = """
                name: p
                cluster: {config: .rayproject/cluster.yaml}
                environment: {requirements: requirements.txt}

                """
            try Files.replace(
                root.folder / "tmp/.rayproject/project.yaml", with: Data(project.utf8), durable: false)
            let without = try await enter("ray session start")
            #expect(
                without.errors.contains(
                    "error[plugin]: .rayproject/project.yaml:3:15: `environment.requirements` needs the plugin `pip` "
                        + "(Python packages from a requirements file), which is not installed\n"), "\(without.errors)")
            #expect(without.status == 1)
        }
    }

    @Test func `a plugin that there is not is refused before anything is built`() async throws {
        try await Workplace.with { place in
            for variable in ["PLUGINS", "RAY_PLUGINS"] {
                let made = try await place.run(
                    "make", ["-C", Self.repository, "dist", "\(variable)=Pip Pipp Shel"],
                    variables: ["MAKEFLAGS": "", "MAKELEVEL": ""])
                #expect(
                    made.errors.hasSuffix(
                        "*** PLUGINS names Pipp Shel, but there is only: Conda LocalProvider Pip Shell.  Stop.\n"))
                #expect(made.status == 2)
                #expect(!made.output.contains("swift"))
            }
            let packed = try await place.run(
                Self.repository / "Scripts/dist", [place.folder / "nowhere", place.folder, "Pip"])
            #expect(
                packed.errors == "error: `\(place.folder)/nowhere/bin/ray` is missing; run `make build` first\n")
        }
    }

    @Test func `an archive is not made of what would not run elsewhere`() async throws {
        try await Workplace.with { place in
            let copy = place.folder / "prefix"
            _ = try await place.run("cp", ["-a", try #require(TestBed.prefix), copy])
            let library = copy / "lib/ray/plugins/shell/libRayShell.so"
            try place.write("empty.c", "")
            let linked = try await place.run(
                "cc", ["-shared", "-Wl,--no-as-needed", "empty.c", "-lffi", "-o", library])
            #expect(linked.status == 0, "\(linked.errors)")
            let script = Self.repository / "Scripts/dist"
            let packed = try await place.run(script, [copy, place.folder / "dist", "Pip", "Shell"])
            #expect(
                try #require(
                    packed.errors.wholeMatch(of: #/error: `(.*)` needs (\S+), which a bare system does not have\n/#)
                )
                .output.1 == "lib/ray/plugins/shell/libRayShell.so")
            #expect(packed.status == 1)
            #expect(Files.names(in: place.folder / "dist").isEmpty)
            _ = try await place.run("rm", ["-r", library.parentPath])
            let missing = try await place.run(script, [copy, place.folder / "dist", "Shell"])
            #expect(missing.errors == "error: `\(copy)` has no plugin `shell`; build it with PLUGINS=Shell\n")
        }
    }

    @Test func `without archives of libyaml and libffi what is built is for this machine`() async throws {
        try await Workplace.with { place in
            // As a compiler that finds none: it prints the bare name.
            try place.write("cc", "#!/bin/sh\necho \"${1#-print-file-name=}\"\n")
            _ = try await place.run("chmod", ["+x", "cc"])
            let script = Self.repository / "Scripts/linking"
            #expect(try await place.run(script, [], variables: ["CC": "./cc"]).output == "shared\n")
            let refused = try await place.run(script, ["--static"], variables: ["CC": "./cc"])
            #expect(
                refused.errors
                    == "error: an archive that runs everywhere cannot be made without libyaml.a libffi.a; "
                    + "Debian has them in libyaml-dev and libffi-dev\n")
            #expect(refused.status == 1)
        }
    }

    fileprivate static let repository = #filePath.parentPath.parentPath.parentPath
}

extension Workplace {
    /// Packs the built prefix with these plugins, in a folder below this one; returns the archive.
    fileprivate func pack(_ plugins: String..., into folder: String = "dist") async throws -> String {
        let packed = try await run(
            DistributionTests.repository / "Scripts/dist",
            [try #require(TestBed.prefix), self.folder / folder] + plugins,
            variables: ["SOURCE_DATE_EPOCH": "1000000000"])
        #expect(packed.status == 0, "\(packed.errors)")
        let archive = try #require(packed.output.wholeMatch(of: #/packed (.*)\n/#)).output.1
        return String(archive)
    }

    /// Returns the folder that was in the archive.
    fileprivate func unpack(_ archive: String, into folder: String) async throws -> String {
        try Files.makeFolder(folder)
        let unpacked = try await run("tar", ["-xf", archive, "-C", folder])
        #expect(unpacked.status == 0, "\(unpacked.errors)")
        return folder / String(archive.lastPathName.dropLast(".tar.gz".count))
    }
}

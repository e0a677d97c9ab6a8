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
            let first = try await place.pack("Shell", "Pip")
            let bytes = try #require(try Files.read(first))
            #expect(try Files.read(try await place.pack("Shell", "Pip", into: "again")) == bytes)
            #expect(
                try await place.run("sha256sum", ["--check", first.lastPathName + ".sha256"], in: first.parentPath)
                    .output == "\(first.lastPathName): OK\n")
            let listed = try await place.run("tar", ["-tvf", first, "--numeric-owner", "--utc"]).output
                .split(separator: "\n")
            #expect(listed.allSatisfy { $0.contains(" 0/0 ") && $0.contains(" 2001-09-09 01:46 ") })
            let names = listed.compactMap { $0.split(separator: " ").last.map(String.init) }
            // As names of folders, whose slash comes before all that follows it.
            #expect(names == names.sorted { $0.split(separator: "/").lexicographicallyPrecedes($1.split(separator: "/")) })
            #expect(Set(names.compactMap { $0.split(separator: "/").dropFirst().first }) == ["bin", "include", "lib", "libexec", "share"])
        }
    }

    @Test(.canEnterRoots) func `an archive runs in an empty root`() async throws {
        try await Workplace.with { place in
            let root = try await place.makeRoot()
            let unpacked = try await place.unpack(place.pack("LocalProvider", "Shell"), into: root / "opt")
            let outcome = try await place.enter(
                root,
                """
                PATH=/opt/\(unpacked.lastPathName)/bin:/bin HOME=/root
                export PATH HOME
                ray --version
                ray plugin list
                ray project create p --requirements none.txt || echo "create: $?"
                """)
            #expect(outcome.output == "")
            #expect(outcome.errors == "")
        }
    }
}

extension Workplace {
    /// Packs the built prefix with these plugins, in a folder below this one; returns the archive.
    fileprivate func pack(_ plugins: String..., into folder: String = "dist") async throws -> String {
        let script = #filePath.parentPath.parentPath.parentPath / "Scripts/dist"
        let packed = try await run(
            script, [try #require(TestBed.prefix), self.folder / folder] + plugins,
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

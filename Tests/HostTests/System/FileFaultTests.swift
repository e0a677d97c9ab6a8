import FoundationEssentials
import Host
import Testing

@Suite struct `A file that is in the way` {
    @Test func `is named with the system's reason`() async throws {
        let folder = try TemporaryFolder(["file": "x", "folder/file": "y"])
        let (file, other) = (folder.path / "file", folder.path / "folder")
        let memory = DigestMemory(folders: Folders(environment: [:], home: folder.path, program: "/usr/bin/ray"))
        #expect(
            problems { try Files.makeFolder(file / "below") } == [
                "cannot make the folder `\(file)/below` (make it yourself, or choose other folders with HOME and the variables XDG_STATE_HOME, XDG_CACHE_HOME, XDG_DATA_HOME and XDG_CONFIG_HOME)"
            ])
        #expect(problems { try Files.replace(other, with: Data()) } == ["cannot write `\(other)`"])
        #expect(
            problems { try Files.replace(folder.path / "no/file", with: Data()) } == [
                "cannot write `\(folder.path)/no/file`"
            ])
        #expect(problems { _ = try Files.read(other) } == ["cannot read `\(other)`"])
        #expect(problems { _ = try memory.digest(ofFile: other) } == ["cannot read `\(other)`"])
        #expect(problems { _ = try memory.digest(ofFile: file + "s") } == ["cannot read `\(file)s`"])
        #expect(Files.names(in: folder.path) == ["file", "folder"])
    }

    @Test func `cannot be removed where the system forbids it`() throws {
        let failure = #expect(throws: Failure.self) { try Files.remove("/proc/self/status") }
        let expected = Failure(.input, "cannot remove `/proc/self/status`", cause: "Operation not permitted")
        #expect(failure == expected)
    }
}

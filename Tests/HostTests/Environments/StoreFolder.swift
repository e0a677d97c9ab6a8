import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// An environment store in a folder of a test's own.
struct StoreFolder {
    static let digest = "0123456789abcdef0123456789abcdef"

    let store: EnvironmentStore

    static func with(_ body: (StoreFolder) async throws -> Void) async throws {
        var template = Array("/tmp/ray store XXXXXX".utf8CString)
        let root = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(root) }
        try await body(StoreFolder(store: EnvironmentStore(root: root)))
    }

    func path(_ name: String, of digest: String = Self.digest) -> String { store.prefix(of: digest) / name }

    /// The files that most tests build: text by name; `bin/` holds programs, and `link` is one.
    static let files = ["a file": "one\n", "sub/b": "", "bin/run": "#!/bin/sh\n", "back\\slash\nline": "x", "été": "y"]

    @discardableResult
    func build(
        _ digest: String = Self.digest, _ files: [String: String] = Self.files,
        _ publication: EnvironmentStore.Publication = .init(components: Data("{}".utf8), volatile: ["__pycache__"])
    ) async throws -> EnvironmentStore.Damaged {
        try store.clear(digest)
        for (name, text) in files {
            let path = path(name, of: digest)
            try Files.makeFolder(path.parentPath)
            try Files.replace(path, with: Data(text.utf8), mode: name.hasPrefix("bin/") ? 0o755 : 0o644)
        }
        symlink("a file", path("link", of: digest))
        return try store.publish(digest, try await store.contents(digest, publication), publication)
    }

    func stamp(_ digest: String = Self.digest) throws -> LayerStamp { try #require(store.stamp(of: digest)) }

    func append(_ text: String, to name: String) throws {
        let path = path(name)
        let old = try #require(try Files.read(path))
        let descriptor = open(path, O_WRONLY | O_TRUNC)
        defer { close(descriptor) }
        #expect(Files.writeAll(old + Data(text.utf8), to: descriptor) == 0)
    }
}

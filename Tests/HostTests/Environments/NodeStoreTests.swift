import FoundationEssentials
import Testing

@testable import Host

/// The store of this machine and the one that `node-store.sh` keeps on others are the same store.
@Suite struct NodeStoreTests {
    private static let shells = ["/bin/sh", "busybox sh"]

    private func run(_ shell: String, _ words: [String], _ place: StoreFolder, input: String = "") async throws
        -> (status: Int32, lines: [String])
    {
        let script = ([repository / "node-store.sh", place.store.root] + words).map(\.shellQuoted)
        let text = "printf %s \(input.shellQuoted) | \(shell) \(script.joined(separator: " "))"
        let outcome = try await ThisMachine().output(
            of: NodeScript(
                text, environment: ["PATH": "/usr/bin:/bin", "RAY_VOLATILE": "__pycache__"], directory: "/",
                timeout: .seconds(60), log: ""))
        guard case .status(let status) = outcome.exit else { return (-1, []) }
        #expect(outcome.errors == "", "\(shell) \(words)")
        return (status, outcome.text.split(separator: "\n").map(String.init))
    }

    private func lines(_ damage: [LayerDamage]) -> [String] {
        damage.map { "\($0.kind.rawValue) \(LayerPath.escaped($0.path))" }
    }

    @Test(arguments: StoreTests.tamperings, shells)
    func `the script sees the same changes`(_ tampering: StoreTests.Tampering, shell: String) async throws {
        try await StoreFolder.with { place in
            try await place.build()
            try tampering.change(place)
            let verified = try await run(shell, ["verify", StoreFolder.digest], place)
            #expect(verified.lines == lines(tampering.full))
            #expect(verified.status == (tampering.full.isEmpty ? 0 : 2))
            let checked = try await run(shell, ["check", StoreFolder.digest], place)
            #expect(checked.lines == lines(tampering.quick))
            #expect(checked.status == (tampering.quick.isEmpty ? 0 : 2))
        }
    }

    @Test(arguments: StoreTests.tamperings, shells)
    func `changes of what the script built are seen here`(_ tampering: StoreTests.Tampering, shell: String) async throws
    {
        try await StoreFolder.with { place in
            try await place.build()
            let folder = place.store.folder(StoreFolder.digest)
            let manifest = try Files.read(folder / "manifest")
            for name in ["OK", "manifest", "stamps", "used"] { try Files.remove(folder / name) }
            let published = try await run(shell, ["publish", StoreFolder.digest], place, input: "{\"plugin\":\"t\"}")
            #expect(published.status == 0)
            #expect(try Files.read(folder / "manifest") == manifest)
            let stamp = try place.stamp()
            #expect((stamp.files, stamp.size, stamp.volatile, stamp.plugin) == (6, 22, ["__pycache__"], "t"))
            #expect(try place.store.check(stamp, .quick).isEmpty)
            try tampering.change(place)
            let found = try (quick: place.store.check(stamp, .quick), full: place.store.check(stamp, .full))
            #expect(found.quick == tampering.quick)
            #expect(found.full == tampering.full)
        }
    }

    @Test(arguments: shells)
    func `both collect the same`(shell: String) async throws {
        try await StoreFolder.with { place in
            let digests = ["a", "b"].map { String(repeating: $0, count: 32) }
            for digest in digests { try await place.build(digest, ["x": String(repeating: "x", count: 994)]) }
            try place.store.clear(StoreFolder.digest)
            let here = StoreCollection(place.store, needed: { [digests[1]] }).removals(cap: 0)
            let there = try await run(shell, ["gc", "0", "dry", digests[1]], place)
            #expect(there.lines == here.map { "remove \($0.digest) \($0.size) \($0.reason.rawValue)" })
            #expect(there.lines.count == 2)
        }
    }
}

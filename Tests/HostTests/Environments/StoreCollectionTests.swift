import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct StoreCollectionTests {
    private static let digests = ["a", "b", "c", "d"].map { String(repeating: $0, count: 32) }

    /// Four layers of 1,000 bytes, `a` used last, and the rest of a build.
    private static func with(_ body: (StoreFolder) async throws -> Void) async throws {
        try await StoreFolder.with { place in
            for (index, digest) in digests.enumerated() {
                try await place.build(digest, ["x": String(repeating: "x", count: 994)])
                let age = Int64(100 * (index + 1))
                let time = timespec(tv_sec: Int(nanosecondsNow() / 1_000_000_000 - age), tv_nsec: 0)
                _ = [time, time].withUnsafeBufferPointer {
                    utimensat(AT_FDCWD, place.store.folder(digest) / "used", $0.baseAddress, 0)
                }
            }
            try place.store.clear(StoreFolder.digest)
            try Files.replace(place.path("half"), with: Data(count: 10))
            try await body(place)
        }
    }

    private func names(_ removals: [StoreCollection.Removal]) -> [String] {
        removals.map { $0.reason == .unfinished ? "unfinished" : String($0.digest.prefix(1)) }
    }

    @Test func `the least recently used go until the rest fits, and a dry run tells the same`() async throws {
        try await Self.with { place in
            let collection = StoreCollection(place.store, needed: { [] })
            let planned = collection.removals(cap: 2000)
            #expect(names(planned) == ["unfinished", "d", "c"])
            #expect(planned.map(\.size) == [10, 1000, 1000])
            #expect(place.store.built().count == 4)
            let removed = try await collection.run(cap: 2000)
            #expect(removed == planned)
            #expect(place.store.built().map { String($0.digest.prefix(1)) }.sorted() == ["a", "b"])
            #expect(!Files.exists(place.store.folder(StoreFolder.digest)))
            #expect(try await collection.run(cap: 2000).isEmpty)
            #expect(names(try await collection.run(cap: 0)) == ["b", "a"])
        }
    }

    @Test func `what is needed, used or being built stays`() async throws {
        try await Self.with { place in
            let collection = StoreCollection(place.store, needed: { [Self.digests[3]] })
            let used = FileLock.shareNow(place.store.lock(of: Self.digests[2]))
            let built = try FileLock.acquireNow(place.store.lock(of: StoreFolder.digest), purpose: "t")
            #expect(names(collection.removals(cap: 0)) == ["b", "a"])
            #expect(names(try await collection.run(cap: 0)) == ["b", "a"])
            #expect(Files.exists(place.path("half")))
            extendLifetime(used)
            extendLifetime(built)
        }
    }

    @Test func `what a killed collection left is removed by the next`() async throws {
        try await Self.with { place in
            let trash = place.store.root / "trash/\(Self.digests[0]).1.x/layer"
            try Files.makeFolder(trash)
            _ = try await StoreCollection(place.store, needed: { [] }).run(cap: 1 << 40)
            #expect(Files.names(in: place.store.root / "trash").isEmpty)
            #expect(place.store.built().count == 4)
        }
    }

    @Test func `answers that nobody asked for in a month are forgotten`() async throws {
        try await StoreFolder.with { place in
            for name in ["old", "new"] {
                try Files.makeFolder(place.store.root / "answers")
                try Files.replace(place.store.root / "answers" / name, with: Data())
            }
            let time = timespec(tv_sec: Int(nanosecondsNow() / 1_000_000_000) - 31 * 86400, tv_nsec: 0)
            _ = [time, time].withUnsafeBufferPointer {
                utimensat(AT_FDCWD, place.store.root / "answers/old", $0.baseAddress, 0)
            }
            _ = try await StoreCollection(place.store, needed: { [] }).run(cap: 0)
            #expect(Files.names(in: place.store.root / "answers") == ["new"])
        }
    }
}

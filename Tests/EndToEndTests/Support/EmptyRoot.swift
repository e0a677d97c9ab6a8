import FoundationEssentials
import Host
import Testing

/// A root folder with nothing in it but what the smallest Debian has, as far as a test needs it.
struct EmptyRoot {
    /// The libraries that may be needed: those of libc6, libgcc-s1 and libstdc++6.
    static let libraries: Set = [
        "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6",
    ]

    let folder: String
    private let place: Workplace

    /// Makes one with these programs, and the libraries that `program` needs, if they may be needed.
    init(in place: Workplace, for program: String, with programs: [String]) async throws {
        folder = place.folder / "root"
        self.place = place
        for name in ["bin", "dev", "proc", "root", "tmp", "opt"] { try Files.makeFolder(folder / name) }
        try Files.replace(folder / "dev/null", with: Data(), durable: false)
        for library in try await libraries(of: program) where Self.libraries.contains(library.lastPathName) {
            try await copy(library, to: library)
        }
        for name in programs {
            let path = String(try await place.run("sh", ["-c", "command -v \(name)"]).output.dropLast())
            try await copy(path, to: "/bin" / name)
            for library in try await libraries(of: path) { try await copy(library, to: library) }
        }
    }

    private func libraries(of program: String) async throws -> [String] {
        try await place.run("ldd", [program]).output.matches(of: #/(/\S+) \(0x/#).map { String($0.output.1) }
    }

    private func copy(_ path: String, to target: String) async throws {
        try Files.makeFolder((folder + target).parentPath)
        let copied = try await place.run("cp", ["-L", path, folder + target])
        #expect(copied.status == 0, "\(copied.errors)")
    }

    /// Runs a script in it, with nothing else to be seen but /proc and /dev/null.
    func run(_ script: String, path: String) async throws -> Outcome {
        let namespace = try #require(try await Self.namespace(place))
        let enter = """
            mount --rbind /proc "$0/proc" && mount --bind /dev/null "$0/dev/null" && PATH=$PATH:/usr/sbin &&
            exec env -i PATH="$2" HOME=/root "$(command -v chroot)" "$0" /bin/sh -c "$1"
            """
        return try await place.run("unshare", [namespace, "sh", "-c", enter, folder, script, path])
    }

    /// How `unshare` gives this user mounts of its own, if it does.
    fileprivate static func namespace(_ place: Workplace) async throws -> String? {
        for words in ["-rm", "-m"] {
            let mounted = try await place.run("unshare", [words, "mount", "--rbind", "/proc", "/mnt"])
            if mounted.status == 0 { return words }
        }
        return nil
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where this system lets its users have no root of their own, and says so; fails there when
    /// `CI` is set.
    static var canEnterRoots: Self {
        .enabled("users may not have mounts of their own here") {
            var canEnter = false
            try await Workplace.with { canEnter = try await EmptyRoot.namespace($0) != nil }
            if !canEnter, TestBed.variable("CI") != nil { throw MissingNamespaces() }
            return canEnter
        }
    }
}

struct MissingNamespaces: Error, CustomStringConvertible {
    var description: String { "CI is set and `unshare -rm` gives no mounts of one's own" }
}

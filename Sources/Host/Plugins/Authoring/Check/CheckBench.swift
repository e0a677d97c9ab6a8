import FoundationEssentials
import Glibc
import PluginAPI

/// Where a plugin is tried out: folders of its own for project, home and temporary files, and
/// none of this user's variables, so that it meets no account and no configuration.
struct CheckBench {
    let plugin: Plugin
    let seed: UInt64
    /// Removed by `clear`.
    let folder: String
    private let helper: String

    init(_ plugin: Plugin, seed: UInt64, _ context: Context) throws(Failure) {
        self.plugin = plugin
        self.seed = seed
        helper = context.folders.helper
        let parent = context.environment["TMPDIR"] ?? "/tmp"
        var template = Array((parent / "ray-plugin-check-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(
                system: errno, "cannot make a folder in `\(parent)`", hint: "set TMPDIR to a folder that is there")
        }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        for name in ["project", "home", "tmp"] { try Files.makeFolder(folder / name) }
    }

    func clear() { try? Files.remove(folder) }

    var project: String { folder / "project" }

    var environment: [String: String] {
        [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder / "home",
            "TMPDIR": folder / "tmp",
            "XDG_CACHE_HOME": folder / "home/.cache", "XDG_CONFIG_HOME": folder / "home/.config",
            "XDG_DATA_HOME": folder / "home/.local/share", "XDG_STATE_HOME": folder / "home/.local/state",
        ]
    }

    /// The plugin in a new process.
    func examination() throws(Failure) -> Examination {
        try Examination(plugin, program: helper, environment: environment)
    }

    /// Everything below the folder with its stamp and mode, apart from times of access.
    func contents() -> [String: String] {
        var found: [String: String] = [:]
        var waiting = [folder]
        while let path = waiting.popLast() {
            for name in Files.names(in: path) {
                let child = path / name
                var status = stat()
                guard lstat(child, &status) == 0 else { continue }
                let isFolder = status.st_mode & S_IFMT == S_IFDIR
                let stamp = FileStamp(path: child).map { "\($0.size) \($0.modified) \($0.inode)" } ?? "gone"
                found[child] = isFolder ? "\(status.st_mode)" : "\(status.st_mode) \(stamp)"
                if isFolder { waiting.append(child) }
            }
        }
        return found
    }
}

/// The hosts that a plugin may meet.
enum CheckedHost: CaseIterable {
    case today, older, newer

    var terms: Examination.Terms {
        let last = MemoryLayout<rayp_host_t>.offset(of: \.fail) ?? 0
        return switch self {
        case .older: Examination.Terms(host: (last + MemoryLayout<UInt>.size, 0))
        case .today: Examination.Terms()
        case .newer: Examination.Terms(host: (MemoryLayout<rayp_host_t>.size + 64, 99))
        }
    }

    var name: String {
        switch self {
        case .older: "API 1.0"
        case .today: "API \(Manifest.supportedAPI.major).\(Manifest.supportedAPI.minor)"
        case .newer: "API 1.99"
        }
    }

    var code: FindingCode { self == .newer ? .negotiationNewer : .negotiationOlder }
}

import Glibc

/// What is free on the file system of a folder.
struct DiskSpace {
    var mount: String
    /// Bytes that this user may write.
    var free: Int64
    var total: Int64
    /// How many files can still be made; nil where the file system does not count them.
    var freeFiles: Int64?

    /// Of the file system that `path`, or the nearest folder above it, is on.
    init?(of path: String) {
        var folder = path
        while !Files.exists(folder), folder != "/", folder != "." { folder = folder.parentPath }
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        free = Self.bytes(status.f_bavail, status.f_frsize)
        total = Self.bytes(status.f_blocks, status.f_frsize)
        freeFiles = status.f_files == 0 ? nil : Int64(clamping: status.f_favail)
        mount = Self.mount(of: Files.resolved(folder))
    }

    /// Some file systems say that they have no end.
    private static func bytes(_ blocks: UInt, _ size: UInt) -> Int64 {
        let (product, overflow) = blocks.multipliedReportingOverflow(by: size)
        return overflow ? .max : Int64(clamping: product)
    }

    /// Refuses to begin what cannot succeed.
    static func requireLeast(in folder: String, for plugin: String, at place: Place?) throws(Failure) {
        guard let space = DiskSpace(of: folder) else { return }
        let (bytes, files): (Int64, Int64) = (16_000_000, 200)
        guard space.free < bytes || (space.freeFiles ?? files) < files else { return }
        throw Failure(
            .disk, "\(plugin): there is too little room to build in", at: place,
            cause: "\(space.sentence); \(ByteCount.text(bytes)) and \(files) files are the least",
            hint:
                "make room there (`ray environment gc` removes environments), or choose another folder with XDG_CACHE_HOME"
        )
    }

    /// The highest folder above `folder` that is on the same device.
    private static func mount(of folder: String) -> String {
        var (mount, status, above) = (folder, stat(), stat())
        guard stat(mount, &status) == 0 else { return folder }
        while mount != "/", stat(mount.parentPath, &above) == 0, above.st_dev == status.st_dev {
            mount = mount.parentPath
        }
        return mount
    }

    var sentence: String {
        let files = freeFiles.map { $0 < 1000 ? ", room for \($0) more files" : "" } ?? ""
        return "`\(mount)` has \(ByteCount.text(free)) of \(ByteCount.text(total)) free\(files)"
    }
}

/// Numbers of bytes for people.
enum ByteCount {
    /// As in `84 MB`, with decimal units.
    static func text(_ count: Int64) -> String {
        var (value, unit) = (Double(count), "B")
        for larger in ["kB", "MB", "GB", "TB"] where value >= 1000 { (value, unit) = (value / 1000, larger) }
        let rounded = value < 9.95 && unit != "B" ? (value * 10).rounded() / 10 : value.rounded()
        return rounded == rounded.rounded() ? "\(Int64(rounded)) \(unit)" : "\(rounded) \(unit)"
    }

    /// Reads `20GB`, `500 MB`, `1.5 GiB` or a plain number of bytes; nil for anything else.
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
        let units: [String: Double] = [
            "": 1, "B": 1, "K": 1e3, "KB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9, "T": 1e12, "TB": 1e12,
            "KIB": 1024, "MIB": 1_048_576, "GIB": 1_073_741_824, "TIB": 1_099_511_627_776,
        ]
        guard let value = Double(digits), let factor = units[unit], value * factor < 9e18 else { return nil }
        return Int64(value * factor)
    }
}

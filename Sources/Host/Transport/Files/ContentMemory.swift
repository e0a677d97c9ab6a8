import FoundationEssentials

/// The checksums of the files of one set, remembered by their stamps, so that what has not changed is not read.
struct ContentMemory: Sendable {
    private let file: String
    private var known: [EntryPath: (stamp: Substring, checksum: Substring)] = [:]

    /// What was remembered for this set.
    init(of set: String, folders: Folders) {
        file = folders.cache / "contents" / Digest.of(set)
        let parts = (Files.readOwn(file) ?? Data()).split(separator: 0, omittingEmptySubsequences: false)
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            let words = String(decoding: parts[index], as: UTF8.self).split(separator: " ")
            guard words.count == 2 else { continue }
            known[EntryPath(String(decoding: parts[index + 1], as: UTF8.self))] = (words[0], words[1])
        }
    }

    func checksum(of path: String, _ stamp: FileStamp) -> String? {
        known[EntryPath(path)].flatMap { $0.stamp == stamp.text ? String($0.checksum) : nil }
    }

    /// Remembers these and no others; `moment` is when the first of them was looked at.
    func replace(with files: [(path: String, stamp: FileStamp, checksum: String)], at moment: Int64) {
        var text = Data()
        var isSame = true
        var count = 0
        for file in files where !file.stamp.isRacy(at: moment) {
            count += 1
            if isSame { isSame = checksum(of: file.path, file.stamp) != nil }
            text += Data("\(file.stamp.text) \(file.checksum)\0\(file.path)\0".utf8)
        }
        if !isSame || count != known.count { Files.writeOwn(file, text) }
    }
}

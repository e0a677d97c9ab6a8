import Glibc

/// Reads the files that people write.
package enum ConfigurationFile {
    /// The whole file, or as much of it as shows that it is too large for YAML.
    ///
    /// Fails with class `input`; `place` is where the file is named, when it is named in another.
    package static func read(
        _ path: String, namedAt place: Place? = nil, as name: String? = nil
    ) throws(Failure) -> [UInt8] {
        let name = name ?? path
        // Without O_NONBLOCK a named pipe would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno, name, at: place) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno, name, at: place) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw failure(EISDIR, name, at: place)
        default: throw Failure(.input, "`\(name)` is not a file", at: place)
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= YAMLComposer.maximumSize {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR {
                throw failure(errno, name, at: place)
            }
        }
        return bytes
    }

    /// The hint for a file that is not there: one of the same folder that is called much the same.
    static func suggestion(forMissing path: String, writtenAs name: String) -> String? {
        let others = Files.names(in: path.parentPath).filter { $0 != path.lastPathName }
        return Host.suggestion(for: path.lastPathName, among: others) { similar in
            name.contains("/") ? name.parentPath / similar : similar
        }
    }

    private static func failure(_ code: Int32, _ name: String, at place: Place?) -> Failure {
        switch code {
        case ENOENT, ENOTDIR: Failure(.input, "`\(name)` does not exist", at: place)
        case EACCES: Failure(.input, "`\(name)` may not be read", at: place, hint: "check its permissions")
        case EISDIR: Failure(.input, "`\(name)` is a folder, not a file", at: place)
        default:
            Failure(.input, "`\(name)` cannot be read", at: place, cause: String(cString: strerror(code)))
        }
    }
}

extension Place {
    /// Where `text` stands for the first time from this place on, or after some others; this place
    /// where that cannot be told.
    func first(of text: String, after others: Int = 0) -> Place {
        guard let line, let column, let bytes = try? ConfigurationFile.read(file) else { return self }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        var others = others
        for (index, candidate) in lines.enumerated().dropFirst(line - 1) {
            let scalars = candidate.unicodeScalars
            let skipped = index == line - 1 ? min(column - 1, scalars.count) : 0
            let rest = String(String.UnicodeScalarView(scalars.dropFirst(skipped)))
            for range in rest.ranges(of: text) {
                others -= 1
                guard others < 0 else { continue }
                let offset = rest.unicodeScalars.distance(from: rest.startIndex, to: range.lowerBound)
                return Place(file: file, line: index + 1, column: skipped + offset + 1)
            }
        }
        return self
    }
}

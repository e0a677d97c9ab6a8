import FoundationEssentials

/// A wheel, written without any tool: an archive whose files are stored as they are.
enum WheelFile {
    /// Writes the wheel of a package with one module that holds `code`.
    static func write(_ name: String, _ version: String = "1.0", code: String, to folder: String) throws {
        let info = "\(name)-\(version).dist-info"
        let files = [
            ("\(name).py", code),
            ("\(info)/METADATA", "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n"),
            ("\(info)/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("\(info)/RECORD", "\(name).py,,\n\(info)/METADATA,,\n\(info)/WHEEL,,\n\(info)/RECORD,,\n"),
        ]
        let file = URL(filePath: folder).appending(path: "\(name)-\(version)-py3-none-any.whl")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try archive(files).write(to: file)
    }

    private static func archive(_ files: [(String, String)]) -> Data {
        var data = Data()
        var directory = Data()
        for (name, text) in files {
            let content = Data(text.utf8)
            let offset = UInt32(data.count)
            var common =
                bytes(UInt16(20)) + bytes(UInt16(0)) + bytes(UInt16(0)) + bytes(UInt16(0)) + bytes(UInt16(0x21))
            common += bytes(checksum(content)) + bytes(UInt32(content.count)) + bytes(UInt32(content.count))
            common += bytes(UInt16(name.utf8.count)) + bytes(UInt16(0))
            data += Data([0x50, 0x4B, 3, 4]) + common + Data(name.utf8) + content
            directory += Data([0x50, 0x4B, 1, 2]) + bytes(UInt16(20)) + common + bytes(UInt16(0)) + bytes(UInt16(0))
            directory += bytes(UInt16(0)) + bytes(UInt32(0o644 << 16)) + bytes(offset) + Data(name.utf8)
        }
        let end =
            Data([0x50, 0x4B, 5, 6]) + bytes(UInt32(0)) + bytes(UInt16(files.count)) + bytes(UInt16(files.count))
            + bytes(UInt32(directory.count)) + bytes(UInt32(data.count)) + bytes(UInt16(0))
        return data + directory + end
    }

    private static func bytes(_ number: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: number.littleEndian) { Data($0) }
    }

    private static func checksum(_ data: Data) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in data {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

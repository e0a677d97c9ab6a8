import FoundationEssentials
import PluginRuntime

/// One frame of the conversation with a helper; `ray_frames.h` defines the format.
struct Frame {
    var kind: UInt8
    var call: UInt32
    var payload: FrameReader

    /// Takes the first whole frame off `bytes`; nil when more bytes are needed.
    ///
    /// Throws `MalformedFrame` when they cannot be a frame.
    init?(taking bytes: inout Data) throws(MalformedFrame) {
        var reader = FrameReader(bytes)
        guard let length = try? reader.u32() else { return nil }
        guard length >= 5, length <= RAYF_MAX_FRAME else { throw MalformedFrame() }
        guard bytes.count >= 4 + Int(length) else { return nil }
        var payload = FrameReader(bytes.dropFirst(4).prefix(Int(length)))
        kind = try payload.u8()
        call = try payload.u32()
        self.payload = payload
        // Without copying what follows, which may be many frames.
        bytes = bytes.dropFirst(4 + Int(length))
    }
}

struct MalformedFrame: Error {}

/// Reads the fields of a payload, never beyond its end.
struct FrameReader {
    /// What has not been read.
    private(set) var rest: Data

    init(_ data: Data) { rest = data }

    mutating func u8() throws(MalformedFrame) -> UInt8 { UInt8(try integer(bytes: 1)) }
    mutating func u32() throws(MalformedFrame) -> UInt32 { UInt32(try integer(bytes: 4)) }
    mutating func u64() throws(MalformedFrame) -> UInt64 { try integer(bytes: 8) }

    mutating func bytes() throws(MalformedFrame) -> Data {
        let count = Int(try u32())
        guard rest.count >= count else { throw MalformedFrame() }
        defer { rest = rest.dropFirst(count) }
        return Data(rest.prefix(count))
    }

    mutating func text() throws(MalformedFrame) -> String {
        String(decoding: try bytes(), as: UTF8.self)
    }

    private mutating func integer(bytes count: Int) throws(MalformedFrame) -> UInt64 {
        guard rest.count >= count else { throw MalformedFrame() }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(rest[rest.startIndex + index]) << (8 * index) }
        rest = rest.dropFirst(count)
        return value
    }
}

/// Builds a frame, field after field.
struct FrameWriter {
    /// The length first, which is known at the end.
    private var bytes: [UInt8] = [0, 0, 0, 0]

    init(kind: Int, call: UInt32 = 0) {
        u8(UInt8(kind))
        u32(call)
    }

    /// The frame with its length in front.
    var frame: Data {
        var frame = Data(bytes)
        let length = bytes.count - 4
        for index in 0..<4 { frame[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
        return frame
    }

    mutating func u8(_ value: UInt8) { bytes.append(value) }
    mutating func u32(_ value: UInt32) { integer(UInt64(value), bytes: 4) }
    mutating func u64(_ value: UInt64) { integer(value, bytes: 8) }

    mutating func bytes(_ data: Data) {
        u32(UInt32(data.count))
        data.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ text: String) {
        u32(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func integer(_ value: UInt64, bytes count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
}

extension FrameWriter {
    /// What a manifest says of its plugin, as RAYF_OPEN and RAYF_EXAMINE end with it.
    mutating func describe(_ plugin: Plugin) {
        text(plugin.id)
        text(plugin.manifest.version)
        u32(UInt32(plugin.manifest.operations.count))
        for (name, operation) in plugin.manifest.operations.sorted(by: { $0.key < $1.key }) {
            text(name)
            text(operation.signature)
        }
    }

    /// The payload of RAYF_CALL.
    mutating func ask(
        _ operation: String, _ arguments: PluginArguments, deadline: Duration, largestResult: Int
    ) {
        text(operation)
        u64(UInt64(deadline / .milliseconds(1)))
        u64(UInt64(largestResult))
        u32(UInt32(arguments.values.count))
        for (name, value) in arguments.values {
            text(name)
            u8(UInt8(value == nil ? RAYF_ABSENT : RAYF_PRESENT))
            bytes(value ?? Data())
        }
    }
}

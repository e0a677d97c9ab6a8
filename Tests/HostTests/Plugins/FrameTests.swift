import FoundationEssentials
import PluginRuntime
import Testing

@testable import Host

@Suite struct FrameTests {
    private func result() -> Data {
        var writer = FrameWriter(kind: RAYF_RESULT, call: 7)
        writer.u32(0)
        writer.text("{}")
        writer.text("")
        writer.text("")
        return writer.frame
    }

    @Test func `a frame comes back as it was written`() throws {
        var bytes = result() + [1, 2]
        var frame = try #require(try Frame(taking: &bytes))
        #expect(frame.kind == UInt8(RAYF_RESULT))
        #expect(frame.call == 7)
        #expect(try frame.payload.u32() == 0)
        #expect(try frame.payload.text() == "{}")
        #expect(bytes == Data([1, 2]))
    }

    @Test func `frames that came together are taken one after the other`() throws {
        var bytes = Data()
        for number in 0..<1000 {
            var writer = FrameWriter(kind: RAYF_LOG, call: UInt32(number))
            writer.text(String(repeating: "x", count: number))
            bytes += writer.frame
        }
        bytes += [9, 0, 0]
        for number in 0..<1000 {
            var frame = try #require(try Frame(taking: &bytes))
            #expect(frame.call == UInt32(number))
            #expect(try frame.payload.text().utf8.count == number)
        }
        #expect(try Frame(taking: &bytes)?.kind == nil)
        #expect(bytes == Data([9, 0, 0]))
    }

    @Test func `a part of a frame is no frame yet`() throws {
        let whole = result()
        for count in 0..<whole.count {
            var part = Data(whole.prefix(count))
            let frame = try Frame(taking: &part)
            #expect(frame?.kind == nil)
            #expect(part.count == count)
        }
    }

    @Test(arguments: [[0, 0, 0, 0, 0], [4, 0, 0, 0, 1, 2, 3, 4], [255, 255, 255, 255, 0]] as [[UInt8]])
    func `a length that no frame has is refused`(bytes: [UInt8]) {
        var data = Data(bytes)
        #expect(throws: MalformedFrame.self) { try Frame(taking: &data) }
    }

    @Test func `a field beyond the end is refused`() throws {
        var writer = FrameWriter(kind: RAYF_LOG, call: 1)
        writer.u8(1)
        writer.u32(100)
        var bytes = writer.frame
        var frame = try #require(try Frame(taking: &bytes))
        _ = try frame.payload.u8()
        #expect(throws: MalformedFrame.self) { try frame.payload.text() }
    }
}

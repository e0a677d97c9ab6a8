import FoundationEssentials
import Testing

@testable import Host

/// Values written and read: what digests are taken of stays what JSONEncoder wrote, and what is no
/// JSON stays refused.
@Suite struct JSONTests {
    /// What JSONEncoder writes.
    private func encoded(_ value: JSONValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static let texts =
        (0..<0x30).map { "a\(Character(Unicode.Scalar(UInt8($0))))b" }
        + ["", "a/b", "\"", "\\", "\u{7F}\u{80}\u{2028}", "é", "e\u{301}", "😀 ends", "\u{FFFF}", "B", "10", "9"]

    @Test func `values are written as JSONEncoder writes them`() throws {
        let numbers = [
            0.1, 1, -0.0, 1e15, 1e16, 1e20, 123_456_789_012_345_680, 1e-5, .leastNonzeroMagnitude, -1.5e300, 100.5,
        ]
        var values = numbers.map(JSONValue.number) + Self.texts.map(JSONValue.string)
        values += [.null, .bool(true), .bool(false), .int(0), .int(.min), .int(.max), .array([]), .object([:])]
        values.append(.object(Dictionary(Self.texts.map { ($0, .string($0)) }) { $1 }))
        values.append(.array([.array(values), .object(["all": .array(values)])]))
        for value in values {
            #expect(String(decoding: value.canonical, as: UTF8.self) == (try encoded(value)))
            #expect(
                try JSONValue(parsing: value.canonical) == JSONDecoder().decode(JSONValue.self, from: value.canonical))
        }
        #expect(JSONValue.array([.number(.nan)]).canonical == Data("null".utf8))
    }

    @Test(arguments: [
        "1.0", "1e2", "-0", "-0.0", "1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "1e18", "1e19", "1.5", "0.1e1", "-1e-2", "1E+2", " \t\r\n1 ", #""\ud83d\ude00 \u00e9 \u0000 \/\b\f\n\r\t\"\\""#,
        #"{"a":1,"a":2}"#, #"{"\u0061":3,"a":4}"#, #"{"":{}, "b" : [ ] , "c":[1 , null,true,false]}"#, "\"\u{7F}\"",
    ])
    func `a document is read as JSONDecoder reads it`(text: String) throws {
        let data = Data(text.utf8)
        #expect(try JSONValue(parsing: data) == JSONDecoder().decode(JSONValue.self, from: data))
    }

    @Test(arguments: [
        "", " ", "01", "1.", ".1", "+1", "-", "1e", "0x1", "1e400", "NaN", "nul", "truely", "[1,]", "[1 2]", "[", "]",
        "{", #"{"a":1,}"#, #"{"a" 1}"#, "{a:1}", "{}x", "1 2", "\"", "\"\n\"", #""\ud800""#, #""\udc00""#,
        #""\ud800\u0041""#,
        #""\x""#, #""\u00e""#, #""\u00g0""#, #""\"#, #""\u"#,
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONReader.Malformed.self) { try JSONValue(parsing: Data(text.utf8)) }
    }

    @Test func `text that is no UTF-8 is refused`() {
        for bytes in [[34, 0xFF, 34], [34, 0xC3, 34], [34, 92, 110, 0xED, 0xA0, 0x80, 34]] as [[UInt8]] {
            #expect(throws: JSONReader.Malformed.self) { try JSONValue(parsing: Data(bytes)) }
        }
    }

    @Test func `a document may be 512 levels deep`() throws {
        func nested(_ depth: Int) -> Data {
            Data((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(try JSONValue(parsing: nested(512)).canonical == nested(512))
        #expect(throws: JSONReader.Malformed.self) { try JSONValue(parsing: nested(513)) }
        #expect(throws: JSONReader.Malformed.self) { try JSONValue(parsing: nested(1_000_000)) }
    }
}

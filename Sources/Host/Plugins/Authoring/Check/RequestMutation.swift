import FoundationEssentials

/// A request that differs from a good one in one way, and the way in words.
struct RequestMutation {
    var request: JSONValue
    var description: String
    var deadline: Duration = .seconds(2)
    var isCancelled = false

    /// Where in a document a value is.
    private typealias Path = [String]

    init(of good: JSONValue, _ generator: inout SplitMix) {
        request = good
        // Places are many, and matter least.
        let paths = Self.paths(in: good).filter { $0.first != "places" || $0.count < 2 }
        let path = generator.pick(paths) ?? []
        let place = path.isEmpty ? "the request" : "`/\(path.map(JSONValue.pointerToken).joined(separator: "/"))`"
        func put(_ value: JSONValue?, _ words: String) -> (JSONValue, String) {
            (good.replacing(path[...], with: value), "\(place) \(words)")
        }
        switch generator.below(14) {
        case 0: description = "a good request"
        case 1: (request, description) = ([:], "an empty object")
        case 2: (request, description) = put(nil, "is missing")
        case 3: (request, description) = put(.null, "is null")
        case 4: (request, description) = put(.int(-1), "is -1")
        case 5: (request, description) = put(.bool(true), "is true")
        case 6: (request, description) = put([], "is an empty list")
        case 7: (request, description) = put("", "is empty text")
        case 8: (request, description) = put(.string(String(repeating: "x", count: 1 << 20)), "is 1 MiB of text")
        case 9: (request, description) = put(.string(generator.pick(Self.oddTexts) ?? ""), "is odd text")
        case 10: (request, description) = put(Self.nested(400), "is a list in a list, 400 deep")
        case 11:
            (request, description) = put(.number(1e300), "is a number that fits no integer")
        case 12:
            description = "a good request that is cancelled before it begins"
            isCancelled = true
        default:
            description = "a good request with one millisecond to go"
            deadline = .milliseconds(1)
        }
    }

    private static let oddTexts = [
        "\u{0}", "a\u{0}b", "\u{FEFF}x", "\u{202E}txt.exe", "e\u{301}\u{301}\u{301}", "\u{1F469}\u{200D}\u{1F680}",
        "\u{FFFF}", "\u{10FFFF}", "../../../etc/passwd", "$(id)`id`;'\"\\", "line\nline\r\n\u{2028}", "%s%n%d", "-",
        " ",
        String(repeating: "../", count: 2000), "\u{1B}[31m",
    ]

    private static func nested(_ depth: Int) -> JSONValue {
        (0..<depth).reduce([]) { inner, _ in [inner] }
    }

    private static func paths(in value: JSONValue) -> [Path] {
        switch value {
        case .object(let members):
            [[]] + members.sorted { $0.key < $1.key }.flatMap { key, value in paths(in: value).map { [key] + $0 } }
        case .array(let items):
            [[]] + items.enumerated().flatMap { index, item in paths(in: item).map { [String(index)] + $0 } }
        default: [[]]
        }
    }
}

extension JSONValue {
    /// This document with another value at a path, or with none there.
    fileprivate func replacing(_ path: ArraySlice<String>, with value: JSONValue?) -> JSONValue {
        guard let key = path.first else { return value ?? .null }
        switch self {
        case .object(var members):
            let isLast = path.count == 1
            members[key] = isLast ? value : members[key]?.replacing(path.dropFirst(), with: value)
            return .object(members)
        case .array(var items):
            guard let index = Int(key), items.indices.contains(index) else { return self }
            if path.count == 1, value == nil {
                items.remove(at: index)
            } else {
                items[index] = items[index].replacing(path.dropFirst(), with: value)
            }
            return .array(items)
        default: return self
        }
    }
}

/// A manifest as a list of fields, which is read much faster than YAML.
extension Manifest {
    /// What `init(fields:)` gives back as this manifest; nil where some text has a character that
    /// separates fields.
    var fields: [String]? {
        let texts =
            [id, version, api, kind.rawValue, description.marked, rank.marked, generation.marked, probe.marked]
            + [schema?.text.marked ?? "-"]
        let lists = [
            libraries.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }, types ?? [],
            (keys ?? [:]).sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value.text] },
            operations.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value.text] },
        ]
        let all = texts + lists.map { $0.joined(separator: "\u{1E}") }
        let isPlain = !(texts + lists.flatMap(\.self)).contains { $0.contains("\u{1E}") || $0.contains("\u{1F}") }
        let hasTab = operations.values.contains { $0.parameters.contains { ($0.from ?? "").contains("\t") } }
        return isPlain && !hasTab ? all : nil
    }

    init?(fields: [Substring]) {
        guard fields.count == 13, let kind = Kind(rawValue: String(fields[3])) else { return nil }
        let lists = fields[9...].map { $0.isEmpty ? [] : $0.parts(0x1E) }
        self.init(
            id: String(fields[0]), version: String(fields[1]), api: String(fields[2]), kind: kind,
            description: fields[4].unmarked, libraries: Self.pairs(lists[0]) { String($0) }, operations: [:],
            rank: fields[5].unmarked.flatMap { Int($0) }, generation: fields[6].unmarked.flatMap { Int($0) },
            keys: kind == .environment ? Self.pairs(lists[2]) { JSONDocument(canonicalText: String($0)) } : nil,
            probe: fields[7].unmarked, types: kind == .provider ? lists[1].map { String($0) } : nil,
            schema: fields[8].unmarked.map { JSONDocument(canonicalText: $0) })
        for index in stride(from: 0, to: lists[3].count - 1, by: 2) {
            guard let operation = Operation(text: lists[3][index + 1]) else { return nil }
            operations[String(lists[3][index])] = operation
        }
    }

    private static func pairs<Value>(_ items: [Substring], _ value: (Substring) -> Value) -> [String: Value] {
        var pairs: [String: Value] = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            pairs[String(items[index])] = value(items[index + 1])
        }
        return pairs
    }
}

extension Manifest.Operation {
    /// `deadline name type from optional …`, with tabs between them.
    fileprivate var text: String {
        ([deadline.map { "\($0)" } ?? "-"]
            + parameters.flatMap { [$0.name, $0.type.rawValue, $0.from.marked, $0.optional == true ? "1" : "0"] })
            .joined(separator: "\t")
    }

    fileprivate init?(text: Substring) {
        let fields = text.parts(0x09)
        guard fields.count % 4 == 1 else { return nil }
        var parameters: [Manifest.Parameter] = []
        for index in stride(from: 1, to: fields.count, by: 4) {
            guard let type = Manifest.Parameter.ValueType(rawValue: String(fields[index + 1])) else { return nil }
            parameters.append(
                Manifest.Parameter(
                    name: String(fields[index]), type: type, from: fields[index + 2].unmarked,
                    optional: fields[index + 3] == "1" ? true : nil))
        }
        self.init(deadline: Double(fields[0]), parameters: parameters)
    }
}

extension Optional where Wrapped: CustomStringConvertible {
    /// `-` for nothing, and `+` in front of something.
    fileprivate var marked: String { map { "+\($0)" } ?? "-" }
}

extension String {
    fileprivate var marked: String { "+" + self }
}

extension Substring {
    /// What stands between bytes of that value: faster than to look at characters.
    func parts(_ separator: UInt8) -> [Substring] {
        utf8.split(separator: separator, omittingEmptySubsequences: false).map { Substring($0) }
    }

    fileprivate var unmarked: String? {
        utf8.first == UInt8(ascii: "+") ? String(decoding: utf8.dropFirst(), as: UTF8.self) : nil
    }
}

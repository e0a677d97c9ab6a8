import FoundationEssentials

extension JSONValue {
    /// The text for people and files: keys sorted, indented by two, without an end of line.
    package var indented: String { indented(by: "") }

    private func indented(by margin: String) -> String {
        func lines(_ items: [String], _ open: String, _ close: String) -> String {
            guard !items.isEmpty else { return open + close }
            return "\(open)\n" + items.map { margin + "  " + $0 }.joined(separator: ",\n") + "\n\(margin)\(close)"
        }
        switch self {
        case .array(let items): return lines(items.map { $0.indented(by: margin + "  ") }, "[", "]")
        case .object(let members):
            let items = members.sorted { $0.key < $1.key }.map { key, value in
                "\(JSONValue.string(key).text): \(value.indented(by: margin + "  "))"
            }
            return lines(items, "{", "}")
        default: return text
        }
    }

    /// The text for programs: one line.
    package var text: String { String(decoding: canonical, as: UTF8.self) }
}

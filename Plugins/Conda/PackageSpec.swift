/// The name in a specification of a package, as conda reads it: `CHANNEL::NAME`, then a version.
///
/// Source: conda's documentation of package match specifications.
struct PackageSpec {
    /// In lower case.
    let name: String

    /// nil for what names no package.
    init?(_ text: String) {
        var rest = text[...]
        // A package itself, by its address.
        if rest.contains("://") || rest.hasPrefix("/"), let file = rest.split(separator: "/").last,
            let ending = [".tar.bz2", ".conda"].first(where: { file.contains($0) })
        {
            let parts = file[..<(file.firstRange(of: ending)?.lowerBound ?? file.endIndex)].split(separator: "-")
            guard parts.count >= 3 else { return nil }
            name = parts.dropLast(2).joined(separator: "-").lowercased()
            return
        }
        if let range = rest.firstRange(of: "::") { rest = rest[range.upperBound...] }
        let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
        rest = rest.dropFirst(word.count)
        guard let first = word.first, first.isLetter || first.isNumber || first == "_" else { return nil }
        guard Self.isVersion(rest) else { return nil }
        name = word.lowercased()
    }

    /// Whether it may follow a name.
    private static func isVersion(_ text: Substring) -> Bool {
        guard let first = text.first else { return true }
        guard " =<>!~[".contains(first) else { return false }
        if first == "[" { return text.last == "]" && text.contains("=") }
        let body = text.drop { " =<>!~".contains($0) }
        guard let begin = body.first, begin != "@" else { return false }
        return body.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || " =<>!~.*,|_+-:[]'\"()^$/".contains($0)) }
    }
}

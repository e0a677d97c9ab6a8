/// A here-document whose text begins on the next line.
struct HereDocument {
    var end: [UInt8]
    /// Whether the operator was `<<-`.
    var stripsTabs: Bool
    /// Whether the text is taken as it is.
    var isQuoted: Bool
}

extension ShellScanner {
    /// Reads `<<` or `<<-` and the word behind it.
    mutating func readHereDocumentOperator() {
        index += 2
        var document = HereDocument(end: [], stripsTabs: isNext("-"), isQuoted: false)
        if document.stripsTabs { index += 1 }
        while isNext(" ") || isNext("\t") { index += 1 }
        var openQuote: UInt8?
        while let next = byte() {
            if takePlaceholder(.refused(.hereDocumentEnd)) {
                lose("a here-document whose end is not known")
                continue
            }
            if let quote = openQuote {
                if next == quote { openQuote = nil } else { document.end.append(next) }
                if next == UInt8(ascii: "\\") { lose("a here-document with an unusual end") }
                index += 1
                continue
            }
            if Self.breaks.contains(next) { break }
            switch next {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                openQuote = next
                document.isQuoted = true
            case UInt8(ascii: "\\"):
                document.isQuoted = true
                if isNext("\n", 1) { lose("a here-document with an unusual end") }
            case UInt8(ascii: "$"), UInt8(ascii: "`"): lose("a here-document with an unusual end")
            default: document.end.append(next)
            }
            index += 1
        }
        hereDocuments.append(document)
        // The caller steps over the byte that ended the word.
        index -= 1
    }

    /// Scans the texts of the here-documents that the last line announced.
    mutating func scanHereDocuments() {
        let documents = hereDocuments
        hereDocuments = []
        nested(in: .hereDocument) { scanner in
            for document in documents { scanner.scanText(of: document) }
        }
    }

    private mutating func scanText(of document: HereDocument) {
        while !isAtEnd {
            let line = bytes[index...].prefix { $0 != UInt8(ascii: "\n") }
            let text = document.stripsTabs ? line.drop { $0 == UInt8(ascii: "\t") } : line
            while index < line.endIndex {
                if !takePlaceholder(.refused(.hereDocument)) { index += 1 }
            }
            index = min(line.endIndex + 1, bytes.count)
            if text.elementsEqual(document.end) { return }
            if !document.isQuoted, Self.mayContinue(line) { lose("a here-document that ray cannot follow") }
        }
    }

    /// Whether a line may go on into the next one, so that this one may not be the end it seems.
    private static func mayContinue(_ line: ArraySlice<UInt8>) -> Bool {
        let opens = line.count { "({".utf8.contains($0) }
        let closes = line.count { ")}".utf8.contains($0) }
        let hasSubstitution = line.contains(UInt8(ascii: "$")) && opens > closes
        return hasSubstitution || line.last == UInt8(ascii: "\\") || line.count { $0 == UInt8(ascii: "`") } % 2 == 1
    }
}

extension ShellScanner {
    /// Scans commands up to the end, or to the parenthesis that closes them.
    mutating func scanCommands(inParentheses: Bool) {
        var openParentheses = 0
        var wordStart = index
        let outerTraps = traps.count
        let outerHereDocuments = hereDocuments.count
        while let next = byte() {
            if next == UInt8(ascii: "]"), traps.count > outerTraps { closeBracket(wordStart: wordStart) }
            if takePlaceholder(.quoted(.bare)) { continue }
            switch next {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "$"), UInt8(ascii: "\\"):
                let isContinuation = next == UInt8(ascii: "\\") && isNext("\n", 1)
                let isWordStart = wordStart == index
                scanQuoting()
                if isContinuation, isWordStart { wordStart = index }
                continue
            case UInt8(ascii: "#") where wordStart == index:
                scanComment()
                continue
            case UInt8(ascii: "("):
                if isNext("(", 1) {
                    nested(in: .arithmetic("((…))")) { $0.scanArithmetic(opening: 2) }
                    wordStart = index
                    continue
                }
                openParentheses += 1
            case UInt8(ascii: ")"):
                if inParentheses, openParentheses == 0 {
                    index += 1
                    if hereDocuments.count != outerHereDocuments { lose("a here-document that `)` cuts off") }
                    return
                }
                openParentheses -= 1
            case UInt8(ascii: "<") where isNext("<", 1):
                if isNext("<", 2) { index += 2 } else { readHereDocumentOperator() }
            case UInt8(ascii: "["): openBracket(wordStart: wordStart)
            case UInt8(ascii: "c") where inParentheses && wordStart == index && isWord("case"):
                // Its patterns end in parentheses that nothing opened.
                lose("a `case` inside `$(…)`")
            default: break
            }
            guard !isAtEnd else { return }
            advance(&wordStart, outerTraps: outerTraps)
        }
    }

    /// Steps over one byte, which may end a word, an index or a line.
    private mutating func advance(_ wordStart: inout Int, outerTraps: Int) {
        let isBreak = Self.breaks.contains(bytes[index])
        let isNewline = isNext("\n")
        index += 1
        guard isBreak else { return }
        wordStart = index
        if traps.count > outerTraps, traps.last == .arrayIndex { traps.removeLast() }
        guard isNewline, !hereDocuments.isEmpty else { return }
        scanHereDocuments()
        wordStart = index
    }

    /// Scans what one of `'`, `"`, `` ` ``, `$` and `\` begins outside of quotes.
    private mutating func scanQuoting() {
        switch byte() {
        case UInt8(ascii: "'"): scanSingleQuotes()
        case UInt8(ascii: "\""): nested { $0.scanDoubleQuotes() }
        case UInt8(ascii: "`"): nested(in: .backticks) { $0.scanBackticks() }
        case UInt8(ascii: "$"): scanDollar(inDoubleQuotes: false)
        default:
            let isContinuation = isNext("\n", 1)
            let isAfterOperator = index > 0 && "<([".utf8.contains(bytes[index - 1])
            if isContinuation, isAfterOperator { lose("an operator that a line end divides") }
            skipEscape()
        }
    }

    private mutating func scanComment() {
        nested(in: .comment) { scanner in
            while !scanner.isAtEnd, !scanner.isNext("\n") {
                if !scanner.takePlaceholder(.refused(.comment)) { scanner.index += 1 }
            }
        }
    }

    /// `[[ … ]]` and `name[…]` are evaluated by bash: a value in them could name a command.
    private mutating func openBracket(wordStart: Int) {
        if wordStart == index {
            if isNext("[", 1), byte(2).map(Self.breaks.contains) ?? false { traps.append(.conditional) }
            return
        }
        // A line end may divide the name.
        let word = bytes[wordStart..<index].filter { $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\n") }
        guard let first = word.first, Self.isIdentifierStart(first), word.allSatisfy(Self.isIdentifierPart)
        else { return }
        traps.append(.arrayIndex)
    }

    private mutating func closeBracket(wordStart: Int) {
        if traps.last == .arrayIndex || (wordStart == index && isNext("]", 1) && traps.last == .conditional) {
            traps.removeLast()
        }
    }

    private func isWord(_ word: String) -> Bool {
        let end = index + word.utf8.count
        return bytes[index...].starts(with: word.utf8)
            && (end >= bytes.count || Self.breaks.contains(bytes[end]) || bytes[end] == UInt8(ascii: "\\"))
    }

    /// Gives up on what follows.
    mutating func lose(_ reason: String) {
        unclear = unclear ?? reason
    }

    static let breaks = Set(" \t\n;&|()<>".utf8)
}

extension ShellScanner {
    mutating func scanSingleQuotes() {
        index += 1
        while !isAtEnd {
            if takePlaceholder(.quoted(.single)) { continue }
            index += 1
            if bytes[index - 1] == UInt8(ascii: "'") { return }
        }
    }

    mutating func scanDoubleQuotes() {
        index += 1
        var hasContinuation = false
        while let next = byte() {
            // A line end taken out could join a name and a value that seem apart.
            if takePlaceholder(.quoted(hasContinuation ? .doubleBehindName : .double)) { continue }
            switch next {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"):
                hasContinuation = hasContinuation || isNext("\n", 1)
                skipEscape()
            case UInt8(ascii: "`"): nested(in: .backticks) { $0.scanBackticks() }
            case UInt8(ascii: "$"): scanDollar(inDoubleQuotes: true)
            default: index += 1
            }
        }
    }

    /// Scans up to the next backtick, at which both shells end, whatever quotes are open.
    mutating func scanBackticks() {
        index += 1
        var openQuote: UInt8?
        while let next = byte() {
            if takePlaceholder(.refused(.backticks)) { continue }
            switch next {
            case UInt8(ascii: "`"):
                index += 1
                if openQuote != nil { lose("a quote inside backticks that is not closed") }
                return
            case UInt8(ascii: "\\"):
                skipEscape()
                continue
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                if openQuote == nil { openQuote = next } else if openQuote == next { openQuote = nil }
            default: break
            }
            index += 1
        }
    }

    /// Scans what a `$` begins.
    mutating func scanDollar(inDoubleQuotes: Bool) {
        let isNumber = isNext("(", 2)
        index += 1
        if takePlaceholder(.refused(.behindDollar)) { return }
        switch byte() {
        case UInt8(ascii: "(") where isNumber:
            nested(in: .arithmetic("$((…))")) { $0.scanArithmetic(opening: 2) }
        case UInt8(ascii: "("):
            nested(in: .substitution("$(…)")) { scanner in
                scanner.index += 1
                scanner.scanCommands(inParentheses: true)
            }
        case UInt8(ascii: "{"):
            nested(in: .substitution("${…}")) { $0.scanBraces(inDoubleQuotes: inDoubleQuotes) }
        case UInt8(ascii: "["): nested(in: .arithmetic("$[…]")) { $0.scanOldArithmetic() }
        case UInt8(ascii: "'") where !inDoubleQuotes: nested(in: .quotes("$'…'")) { $0.scanDollarQuotes() }
        case UInt8(ascii: "\"") where !inDoubleQuotes: nested(in: .quotes("$\"…\"")) { $0.scanDoubleQuotes() }
        case UInt8(ascii: "\\") where isNext("\n", 1): lose("a `$` that a line end follows")
        case let next?:
            if Self.isIdentifierStart(next) {
                while let part = byte(), Self.isIdentifierPart(part) { index += 1 }
            } else if "@*#?-$!0123456789".utf8.contains(next) {
                index += 1
            } else {
                return
            }
            if inDoubleQuotes { _ = takePlaceholder(.quoted(.doubleBehindName)) }
        case nil: break
        }
    }

    /// Scans `$'…'`, which dash does not have: there it is a `$` and single quotes.
    private mutating func scanDollarQuotes() {
        index += 1
        while let next = byte() {
            if takePlaceholder(.refused(.quotes("$'…'"))) { continue }
            if next == UInt8(ascii: "\\") {
                if isNext("'", 1) { lose("a `$'…'` that shells read in different ways") }
                skipEscape()
                continue
            }
            index += 1
            if next == UInt8(ascii: "'") { return }
        }
    }

    private mutating func scanBraces(inDoubleQuotes: Bool) {
        index += 1
        if let next = byte(), Self.breaks.contains(next) { lose("a `${ …; }`") }
        while let next = byte() {
            if takePlaceholder(.refused(.substitution("${…}"))) { continue }
            switch next {
            case UInt8(ascii: "}"):
                index += 1
                return
            case UInt8(ascii: "\\"): skipEscape()
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                if inDoubleQuotes {
                    lose("quotes inside `\"${…}\"`, which shells read in different ways")
                    index += 1
                } else if next == UInt8(ascii: "'") {
                    scanSingleQuotes()
                } else {
                    nested { $0.scanDoubleQuotes() }
                }
            case UInt8(ascii: "`"): nested(in: .backticks) { $0.scanBackticks() }
            case UInt8(ascii: "$"): scanDollar(inDoubleQuotes: inDoubleQuotes)
            default: index += 1
            }
        }
    }

    /// Scans parentheses up to the one that closes them: arithmetic, or commands in commands.
    mutating func scanArithmetic(opening: Int) {
        index += opening
        var openParentheses = opening
        while let next = byte() {
            if takePlaceholder(.refused(.arithmetic("((…))"))) { continue }
            switch next {
            case UInt8(ascii: "("): openParentheses += 1
            case UInt8(ascii: ")"):
                openParentheses -= 1
                if openParentheses == 0 {
                    index += 1
                    return
                }
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "#"), UInt8(ascii: "\n"):
                // Only commands have these, and which of the two it is only a parser can tell.
                lose("`((` with quotes, comments or several lines in it")
            case UInt8(ascii: "\\"):
                skipEscape()
                continue
            case UInt8(ascii: "$"):
                scanDollar(inDoubleQuotes: true)
                continue
            default: break
            }
            index += 1
        }
    }

    private mutating func scanOldArithmetic() {
        while let next = byte() {
            if takePlaceholder(.refused(.arithmetic("$[…]"))) { continue }
            index += 1
            if next == UInt8(ascii: "]") { return }
            if "'\"`\\$[\n".utf8.contains(next), index > 1, bytes[index - 2] != UInt8(ascii: "$") {
                lose("a `$[…]` that shells read in different ways")
            }
        }
    }
}

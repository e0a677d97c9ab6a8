/// A place in shell text where no quoting keeps a value one piece of text.
enum ShellTrap: Equatable {
    case substitution(String)
    case backticks
    case hereDocument
    case hereDocumentEnd
    case comment
    case behindBackslash
    case behindDollar
    case arithmetic(String)
    case quotes(String)
    case conditional
    case arrayIndex
    /// Behind something that shells read in different ways, or that ray does not follow.
    case behindUnclear(String)

    func diagnostic(for name: String, at place: Place) -> Diagnostic {
        Diagnostic(
            .input, "`{{\(name)}}` stands \(words), where its value cannot be quoted", at: place, hint: cure(for: name))
    }

    private var words: String {
        switch self {
        case .substitution(let form), .arithmetic(let form), .quotes(let form): "inside `\(form)`"
        case .backticks: "inside backticks"
        case .hereDocument: "inside a here-document"
        case .hereDocumentEnd: "in the word that ends a here-document"
        case .comment: "in a comment"
        case .behindBackslash: "right behind a backslash"
        case .behindDollar: "right behind a `$`"
        case .conditional: "inside `[[ … ]]`"
        case .arrayIndex: "inside an index `[…]`"
        case .behindUnclear(let form): "behind \(form)"
        }
    }

    private func cure(for name: String) -> String {
        let variable = String(name.map { $0 == "-" ? "_" : $0 })
        let assignment = "put `\(variable)={{\(name)}}` on a line of its own before"
        switch self {
        case .substitution, .backticks, .hereDocument, .arrayIndex:
            return "\(assignment), and write `$\(variable)` here"
        case .arithmetic: return "\(assignment), check that it is a number, and write `\(variable)` here"
        case .behindUnclear: return "\(assignment) that, and write `\"$\(variable)\"` here"
        case .hereDocumentEnd: return "use a fixed word"
        case .comment: return "take it out of the comment"
        case .behindBackslash: return "leave the backslash out"
        case .behindDollar: return "leave the `$` out, or write `\\$` for the sign itself"
        case .quotes: return "leave the `$` before the quote out"
        case .conditional: return "use `[ … ]`"
        }
    }
}

import FoundationEssentials
import Host
import Testing

/// A page of the documentation, as far as it can be tested: its fenced blocks.
struct DocumentationPage {
    struct Block {
        /// The word behind the fence.
        var language: String
        /// What stands behind that word: the file that the block is.
        var file: String?
        var text: String

        /// The commands of a `console` block, each with what it prints.
        var conversation: [(command: String, printed: String)] {
            ("\n" + text).split(separator: "\n$ ").map { part in
                let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                let printed = lines.count > 1 ? String(lines[1]) : ""
                return (String(lines[0]), printed.isEmpty || printed.hasSuffix("\n") ? printed : printed + "\n")
            }
        }
    }

    private(set) var blocks: [Block] = []

    init(_ path: String) throws {
        let repository = #filePath.parentPath.parentPath.parentPath.parentPath
        let page = String(decoding: try #require(try Files.read(repository / path)), as: UTF8.self)
        var block: Block?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = block {
                if line == "```" {
                    blocks.append(open)
                    block = nil
                } else {
                    block?.text += line + "\n"
                }
            } else if line.hasPrefix("```") {
                let words = line.dropFirst(3).split(separator: " ", maxSplits: 1).map(String.init)
                block = Block(language: words.first ?? "", file: words.dropFirst().first, text: "")
            }
        }
    }

    /// The texts of the blocks of one language.
    func texts(_ language: String) -> [String] {
        blocks.filter { $0.language == language }.map(\.text)
    }

    /// The blocks in which something is typed.
    var consoles: [Block] { blocks.filter { $0.language == "console" } }
}

/// The words that follow our own options, parted into those of the project's command and more of
/// ours.
///
/// `ray session start train --lr 0.1 --name x`: after the command's name an option is the command's
/// where the command has a parameter of that name, else ours. After `--` everything is the
/// command's.
struct CommandWords: Sendable {
    /// The command's name and what is for its parameters.
    private(set) var command: [String] = []
    /// Options of ours that stood after the command's name.
    private(set) var own: [String] = []
    /// Options that are neither's.
    private(set) var unknown: [String] = []
    /// Whether the command's own help is asked for.
    private(set) var wantsHelp = false

    init(_ words: [String], parameters: Set<String>, options: OptionTable) {
        var rest = words[...]
        if let name = rest.popFirst() { command.append(name) }
        while let word = rest.popFirst() {
            if word == "--" {
                command += rest
                return
            }
            let option = word.hasPrefix("--") ? String(word.dropFirst(2).prefix { $0 != "=" }) : ""
            if parameters.contains(option) || !word.hasPrefix("-") {
                command.append(word)
                // What follows is its value, also where that looks like an option of ours.
                if !option.isEmpty, !word.contains("="), let next = rest.first, !next.hasPrefix("--") {
                    command.append(rest.removeFirst())
                }
            } else if word == "--help" || word == "-h" {
                wantsHelp = true
            } else if let known = options.option(word) {
                own.append(word)
                if known.takesValue, !word.contains("="), let value = rest.popFirst() { own.append(value) }
            } else {
                command.append(word)
                unknown.append(String(word.prefix { $0 != "=" }))
            }
        }
    }
}

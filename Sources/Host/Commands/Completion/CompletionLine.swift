/// The words of one command up to the cursor, as far as completion must understand them.
struct CompletionLine {
    /// What a word that ends with it still lacks.
    private enum Pending {
        case option(OptionTable.Option)
        case parameter(Parameter)
    }

    private let table: OptionTable
    private let sources: CompletionSources
    /// Read once, and only where it is needed.
    private lazy var project = sources.project()
    private var pending: Pending?
    private var optionsGiven: Set<String> = []
    private var parametersGiven: Set<String> = []
    private var arguments: [String] = []
    /// Those of the project's command that was named.
    private var parameters: [Parameter] = []
    /// Whether `--` was given.
    private var isTerminated = false

    init(_ table: OptionTable, _ sources: CompletionSources) {
        self.table = table
        self.sources = sources
    }

    // MARK: - Reading

    mutating func read(_ word: String) {
        if pending != nil {
            pending = nil
        } else if word == "--", !isTerminated {
            isTerminated = true
        } else if word.hasPrefix("-"), word != "-" {
            let isWhole = word.contains("=")
            switch named(word) {
            case .parameter(let parameter)?:
                parametersGiven.insert(parameter.name)
                pending = isWhole ? nil : .parameter(parameter)
            case .option(let option)?:
                optionsGiven.formUnion(option.names)
                pending = isWhole || !option.takesValue ? nil : .option(option)
            case nil: break
            }
        } else {
            arguments.append(word)
            if arguments.count == 1, takesCommand { parameters = project.parameters(ofCommand: word) }
        }
    }

    /// Behind a command's name its parameters come first.
    private func named(_ word: String) -> Pending? {
        let name = word.prefix { $0 != "=" }
        if let parameter = parameters.first(where: { "--" + $0.name == name }) { return .parameter(parameter) }
        return isTerminated ? nil : table.option(word).map { .option($0) }
    }

    private var takesCommand: Bool {
        table.arguments.first?.valueName == "command" && !isShellText
    }

    private var isShellText: Bool { optionsGiven.contains("--shell") }

    // MARK: - Completing

    mutating func completions(of typed: String) -> Completions {
        if let pending { return values(of: pending, typed: typed) }
        if typed.hasPrefix("-") {
            guard let equals = typed.firstIndex(of: "=") else { return .words(options) }
            guard let named = named(typed) else { return .words([]) }
            let value = String(typed[typed.index(after: equals)...])
            return values(of: named, typed: value).prefixed(typed[...equals])
        }
        if table.arguments.first?.valueName == "command" {
            if isShellText { return .files }
            let commands = project.candidates
            return .words(arguments.isEmpty && !commands.isEmpty ? commands : options)
        }
        let index = arguments.count
        guard let argument = index < table.arguments.count ? table.arguments[index] : table.arguments.last,
            index < table.arguments.count || argument.isRepeatable
        else { return .words(options) }
        return values(named: argument.valueName, argument.values) ?? .words(options)
    }

    /// Those that may still be given: first the parameters of the project's command.
    private var options: [Candidate] {
        let ofProject = parameters.filter { !parametersGiven.contains($0.name) }
            .map { Candidate("--" + $0.name, help: $0.help ?? "") }
        guard !isTerminated else { return ofProject }
        let names = Set(parameters.map { "--" + $0.name })
        let ours = table.options.filter {
            !$0.isHidden && names.isDisjoint(with: $0.names)
                && ($0.isRepeatable || optionsGiven.isDisjoint(with: $0.names))
        }
        return ofProject + ours.compactMap(\.candidate)
    }

    private mutating func values(of named: Pending, typed: String) -> Completions {
        switch named {
        case .parameter(let parameter): return parameter.completions(allowingWildcard: true)
        case .option(let option):
            if option.names.contains("--cluster-param") { return clusterParameters(typed) }
            return values(named: option.valueName ?? "", option.values) ?? .words([])
        }
    }

    /// What the help calls a value says what it is; nil where that is anything.
    private func values(named name: String, _ values: [String]) -> Completions? {
        if !values.isEmpty { return .words(values.map { Candidate($0) }) }
        switch name {
        case "session": return .words(sources.sessions().map { Candidate($0) })
        case "folder": return .folders
        case "file": return .files
        default: return nil
        }
    }

    /// `NAME=`, then the values of that parameter.
    private mutating func clusterParameters(_ typed: String) -> Completions {
        let parameters = project.clusterParameters
        guard let equals = typed.firstIndex(of: "=") else {
            return .words(parameters.map { Candidate($0.name + "=", help: $0.help ?? "") })
        }
        guard let parameter = parameters.first(where: { $0.name == typed[..<equals] }) else { return .words([]) }
        return parameter.completions(allowingWildcard: false).prefixed(typed[...equals])
    }
}

extension Parameter {
    fileprivate func completions(allowingWildcard: Bool) -> Completions {
        var values = choices.map { Candidate($0.text, help: $0.text == defaultValue?.text ? "the default" : "") }
        if !values.isEmpty, allowingWildcard { values.append(Candidate("*", help: "each of them")) }
        if values.isEmpty, type == .bool { values = ["true", "false"].map { Candidate($0) } }
        return values.isEmpty && (type == nil || type == .str) ? .files : .words(values)
    }
}

extension Completions {
    fileprivate func prefixed(_ prefix: some StringProtocol) -> Completions {
        guard case .words(let candidates) = self else { return self }
        return .words(candidates.map { Candidate(prefix + $0.text, help: $0.help) })
    }
}

import ArgumentParser
import Testing

@testable import Host

/// What may stand where the cursor is.
@Suite struct CompletionTests {
    private struct Tree: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tree", version: "1", subcommands: [Group.self, Hidden.self])
    }

    private struct Hidden: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "hidden", shouldDisplay: false)
    }

    private struct Group: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "group", abstract: "A group.", subcommands: [Run.self, End.self])
    }

    private struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "run")

        @Option(help: ArgumentHelp("Which.", valueName: "session")) var name: String?
        @Option(help: ArgumentHelp("Where.", valueName: "folder")) var place: [String] = []
        @Option(help: ArgumentHelp("Of the cluster.", valueName: "name=value")) var clusterParam: [String] = []
        @Flag(help: "Text.") var shell = false
        @Argument(parsing: .allUnrecognized, help: ArgumentHelp("What.", valueName: "command")) var words: [String] = []
    }

    private struct End: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "end")

        enum Action: String, CaseIterable, ExpressibleByArgument { case stop, terminate }

        @Argument var session: String?
        @Option(help: ArgumentHelp("From.", valueName: "file")) var list: String?
        @Option var action: Action?
    }

    private static let project = """
        cluster:
          config: c.yaml
          params: [{name: region, choices: [here, there], help: where}, {name: size}]
        commands:
          - {name: train, help: train once, command: x, params: [
              {name: lr, type: float, help: rate}, {name: data, choices: [small, "la rge"], default: small},
              {name: fast, type: bool}, {name: path}, {name: name, choices: [own]}]}
          - {name: "odd: 'name' *"}
          - {help: nameless}
          - 7
        """

    private func completions(_ typed: String, after words: String..., project: String = project) -> Completions {
        let node = try? YAMLNode.parse(project, file: "project.yaml")
        let sources = CompletionSources(project: ProjectOutline(node), sessions: ["one", "two 2"])
        return Completion(below: Tree.self, sources).completions(of: typed, after: words)
    }

    private func texts(_ completions: Completions) -> [String]? {
        if case .words(let candidates) = completions { candidates.map(\.text) } else { nil }
    }

    private let ofRun = ["--name", "--place", "--cluster-param", "--shell", "--help"]

    @Test func `subcommands are offered at each level, with what they do, but for hidden ones`() {
        #expect(completions("") == .words([Candidate("group", help: "A group.")]))
        #expect(texts(completions("", after: "group")) == ["run", "end"])
        #expect(texts(completions("", after: "--quiet", "group")) == ["run", "end"])
        #expect(texts(completions("", after: "help", "group")) == ["run", "end"])
        #expect(texts(completions("", after: "help", "group", "run")) == [])
        #expect(texts(completions("-")) == ["--version", "--help"])
    }

    @Test func `behind a word for the next ray there may be files, behind a wrong one nothing`() {
        #expect(completions("", after: "start") == .files)
        #expect(completions("", after: "group", "frob") == .words([]))
    }

    @Test func `options are offered that were not given, and repeatable ones again`() {
        #expect(texts(completions("-", after: "group", "run")) == ofRun)
        #expect(
            texts(completions("--", after: "group", "run", "--shell", "--place", "/x", "--name=n"))
                == ["--place", "--cluster-param", "--help"])
    }

    @Test func `a value is what the help calls it`() {
        #expect(texts(completions("", after: "group", "end")) == ["one", "two 2"])
        #expect(texts(completions("", after: "group", "run", "--name")) == ["one", "two 2"])
        #expect(texts(completions("--name=", after: "group", "run")) == ["--name=one", "--name=two 2"])
        #expect(completions("", after: "group", "run", "--place") == .folders)
        #expect(completions("--place=x", after: "group", "run") == .folders)
        #expect(completions("", after: "group", "end", "--list") == .files)
        #expect(texts(completions("", after: "group", "end", "--action")) == ["stop", "terminate"])
        #expect(texts(completions("", after: "group", "end", "one")) == ["--list", "--action", "--help"])
    }

    @Test func `a command of the project is named first, then its parameters and our options`() {
        #expect(texts(completions("", after: "group", "run")) == ["train", "odd: 'name' *"])
        let parameters = ["--lr", "--data", "--fast", "--path", "--name"]
        #expect(texts(completions("", after: "group", "run", "train")) == parameters + ofRun.dropFirst())
        #expect(
            texts(completions("--", after: "group", "run", "train", "--lr", "1", "--data=small"))
                == ["--fast", "--path", "--name"] + ofRun.dropFirst())
        #expect(texts(completions("", after: "group", "run", "--", "train")) == parameters)
        #expect(texts(completions("", after: "group", "run", "other")) == ofRun)
        #expect(texts(completions("", after: "group", "run", project: "")) == ofRun)
    }

    @Test func `a parameter is completed by its choices and type`() {
        #expect(
            completions("", after: "group", "run", "train", "--data")
                == .words([
                    Candidate("small", help: "the default"), Candidate("la rge"), Candidate("*", help: "each of them"),
                ]))
        #expect(
            texts(completions("--data=l", after: "group", "run", "train"))
                == ["--data=small", "--data=la rge", "--data=*"])
        #expect(texts(completions("", after: "group", "run", "train", "--fast")) == ["true", "false"])
        #expect(completions("", after: "group", "run", "train", "--lr") == .words([]))
        #expect(completions("", after: "group", "run", "train", "--path") == .files)
        #expect(texts(completions("", after: "group", "run", "train", "--name")) == ["own", "*"])
        #expect(texts(completions("--frob=", after: "group", "run", "train")) == [])
    }

    @Test func `parameters of the cluster are completed as NAME=, then by their choices`() {
        #expect(
            completions("", after: "group", "run", "--cluster-param")
                == .words([Candidate("region=", help: "where"), Candidate("size=")]))
        #expect(
            texts(completions("region=", after: "group", "run", "--cluster-param")) == ["region=here", "region=there"])
        #expect(
            texts(completions("--cluster-param=region=h", after: "group", "run"))
                == ["--cluster-param=region=here", "--cluster-param=region=there"])
        #expect(texts(completions("frob=", after: "group", "run", "--cluster-param")) == [])
    }

    @Test func `shell text may name files`() {
        #expect(completions("", after: "group", "run", "--shell") == .files)
    }

    @Test(arguments: ["", "[", "7", "commands: 7", "commands: {a: b}", "commands: [{name: {}}, {params: []}]"])
    func `a broken project completes to nothing of it`(project: String) {
        #expect(texts(completions("", after: "group", "run", project: project)) == ofRun)
        #expect(texts(completions("", after: "group", "run", "train", project: project)) == ofRun)
    }

    @Test func `what no line can hold is left out, and help is one line`() {
        let completions = Completions.words([
            Candidate("a\nb"), Candidate("a\tb"), Candidate(""), Candidate("c", help: "one\ttwo\nthree"),
            Candidate("c"),
            Candidate("\u{1B}[0m"), Candidate("d"),
        ])
        #expect(CompletionShell.zsh.answer(completions) == "c\tone two\nd")
        #expect(CompletionShell.fish.answer(.files) == "\tfiles")
        #expect(CompletionShell.fish.answer(.folders) == "\tfolders")
    }
}

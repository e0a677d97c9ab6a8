import ArgumentParser
import FoundationEssentials
import Glibc

struct ProjectCreate: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make this folder a project.",
        discussion: """
            Writes .rayproject/project.yaml, and where no option names one a cluster.yaml (this machine) and a \
            requirements.txt.

            $ ray project create my-project
            $ ray project create my-project --requirements requirements.txt --cluster-yaml cluster.yaml
            $ ray project create my-project --conda environment.yml --template aws
            $ ray session start
            """)

    @Argument(help: "The name of the project.")
    var name: String

    @Option(help: ArgumentHelp("The cluster file.", valueName: "file"))
    var clusterYaml: String?

    @Option(help: ArgumentHelp("Begin with this cluster file: local or aws.", valueName: "name"))
    var template: String?

    @Option(help: ArgumentHelp("A requirements file to install.", valueName: "file"))
    var requirements: String?

    @Option(help: ArgumentHelp("A conda environment file to build.", valueName: "file"))
    var conda: String?

    @Option(help: ArgumentHelp("A Dockerfile to build.", valueName: "file"))
    var dockerfile: String?

    @Option(
        help: ArgumentHelp(
            "A shell command that sets the environment up; may be given several times.", valueName: "command"))
    var shell: [String] = []

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        _ = try SessionFolder(name, in: context, naming: "project")
        let root = context.workingDirectory
        try checkOptions()
        for folder in [".rayproject", "ray-project"] where Files.exists(root / folder) {
            guard Files.exists(root / folder / "project.yaml") else {
                throw Failure(
                    .input, "`\(root / folder)` is there already, without a project.yaml",
                    hint: "move it away, and back what you need of it afterwards")
            }
            throw Failure(
                .input, "this folder is a project already: `\(root / folder)` is there",
                hint: "edit `\(root / folder / "project.yaml")`, or remove the folder")
        }
        let project = try await plan(context)
        let warnings = try project.check(context, plugins.options)
        try project.write(below: root)
        if !warnings.isEmpty { context.terminal.report(warnings) }
        context.terminal.note(project.summary)
        return 0
    }

    private func checkOptions() throws(Failure) {
        for (first, second, areBothGiven) in [
            ("--cluster-yaml", "--template", clusterYaml != nil && template != nil),
            ("--conda", "--dockerfile", conda != nil && dockerfile != nil),
        ] where areBothGiven {
            throw Failure(
                .usage, "`\(first)` and `\(second)` cannot both be given", hint: "leave one of them out")
        }
        for command in shell where command.allSatisfy(\.isWhitespace) {
            throw Failure(.usage, "`--shell` needs a command", hint: "for example `--shell 'mkdir -p data'`")
        }
    }

    /// The project that the options ask for.
    private func plan(_ context: Context) async throws -> NewProject {
        var files = GivenFiles(root: context.workingDirectory)
        let given = files.path(clusterYaml, of: "--cluster-yaml")
        var environment: [(key: String, value: YAMLTree)] = []
        for (option, path) in [("--dockerfile", dockerfile), ("--conda", conda), ("--requirements", requirements)] {
            // An option is called like the key of `environment` that it fills.
            if let path = files.path(path, of: option) {
                environment.append((String(option.dropFirst(2)), .text(path)))
            }
        }
        guard files.problems.isEmpty else { throw Failure(files.problems) }
        if !shell.isEmpty { environment.append(("shell", .texts(shell))) }
        let cluster: NewProject.Cluster =
            if let given { .given(given) } else {
                .template(try ClusterTemplate(template ?? "local", in: context.folders), isDefault: template == nil)
            }
        return NewProject(
            name: name, repository: await GitRepository.remote(of: context.workingDirectory, context),
            cluster: cluster, environment: environment)
    }
}

import FoundationEssentials
import Host
import Testing

/// Command lines that cannot be meant: status 2, and nothing is started.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct BadInputUsageTests {
    @Test(arguments: BadUsage.all)
    func `a wrong command line is told with its cure`(usage: BadUsage) async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                commands:
                  - name: train
                    command: echo {{lr}} {{dataset}}
                    params: [{name: lr, type: float}, {name: dataset, choices: [small, large], default: small}]
                """)
            let outcome = try await place.run(try #require(TestBed.prefix) / "bin/ray", usage.arguments)
            #expect(place.plain(outcome.errors) == usage.errors + "\n")
            #expect(outcome.output.isEmpty)
            #expect(outcome.status == 2)
            #expect(!Files.exists(place.folder / "state"))
        }
    }
}

/// A command line, and all of standard error.
struct BadUsage: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var errors: String

    var testDescription: String { "ray " + arguments.joined(separator: " ") }

    init(_ arguments: String..., errors: String) {
        self.arguments = arguments
        self.errors = errors
    }

    static let all = ofProject + ofCreate + ofCluster + ofProgram

    /// What the project's own commands take.
    private static let ofProject = [
        BadUsage(
            "session", "start", "trian",
            errors: """
                error[usage]: there is no command `trian` in `PROJECT/.rayproject/project.yaml`
                  hint: did you mean `train`?
                """),
        BadUsage(
            "session", "execute", "zzzzz",
            errors: """
                error[usage]: there is no command `zzzzz` in `PROJECT/.rayproject/project.yaml`
                  hint: the project has `train`
                """),
        BadUsage(
            "session", "start", "train", "--lrr", "3",
            errors: """
                error[usage]: train: there is no option `--lrr`
                  hint: did you mean `--lr`?
                error[usage]: train: `--lr` is not given and has no default
                """),
        BadUsage(
            "session", "start", "train", "--lr", "fast", "--dataset", "smal",
            errors: """
                error[usage]: train: `--lr` must be a number, not `fast`
                error[usage]: train: `--dataset` must be one of `small`, `large`, not `smal`
                  hint: did you mean `small`?
                """),
        BadUsage("session", "start", "train", "--lr", errors: "error[usage]: train: `--lr` needs a value"),
        BadUsage("session", "start", "train", errors: "error[usage]: train: `--lr` is not given and has no default"),
        BadUsage(
            "session", "start", "train", "--lr", "1", "5", errors: "error[usage]: train: unexpected argument `5`"),
        BadUsage(
            "session", "execute",
            errors: """
                error[usage]: `ray session execute` needs a command
                  hint: the project has `train`
                """),
        BadUsage(
            "session", "start", "--shell",
            errors: """
                error[usage]: `--shell` needs a command
                  hint: for example `--shell 'ray status'`
                """),
    ]

    /// What `project create` takes, in a folder that is a project already.
    private static let ofCreate = [
        BadUsage(
            "project", "create", "x", "--conda", "a", "--dockerfile", "b",
            errors: """
                error[usage]: `--conda` and `--dockerfile` cannot both be given
                  hint: leave one of them out
                """),
        BadUsage(
            "project", "create", "x", "--cluster-yaml", "a", "--template", "aws",
            errors: """
                error[usage]: `--cluster-yaml` and `--template` cannot both be given
                  hint: leave one of them out
                """),
        BadUsage(
            "project", "create", "x", "--shell", " ",
            errors: """
                error[usage]: `--shell` needs a command
                  hint: for example `--shell 'mkdir -p data'`
                """),
    ]

    /// The parameters of the cluster file, of which there are none.
    private static let ofCluster = [
        BadUsage(
            "project", "validate", "--cluster-param", "region",
            errors: """
                error[usage]: `--cluster-param` must be `NAME=VALUE`, not `region`
                  hint: write `--cluster-param region=VALUE`
                """),
        BadUsage(
            "session", "start", "train", "--lr", "1", "--cluster-param", "a=1", "--cluster-param", "a=2",
            errors: "error[usage]: `--cluster-param a=…` is given twice"),
        BadUsage(
            "session", "start", "--dry-run", "--cluster-param", "region=a",
            errors: """
                error[usage]: there is no cluster parameter `region`
                  hint: add it to `cluster.params` in `PROJECT/.rayproject/project.yaml`
                """),
    ]

    /// What the program itself takes.
    private static let ofProgram = [
        BadUsage(
            "project", "create",
            errors: """
                error[usage]: missing expected argument `<name>`
                  hint: usage: ray project create <name> [--cluster-yaml <file>] [--template <name>] [--requirements <file>] [--conda <file>] [--dockerfile <file>] [--shell <command> ...] [--plugin-path <folder> ...] [--no-plugins]
                """),
        BadUsage(
            "project", "validate", "--frobnicate",
            errors: """
                error[usage]: unknown option `--frobnicate`
                  hint: usage: ray project validate [--plugin-path <folder> ...] [--no-plugins] [--cluster-param <name=value> ...] [--json] [--verbose]
                """),
        BadUsage(
            "project", "validate", "extra",
            errors: """
                error[usage]: unexpected argument `extra`
                  hint: usage: ray project validate [--plugin-path <folder> ...] [--no-plugins] [--cluster-param <name=value> ...] [--json] [--verbose]
                """),
        BadUsage(
            "plugin", "list", "--plugin-path",
            errors: """
                error[usage]: missing value for `--plugin-path <folder>`
                  hint: usage: ray plugin list [--plugin-path <folder> ...] [--no-plugins] [--json]
                """),
        BadUsage(
            "sesion",
            errors: """
                error[usage]: there is no command `ray sesion`
                  hint: did you mean `ray session`?
                """),
        BadUsage(
            "project", "frob",
            errors: """
                error[usage]: there is no command `ray project frob`
                  hint: there are `ray project create`, `ray project validate`, `ray project schema`
                """),
    ]
}

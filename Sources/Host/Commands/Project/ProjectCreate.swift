import ArgumentParser
import FoundationEssentials
import Glibc

struct ProjectCreate: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make this folder a project.",
        discussion: """
            Writes .rayproject/project.yaml, cluster.yaml and requirements.txt; the cluster is this machine.

            $ ray project create my-project
            $ ray session start
            """)

    @Argument(help: "The name of the project.")
    var name: String

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        _ = try SessionFolder(name, in: context, naming: "project")
        let root = context.workingDirectory
        for folder in [".rayproject", "ray-project"] where Files.exists(root / folder) {
            throw Failure(
                .input, "this folder is a project already: `\(root / folder)` is there",
                hint: "edit `\(root / folder / "project.yaml")`, or remove the folder")
        }
        let staging = root / ".rayproject.\(getpid()).new"
        do {
            try Files.makeFolder(staging)
            for (file, text) in ProjectTemplate(name: name).files {
                try Files.replace(staging / file, with: Data(text.utf8))
            }
            guard rename(staging, root / ".rayproject") == 0 else {
                throw Failure(system: errno, "cannot make the folder `\(root / ".rayproject")`")
            }
        } catch {
            try? Files.remove(staging)
            throw error
        }
        context.terminal.note(
            """
            created .rayproject/project.yaml, cluster.yaml and requirements.txt
            next: `ray session start`
            """)
        return 0
    }
}

/// The files of a new project, whose cluster is this machine.
struct ProjectTemplate {
    var name: String

    var files: [(String, String)] {
        [
            (
                "project.yaml",
                """
                name: \(YAMLText.quoted(name))
                # description: what it does, for people

                cluster:
                  config: .rayproject/cluster.yaml

                environment:
                  requirements: .rayproject/requirements.txt

                commands:
                  - name: default
                    help: show what Ray has here; put your program in its place
                    command: >-
                      python -c 'import ray; ray.init(logging_level="warning");
                      print("Ray", ray.__version__, "with", int(ray.cluster_resources()["CPU"]), "CPUs")'

                """
            ),
            (
                "cluster.yaml",
                """
                # The format of Ray's cluster launcher. `type: local` without `head_ip` is this machine.
                cluster_name: \(YAMLText.quoted(name))
                provider:
                  type: local

                """
            ),
            ("requirements.txt", "ray\n"),
        ]
    }
}

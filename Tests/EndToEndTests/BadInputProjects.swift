import Testing

/// The files of a project, and all that `ray project validate` says of them.
struct BadInput: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The texts of files by their paths.
    var files: [String: String]
    var errors: String

    /// `project` is the project file's text; the cluster file is right unless given.
    init(
        _ description: String, project: String, cluster: String = "cluster_name: c\nprovider: {type: local}\n",
        files: [String: String] = [:], errors: String
    ) {
        testDescription = description
        self.files = files
        self.files[".rayproject/project.yaml"] = project
        self.files[".rayproject/cluster.yaml"] = cluster
        self.errors = errors
    }

    /// `rest` begins on line 3 of the project file.
    init(
        _ description: String, rest: String = "", cluster: String = "cluster_name: c\nprovider: {type: local}\n",
        files: [String: String] = [:], errors: String
    ) {
        self.init(
            description, project: "name: p\ncluster: {config: .rayproject/cluster.yaml}\n\(rest)\n", cluster: cluster,
            files: files, errors: errors)
    }

    /// The project file as YAML and its keys.
    static let projectFiles = [
        BadInput(
            "a bracket that is not closed", project: "name: p\ncluster: {config: .rayproject/cluster.yaml\n",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:3:1: a `,` or `}` is missing
                  while parsing a flow mapping that starts on line 2
                """),
        BadInput(
            "a key too far to the right", project: "name: p\n  cluster: .rayproject/cluster.yaml\n",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:2:10: a `key: value` cannot stand here
                  hint: check the indentation, and quote a text that contains `: `
                """),
        BadInput(
            "a tab", project: "name: p\ncluster:\n\tconfig: .rayproject/cluster.yaml\n",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:3:1: a tab cannot indent YAML
                  hint: use spaces
                """),
        BadInput(
            "nothing", project: "",
            errors: "error[input]: PROJECT/.rayproject/project.yaml:1:1: the project file is empty"),
        BadInput(
            "a list", project: "- name: p\n",
            errors: "error[input]: PROJECT/.rayproject/project.yaml:1:1: the project file must be a mapping, not a list"
        ),
        BadInput(
            "a key given twice", rest: "name: q",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:3:1: the key `name` is given twice, first on line 1, column 1
                """),
        BadInput(
            "a mistyped key", rest: "enviroment: {shell: x}",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:3:1: `enviroment` is not a key of the project file
                  hint: did you mean `environment`?
                """),
        BadInput(
            "no cluster", project: "name: p\n",
            errors: "error[input]: PROJECT/.rayproject/project.yaml:1:1: `cluster` is missing"),
        BadInput(
            "values of wrong types",
            project:
                "name: 3\ncluster: .rayproject/cluster.yaml\nenvironment: {shell: 3, requirements: [a]}\ncommands: train\n",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:1:7: `name` must be a string, not a number
                  hint: put it in quotes: `"3"`
                error[input]: PROJECT/.rayproject/project.yaml:3:22: `environment.shell` must be a string or a list of \
                strings, not a number
                  hint: put it in quotes: `"3"`
                error[input]: PROJECT/.rayproject/project.yaml:3:39: `environment.requirements` must be a string, not a list
                error[input]: PROJECT/.rayproject/project.yaml:4:11: `commands` must be a list, not a string
                """),
    ]

    /// Commands and their parameters.
    static let commands = [
        BadInput(
            "mistyped keys of a command", rest: "commands:\n  - name: a\n    comand: x\n    hepl: y",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:4:5: `commands[0].command` is missing
                error[input]: PROJECT/.rayproject/project.yaml:5:5: `comand` is not a key of `commands[0]`
                  hint: did you mean `command`?
                error[input]: PROJECT/.rayproject/project.yaml:6:5: `hepl` is not a key of `commands[0]`
                  hint: did you mean `help`?
                """),
        BadInput(
            "a type that is none",
            rest: "commands:\n  - {name: a, command: 'x {{b}}', params: [{name: b, type: integer}]}",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:4:60: `commands[0].params[0].type` must be one of `int`, \
                `float`, `str`, `bool`, not `integer`
                """),
        BadInput(
            "a default that is no choice",
            rest: "commands:\n  - {name: a, command: 'x {{b}}', params: [{name: b, choices: [c, d], default: e}]}",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:4:80: `commands[0].params[0].default` must be one of `c`, \
                `d`, not `e`
                """),
        BadInput(
            "a placeholder without a parameter",
            rest: "commands:\n  - {name: a, command: 'x {{lr}} {{lrr}} {{other}}', params: [{name: lr}]}",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:4:24: `{{lrr}}` stands for no parameter of `a`
                  hint: did you mean `{{lr}}`?
                error[input]: PROJECT/.rayproject/project.yaml:4:24: `{{other}}` stands for no parameter of `a`
                  hint: add `other` to its `params`
                """),
        BadInput(
            "a placeholder where nothing can be quoted",
            rest: "commands:\n  - name: a\n    command: echo $(cat {{file}})\n    params: [{name: file}]",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:5:14: `{{file}}` stands inside `$(…)`, where its value \
                cannot be quoted
                  hint: put `file={{file}}` on a line of its own before, and write `$file` here
                """),
        BadInput(
            "two commands of one name", rest: "commands:\n  - {name: a, command: x}\n  - {name: a, command: y}",
            errors:
                "error[input]: PROJECT/.rayproject/project.yaml:5:12: there are two commands `a`, the first on line 4"),
    ]
}

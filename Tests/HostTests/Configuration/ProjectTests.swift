import Host
import Testing

private let goodCluster = "provider: {type: local}\n"

/// The schema with the keys of the usual plugins.
private func schemaWithPlugins() throws -> ProjectSchema {
    var schema = try projectSchema()
    schema = try schema.adding(environmentKey: "requirements", schema: ["type": "string"], from: "pip")
    schema = try schema.adding(environmentKey: "dockerfile", schema: ["type": "string"], from: "docker")
    schema = try schema.adding(environmentKey: "dockerimage", schema: ["type": "string"], from: "docker")
    return try schema.adding(
        environmentKey: "shell", schema: ["type": "array", "items": ["type": "string"]], from: "shell")
}

/// What is wrong with a project, a line each, with paths inside the project's root.
private func said(_ project: String, _ files: [String: String] = ["cluster.yaml": goodCluster]) throws -> [String] {
    let folder = try TemporaryFolder(files)
    try folder.write(".rayproject/project.yaml", project)
    let schema = try schemaWithPlugins()
    let path = folder.path
    return problems { _ = try Project.load(from: path, schema: schema) }
        .map { $0.replacing("\(path)/.rayproject/project.yaml:", with: "").replacing("\(path)/", with: "") }
}

@Suite struct `A project` {
    @Test func `is read with everything it says`() throws {
        let folder = try TemporaryFolder([
            "conf/cluster.yaml": "cluster_name: c-{{region}}\n\(goodCluster)",
            "big.yaml": "provider: {type: aws, region: x}\n",
            "ray-project/project.yaml": """
            name: demo
            description: d
            repo: https://example.org/x.git
            documentation: https://example.org
            tags: [a, b]
            cluster:
              config: conf/cluster.yaml
              params: [{name: region, default: x}]
            environment:
              variables: {PORT: 08, VERSION: 1.10, DEBUG: yes}
              requirements: requirements.txt
              shell: [echo hi]
            commands:
              - name: default
                command: python demo.py --n {{num-mappers}}
                help: 100% sure
                params: [{name: num-mappers, type: int, default: 3, choices: [3, 4], help: h}]
                config: {tmux: true, port_forward: [8889, 1]}
              - {name: big, command: "true", cluster: big.yaml, config: {port_forward: 80}}
            output_files: [out]
            idle: {minutes: 30, action: terminate}
            """,
        ])
        folder.makeFolder("a/b")
        let loaded = try Project.load(from: "\(folder.path)/a/b", schema: try schemaWithPlugins())
        let project = loaded.project
        #expect(loaded.warnings.isEmpty)
        #expect(project.name == "demo" && project.repository == "https://example.org/x.git")
        #expect(project.root == folder.path && project.file == "\(folder.path)/ray-project/project.yaml")
        #expect(project.cluster.name == "c-x" && project.cluster.providerType == "local")
        #expect(project.cluster.providerTypePlace.line == 2)
        #expect(project.clusterReference.file.text == "conf/cluster.yaml")
        #expect(project.clusterReference.file.place.line == 7)
        #expect(project.clusterReference.parameters.map(\.name) == ["region"])
        #expect(project.environment.map(\.key) == ["requirements", "shell"])
        #expect(project.variables.map(\.value.text) == ["08", "1.10", "yes"])
        #expect(project.outputFiles == ["out"] && project.tags == ["a", "b"])
        #expect(project.idle?.minutes == 30 && project.idle?.action == .terminate)
        #expect(project.path("x/y") == "\(folder.path)/x/y" && project.path("/x") == "/x")
        let command = try project.command(named: "default")
        #expect(command.usesTmux && command.forwardedPorts == [8889, 1] && command.help == "100% sure")
        #expect(command.parameters[0].choices.map(\.text) == ["3", "4"])
        #expect(try project.command(named: "big").cluster?.providerType == "aws")
        #expect(
            firstProblem { _ = try project.command(named: "bgi") }
                == "there is no command `bgi` in `\(project.file)` (did you mean `big`?)")
    }

    @Test(arguments: [
        ("name: a", ["1:1: `cluster` is missing"]),
        ("", ["1:1: the project file is empty"]),
        (
            "- a",
            [
                "1:1: the project file must be a mapping, not a list (it can have `cluster`, `commands`, `description`, `documentation`, `environment`, `idle`, `name`, `output_files`, `repo`, `tags`)"
            ]
        ),
        ("name: 3\ncluster: cluster.yaml", ["1:7: `name` must be a string, not a number (put it in quotes: `\"3\"`)"]),
        (
            "name: a/b\ncluster: cluster.yaml",
            ["1:7: `name` must be a name without `/` and control characters, not `a/b`"]
        ),
        (
            "name: ..\ncluster: cluster.yaml",
            ["1:7: `name` must be a name without `/` and control characters, not `..`"]
        ),
        ("name: ''\ncluster: cluster.yaml", ["1:7: `name` must not be empty"]),
        (
            "nmae: a\nname: a\ncluster: cluster.yaml",
            ["1:1: `nmae` is not a key of the project file (did you mean `name`?)"]
        ),
        ("name: a\ncluster: [x]", ["2:10: `cluster` must be a path, or a mapping with `config`, not a list"]),
        ("name: a\ncluster: {}", ["2:10: `cluster.config` is missing"]),
        (
            "name: a\ncluster: {confg: x}",
            ["2:11: `confg` is not a key of `cluster` (did you mean `config`?)"]
        ),
        (
            "name: a\ncluster: clster.yaml",
            ["2:10: the cluster file `clster.yaml` does not exist (did you mean `cluster.yaml`?)"]
        ),
        ("name: a\ncluster: ./x/zzz.yaml", ["2:10: the cluster file `./x/zzz.yaml` does not exist"]),
        ("name: a\ncluster: .rayproject", ["2:10: `.rayproject` is a folder, not a file"]),
        (
            "name: a\ncluster: cluster.yaml\nenvironment: {shell: echo hi}",
            [
                "3:22: `environment.shell` must be a list of strings, not a string (write a list of one as `[echo hi]`)"
            ]
        ),
        (
            "name: a\ncluster: cluster.yaml\nenvironment: {requirments: x}",
            ["3:15: `requirments` is not a key of `environment` (did you mean `requirements`?)"]
        ),
        (
            "name: a\ncluster: cluster.yaml\nenvironment: {dockerfile: x, dockerimage: y}",
            ["3:30: `environment` cannot have both `dockerfile` and `dockerimage`"]
        ),
        (
            "name: a\ncluster: cluster.yaml\nenvironment: {variables: {1A: x, B: [y]}}",
            [
                "3:27: `1A` cannot be a key of `environment.variables`, which must be letters, digits and `_`, not beginning with a digit",
                "3:37: `environment.variables.B` must be a string, a number or a boolean, not a list (write it without the list: `y`)",
            ]
        ),
        ("name: a\ncluster: cluster.yaml\ncommands: [{name: x}]", ["3:12: `commands[0].command` is missing"]),
        (
            "name: a\ncluster: cluster.yaml\ncommands: [{name: x, command: y, foo: 1}]",
            [
                "3:34: `foo` is not a key of `commands[0]` (it can have `cluster`, `command`, `config`, `help`, `name`, `params`)"
            ]
        ),
        (
            "name: a\ncluster: cluster.yaml\ncommands: [{name: x, command: y, config: {port_forward: 0}}]",
            ["3:57: `commands[0].config.port_forward` must be at least 1, not `0`"]
        ),
        (
            "name: a\ncluster: cluster.yaml\ncommands: [{name: x, command: '{{p}}', params: [{name: p, type: number}]}]",
            [
                "3:65: `commands[0].params[0].type` must be one of `int`, `float`, `str`, `bool`, not `number`"
            ]
        ),
        (
            "name: a\ncluster: cluster.yaml\nidle: {minutes: 0, action: halt}",
            [
                "3:17: `idle.minutes` must be more than 0, not `0`",
                "3:28: `idle.action` must be one of `stop`, `terminate`, not `halt`",
            ]
        ),
        ("name: a\ncluster: cluster.yaml\n\tx: 1", ["3:1: a tab cannot indent YAML (use spaces)"]),
    ])
    func `that does not fit the schema is refused with places`(project: String, expected: [String]) throws {
        let found = try said(project)
        #expect(found == expected)
    }

    @Test(arguments: [
        (
            "- {name: x, command: a}\n  - {name: x, command: b}",
            ["5:12: there are two commands `x`, the first on line 4"]
        ),
        (
            "- {name: x, command: '{{p}}', params: [{name: p}, {name: p}]}",
            ["4:60: `x` has two parameters `p`, the first on line 4"]
        ),
        (
            "- {name: x, command: '{{p}}', params: [{name: p, choices: [a, b], default: c}]}",
            [
                "4:78: `commands[0].params[0].default` must be one of `a`, `b`, not `c`"
            ]
        ),
        (
            "- {name: x, command: '{{p}}', params: [{name: p, type: float, default: abc}]}",
            [
                "4:74: `commands[0].params[0].default` must be a number, as the parameter's `type` says, not `abc`"
            ]
        ),
        (
            "- {name: x, command: '{{p}}', params: [{name: p, type: int, choices: [1, b]}]}",
            [
                "4:76: `commands[0].params[0].choices[1]` must be a whole number, as the parameter's `type` says, not `b`"
            ]
        ),
        (
            "- {name: x, command: 'a {{datset}}', params: [{name: dataset, default: 1}]}",
            [
                "4:27: `{{datset}}` stands for no parameter of `x` (did you mean `{{dataset}}`?)"
            ]
        ),
        (
            "- {name: x, command: 'a {{missing}}'}",
            ["4:27: `{{missing}}` stands for no parameter of `x` (add `missing` to its `params`)"]
        ),
        (
            "- {name: x, command: 'a # {{p}}', params: [{name: p}]}",
            [
                "4:29: `{{p}}` stands in a comment, where its value cannot be quoted (take it out of the comment)"
            ]
        ),
        ("- {name: x, command: a, cluster: other.yaml}", ["4:36: the cluster file `other.yaml` does not exist"]),
    ])
    func `whose commands do not hold together is refused`(commands: String, expected: [String]) throws {
        let found = try said("name: a\ncluster: cluster.yaml\ncommands:\n  \(commands)")
        #expect(found == expected)
    }

    @Test func `shows what is wrong in all of its files at once`() throws {
        let files = ["cluster.yaml": "provider: {}\nmax_wokers: 1\n", "other.yaml": "a: [\n"]
        let project = """
            name: 3
            cluster: {config: cluster.yaml}
            commands:
              - {name: x, command: "{{a}}", cluster: other.yaml}
              - {name: y, command: "{{b}}", hlp: x}
            """
        let found = try said(project, files)
        #expect(
            found == [
                "1:7: `name` must be a string, not a number (put it in quotes: `\"3\"`)",
                "4:25: `{{a}}` stands for no parameter of `x` (add `a` to its `params`)",
                "5:33: `hlp` is not a key of `commands[1]` (did you mean `help`?)",
                "cluster.yaml:1:11: `provider.type` is missing",
                "cluster.yaml:2:1: `max_wokers` is not a key of the cluster file (did you mean `max_workers`?)",
                "other.yaml:2:1: a value is missing here, or a bracket is not closed",
            ])
    }

    @Test func `gives the words for an unknown key of its environment to the caller`() throws {
        let folder = try TemporaryFolder([
            "c.yaml": goodCluster,
            ".rayproject/project.yaml": "name: a\ncluster: c.yaml\nenvironment: {nix: x, shel: y}\n",
        ])
        let schema = try schemaWithPlugins()
        let said = problems {
            _ = try Project.load(from: folder.path, schema: schema) { entry in
                entry.key == "nix" ? Diagnostic(.plugin, "no plugin for `nix`", at: entry.keyPlace) : nil
            }
        }
        #expect(
            said.map { $0.replacing("\(folder.path)/.rayproject/project.yaml:", with: "") } == [
                "3:15: no plugin for `nix`", "3:23: `shel` is not a key of `environment` (did you mean `shell`?)",
            ])
    }

    @Test func `warns of parameters that its commands do not use`() throws {
        let folder = try TemporaryFolder([
            "c.yaml": goodCluster,
            ".rayproject/project.yaml":
                "name: a\ncluster: c.yaml\ncommands: [{name: x, command: y, params: [{name: p}]}]\n",
        ])
        let loaded = try Project.load(from: folder.path, schema: try schemaWithPlugins())
        #expect(
            loaded.warnings.map(line) == [
                "\(folder.path)/.rayproject/project.yaml:3:50: warning: `x` does not use its parameter `p` "
                    + "(write `{{p}}` where its value belongs)"
            ])
    }
}

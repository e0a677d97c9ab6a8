import Host
import Testing

/// A project whose cluster file takes parameters.
private struct Example {
    var parameters = "[{name: region, default: us-west-2}]"
    var cluster = "provider: {type: aws, region: {{region}}}\n"
    var more = ""
    var given: [String] = []

    /// Loads it, and gives back what is said with paths inside the project's root.
    func load() throws -> (cluster: ClusterConfig?, said: [String]) {
        let folder = try TemporaryFolder([
            ".rayproject/project.yaml": "name: p\ncluster: {config: c.yaml, params: \(parameters)}\n\(more)",
            "c.yaml": cluster,
        ])
        let path = folder.path
        let schema = try projectSchema()
        var cluster: ClusterConfig?
        var warnings: [String] = []
        let errors = problems {
            let loaded = try Project.load(
                from: path, schema: schema,
                arguments: try ClusterArguments(parsing: given))
            cluster = loaded.project.cluster
            warnings = loaded.warnings.map(line)
        }
        let said = (errors + warnings).map {
            $0.replacing("\(path)/.rayproject/project.yaml:", with: "").replacing("\(path)/", with: "")
        }
        return (cluster, said)
    }
}

/// What a value in a cluster file becomes.
private func value(
    _ text: String, parameter: String, given: [String] = []
) throws -> (value: YAMLNode.Value?, said: [String]) {
    let cluster = "provider:\n  type: aws\n  x: \(text)\n"
    let (config, said) = try Example(parameters: "[\(parameter)]", cluster: cluster, given: given).load()
    return (config?.node["provider"]?["x"]?.value, said)
}

@Suite struct `A value of a cluster parameter` {
    @Test(
        arguments: [
            ("{name: x}", "3", .int(3)), ("{name: x}", "yes", .bool(true)), ("{name: x}", "1.5", .float(1.5)),
            ("{name: x}", "~", .null), ("{name: x}", "", .null), ("{name: x}", "us-west-2", .string("us-west-2")),
            ("{name: x, type: str}", "3", .string("3")), ("{name: x, type: str}", "", .string("")),
            ("{name: x, type: int}", "010", .int(10)), ("{name: x, type: int}", "+5", .int(5)),
            ("{name: x, type: float}", "1", .float(1)), ("{name: x, type: bool}", "off", .bool(false)),
            ("{name: x, type: int, choices: [1, 2]}", "02", .int(2)),
        ] as [(String, String, YAMLNode.Value)])
    func `is read by its type where it stands alone`(parameter: String, text: String, expected: YAMLNode.Value) throws {
        for placeholder in ["{{x}}", "{{ x }}", "{{\tx }}"] {
            let (value, said) = try value(placeholder, parameter: parameter, given: ["x=\(text)"])
            #expect(said.isEmpty)
            #expect(value == expected)
        }
    }

    @Test(
        arguments: [
            ("\"{{x}}\"", .string("3")), ("'{{x}}'", .string("3")), ("a-{{x}}", .string("a-3")),
            ("1{{x}}", .int(13)), ("{{x}}{{x}}", .int(33)), ("\"{{x}}\u{301}\"", .string("3\u{301}")),
            ("|\n    {{x}}\n    b", .string("3\nb\n")), ("!!str {{x}}", .string("3")),
            ("\"{{.Names}} {{x}}\"", .string("{{.Names}} 3")), ("\"{{{x}}}\"", .string("{3}")),
        ] as [(String, YAMLNode.Value)])
    func `is text in quotes and amid other text`(text: String, expected: YAMLNode.Value) throws {
        let (value, said) = try value(text, parameter: "{name: x, type: int, default: 3}")
        #expect(said.isEmpty)
        #expect(value == expected)
    }

    @Test(arguments: [
        "[1, 2]", "{a: 1}", "a: b", "a\nb: c", "- a", "# c", "*a", "&a", "!!int 3", "\"", "'", "}", "{{x}}", "<<",
    ])
    func `never becomes structure`(text: String) throws {
        for placeholder in ["{{x}}", "\"{{x}}\"", "[{{x}}]", "{k: {{x}}}"] {
            let (value, said) = try value(placeholder, parameter: "{name: x}", given: ["x=\(text)"])
            #expect(said.isEmpty)
            let found =
                switch value {
                case .sequence(let items)?: items.first?.value
                case .mapping(let entries)?: entries.first?.value.value
                default: value
                }
            #expect(found == .string(text))
        }
        let (key, said) = try value("{{{x}}: 1}", parameter: "{name: x}", given: ["x=\(text)"])
        #expect(said.isEmpty)
        if case .mapping(let entries)? = key {
            #expect(entries.map(\.key) == [text])
        } else {
            Issue.record("no mapping")
        }
    }

    @Test func `that may be left out is nothing`() throws {
        for parameter in ["{name: x, required: false}", "{name: x, required: false, type: int}"] {
            #expect(try value("{{x}}", parameter: parameter).value == .null)
            #expect(try value("\"a{{x}}\"", parameter: parameter).value == .string("a"))
        }
    }

    @Test(arguments: [
        ("echo {{x}}", "echo 'a b; c'\\'''"), ("echo \"{{x}}\"", "echo \"a b; c'\""),
        ("'echo {{x}}'", "echo 'a b; c'\\'''"),
    ])
    func `is quoted where shell text stands`(text: String, expected: String) throws {
        let cluster = """
            provider: {type: aws}
            setup_commands: &c
              - \(text)
            head_start_ray_commands: *c
            available_node_types: {a: {worker_setup_commands: *c}}
            auth: {ssh_proxy_command: \(text)}
            metadata: {setup_commands: "{{x}}"}
            """
        let (config, said) = try Example(parameters: "[{name: x}]", cluster: cluster, given: ["x=a b; c'"]).load()
        #expect(said.isEmpty)
        #expect(config?.node["setup_commands"]?[0]?.string == expected)
        #expect(config?.node["head_start_ray_commands"]?[0]?.string == expected)
        #expect(config?.node["available_node_types"]?["a"]?["worker_setup_commands"]?[0]?.string == expected)
        #expect(config?.node["auth"]?["ssh_proxy_command"]?.string == expected)
        #expect(config?.node["metadata"]?["setup_commands"]?.string == "a b; c'")
    }
}

@Suite struct `A cluster file with parameters` {
    @Test func `keeps its columns`() throws {
        let example = Example(
            parameters: "[{name: r, default: x}]",
            cluster: "provider: {type: aws, region: {{r}}}\nauth: {a: {{r}}, ssh_usr: {{ r }}}\n")
        #expect(
            try example.load().said == [
                "c.yaml:2:8: `a` is not a key of `auth` (it can have `ssh_host_keys`, `ssh_port`, `ssh_private_key`, "
                    + "`ssh_proxy_command`, `ssh_proxy_use_node_id`, `ssh_public_key`, `ssh_user`)",
                "c.yaml:2:18: `ssh_usr` is not a key of `auth` (did you mean `ssh_user`?)",
            ])
    }

    @Test(arguments: [
        (
            "provider: {type: aws, region: {{regoin}}}\n# {{region}}\n",
            [
                "c.yaml:1:31: `{{regoin}}` stands for no parameter of the cluster (did you mean `{{region}}`?)"
            ]
        ),
        (
            "provider: {type: aws, {{zzz}}: {{region}}}\n",
            ["c.yaml:1:23: `{{zzz}}` stands for no parameter of the cluster (add `zzz` to the cluster's `params`)"]
        ),
        (
            "provider: {type: aws}\nsetup_commands: [echo $(cat {{region}})]\n",
            [
                "c.yaml:2:29: `{{region}}` stands inside `$(…)`, where its value cannot be quoted (put "
                    + "`region={{region}}` on a line of its own before, and write `$region` here)"
            ]
        ),
        (
            "provider: {type: aws}\nmetadata: {us-west-2: 1, {{region}}: 2}\n",
            ["c.yaml:2:26: the key `us-west-2` is given twice, first on line 2, column 12"]
        ),
        (
            "provider: {type: aws}\nmetadata: {{{region}}: 1, {{region}}: 2}\n",
            ["c.yaml:2:27: the key `{{region}}` is given twice, first on line 2, column 12"]
        ),
        (
            "provider: {type: aws}\nmax_workers: {{region}}\n",
            ["c.yaml:2:14: `max_workers` must be a whole number, not a string"]
        ),
        ("provider: {type: aws}\nmax_workers: !!int {{region}}\n", ["c.yaml:2:14: `{{region}}` is no `!!int`"]),
        ("provider: {type: aws}\n<<: {{region}}\n", ["c.yaml:2:5: `<<` takes a mapping or a list of mappings"]),
    ])
    func `is checked`(cluster: String, expected: [String]) throws {
        #expect(try Example(cluster: cluster).load().said == expected)
    }

    @Test func `warns of a parameter that it does not use`() throws {
        #expect(
            try Example(cluster: "provider: {type: aws}\n").load().said == [
                "2:43: warning: `c.yaml` does not use its parameter `region` "
                    + "(write `{{region}}` where its value belongs)"
            ])
    }

    @Test func `does not read a number that is too large`() throws {
        let example = Example(parameters: "[{name: region, type: int}]", given: ["region=99999999999999999999"])
        #expect(try example.load().said == ["c.yaml:1:31: `99999999999999999999` does not fit a 64-bit integer"])
    }

    @Test func `leaves unchecked what depends on a value nobody gave`() throws {
        let cluster = """
            provider: {type: "{{type}}", x: {{region}}}
            max_workers: {{n}}
            head_node_type: {{head}}
            available_node_types: {a: {min_workers: 3}}
            setup_commands: ["echo {{n}}"]
            auth: {{{key}}: x, ssh_usr: u}
            """
        let names = ["type", "region", "n", "head", "key"]
        let parameters = "[\(names.map { "{name: \($0)}" }.joined(separator: ", "))]"
        var example = Example(parameters: parameters, cluster: cluster)
        #expect(
            try example.load().said == ["c.yaml:6:20: `ssh_usr` is not a key of `auth` (did you mean `ssh_user`?)"])
        example.cluster = cluster.replacing(", ssh_usr: u", with: "")
        let (config, said) = try example.load()
        #expect(said.isEmpty)
        #expect(config?.unresolved.count == 6)
        #expect(
            config?.missing.map(\.message) == names.map { "`--cluster-param \($0)=…` is not given and has no default" })
    }

    @Test func `without params is taken as it is`() throws {
        let text =
            "provider: {type: aws, x: \"{{region}}\"}\nsetup_commands: [\"docker ps --format '{{.Names}} {{y}}'\"]\n"
        for cluster in ["c.yaml", "{config: c.yaml}", "{config: c.yaml, params: []}"] {
            let folder = try TemporaryFolder([
                ".rayproject/project.yaml": "name: p\ncluster: \(cluster)\n", "c.yaml": text,
            ])
            let loaded = try Project.load(from: folder.path, schema: try projectSchema())
            #expect(loaded.warnings.isEmpty)
            #expect(loaded.project.cluster.node["provider"]?["x"]?.string == "{{region}}")
            #expect(
                loaded.project.cluster.node["setup_commands"]?[0]?.string == "docker ps --format '{{.Names}} {{y}}'")
        }
    }

    @Test func `without params says what a bare placeholder would need`() throws {
        let folder = try TemporaryFolder([
            ".rayproject/project.yaml": "name: p\ncluster: c.yaml\n",
            "c.yaml": "provider: {type: aws, x: {{region}}}\n",
        ])
        let path = folder.path
        let schema = try projectSchema()
        #expect(
            problems { _ = try Project.load(from: path, schema: schema) } == [
                "\(path)/c.yaml:1:27: a key must be a single word or text (for `{{region}}` to stand for a value, name "
                    + "this file with `{config, params}` and `region` among its `params`)"
            ])
    }
}

@Suite struct `The cluster parameters of a command line` {
    @Test(arguments: [
        (["region"], ["`--cluster-param` must be `NAME=VALUE`, not `region` (write `--cluster-param region=VALUE`)"]),
        (["=x"], ["`--cluster-param` must be `NAME=VALUE`, not `=x`"]),
        (["region=a", "region=a"], ["`--cluster-param region=…` is given twice"]),
        (["regoin=a"], ["there is no cluster parameter `regoin` (did you mean `region`?)"]),
        (["zzz=a"], ["there is no cluster parameter `zzz` (there are `region`, `n`)"]),
        (
            ["n=x", "region=c"],
            [
                "`--cluster-param region=…` must be one of `us-west-1`, `us-west-2`, not `c`",
                "`--cluster-param n=…` must be a whole number, not `x`",
            ]
        ),
        (
            ["region=us-west-3"],
            [
                "`--cluster-param region=…` must be one of `us-west-1`, `us-west-2`, not `us-west-3` (did you mean `us-west-1`?)"
            ]
        ),
        (["region=us-west-1"], []),
    ])
    func `are judged as those of a command are`(given: [String], expected: [String]) throws {
        let example = Example(
            parameters:
                "[{name: region, choices: [us-west-1, us-west-2], required: true}, {name: n, type: int, default: 3}]",
            cluster: "provider: {type: aws, region: {{region}}}\nmax_workers: {{n}}\n", given: given)
        #expect(try example.load().said == expected)
    }

    @Test func `are of class usage`() {
        let failure = #expect(throws: Failure.self) { try ClusterArguments(parsing: ["a", "b=1", "b=2"]) }
        #expect(failure?.diagnostics.map(\.errorClass) == [.usage, .usage])
    }

    @Test func `that are required must be given to start`() throws {
        var example = Example(parameters: "[{name: region, required: true, default: a}]")
        #expect(try example.load().cluster?.missing.map(\.message) == ["`--cluster-param region=…` is required"])
        example.given = ["region=b"]
        let config = try example.load().cluster
        #expect(config?.node["provider"]?["region"]?.string == "b")
        #expect(config?.parameters == ["region": "b"])
    }

    @Test func `say what to do where there are none`() throws {
        let example = Example(parameters: "[]", cluster: "provider: {type: aws}\n", given: ["a=1"])
        let said = try example.load().said
        #expect(said.count == 1)
        #expect(said[0].hasPrefix("there is no cluster parameter `a` (add it to `cluster.params` in `"))
    }

    @Test func `with mistakes of their own are not used`() throws {
        let example = Example(
            parameters: "[{name: region, type: int, default: x}]",
            cluster: "provider: {type: aws}\nmax_workers: {{region}}\n")
        #expect(
            try example.load().said == [
                "2:71: `cluster.params[0].default` must be a whole number, as the parameter's `type` says, not `x`"
            ])
    }

    @Test func `reach a command's own cluster`() throws {
        let folder = try TemporaryFolder([
            ".rayproject/project.yaml": """
            name: p
            cluster: c.yaml
            commands:
              - name: big
                command: x
                cluster: {config: b.yaml, params: [{name: n, type: int, required: true}]}
            """,
            "c.yaml": "provider: {type: local}\n", "b.yaml": "provider: {type: aws}\nmax_workers: {{n}}\n",
        ])
        let schema = try projectSchema()
        for given in [[], ["n=3"]] {
            let loaded = try Project.load(
                from: folder.path, schema: schema,
                arguments: try ClusterArguments(parsing: given))
            let big = try loaded.project.command(named: "big")
            #expect(big.cluster?.node["max_workers"]?.int == (given.isEmpty ? nil : 3))
            #expect(big.cluster?.unresolved.count == (given.isEmpty ? 1 : 0))
            #expect(big.cluster?.missing.count == (given.isEmpty ? 1 : 0))
            #expect(loaded.project.cluster.missing.isEmpty)
        }
    }
}

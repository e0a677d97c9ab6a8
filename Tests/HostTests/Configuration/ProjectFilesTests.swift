import Glibc
import Host
import Testing

@Suite struct `A project's root` {
    @Test func `is the nearest folder upwards that holds a project`() throws {
        let folder = try TemporaryFolder(["p/.rayproject/project.yaml": "", "p/q/ray-project/project.yaml": ""])
        folder.makeFolder("p/q/r/s")
        folder.makeFolder("p/t")
        #expect(try ProjectLocation.find(from: "\(folder.path)/p/q/r/s").root == "\(folder.path)/p/q")
        #expect(try ProjectLocation.find(from: "\(folder.path)/p/t").root == "\(folder.path)/p")
    }

    @Test func `is not found where there is none`() throws {
        let folder = try TemporaryFolder(["ray-project": "a file"])
        let failure = #expect(throws: Failure.self) { try ProjectLocation.find(from: folder.path) }
        #expect(
            failure?.diagnostics == [
                Diagnostic(
                    .input, "no project root found",
                    cause: "there is no `.rayproject` or `ray-project` folder from `\(folder.path)` up to `/`",
                    hint: "`ray project create NAME` makes a project here")
            ])
    }

    @Test func `without a project file is an error`() throws {
        let folder = TemporaryFolder()
        folder.makeFolder(".rayproject")
        #expect(
            problems { _ = try ProjectLocation.find(from: folder.path) } == [
                "`\(folder.path)/.rayproject/project.yaml` is missing "
                    + "(`ray project create NAME` writes one, or remove the folder)"
            ])
    }

    @Test func `with both folders uses the first and says so`() throws {
        let folder = try TemporaryFolder([".rayproject/project.yaml": "", "ray-project/project.yaml": ""])
        let location = try ProjectLocation.find(from: folder.path)
        #expect(location.file == "\(folder.path)/.rayproject/project.yaml")
        #expect(
            location.warnings.map(line) == [
                "\(folder.path)/ray-project/project.yaml: warning: there are two project files in "
                    + "`\(folder.path)`: `.rayproject/project.yaml` is used (remove `ray-project`)"
            ])
    }

    @Test func `with an empty first folder uses the second`() throws {
        let folder = try TemporaryFolder(["ray-project/project.yaml": ""])
        folder.makeFolder(".rayproject")
        #expect(try ProjectLocation.find(from: folder.path).file == "\(folder.path)/ray-project/project.yaml")
    }
}

@Suite struct `A cluster file` {
    @Test(arguments: [
        ("provider: {type: local, anything: [1]}\nauth: {ssh_user: u}\nfile_mounts: {~/a: b}\nmetadata: {x: 1}\n", []),
        (
            "min_workers: 0\ninitial_workers: 0\nautoscaling_mode: default\ntarget_utilization_fraction: 0.8\nhead_node: {}\nworker_nodes: {}\nprovider: {type: aws}\n",
            []
        ),
        ("provider: {type: local}\nfoo: 1\n", ["2:1: `foo` is not a key of the cluster file"]),
        (
            "provider: {type: local}\nsetup_comands: []\n",
            ["2:1: `setup_comands` is not a key of the cluster file (did you mean `setup_commands`?)"]
        ),
        ("max_workers: -1\nprovider: {type: local}\n", ["1:14: `max_workers` must be at least 0, not `-1`"]),
        ("cluster_name: a\n", ["1:1: `provider` is missing"]),
        ("provider: local\n", ["1:11: `provider` must be a mapping, not a string (write `{type: local}`)"]),
        (
            "provider: {type: local}\nauth: {ssh_usr: x}\n",
            ["2:8: `ssh_usr` is not a key of `auth` (did you mean `ssh_user`?)"]
        ),
        (
            "provider: {type: aws}\nhead_node_type: haed\navailable_node_types: {head: {}}\n",
            [
                "2:17: `head_node_type` must be one of `available_node_types`, not `haed` (did you mean `head`?)"
            ]
        ),
        (
            "provider: {type: aws}\nmax_workers: 1\navailable_node_types: {a: {min_workers: 1}, b: {min_workers: 1}}\n",
            [
                "2:14: the `min_workers` of the node types add up to 2, more than `max_workers`, 1"
            ]
        ),
        (
            "provider: {type: aws}\navailable_node_types: {a: {resorces: {CPU: 1}}}\n",
            [
                "2:28: `resorces` is not a key of `available_node_types.a` (did you mean `resources`?)"
            ]
        ),
        ("", ["1:1: the cluster file is empty"]),
    ])
    func `is checked`(text: String, expected: [String]) throws {
        let folder = try TemporaryFolder(["c.yaml": text])
        let schema = try projectSchema()
        let said = problems { _ = try ClusterConfig.load("\(folder.path)/c.yaml", schema: schema) }
        #expect(said.map { $0.replacing("\(folder.path)/c.yaml:", with: "") } == expected)
    }

    @Test func `that is missing is named with the nearest one there`() throws {
        let folder = try TemporaryFolder(["cluster.yaml": "provider: {type: local}\n"])
        let schema = try projectSchema()
        #expect(
            problems { _ = try ClusterConfig.load("\(folder.path)/clutser.yaml", schema: schema) } == [
                "the cluster file `\(folder.path)/clutser.yaml` does not exist "
                    + "(did you mean `\(folder.path)/cluster.yaml`?)"
            ])
    }
}

@Suite struct `Reading a configuration file` {
    @Test func `that is missing, a folder, a pipe or forbidden is an error`() throws {
        let folder = try TemporaryFolder(["secret": "x"])
        let path = folder.path
        mkfifo("\(path)/pipe", 0o600)
        chmod("\(path)/secret", 0)
        #expect(problems { _ = try ConfigurationFile.read("\(path)/no") } == ["`\(path)/no` does not exist"])
        #expect(
            problems { _ = try ConfigurationFile.read("\(path)/secret/x") } == ["`\(path)/secret/x` does not exist"])
        #expect(problems { _ = try ConfigurationFile.read(path) } == ["`\(path)` is a folder, not a file"])
        #expect(problems { _ = try ConfigurationFile.read("\(path)/pipe") } == ["`\(path)/pipe` is not a file"])
        // Root may read everything.
        if geteuid() != 0 {
            #expect(
                problems { _ = try ConfigurationFile.read("\(path)/secret") }
                    == ["`\(path)/secret` may not be read (check its permissions)"])
        }
    }
}

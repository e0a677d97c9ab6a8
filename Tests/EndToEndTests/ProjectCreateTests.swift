import FoundationEssentials
import Host
import Testing

/// `ray project create` with what the user has already.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct ProjectCreateTests {
    @Test func `names the files that are given`() async throws {
        try await Workplace.with { place in
            try place.write("conf/my cluster.yaml", "cluster_name: c\nprovider: {type: local}\n")
            try place.write("sub/reqs.txt", "ray\n")
            let create = try await place.ray(
                "project", "create", "p", "--cluster-yaml", "./sub/../conf/my cluster.yaml", "--requirements",
                place.project / "sub/reqs.txt", "--shell", "mkdir -p data", "--shell", "echo 'a: b' # c")
            #expect(create.errors == "created .rayproject/project.yaml\nnext: `ray session start`\n")
            #expect(create.status == 0)
            #expect(
                try text(".rayproject/project.yaml", place) == """
                    name: "p"
                    # description: what it does, for people

                    cluster:
                      config: conf/my cluster.yaml

                    environment:
                      requirements: sub/reqs.txt
                      shell:
                        - mkdir -p data
                        - "echo 'a: b' # c"

                    commands:
                      - name: default
                        help: put your program in its place
                        command: echo 'Put your program into .rayproject/project.yaml'

                    """)
            #expect(Files.names(in: place.project / ".rayproject") == ["project.yaml"])
            let start = try await place.ray("session", "start", "--dry-run", in: place.project / "sub")
            #expect(start.status == 0, "\(start.errors)")
        }
    }

    @Test func `with a shell command alone asks for nothing else`() async throws {
        try await Workplace.with { place in
            let create = try await place.ray("project", "create", "p", "--shell", "echo hi", "--template", "local")
            #expect(
                create.errors == "created .rayproject/project.yaml and cluster.yaml\nnext: `ray session start`\n")
            let start = try await place.ray("session", "start")
            #expect(start.output == "Put your program into .rayproject/project.yaml\n")
            #expect(start.status == 0)
        }
    }

    @Test func `says which plugins the project needs`() async throws {
        try await Workplace.with { place in
            try place.write("Dockerfile", "FROM scratch\n")
            try place.write("reqs.txt", "ray\n")
            let create = try await place.ray(
                "project", "create", "p", "--dockerfile", "Dockerfile", "--requirements", "reqs.txt", "--template",
                "aws",
                "--no-plugins")
            let about = [
                "aws": (
                    ".rayproject/cluster.yaml:5:9: ", "provider.type: aws", "Amazon EC2",
                    "; what else is in `provider` is not checked"
                ),
                "docker": ("", "environment.dockerfile", "images built from a Dockerfile", ""),
            ]
            let warnings = ["aws", "docker"].filter { !isInstalled($0) }.compactMap { id in
                about[id].map { place, name, words, rest in
                    """
                    warning: \(place)`\(name)` needs the plugin `\(id)` (\(words)), which is not installed\(rest)
                      hint: `ray plugin install` takes its folder, its archive or its URL; `--no-plugins` \
                    and RAY_PLUGIN_SAFE_MODE leave out all others

                    """
                }
            }
            #expect(
                place.brief(create.errors) == warnings.joined()
                    + "created .rayproject/project.yaml and cluster.yaml\nnext: `ray session start`\n")
            #expect(create.status == 0)
            #expect(
                try text(".rayproject/cluster.yaml", place) == """
                    cluster_name: "p"
                    # The format of Ray's cluster launcher: a head and at most one worker.
                    max_workers: 1
                    provider:
                      type: aws
                      region: us-west-2
                      availability_zone: us-west-2a
                    auth:
                      ssh_user: ubuntu

                    """)
            #expect(
                try text(".rayproject/project.yaml", place).contains(
                    "environment:\n  dockerfile: Dockerfile\n  requirements: reqs.txt\n"))
        }
    }

    @Test(arguments: [
        (
            ["--requirements", "requirments.txt"],
            """
            error[usage]: --requirements: `requirments.txt` does not exist
              hint: did you mean `requirements.txt`?
            """, 2
        ),
        (
            ["--conda", "sub/enviroment.yml", "--cluster-yaml", "zzz"],
            """
            error[usage]: --cluster-yaml: `zzz` does not exist
            error[usage]: --conda: `sub/enviroment.yml` does not exist
              hint: did you mean `sub/environment.yml`?
            """, 2
        ),
        (["--dockerfile", "sub"], "error[usage]: --dockerfile: `sub` is a folder, not a file", 2),
        (
            ["--requirements", "../outside.txt"],
            """
            error[usage]: --requirements: `../outside.txt` is not inside `PROJECT`
              hint: copy it into this folder: a project holds everything that it needs
            """, 2
        ),
        (
            ["--template", "asw"],
            """
            error[usage]: there is no template `asw`
              hint: did you mean `aws`?
            """, 2
        ),
        (
            ["--template", "zzzz"],
            """
            error[usage]: there is no template `zzzz`
              hint: there are `aws`, `local`
            """, 2
        ),
        (
            ["--cluster-yaml", "sub/wrong.yaml"],
            """
            error[input]: sub/wrong.yaml:1:1: `cluster_nam` is not a key of the cluster file
              hint: did you mean `cluster_name`?
            error[input]: sub/wrong.yaml:2:25: `hed_ip` is not a key of `provider`
              hint: did you mean `head_ip`?
            """, 1
        ),
        (
            ["--cluster-yaml", "sub/nosuch.yaml"],
            """
            error[input]: sub/nosuch.yaml:1:18: no plugin handles `provider.type: locl`
              hint: did you mean `local`?
            """, 1
        ),
    ])
    func `writes nothing where something is wrong`(options: [String], errors: String, status: Int) async throws {
        try await Workplace.with { place in
            try place.write("requirements.txt", "ray\n")
            try place.write("sub/environment.yml", "")
            try place.write("sub/wrong.yaml", "cluster_nam: c\nprovider: {type: local, hed_ip: x}\n")
            try place.write("sub/nosuch.yaml", "provider: {type: locl}\n")
            try place.write("../outside.txt", "")
            let create = try await place.run(
                try #require(TestBed.prefix) / "bin/ray", ["project", "create", "p"] + options)
            #expect(place.brief(create.errors) == errors + "\n")
            #expect(create.status == Int32(status))
            #expect(Files.names(in: place.project) == ["requirements.txt", "sub"])
        }
    }

    @Test(arguments: [
        (nil, nil), ("https://ada:secret@example.org/x.git", "https://example.org/x.git"),
        ("git@example.org:a/x.git", "git@example.org:a/x.git"), (#"it's: "odd" # x"#, #"it's: "odd" # x"#),
    ])
    func `takes the repository from git`(url: String?, expected: String?) async throws {
        try await Workplace.with { place in
            var variables: [String: String] = ["GIT_CEILING_DIRECTORIES": place.folder]
            if let url {
                for arguments in [["init", "-q", "."], ["config", "remote.origin.url", url]] {
                    #expect(try await place.run("git", arguments).status == 0)
                }
            } else {
                variables["PATH"] = "/nonexistent"
            }
            let program = try #require(TestBed.prefix) / "bin/ray"
            #expect(try await place.run(program, ["project", "create", "p"], variables: variables).status == 0)
            let file = place.project / ".rayproject/project.yaml"
            let node = try YAMLNode.parse(try text(".rayproject/project.yaml", place), file: file)
            #expect(node["repo"]?.string == expected)
            #expect(try await place.ray("project", "validate").errors == "Project files validated!\n")
        }
    }

    private func text(_ path: String, _ place: Workplace) throws -> String {
        String(decoding: try #require(try Files.read(place.project / path)), as: UTF8.self)
    }

    private func isInstalled(_ plugin: String) -> Bool {
        Files.exists((TestBed.prefix ?? "") / "lib/ray/plugins" / plugin)
    }
}

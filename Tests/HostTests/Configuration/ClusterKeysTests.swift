import Host
import Testing

/// Every key of a cluster file: of Ray today, and those of Ray 0.8.
private let everyKey = """
    cluster_name: c
    max_workers: 4
    min_workers: 0
    initial_workers: 0
    autoscaling_mode: aggressive
    target_utilization_fraction: 0.8
    upscaling_speed: 1.5
    idle_timeout_minutes: 5
    provider:
      type: aws
      region: us-west-2
      availability_zone: us-west-2a,us-west-2b
      cache_stopped_nodes: yes
      use_internal_ips: no
      key_pair: {key_name: k}
      security_group: {GroupName: g, IpPermissions: [{FromPort: 443}]}
    auth:
      ssh_user: ubuntu
      ssh_private_key: ~/.ssh/k
      ssh_public_key: ~/.ssh/k.pub
      ssh_proxy_command: ssh -W %h:%p jump
      ssh_proxy_use_node_id: false
    docker:
      image: i
      container_name: n
      pull_before_run: true
      run_options: [--gpus all]
      head_image: h
      worker_image: w
      head_run_options: []
      worker_run_options: []
      disable_automatic_runtime_detection: false
      disable_shm_size_detection: false
      use_podman: false
    available_node_types:
      head:
        node_config: {InstanceType: m5.large}
        resources: {CPU: 2, custom: 0.5}
        labels: {zone: a}
        min_workers: 0
        max_workers: 0
        idle_timeout_s: null
        priority: 1
        initialization_commands: []
        worker_setup_commands: []
        docker: {pull_before_run: true, worker_image: w, worker_run_options: []}
    head_node_type: head
    head_node: {InstanceType: m5.large}
    worker_nodes: {InstanceMarketOptions: {MarketType: spot}}
    file_mounts: {~/a: b}
    cluster_synced_files: [a]
    file_mounts_sync_continuously: false
    rsync_exclude: [.git]
    rsync_filter: [.gitignore]
    metadata: {anything: [1]}
    initialization_commands: [a]
    setup_commands: [a]
    head_setup_commands: [a]
    worker_setup_commands: [a]
    head_start_ray_commands: [ray stop]
    worker_start_ray_commands: [ray stop]
    no_restart: false

    """

/// What is wrong with a cluster file.
private func said(_ text: String) throws -> [String] {
    let schema = try projectSchema()
    return problems { _ = try ClusterConfig(parsing: text, file: "c", schema: schema) }
}

@Suite struct `The keys of a cluster file` {
    @Test func `are those of Ray's launcher, today's and those of 0_8`() throws {
        #expect(try said(everyKey).isEmpty)
    }

    @Test func `are all suggested when mistyped`() throws {
        var count = 0
        for (index, line) in everyKey.split(separator: "\n").enumerated() {
            let indentation = line.prefix { $0 == " " }
            let key = String(line.dropFirst(indentation.count).prefix { $0 != ":" })
            // What is below the provider is its plugin's, and names of node types are free.
            guard !(9...15).contains(index), key != "head", key != "type" else { continue }
            let wrong = String(indentation) + key.dropLast() + "x" + line.dropFirst(indentation.count + key.count)
            let all = everyKey.split(separator: "\n").enumerated().map { $0 == index ? wrong : String($1) }
            let found = try said(all.joined(separator: "\n"))
            #expect(
                found.contains {
                    $0.contains("`\(key.dropLast())x` is not a key") && $0.hasSuffix("(did you mean `\(key)`?)")
                })
            count += 1
        }
        #expect(count == 54)
    }

    @Test(arguments: [
        ("target_utilization_fraction: 1.5", "1:30: `target_utilization_fraction` must be at most 1, not `1.5`"),
        (
            "autoscaling_mode: agressive",
            "1:19: `autoscaling_mode` must be one of `default`, `aggressive`, not `agressive` (did you mean `aggressive`?)"
        ),
        (
            "setup_commands: pip install x",
            "1:17: `setup_commands` must be a list of strings, not a string (write a list of one as `[pip install x]`)"
        ),
        (
            "auth: {ssh_proxy_use_node_id: true}",
            "1:8: `auth.ssh_proxy_command` is missing, which `auth.ssh_proxy_use_node_id` needs"
        ),
        (
            "docker: {run_options: [1]}",
            "1:24: `docker.run_options[0]` must be a string, not a number (put it in quotes: `\"1\"`)"
        ),
        ("head_node: [a]", "1:12: `head_node` must be a mapping, not a list"),
    ])
    func `are checked`(text: String, expected: String) throws {
        #expect(try said(text + "\nprovider: {type: aws}\n") == ["c:" + expected])
    }

    @Test func `of a provider are checked by its plugin's schema`() throws {
        let provider: JSONValue = [
            "type": "object", "additionalProperties": false,
            "properties": ["type": ["const": "mine"], "size": ["$ref": "#/$defs/size"]],
            "$defs": ["size": ["type": "integer"]],
        ]
        let schema = try projectSchema().adding(providerTypes: ["mine"], schema: provider, from: "mine")
        func said(_ text: String) -> [String] {
            problems { _ = try ClusterConfig(parsing: text, file: "c", schema: schema) }
        }
        #expect(said("provider: {type: mine, size: 3}").isEmpty)
        #expect(said("provider: {type: other, sze: 3}").isEmpty)
        #expect(
            said("provider: {type: mine, sze: 3, size: x}") == [
                "c:1:24: `sze` is not a key of `provider` (did you mean `size`?)",
                "c:1:38: `provider.size` must be a whole number, not a string",
            ])
        #expect(
            problems { _ = try projectSchema().adding(providerTypes: ["a"], schema: ["tpe": "x"], from: "m") }
                == [
                    "the schema of `provider` in plugin `m`: `tpe` at `#` is not a keyword that ray checks (did you mean `type`?)"
                ])
    }
}

@Suite struct `A printed schema` {
    @Test func `holds what it refers to and nothing else`() throws {
        let provider: JSONValue = ["properties": ["size": ["$ref": "#/$defs/size"]], "$defs": ["size": true]]
        let schema = try projectSchema().adding(providerTypes: ["mine"], schema: provider, from: "mine")
            .adding(environmentKey: "conda", schema: ["type": "string"], from: "c")
        let cluster = schema.clusterDocument
        #expect(cluster["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        #expect(cluster["$defs"]?.object?.keys.sorted() == ["commandList", "count", "nodeType", "provider.mine"])
        _ = try JSONSchema(cluster)
        let project = schema.projectDocument
        #expect(
            project["$defs"]?.object?.keys.sorted() == [
                "clusterReference", "command", "environment.conda", "parameter", "parameterName", "port",
            ])
        _ = try JSONSchema(project)
    }
}

extension BadInput {
    /// What the project file refers to: files and plugins.
    static let references = [
        BadInput(
            "a cluster file that is not there", project: "name: p\ncluster: .rayproject/clutser.yaml\n",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:2:10: the cluster file `.rayproject/clutser.yaml` does not exist
                  hint: did you mean `.rayproject/cluster.yaml`?
                """),
        BadInput(
            "a requirements file that is not there", rest: "environment: {requirements: requirments.txt}",
            files: ["requirements.txt": "ray\n"],
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:3:29: `requirments.txt` not found in `PROJECT`
                  hint: did you mean `requirements.txt`?
                """),
        BadInput(
            "a mistyped key of environment", rest: "environment: {requirement: a.txt}",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:3:15: no plugin handles `environment.requirement`
                  hint: did you mean `requirements`?
                """),
        BadInput(
            "a key of environment that nothing is near to", rest: "environment: {zzz: a.txt}",
            errors: """
                error[input]: PROJECT/.rayproject/project.yaml:3:15: no plugin handles `environment.zzz`
                  hint: `environment` can have `requirements`, `shell`, `variables`
                """),
        BadInput(
            "a key of a plugin that is known and not installed", rest: "environment: {conda: a.yml}",
            errors: """
                error[plugin]: PROJECT/.rayproject/project.yaml:3:15: `environment.conda` needs the plugin `conda` (conda \
                environments), which is not installed
                  hint: put its folder into `FOLDER/data/ray/plugins` or name it with `--plugin-path`; `ray plugin list` \
                shows what is installed
                """),
        BadInput(
            "wrong lines in requirements and what they include", rest: "environment: {requirements: requirements.txt}",
            files: [
                "requirements.txt": "ray==\n-r sub/more.txt\nnum py\n--find-lnks x\n",
                "sub/more.txt": "\n==1\n-e\n-r mroe.txt\n",
            ],
            errors: """
                error[input]: PROJECT/requirements.txt:1:4: no version follows `ray==`
                error[input]: PROJECT/sub/more.txt:2:1: `==1` is no package name
                  hint: a name begins with an ASCII letter or digit
                error[input]: PROJECT/sub/more.txt:3:1: no value follows `-e`
                error[input]: PROJECT/sub/more.txt:4:4: `mroe.txt` not found in `PROJECT/sub`
                  hint: did you mean `more.txt`?
                error[input]: PROJECT/requirements.txt:3:5: unexpected `py`
                  hint: each requirement has a line of its own
                error[input]: PROJECT/requirements.txt:4:1: unknown option `--find-lnks`
                  hint: did you mean `--find-links`?
                """),
    ]

    static let clusterFiles = [
        BadInput(
            "an empty cluster file", cluster: "",
            errors: "error[input]: PROJECT/.rayproject/cluster.yaml:1:1: the cluster file is empty"),
        BadInput(
            "a mistyped key", cluster: "cluster_nam: c\nprovider: {type: local}\n",
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:1:1: `cluster_nam` is not a key of the cluster file
                  hint: did you mean `cluster_name`?
                """),
        BadInput(
            "a mistyped provider", cluster: "cluster_name: c\nprovider: {type: locl}\n",
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:2:18: no plugin handles `provider.type: locl`
                  hint: did you mean `local`?
                """),
        BadInput(
            "a provider that nothing is near to", cluster: "cluster_name: c\nprovider: {type: zzzzz}\n",
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:2:18: no plugin handles `provider.type: zzzzz`
                  hint: the installed plugins handle `local`
                """),
        BadInput(
            "a host", cluster: "cluster_name: c\nprovider: {type: local, head_ip: 10.0.0.1}\n",
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:2:34: `provider.head_ip` names a host, and this version of \
                the provider runs clusters on this machine only
                  hint: leave `head_ip` out to run here
                """),
        BadInput(
            "mistyped keys and values of wrong types in the provider",
            cluster: "cluster_name: c\nprovider:\n  type: local\n  hed_ip: x\n  worker_ips: 3\n",
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:4:3: `hed_ip` is not a key of `provider`
                  hint: did you mean `head_ip`?
                error[input]: PROJECT/.rayproject/cluster.yaml:5:15: `provider.worker_ips` must be a list of strings or \
                empty, not a number
                """),
    ]

    /// Mistakes in several files.
    static let several = [
        BadInput(
            "project file and cluster file",
            project: """
                nam: p
                cluster: {config: .rayproject/cluster.yaml}
                environment: {shel: x}
                commands: [{name: a, command: 'x {{b}}'}]

                """,
            cluster: "cluster_nam: c\n",
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:1:1: `cluster_nam` is not a key of the cluster file
                  hint: did you mean `cluster_name`?
                error[input]: PROJECT/.rayproject/cluster.yaml:1:1: `provider` is missing
                error[input]: PROJECT/.rayproject/project.yaml:1:1: `nam` is not a key of the project file
                  hint: did you mean `name`?
                error[input]: PROJECT/.rayproject/project.yaml:1:1: `name` is missing
                error[input]: PROJECT/.rayproject/project.yaml:3:15: no plugin handles `environment.shel`
                  hint: did you mean `shell`?
                error[input]: PROJECT/.rayproject/project.yaml:4:31: `{{b}}` stands for no parameter of `a`
                  hint: add `b` to its `params`
                """),
        BadInput(
            "what two plugins check", rest: "environment: {requirements: requirements.txt}",
            cluster: "cluster_name: c\nprovider: {type: local, head_ip: x}\n", files: ["requirements.txt": "num py\n"],
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:2:34: `provider.head_ip` names a host, and this version of \
                the provider runs clusters on this machine only
                  hint: leave `head_ip` out to run here
                error[input]: PROJECT/requirements.txt:1:5: unexpected `py`
                  hint: each requirement has a line of its own
                """),
        BadInput(
            "a provider that nothing handles, and wrong requirements",
            rest: "environment: {requirements: requirements.txt}", cluster: "cluster_name: c\nprovider: {type: locl}\n",
            files: ["requirements.txt": "num py\n"],
            errors: """
                error[input]: PROJECT/.rayproject/cluster.yaml:2:18: no plugin handles `provider.type: locl`
                  hint: did you mean `local`?
                error[input]: PROJECT/requirements.txt:1:5: unexpected `py`
                  hint: each requirement has a line of its own
                """),
    ]
}

import Host
import Testing

private let trainText = """
    name: p
    cluster: c.yaml
    commands:
      - name: train
        command: train {{lr}} {{dataset}} {{epochs}} {{opt}} {{flag}} {{maybe}}
        params:
          - {name: lr, type: float, default: 0.10}
          - {name: dataset, choices: [a, b], default: a}
          - {name: epochs, type: int, choices: [1, 2, 0x10]}
          - {name: opt}
          - {name: flag, type: bool, default: yes}
          - {name: maybe, required: false}
          - {name: count, choices: [1, 2]}
    """

private func trainCommand(adding parameter: String = "") throws -> ProjectCommand {
    let folder = try TemporaryFolder([
        ".rayproject/project.yaml": trainText + parameter, "c.yaml": "provider: {type: local}",
    ])
    let loaded = try Project.load(from: folder.path, schema: try projectSchema())
    return try loaded.project.command(named: "train")
}

@Suite struct `The arguments of a command` {
    @Test func `are values and defaults by name`() throws {
        let arguments = try CommandArguments(
            parsing: ["--lr", "-0.5", "--dataset=b", "--opt", "", "--epochs=2", "--flag", "OFF", "--count", "1"],
            for: try trainCommand())
        #expect(
            arguments.values == [
                "lr": "-0.5", "dataset": "b", "opt": "", "epochs": "2", "flag": "false", "maybe": "", "count": "1",
            ])
    }

    @Test func `defaults keep their text and unused parameters need no value`() throws {
        let arguments = try CommandArguments(parsing: ["--opt", "o", "--epochs", "1"], for: try trainCommand())
        #expect(
            arguments.values == ["lr": "0.10", "dataset": "a", "epochs": "1", "opt": "o", "flag": "true", "maybe": ""])
    }

    @Test(arguments: [
        (["--lr", "abc"], "train: `--lr` must be a number, not `abc`"),
        (["--epochs", "1.5"], "train: `--epochs` must be a whole number, not `1.5`"),
        (["--flag", "maybe"], "train: `--flag` must be `true` or `false`, not `maybe`"),
        (["--dataset", "zzz"], "train: `--dataset` must be one of `a`, `b`, not `zzz`"),
        (["--epochs", "3"], "train: `--epochs` must be one of `1`, `2`, `16`, not `3`"),
        (["--count", "3"], "train: `--count` must be one of `1`, `2`, not `3`"),
        (["--datset", "a"], "train: there is no option `--datset` (did you mean `--dataset`?)"),
        (["extra"], "train: unexpected argument `extra`"), (["-x"], "train: unexpected argument `-x`"),
        (["--lr"], "train: `--lr` needs a value"), (["--lr", "--opt", "x"], "train: `--lr` needs a value"),
        (["--lr=1", "--lr", "2"], "train: `--lr` is given twice"),
        (["--lr="], "train: `--lr` must be a number, not ``"),
    ])
    func `that are wrong are named`(words: [String], expected: String) throws {
        let command = try trainCommand()
        let rest = words.contains("--epochs") ? ["--opt", "o"] : ["--opt", "o", "--epochs", "1"]
        let said = problems {
            _ = try CommandArguments(
                parsing: words.contains("--opt") ? words + ["--epochs", "1"] : words + rest, for: command)
        }
        #expect(said == [expected])
    }

    @Test func `are all judged at once`() throws {
        let command = try trainCommand()
        let said = problems {
            _ = try CommandArguments(parsing: ["--lr", "abc", "extra", "--nope", "1", "--nope2"], for: command)
        }
        let list = "there are `--lr`, `--dataset`, `--epochs`, `--opt`, `--flag`, `--maybe`, `--count`"
        #expect(
            said == [
                "train: `--lr` must be a number, not `abc`",
                "train: unexpected argument `extra`",
                "train: there is no option `--nope` (\(list))",
                "train: there is no option `--nope2` (\(list))",
                "train: `--epochs` is not given and has no default",
                "train: `--opt` is not given and has no default",
            ])
    }

    @Test func `a required parameter must be given`() throws {
        let command = try trainCommand(adding: "\n      - {name: must, required: true, default: x}")
        let said = problems {
            _ = try CommandArguments(parsing: ["--opt", "o", "--epochs", "1"], for: command)
        }
        #expect(said == ["train: `--must` is required"])
    }

    @Test func `a star is every choice, and two are every pair`() throws {
        let arguments = try CommandArguments(
            parsing: ["--dataset", "*", "--count=*", "--opt", "o", "--epochs", "1"], for: try trainCommand())
        #expect(
            arguments.variations.map { $0.choices.map { "\($0.parameter)-\($0.value)" } } == [
                ["dataset-a", "count-1"], ["dataset-a", "count-2"], ["dataset-b", "count-1"], ["dataset-b", "count-2"],
            ])
        #expect(arguments.variations.last?.values["dataset"] == "b")
        let said = problems {
            _ = try CommandArguments(parsing: ["--opt", "*", "--epochs", "1"], for: try trainCommand())
        }
        #expect(
            said == [
                "train: `--opt` has no choices that `*` could stand for (give it `choices` in the project file, or `type: str` if `*` itself is meant)"
            ])
    }

    @Test func `a comma parts a list where the text with it is no value`() throws {
        let arguments = try CommandArguments(
            parsing: ["--lr", "0.1,0.01", "--dataset", "b,a", "--opt", "x,y", "--epochs", "1"], for: try trainCommand())
        #expect(
            arguments.variations.map { $0.choices.map { "\($0.parameter)=\($0.value)" } } == [
                ["lr=0.1", "dataset=b"], ["lr=0.1", "dataset=a"], ["lr=0.01", "dataset=b"], ["lr=0.01", "dataset=a"],
            ])
        #expect(arguments.variations.allSatisfy { $0.values["opt"] == "x,y" })
    }

    @Test(arguments: [
        (["--lr", "0.1,abc"], "train: `--lr` must be a number, not `abc`"),
        (["--lr", "1,"], "train: `--lr` has an empty value in its list `1,`"),
        (["--lr", "1,2,1"], "train: `--lr` has `1` twice"),
        (["--dataset", "a,zz"], "train: `--dataset` must be one of `a`, `b`, not `zz`"),
    ])
    func `a list is wrong where one of its values is`(words: [String], expected: String) throws {
        let command = try trainCommand()
        let said = problems {
            _ = try CommandArguments(parsing: words + ["--opt", "o", "--epochs", "1"], for: command)
        }
        #expect(said == [expected])
    }

    @Test func `a bool needs no value`() throws {
        let arguments = try CommandArguments(
            parsing: ["--flag", "--opt", "o", "--epochs", "1"], for: try trainCommand())
        #expect(arguments.values["flag"] == "true")
    }
}

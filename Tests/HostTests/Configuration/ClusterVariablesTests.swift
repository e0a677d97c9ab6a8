import Host
import Testing

@testable import Host

@Suite struct ClusterVariablesTests {
    @Test(arguments: [
        ("${A}", "a"), ("x${A}y${B}", "xay1"), ("$${A}", "${A}"), ("${", "${"), ("$A", "$A"), ("${A", "${A"),
        ("${A}$${B}${B}", "a${B}1"),
    ])
    func `a variable stands for its value`(text: String, expected: String) throws {
        let file = try YAMLNode.parse(
            "cluster_name: '\(text)'\nprovider: {x: ['\(text)']}\nsetup_commands: ['\(text)']\n", file: "c.yaml")
        var variables = ClusterVariables(["A": "a", "B": "1"])
        let node = variables.resolve(file: file)
        #expect(node["cluster_name"]?.string == expected)
        #expect(node["provider"]?["x"]?.sequence?.first?.string == expected)
        #expect(node["setup_commands"]?.sequence?.first?.string == text, "a shell reads it there")
        #expect(variables.missing.isEmpty)
    }

    @Test func `a whole plain value has the type of what it stands for`() throws {
        let file = try YAMLNode.parse("auth:\n  ssh_port: ${PORT}\n  ssh_user: '${PORT}'\n", file: "c.yaml")
        var variables = ClusterVariables(["PORT": "2222"])
        let node = variables.resolve(file: file)
        #expect(node["auth"]?["ssh_port"]?.int == 2222)
        #expect(node["auth"]?["ssh_user"]?.string == "2222")
    }

    @Test func `one that is not set is missing`() throws {
        let file = try YAMLNode.parse("cluster_name: ${NONE}\n", file: "c.yaml")
        var variables = ClusterVariables([:])
        _ = variables.resolve(file: file)
        #expect(variables.missing.map(\.message) == ["`${NONE}` is not set in the environment"])
        #expect(variables.unresolved.count == 1)
    }
}

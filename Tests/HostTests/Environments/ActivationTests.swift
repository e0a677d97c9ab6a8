import FoundationEssentials
import Testing

@testable import Host

@Suite struct ActivationTests {
    @Test func `an activation sets, prepends and unsets, with the layer's folder filled in`() throws {
        var activation = Activation()
        activation.set = ["HOME_OF": "${prefix}/x"]
        activation.prepend = ["PATH": "${prefix}/bin", "NEW": "${prefix}"]
        activation.unset = ["GONE"]
        var environment = ["PATH": "/bin", "GONE": "1", "KEPT": "2"]
        activation.located(at: "/l").apply(to: &environment)
        #expect(environment == ["PATH": "/l/bin:/bin", "NEW": "/l", "HOME_OF": "/l/x", "KEPT": "2"])
    }

    @Test func `absent parts of an answer are empty`() throws {
        #expect(try JSONDecoder().decode(Activation.self, from: Data("{}".utf8)) == Activation())
    }
}

import Testing

@testable import Host

@Suite struct VersionAgreementTests {
    private func problems(_ nodes: (String?, String?)...) -> [String] {
        let all = nodes.enumerated().map { VersionAgreement.Node(id: "n\($0)", ray: $1.0, python: $1.1) }
        return VersionAgreement.problems(all, at: nil).map { "\($0.message) (\($0.hint ?? ""))" }
    }

    @Test func `the same Ray and the same minor version of Python work together`() {
        #expect(problems(("2.60.0", "3.11.2"), ("2.60.0", "3.11.9"), ("2.60.0", "3.11.2")).isEmpty)
        #expect(problems((nil, nil), (nil, nil)).isEmpty)
        #expect(problems(("2.60.0", "3.11.2")).isEmpty)
        #expect(problems().isEmpty)
    }

    @Test func `whatever differs is told of each node`() {
        let ray = "pin `ray` in the requirements, and lock them"
        let python = "say which with `environment.python`, or install the same one on all nodes"
        #expect(
            problems(("2.60.0", "3.11.2"), ("2.59.0", "3.11.2"), ("2.60.0", "3.12.1"), (nil, "3.11.2")) == [
                "node `n1` has Ray 2.59.0 and the head has Ray 2.60.0: they cannot work together (\(ray))",
                "node `n2` has Python 3.12 and the head has Python 3.11: they cannot work together (\(python))",
                "node `n3` has no Ray and the head has Ray 2.60.0: they cannot work together (\(ray))",
            ])
    }
}

import Testing

@testable import Host

@Suite struct LayerDifferenceTests {
    private func components(
        _ values: [String: String] = [:], inputs: [[String]] = [], below: [String] = [], generation: Int64 = 1
    ) -> JSONValue {
        [
            "generation": .int(generation), "components": .object(values.mapValues(JSONValue.string)),
            "inputs": .array(inputs.map { .array($0.map(JSONValue.string)) }),
            "below": .array(below.map(JSONValue.string)),
        ]
    }

    @Test func `nothing differs`() {
        #expect(LayerDifference(from: components(["a": "b"]), to: components(["a": "b"])).sentences.isEmpty)
    }

    @Test(arguments: [
        ("click==8.1.7\nnumpy==2", "click==8.1.8\nnumpy==2", "lines: click==8.1.7 → click==8.1.8"),
        ("a==1", "a==1\nb==2", "lines: b==2 added"), ("a==1\nb==2", "a==1", "lines: b==2 removed"),
        ("3.11.2 /usr/bin/python", "3.11.7 /opt/python", "lines: 3.11.2 /usr/bin/python → 3.11.7 /opt/python"),
        ("a\nb", "b\na", "lines: in another order"),
        ("", "a1\nb1\nc1\nd1\ne1\nf1", "lines: a1 added, b1 added, c1 added, d1 added and 2 more"),
    ])
    func `lines are told from what to what`(old: String, new: String, sentence: String) {
        #expect(
            LayerDifference(from: components(["lines": old]), to: components(["lines": new])).sentences == [sentence])
    }

    @Test func `files, generations and layers below are told`() {
        #expect(
            LayerDifference(
                from: components(inputs: [["lib/x.whl", "1"], ["gone", "1"]], generation: 1),
                to: components(inputs: [["lib/x.whl", "2"], ["new", "1"]], generation: 2)
            ).sentences == [
                "the plugin builds it in another way (generation 1 → 2)", "`gone` is gone", "`lib/x.whl` has changed",
                "`new` is new",
            ])
        let below = LayerDifference(from: components(below: ["x"]), to: components(below: ["y"]))
        #expect(below.sentences == ["a layer below it has changed"])
    }
}

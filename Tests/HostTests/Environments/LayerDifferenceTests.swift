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
        ("one", "two", "lines: one → two"), ("a\nb", "b\na", "lines: in another order"),
        ("", "a1\nb1\nc1\nd1\ne1\nf1", "lines: a1 added, b1 added, c1 added, d1 added and 2 more"),
    ])
    func `lines are told from what to what`(old: String, new: String, sentence: String) {
        #expect(
            LayerDifference(from: components(["lines": old]), to: components(["lines": new])).sentences == [sentence])
    }

    @Test func `the checksums of another version go without saying`() {
        let (old, new) = (String(repeating: "a", count: 90), String(repeating: "b", count: 90))
        #expect(
            LayerDifference(
                from: components(["requirements": "click==1", "hashes": "click \(old)"]),
                to: components(["requirements": "click==2", "hashes": "click \(new)"])
            ).sentences == ["requirements: click==1 → click==2"])
        #expect(
            LayerDifference(from: components(["hashes": "click \(old)"]), to: components(["hashes": "click \(new)"]))
                .sentences == ["hashes: click \(old.prefix(64))… → click \(new.prefix(64))…"])
    }

    @Test func `a file that is among the texts is told once`() {
        #expect(
            LayerDifference(
                from: components(["inputs": "a.c"], inputs: [["a.c", "1"]]),
                to: components(["inputs": "a.c\nb.c"], inputs: [["a.c", "1"], ["b.c", "1"]])
            ).sentences == ["inputs: b.c added"])
    }

    @Test func `thousands of files are a few words`() {
        func inputs(_ name: String) -> [[String]] { (0..<20_000).map { ["data/\(name)\($0)", "1"] } }
        let sentences = LayerDifference(
            from: components(["x": inputs("a").map { $0[0] }.joined(separator: "\n")], inputs: inputs("a")),
            to: components(["x": inputs("b").map { $0[0] }.joined(separator: "\n")], inputs: inputs("b"))
        ).sentences
        #expect(sentences.count <= 6)
        #expect(sentences.last == "and 39992 more files" || sentences.last == "and 39996 more files")
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

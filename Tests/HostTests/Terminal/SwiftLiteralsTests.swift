import Testing

@Suite struct `The strings of a Swift file` {
    @Test func `are found with the call and the label they stand at`() {
        let text = ##"""
            // not "this"
            throw Failure(.usage, isOne ? "a" : "b \(x["c"] ?? "d") e", hint: "f")
            let message = "g" + h(i: "j")
            return #"k"l"#
            """##
        let gap = SwiftLiteral.gap
        #expect(
            SwiftLiteral.all(in: text) == [
                SwiftLiteral(text: "a", line: 2, callee: "Failure"),
                SwiftLiteral(text: "b \(gap) e", line: 2, callee: "Failure"),
                SwiftLiteral(text: "f", line: 2, callee: "Failure", label: "hint"),
                SwiftLiteral(text: "g", line: 3, assignee: "message"),
                SwiftLiteral(text: "j", line: 3, callee: "h", label: "i"),
                SwiftLiteral(text: "k\"l", line: 4),
            ])
    }
}

import Host
import Testing

@Suite struct `A diagnostic as JSON` {
    @Test func `has every key`() {
        let full = Diagnostic(
            .toolMissing, "m", at: Place(file: "f", line: 1, column: 2), cause: "c", hint: "h", severity: .warning)
        #expect(
            full.json == [
                "severity": "warning", "class": "tool-missing", "message": "m", "file": "f", "line": 1, "column": 2,
                "cause": "c", "hint": "h",
            ])
        #expect(
            Diagnostic(.usage, "m").json == [
                "severity": "error", "class": "usage", "message": "m", "file": .null, "line": .null, "column": .null,
                "cause": .null, "hint": .null,
            ])
    }
}

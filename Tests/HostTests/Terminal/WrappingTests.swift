import Host
import Testing

@Suite struct `A line on a narrow terminal` {
    private func wrapped(_ text: String) -> [String] {
        let diagnostic = Diagnostic(.input, "m", hint: text)
        return diagnostic.text(TextStyle(width: 40)).split(separator: "\n").dropFirst().map(String.init)
    }

    @Test func `is broken between words, but not inside a command`() {
        #expect(
            wrapped("one two three four five six seven eight") == [
                "  hint: one two three four five six",
                "        seven eight",
            ])
        #expect(
            wrapped("end the other one with `ray session stop p`") == [
                "  hint: end the other one with",
                "        `ray session stop p`",
            ])
    }

    @Test func `is broken inside a command that is longer than a line`() {
        #expect(
            wrapped("run `ray session stop a-very-long-name --terminate`") == [
                "  hint: run `ray session stop",
                "        a-very-long-name --terminate`",
            ])
    }
}

@Suite struct `A table on a narrow terminal` {
    private func table(wrapsLast: Bool) -> Table {
        var table = Table("STEP", "WHY")
        table.wrapsLast = wrapsLast
        table.add("environment", "built, and nothing that went into it has changed")
        table.add("ray", "runs")
        return table
    }

    @Test func `has its widest column cut`() {
        #expect(
            table(wrapsLast: false).text(width: 44) == """
                STEP         WHY
                environment  built, and nothing that went i…
                ray          runs
                """)
    }

    @Test func `has a word that is too long broken anywhere`() {
        var table = Table("ID", "FOLDER")
        table.wrapsLast = true
        table.add("local", "/usr/local/lib/ray/plugins/local and more")
        #expect(
            table.text(width: 37) == """
                ID     FOLDER
                local  /usr/local/lib/ray/plugins/loc
                       al
                       and more
                """)
    }

    @Test func `has its last column broken where that helps`() {
        #expect(
            table(wrapsLast: true).text(width: 44) == """
                STEP         WHY
                environment  built, and nothing that went
                             into it has changed
                ray          runs
                """)
        #expect(
            table(wrapsLast: true).text() == """
                STEP         WHY
                environment  built, and nothing that went into it has changed
                ray          runs
                """)
    }
}

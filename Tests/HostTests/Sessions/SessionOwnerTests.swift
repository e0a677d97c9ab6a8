import FoundationEssentials
import Host
import Testing

@Suite struct `A session` {
    @Test func `of another machine is not touched`() throws {
        let json = """
            {"number": 1, "time": "", "phase": "intent", "step": "session",
             "data": {"uid": "u", "root": "/p", "machine": "another"}}
            """
        let begun = try JSONDecoder().decode(JournalRecord.self, from: Data(json.utf8))
        let here = ProcessIdentity.machine
        #expect(
            throws: Failure(
                .conflict, "session `p` is on the machine `another`, and this is `\(here)`",
                hint: "run the command there, or use another name with `--name`")
        ) { try SessionState([begun]).checkOwner("p", root: "/p") }
    }
}

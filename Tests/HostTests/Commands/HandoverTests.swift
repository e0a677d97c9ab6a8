import Glibc
import Testing

@testable import Host

@Suite struct HandoverTests {
    @Test func `a mark reads back as it was written`() throws {
        let process = try #require(ProcessIdentity(running: getpid()))
        let file = try #require(FileIdentity("/bin/sh"))
        let handover = Handover(process: process, number: 3, words: ["a b", ""], tried: [file, file])
        #expect(Handover(handover.text) == handover)
        #expect(process.isThisOrAbove)
    }

    @Test func `words that are split in other ways are other words`() throws {
        let process = try #require(ProcessIdentity(running: getpid()))
        let digests = [["a b"], ["a", "b"], ["a", "b", ""]].map {
            Handover(process: process, number: 1, words: $0, tried: []).digest
        }
        #expect(Set(digests).count == 3)
    }

    @Test(arguments: ["", "1", "1 2 3 4", "x 2 3 4 5.6", "1 2 -3 4 5.6", "1 2 3 4 5.6 7"])
    func `a mark that is none of ours is no mark`(text: String) {
        #expect(Handover(text) == nil)
    }
}

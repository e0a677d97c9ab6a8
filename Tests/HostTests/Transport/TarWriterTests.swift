import FoundationEssentials
import Testing

@testable import Host

/// Archives of ours, read by others.
@Suite struct TarWriterTests {
    @Test(arguments: ["tar", "busybox tar"])
    func `others read what is written`(tar: String) async throws {
        try await FilesBench.with(.dash) { bench in
            let long = (1...9).map { "a folder with the number \($0)" }.joined(separator: "/") + "/-é \n end"
            var archive = TarWriter.file("short", Data("one".utf8)) + TarWriter.file(long, Data())
            archive += TarWriter.file("block", Data(repeating: 120, count: 512))
            archive += TarWriter.header(
                "link", .link, mode: 0o777, size: 0, modified: 5, target: String(repeating: "t", count: 150))
            archive +=
                TarWriter.header(
                    "dated", .file, mode: 0o4751, size: 0, modified: 1_700_000_000) + TarWriter.end
            try Files.replace(bench.folder / "a.tar", with: archive)
            try await bench.shell("mkdir out && \(tar) -x -p -o -f a.tar -C out")
            #expect(try bench.text("out/short") == "one")
            #expect(try bench.text("out/" + long) == "")
            #expect(try bench.text("out/block")?.count == 512)
            #expect(try await bench.shell("readlink out/link | tr -d '\\n'") == String(repeating: "t", count: 150))
            #expect(try await bench.shell("stat -c '%a %Y' out/dated") == "4751 1700000000\n")
        }
    }

    @Test func `a size that octal cannot hold is read`() async throws {
        try await FilesBench.with(.dash) { bench in
            let header = TarWriter.header("huge", .file, mode: 0o644, size: 1 << 40, modified: 0)
            try Files.replace(bench.folder / "a.tar", with: Data(header))
            for tar in ["tar", "busybox tar"] {
                #expect(try await bench.shell("\(tar) -tvf a.tar 2>/dev/null | grep -c 1099511627776") == "1\n")
            }
        }
    }
}

import FoundationEssentials
import Host
import Testing

/// Who follows a tutorial step by step gets what it shows: its commands are typed, its files written
/// and its changes made, in order.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct PluginTutorialTests {
    @Test func `the tutorial for C can be followed`() async throws {
        try await follow("Documentation/Plugins/Tutorial-C.md")
    }

    @Test(.needs("cargo")) func `the tutorial for Rust can be followed`() async throws {
        try await follow("Documentation/Plugins/Tutorial-Rust.md")
    }

    @Test func `the tutorial for Swift can be followed`() async throws {
        try await follow("Documentation/Plugins/Tutorial-Swift.md")
    }

    @Test func `the page on using plugins can be followed`() async throws {
        try await follow("Documentation/Plugins/UsingPlugins.md") { place in
            try place.makeProject("environment: {apt: [hello]}")
            _ = try await place.run("mv", [try await place.builtExample("apt"), place.project / "apt"])
            _ = try await place.ray("plugin", "allow", "apt", "--revoke")
            return place.project
        }
    }

    /// `start` prepares the folder in which the page begins.
    private func follow(
        _ page: String, from start: (Workplace) async throws -> String? = { _ in nil }
    ) async throws {
        let blocks = try DocumentationPage(page).blocks
        #expect(blocks.filter { $0.language == "console" }.count >= 5)
        try await Workplace.with { place in
            var author = try Author(place)
            if let folder = try await start(place) { author.directory = folder }
            for block in blocks {
                if block.language == "console" {
                    for (command, printed) in block.conversation { try await author.type(command, expecting: printed) }
                } else if block.language == "diff" {
                    try await author.apply(block.text)
                } else if let file = block.file {
                    try author.write(block.text, to: file)
                }
            }
        }
    }
}

/// Somebody who follows a page.
private struct Author {
    let place: Workplace
    var directory: String
    var variables: [String: String]

    init(_ place: Workplace) throws {
        self.place = place
        directory = place.folder / "work"
        variables = try place.authorVariables
        try Files.makeFolder(directory)
    }

    mutating func type(_ command: String, expecting printed: String) async throws {
        let end = place.folder / "end"
        let script = "exec 2>&1\n\(command)\nstatus=$?\npwd > \(end.shellQuoted)\nexit $status"
        let outcome = try await place.run("sh", ["-c", script], in: directory, variables: variables)
        directory = String(decoding: try Files.read(end) ?? Data(), as: UTF8.self).split(separator: "\n").joined()
        #expect((outcome.status != 0) == printed.contains("error"), "\(command): \(outcome.output)")
        let (pattern, lines) = (lines(of: printed), lines(of: outcome.output))
        #expect(matches(lines[...], pattern[...]), "\(command)\n\(outcome.output)")
    }

    func apply(_ change: String) async throws {
        let outcome = try await place.run("git", ["apply", "-"], in: directory, input: change, variables: variables)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    func write(_ text: String, to file: String) throws {
        try Files.replace(directory / file, with: Data(text.utf8), durable: false)
    }

    /// The lines of a text, without what differs between machines.
    private func lines(of text: String) -> [String] {
        text.replacing(/greeting [0-9a-f]{8}/, with: "greeting DIGEST").split(separator: "\n").map(String.init)
    }

    /// Whether lines are those of a page, where `…` stands for any lines, or in one for any words.
    private func matches(_ lines: ArraySlice<String>, _ pattern: ArraySlice<String>) -> Bool {
        guard let first = pattern.first else { return lines.isEmpty }
        if first == "…" {
            return (lines.startIndex...lines.endIndex).contains { matches(lines[$0...], pattern.dropFirst()) }
        }
        guard let line = lines.first else { return false }
        let parts = first.split(separator: "…", omittingEmptySubsequences: false)
        let isSame =
            parts.count == 1
            ? line == first : parts.count == 2 && line.hasPrefix(parts[0]) && line.hasSuffix(parts[1])
        return isSame && matches(lines.dropFirst(), pattern.dropFirst())
    }
}

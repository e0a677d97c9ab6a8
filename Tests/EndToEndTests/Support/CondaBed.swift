import FoundationEssentials
import Host
import Testing

/// A tool of the conda family of the test bed, with a channel of its own.
enum CondaEngine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// conda 4.3.16 itself.
    case conda
    /// The solver and linker of pixi, behind a command of the tests.
    case rattler

    var tool: String? { TestBed.variable("RAY_TEST_\(rawValue.uppercased())") }

    var testDescription: String { self == .conda ? "conda 4.3.16" : "py-rattler 0.28" }

    static var channel: String { "file://" + (TestBed.variable("RAY_TEST_CHANNEL") ?? "") }

    /// A project with this environment.yml, whose tool is this one; what its tools fetch is its own.
    func with(_ dependencies: String, _ more: String = "", _ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            var place = place
            place.environment["CONDA_EXE"] = tool
            for name in ["CONDA_PKGS_DIRS", "CONDA_PREFIX", "MAMBA_EXE", "MAMBA_ROOT_PREFIX"] {
                place.environment[name] = nil
            }
            try place.makeProject("environment:\n  conda: environment.yml\n\(more)")
            try place.writeCondaFile(dependencies)
            try await body(place)
        }
    }
}

extension Workplace {
    /// Writes environment.yml; `dependencies` are those of a list in brackets.
    func writeCondaFile(
        _ dependencies: String, _ more: String = "", channel: String = CondaEngine.channel,
        at file: String = "environment.yml"
    ) throws {
        try write(
            file,
            "channels: [\(YAMLText.quoted(channel)), nodefaults]\ndependencies: [\(dependencies)]\n\(more)")
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where conda 4.3 could not be installed, and says so; fails there when `CI` is set.
    static var needsConda: Self {
        .enabled("`make test` has installed conda 4.3.16 and py-rattler") {
            let isThere = CondaEngine.allCases.allSatisfy { $0.tool.map { Files.exists($0) } ?? false }
            if !isThere, TestBed.variable("CI") != nil { throw MissingTestBed() }
            return isThere && TestBed.isComplete
        }
    }
}

import Glibc
import Testing

/// What `make test` built and installed for the tests to use.
enum TestBed {
    /// The built prefix: the folder with bin/ray.
    static let prefix = variable("RAY_TEST_PREFIX")
    /// The fixture plugins, built: a folder for each.
    static let fixtures = variable("RAY_TEST_FIXTURES")
    /// A uv of the test bed's own.
    static let uv = variable("RAY_TEST_UV")
    /// A library to preload, which ends the program at its nth record (Tests/Fixtures/preload).
    static let killer = variable("RAY_TEST_KILLER")
    /// The helper of API 1.0 (Tests/Fixtures/api-1.0), built.
    static let olderHelper = variable("RAY_TEST_OLDER_HELPER")
    /// Where uv keeps what it fetched, from one run of the tests to the next.
    static let uvCache = variable("RAY_TEST_UV_CACHE")

    static var isComplete: Bool { [prefix, fixtures, uv, killer, uvCache].allSatisfy { $0 != nil } }

    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where the test bed is missing, and says so; fails there when `CI` is set.
    static var needsTestBed: Self {
        .enabled("the test bed is set up by `make test`") {
            if !TestBed.isComplete, TestBed.variable("CI") != nil { throw MissingTestBed() }
            return TestBed.isComplete
        }
    }
}

struct MissingTestBed: Error, CustomStringConvertible {
    var description: String { "CI is set and the test bed is missing: run the tests with `make test`" }
}

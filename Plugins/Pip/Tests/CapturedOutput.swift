import Testing

/// Outputs of real uv 0.13 and pip 23 runs that failed, with the requirements that they failed for.
struct CapturedOutput: Sendable, CustomTestStringConvertible {
    var name: String
    var requirements: String
    var output: String
    /// What is said about it.
    var told = ""

    var testDescription: String { name }
}

let capturedOutputs = uvOnPackages + uvOnSurroundings + pipOnPackages + pipOnSurroundings

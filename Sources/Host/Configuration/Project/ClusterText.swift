/// What a cluster file says, with values for its placeholders where the project gives it parameters.
struct ClusterText {
    var node: YAMLNode
    var values: ClusterValues
    var unresolved: Set<Place> = []
    var diagnostics: [Diagnostic] = []
    var warnings: [Diagnostic] = []

    /// A text without parameters.
    init(_ node: YAMLNode) {
        self.node = node
        values = ClusterValues(parameters: [])
    }

    /// Reads a file.
    ///
    /// One without parameters is taken as it is: what looks like a placeholder is its own.
    static func read(
        _ file: String, _ reference: ClusterReference?, _ arguments: ClusterArguments
    ) throws(Failure) -> ClusterText {
        var text = try text(of: file, reference, arguments)
        var variables = ClusterVariables(arguments.environment)
        text.node = variables.resolve(file: text.node)
        text.unresolved.formUnion(variables.unresolved)
        text.diagnostics += variables.diagnostics
        text.values.missing += variables.missing
        return text
    }

    private static func text(
        of file: String, _ reference: ClusterReference?, _ arguments: ClusterArguments
    ) throws(Failure) -> ClusterText {
        let bytes = try bytes(of: file, reference)
        guard let reference, !reference.parameters.isEmpty else {
            do throws(Failure) {
                return ClusterText(try YAMLNode.parse(bytes, file: file))
            } catch { throw explain(error, bytes) }
        }
        do throws(Failure) {
            let marked = try YAMLNode.parse(MarkedPlaceholders.mark(bytes), file: file)
            return ClusterText(marked, reference, arguments)
        } catch { throw error.unmarked }
    }

    private init(_ marked: YAMLNode, _ reference: ClusterReference, _ arguments: ClusterArguments) {
        let used = ClusterSubstitution.placeholders(in: marked)
        values = arguments.values(for: reference, used: used)
        var substitution = ClusterSubstitution(values)
        node = substitution.resolve(marked)
        unresolved = substitution.unresolved
        diagnostics = values.diagnostics + substitution.diagnostics
        for parameter in reference.parameters where !used.contains(parameter.name) {
            warnings.append(
                Diagnostic(
                    .input, "`\(reference.file.text)` does not use its parameter `\(parameter.name)`",
                    at: parameter.place, hint: "write `{{\(parameter.name)}}` where its value belongs",
                    severity: .warning))
        }
    }

    private static func bytes(of file: String, _ reference: ClusterReference?) throws(Failure) -> [UInt8] {
        let name = reference?.file.text ?? file
        let place = reference?.file.place
        do throws(Failure) {
            return try ConfigurationFile.read(file, namedAt: place, as: name)
        } catch {
            guard !Files.exists(file) else { throw error }
            guard !Files.names(in: file.parentPath).contains(file.lastPathName) else {
                throw Failure(.input, "the cluster file `\(name)` is a link that leads nowhere", at: place)
            }
            throw Failure(
                .input, "the cluster file `\(name)` does not exist", at: place,
                hint: ConfigurationFile.suggestion(forMissing: file, writtenAs: name))
        }
    }

    /// Where the line of a syntax error has a placeholder, what it would take to be one.
    private static func explain(_ failure: Failure, _ bytes: [UInt8]) -> Failure {
        guard var diagnostic = failure.diagnostics.first, diagnostic.hint == nil, let line = diagnostic.place?.line
        else { return failure }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return failure }
        let text = Array(lines[line - 1])
        guard let name = text.indices.lazy.compactMap({ Placeholder(in: text, at: $0)?.name }).first else {
            return failure
        }
        diagnostic.hint =
            "for `{{\(name)}}` to stand for a value, name this file with `{config, params}` and `\(name)` among its `params`"
        return Failure([diagnostic])
    }
}

extension ClusterValues {
    /// The text of each parameter's value; nil where there is none.
    var byName: [String: String?] {
        Dictionary(parameters.map { ($0, values[$0]?.text) }) { first, _ in first }
    }
}

extension Diagnostic {
    /// Whether this is about something that depends on a value nobody gave, and so no mistake yet.
    func depends(on unresolved: Set<Place>) -> Bool {
        guard let place else { return false }
        return unresolved.contains(place)
    }
}

import FoundationEssentials
package import PluginKit

extension PipBuilder {
    package func explain(_ request: BuilderRequest, _ call: Call) throws -> ExplainAnswer {
        guard let failure = request.failure else { return ExplainAnswer() }
        let asked = try read(request)
        let place = request.place(of: asked.path == nil ? "/python" : "/requirements")
        let things = AskedFor(
            requirements: asked.requirements, lock: request.lock.map { (LockText($0), $0) }, place: place,
            python: (request.facts["python_version"]).flatMap { $0.isEmpty ? nil : $0 }, wantedPython: asked.python,
            pythonPlace: asked.python == nil ? nil : request.place(of: "/python"))
        let output = ToolOutput(failure.output)
        // What is behind the others comes first: a full disk makes builds fail, a refused index leaves
        // requirements without versions.
        let explanations: [(ToolOutput, AskedFor) -> [Diagnostic]] = [
            SystemFailures.explain, HashFailures.explain, HostFailures.explain, BuildFailures.explain,
            UnsatisfiableUV.explain, UnsatisfiablePip.explain, InputFailures.explain,
        ]
        for explain in explanations {
            let found = explain(output, things)
            if !found.isEmpty { return ExplainAnswer(diagnostics: found) }
        }
        return ExplainAnswer()
    }
}

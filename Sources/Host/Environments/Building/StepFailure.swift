/// Says what it means that a script of a builder has failed, here or on a node.
struct StepFailure: Sendable {
    let plugins: PluginHost
    let plugin: Plugin
    /// `plan` or `lock`.
    let operation: String
    /// What the builder was asked with.
    let request: JSONValue
    /// Where the layer stands in the project file.
    let place: Place?
    /// The file with the whole output.
    let log: String
    /// A folder on the file system that the build filled; nil where that is another machine's.
    var folder: String?

    var hint: String { "the whole output is in `\(log)`" }

    /// Asks the builder; `number` counts the steps from 0, `verify` being the one after the last.
    func explained(
        _ step: LayerPlan.Step, _ number: Int, _ status: Int32, _ output: String, _ errorClass: ErrorClass
    ) async -> Failure {
        var explained = await explanation(number, status, output)
        for index in explained.indices {
            explained[index].place = explained[index].place ?? step.place ?? place
            if explained[index].hint == nil { explained[index].hint = hint }
        }
        if explained.contains(where: { $0.errorClass == .disk }) || Self.tellsFullDisk(output) {
            return diskFailure(step, output)
        }
        guard explained.isEmpty else { return Failure(explained) }
        return Failure(
            errorClass, "\(plugin.id): `\(step.title)` failed with status \(status)",
            at: step.place ?? place, cause: output.lastLines(10), hint: hint)
    }

    /// What the builder makes of it; nothing where it cannot say.
    private func explanation(_ number: Int, _ status: Int32, _ output: String) async -> [Diagnostic] {
        guard plugin.manifest.operations["explain"] != nil, case .object(var request) = request else { return [] }
        request["failure"] = [
            "operation": .string(operation), "step": .int(Int64(number)), "status": .int(Int64(status)),
            "output": .string(output),
        ]
        let answer = try? await plugins.call(plugin, "explain", .object(request))
        return answer?.diagnostics(of: plugin).filter { $0.severity == .error } ?? []
    }

    private static func tellsFullDisk(_ output: String) -> Bool {
        ["No space left on device", "(os error 28)", "Disk quota exceeded", "(os error 122)"]
            .contains { output.contains($0) }
    }

    private func diskFailure(_ step: LayerPlan.Step, _ output: String) -> Failure {
        let words = output.split(separator: "\n").last { Self.tellsFullDisk(String($0)) }
        let space = folder.flatMap { DiskSpace(of: $0) }
        return Failure(
            .disk, "\(plugin.id): the disk is full: `\(step.title)` failed", at: step.place ?? place,
            cause: [space?.sentence, words.map { $0.trimmed }].compactMap(\.self).joined(separator: "\n"),
            hint:
                "make room there (`ray environment gc` removes environments), or choose another folder with XDG_CACHE_HOME"
        )
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let text = drop { $0.isWhitespace }
        return String(text.reversed().drop { $0.isWhitespace }.reversed())
    }
}

import FoundationEssentials
import Glibc
import Host

/// What calls of a plugin cost through the host's own code, from the request as a value to the answer
/// as a value.
///
/// `HostCalls PROGRAM FOLDER` prints a JSON list of figures; FOLDER has the plugin that gives back what
/// it gets, and PROGRAM is `bin/ray` of a built prefix, beside whose helper is used.
@main struct HostCalls {
    private static let count = 20000

    private let program: String
    private let folder: String
    private let home: String

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 3 else { throw Failure(.usage, "usage: HostCalls PROGRAM FOLDER") }
        var template = Array("/tmp/ray bench XXXXXX".utf8CString)
        guard let home = mkdtemp(&template).map({ String(cString: $0) }) else {
            throw Failure(system: errno, "cannot make a folder")
        }
        defer { try? Files.remove(home) }
        let calls = HostCalls(program: words[1], folder: words[2], home: home)
        var figures: [JSONValue] = []
        for isolation in [Allowances.Isolation.process, .inProcess] {
            figures += try await calls.measure(isolation)
        }
        print(String(decoding: JSONValue.array(figures).canonical, as: UTF8.self))
    }

    /// Not on the main actor, where no command of `ray` runs: each call would go to another thread and back.
    @concurrent private func measure(_ isolation: Allowances.Isolation) async throws -> [JSONValue] {
        let environment = ["HOME": home, "PATH": "/usr/bin:/bin"]
        let context = Context(
            environment: environment, workingDirectory: home,
            folders: Folders(environment: environment, home: home, program: program),
            terminal: Terminal(environment: environment, directory: home), program: program)
        try await allow(context, isolation)
        let catalogue = try Catalogue(context, PluginOptions(pluginPath: [folder]))
        guard let plugin = catalogue.plugins.first(where: { $0.id == "measured" }) else {
            throw Failure(.internal, "the measured plugin cannot be used")
        }
        let host = PluginHost(context)
        let request = document()
        let clock = ContinuousClock()
        let expected = try await host.call(plugin, "plan", request)
        guard expected["requirements"] == request["requirements"] else {
            throw Failure(.internal, "the measured plugin gave back something else")
        }
        for _ in 0..<500 { _ = try await host.call(plugin, "plan", request) }
        var samples: [Duration] = []
        samples.reserveCapacity(Self.count)
        let began = clock.now
        for _ in 0..<Self.count {
            let before = clock.now
            _ = try await host.call(plugin, "plan", request)
            samples.append(clock.now - before)
        }
        let all = clock.now - began
        await host.close()
        samples.sort()
        return [
            .object([
                "isolation": .string(isolation.rawValue), "bytes": .int(Int64(request.canonical.count)),
                "median": .number(samples[Self.count / 2] / .microseconds(1)),
                "p99": .number(samples[Self.count * 99 / 100] / .microseconds(1)),
                "perSecond": .number(Double(Self.count) / (all / .seconds(1))),
            ])
        ]
    }

    /// Grants the plugin the place where it runs, as `ray plugin allow` does.
    private func allow(_ context: Context, _ isolation: Allowances.Isolation) async throws {
        let entry = Allowances.Entry(id: "measured", folder: folder, digests: nil, isolation: isolation)
        try await Allowances.change(context.folders) { $0.allow(entry) }
    }

    /// Some 4 KiB of what builders are asked: text with line breaks, lists, numbers, nested objects.
    private func document() -> JSONValue {
        let packages = (0..<60).map {
            JSONValue.string("package-\($0)==1.\($0).0 ; python_version >= \"3.\($0 % 14)\"")
        }
        let tools = (0..<12).map { number in
            (
                "tool\(number)",
                JSONValue.object(["path": .string("/usr/bin/tool\(number)"), "size": .int(Int64(number) << 20)])
            )
        }
        return .object([
            "requirements": .array(packages),
            "text": .string((0..<20).map { "echo step \($0)" }.joined(separator: "\n")),
            "facts": .object(Dictionary(uniqueKeysWithValues: tools)),
            "cpus": .int(8), "load": .number(0.25), "fresh": .bool(true), "before": .null,
        ])
    }
}

import FoundationEssentials

/// What a layer changes for everything that runs inside it.
///
/// It is data, so that the host can apply it to a process here, a script on a node or a shell
/// alike.
package struct Activation: Sendable, Codable, Equatable {
    package var set: [String: String] = [:]
    /// Text that goes in front of a variable, with a `:` between.
    package var prepend: [String: String] = [:]
    package var unset: [String] = []
    /// Words to put in front of every command, as `docker exec NAME`.
    package var wrapper: [String] = []
    /// A file of the layer with what its build has found out: lines `NAME=TEXT` to set, `NAME+=TEXT` to prepend and
    /// `-NAME` to unset.
    package var file: String?

    package init() {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        set = try container.decodeIfPresent([String: String].self, forKey: .set) ?? [:]
        prepend = try container.decodeIfPresent([String: String].self, forKey: .prepend) ?? [:]
        unset = try container.decodeIfPresent([String].self, forKey: .unset) ?? []
        wrapper = try container.decodeIfPresent([String].self, forKey: .wrapper) ?? []
        file = try container.decodeIfPresent(String.self, forKey: .file)
    }

    /// With `${prefix}` standing for the layer's folder.
    package func located(at prefix: String) -> Activation {
        func fill(_ text: String) -> String { text.replacing("${prefix}", with: prefix) }
        var located = self
        located.set = set.mapValues(fill)
        located.prepend = prepend.mapValues(fill)
        located.wrapper = wrapper.map(fill)
        located.file = file.map(fill)
        return located
    }

    package func apply(to environment: inout [String: String]) {
        for name in unset { environment[name] = nil }
        environment.merge(set) { $1 }
        for (name, text) in prepend { Self.prepend(text, to: name, in: &environment) }
        guard let file, let text = try? Files.read(file) else { return }
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("-") {
                environment[String(line.dropFirst())] = nil
            } else if let equals = line.firstIndex(of: "=") {
                let (name, text) = (line[..<equals], String(line[line.index(after: equals)...]))
                if name.hasSuffix("+") {
                    Self.prepend(text, to: String(name.dropLast()), in: &environment)
                } else {
                    environment[String(name)] = text
                }
            }
        }
    }

    private static func prepend(_ text: String, to name: String, in environment: inout [String: String]) {
        environment[name] = environment[name].map { $0.isEmpty ? text : text + ":" + $0 } ?? text
    }
}

extension Activation {
    /// The same change as lines of a POSIX shell.
    var shellText: String {
        unset.sorted().map { "unset \($0)\n" }.joined()
            + set.sorted { $0.key < $1.key }.map { "export \($0.key)=\($0.value.shellQuoted)\n" }.joined()
            + prepend.sorted { $0.key < $1.key }
            .map { "export \($0.key)=\($0.value.shellQuoted)\"${\($0.key):+:$\($0.key)}\"\n" }.joined()
            + (file.map(Self.reading) ?? "")
    }

    /// Lines that do what a file of a layer says.
    private static func reading(_ file: String) -> String {
        let file = file.shellQuoted
        return #"""
            if [ -f \#(file) ]; then
            while IFS= read -r ray_line; do
            ray_name=${ray_line%%=*}
            case $ray_name in
            -*) unset "${ray_name#-}" ;;
            *+) eval "export ${ray_name%+}=\"\${ray_line#*=}\${${ray_name%+}:+:\$${ray_name%+}}\"" ;;
            *) export "$ray_name=${ray_line#*=}" ;;
            esac
            done <\#(file)
            unset ray_line ray_name
            fi

            """#
    }
}

import FoundationEssentials

/// Where on a node elsewhere a project's environment is: its folders, and the variables that a login shell has.
package struct NodePlace: Sendable {
    package let conversation: NodeConversation
    /// The project's folder there.
    package let directory: String
    /// The store there; its paths are the node's.
    package let store: EnvironmentStore
    /// What the user's login shell exports there.
    package let variables: [String: String]
    /// The script that keeps the store.
    let storeScript: String

    /// Looks for them; `folder` is what the node keeps of the cluster, below the home, as is `directory`.
    ///
    /// `storeScript` is the text of `node-store.sh`, which is put there once.
    package init(
        _ conversation: NodeConversation, directory: String, folder: String, storeScript text: String
    ) async throws {
        self.conversation = conversation
        let name = "\(folder)/node-store-\(Digest.of(text).prefix(16)).sh"
        let output = try await conversation.output(
            of: "mkdir -p \"$HOME\"/\(directory.shellQuoted) || exit 1\n" + Self.probe(name))
        // Above the variables stand the home and whether the script is there, as lines.
        let parts = output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let head = parts.first?.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false) ?? []
        guard head.count == 3, head[0].hasPrefix("/") else {
            throw NodeConversation.scriptFailure("0", output)
        }
        var variables: [String: String] = [:]
        for entry in [String(head[2])] + parts.dropFirst() {
            guard let equals = entry.firstIndex(of: "="), entry[..<equals].isVariableName else { continue }
            variables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
        }
        for name in ["_", "PWD", "OLDPWD", "SHLVL"] { variables[name] = nil }
        let home = String(head[0])
        self.variables = variables
        self.directory = home / directory
        self.storeScript = home / name
        store = EnvironmentStore(
            root: Folders(environment: variables, home: home, program: "/").cache)
        guard head[1] != "there" else { return }
        _ = try await conversation.output(of: Self.putting(text, at: self.storeScript))
    }

    /// Prints the home, whether `script` is there, and what a login shell exports.
    private static func probe(_ script: String) -> String {
        """
        echo "$HOME"
        if [ -f "$HOME"/\(script.shellQuoted) ]; then echo there; else echo absent; fi
        if command -v bash >/dev/null 2>&1; then
            bash --login -i -c 'env -0 >&3' 3>&1 >/dev/null 2>&1 </dev/null
        else
            sh -l -c 'env -0 >&3' 3>&1 >/dev/null 2>&1 </dev/null
        fi
        """
    }

    private static func putting(_ text: String, at path: String) -> String {
        """
        set -e
        umask 077
        path=\(path.shellQuoted)
        mkdir -p "${path%/*}"
        cat > "$path.$$" <<'END_OF_FILE'
        \(text)
        END_OF_FILE
        mv -f "$path.$$" "$path"
        """
    }

    /// Lines of a POSIX shell after which everything runs inside `plans`, lowest first.
    func entering(_ plans: some Sequence<LayerPlan>) -> String {
        Self.exports(variables) + plans.map(\.activation.shellText).joined()
    }

    /// The facts for one layer's plugin, probed inside the layers below.
    func facts(for layer: Layer, inside below: [LayerPlan]) async throws -> Facts {
        var own = ["RAY_CACHE": store.cache(of: layer.plugin.id)]
        for entry in layer.entries {
            if let text = entry.value.text { own["RAY_KEY_\(entry.key)"] = text }
        }
        return try await facts(Self.exports(own) + FactProbe.script(for: layer.plugin), inside: below)
    }

    /// The facts that a script prints inside `plans`.
    package func facts(_ script: String, inside plans: [LayerPlan]) async throws -> Facts {
        let text = entering(plans) + "cd \(directory.shellQuoted) || exit 1\n" + script
        let output = try await conversation.output(of: text, timeout: .seconds(60))
        return FactProbe.facts(in: String(decoding: output, as: UTF8.self))
    }

    /// Lines of a POSIX shell that export these.
    static func exports(_ environment: [String: String]) -> String {
        environment.filter { $0.key[...].isVariableName }.sorted { $0.key < $1.key }
            .map { "export \($0.key)=\($0.value.shellQuoted)\n" }.joined()
    }
}

extension Substring {
    /// Whether a shell can have a variable of this name: an exported function of bash is none.
    fileprivate var isVariableName: Bool {
        guard let first = utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

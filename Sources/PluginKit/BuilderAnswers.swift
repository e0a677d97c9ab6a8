/// The answer of `check`.
public struct CheckAnswer: Sendable, Hashable, Codable {
    /// Everything that is wrong.
    public var diagnostics: [Diagnostic]
    /// The absolute paths of the local files that the answer depends on, present or not.
    public var files: [String]

    /// An answer; without diagnostics all is well.
    public init(diagnostics: [Diagnostic] = [], files: [String] = []) {
        self.diagnostics = diagnostics
        self.files = files
    }
}

/// The answer of `plan`.
public struct PlanAnswer: Sendable, Hashable, Codable {
    /// Everything that is wrong; an error makes the rest meaningless.
    public var diagnostics: [Diagnostic] = []
    /// The absolute paths of the local files that the answer depends on, present or not.
    public var files: [String] = []
    /// Everything, apart from the contents of files, that decides what is built.
    public var components: [String: String] = [:]
    /// The absolute paths of the local files whose contents decide what is built.
    public var inputs: [String] = []
    /// What to run, in order.
    public var steps: [Step] = []
    /// What is different for whatever runs inside the layer.
    public var activation = Activation()
    /// A POSIX shell script that fails when the layer is not usable; nil for none.
    public var verify: String?
    /// Lines worth telling the user.
    public var notes: [String] = []

    /// An answer with nothing in it, to be filled.
    public init() {}

    /// An answer that only says what is wrong.
    public init(diagnostics: [Diagnostic], files: [String] = []) {
        self.diagnostics = diagnostics
        self.files = files
    }
}

/// A script that the host runs on the node, in the project's folder.
public struct Step: Sendable, Hashable, Codable {
    /// What it does, in a few words.
    public var title: String
    /// A POSIX shell script; it stops at its first failing command.
    public var script: String
    /// The seconds after which it is ended.
    public var timeout: Int

    /// A step that may take `timeout` seconds.
    public init(title: String, script: String, timeout: Int) {
        self.title = title
        self.script = script
        self.timeout = timeout
    }
}

/// What is different for whatever runs inside a layer.
///
/// `${prefix}` stands for the layer's folder.
public struct Activation: Sendable, Hashable, Codable {
    /// Variables to set.
    public var set: [String: String]
    /// Variables to prepend to, joined with `:`.
    public var prepend: [String: String]
    /// Variables to unset.
    public var unset: [String]
    /// The words to put before a command, as `docker exec NAME`; nil for none.
    public var wrapper: [String]?

    /// An activation; without arguments it changes nothing.
    public init(
        set: [String: String] = [:], prepend: [String: String] = [:], unset: [String] = [],
        wrapper: [String]? = nil
    ) {
        self.set = set
        self.prepend = prepend
        self.unset = unset
        self.wrapper = wrapper
    }
}

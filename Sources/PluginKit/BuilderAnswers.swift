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

/// The answer of `lock`.
public struct LockAnswer: Sendable, Hashable, Codable {
    /// Everything that is wrong; an error makes the rest meaningless.
    public var diagnostics: [Diagnostic] = []
    /// The absolute paths of the local files that the answer depends on, present or not.
    public var files: [String] = []
    /// What the lock is made from, apart from the contents of files: while it and `inputs` stay as they
    /// are, the lock that there is counts.
    ///
    /// It is written into the lock, in lines, so that people see what has changed: no secrets.
    public var basis: [String: String] = [:]
    /// The absolute paths of the local files whose contents the lock is made from, beside `basis`.
    public var inputs: [String] = []
    /// What makes the lock, the file that `$RAY_LOCK` names.
    ///
    /// It holds the lock that there was.
    public var steps: [Step] = []
    /// Lines worth telling the user.
    public var notes: [String] = []
    /// The names of the variables whose values no log may hold.
    public var secrets: [String] = []
    /// Whether the lock that there is cannot be read, so that it has to be made anew.
    public var unreadable = false

    /// An answer with nothing in it, to be filled; without steps there is nothing to lock.
    public init() {}
}

/// The answer of `explain`.
public struct ExplainAnswer: Sendable, Hashable, Codable {
    /// What was wrong, in the order of its weight; empty where the builder knows no more than the host.
    public var diagnostics: [Diagnostic]

    /// An explanation; without diagnostics the host tells the end of the output.
    public init(diagnostics: [Diagnostic] = []) {
        self.diagnostics = diagnostics
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
    /// Why the same plan may make another layer tomorrow, a line for each reason.
    public var notReproducible: [String] = []
    /// The absolute paths, on the node, of files and folders outside of the layer that the steps make.
    ///
    /// The layer is built again where one of them is not as it was left.
    public var outputs: [String] = []
    /// The names of files and folders, anywhere in the layer, that what runs inside it may write: the
    /// host does not vouch for them.
    public var volatile: [String] = []
    /// Patterns (`*` is any text without `/`) of files in the layer that hold the checksums of others, as
    /// the RECORD of an installed wheel does: `PATH,sha256=BASE64URL,SIZE`, the path relative to
    /// the folder that holds the record's own folder.
    public var checksums: [String] = []
    /// The names of the variables whose values no log may hold.
    public var secrets: [String] = []

    /// An answer with nothing in it, to be filled.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case diagnostics, files, components, inputs, steps, activation, verify, notes, outputs, volatile, checksums
        case secrets
        case notReproducible = "not_reproducible"
    }

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
    /// Where in the project what it does is asked for; nil for where the layer is.
    public var place: Place?

    /// A step that may take `timeout` seconds.
    public init(title: String, script: String, timeout: Int, place: Place? = nil) {
        self.title = title
        self.script = script
        self.timeout = timeout
        self.place = place
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
    /// A file that the layer's steps write, where only they can find out what is to be changed: lines
    /// `NAME=TEXT` to set, `NAME+=TEXT` to prepend and `-NAME` to unset; nil for none.
    public var file: String?

    /// An activation; without arguments it changes nothing.
    public init(
        set: [String: String] = [:], prepend: [String: String] = [:], unset: [String] = [],
        wrapper: [String]? = nil, file: String? = nil
    ) {
        self.set = set
        self.prepend = prepend
        self.unset = unset
        self.wrapper = wrapper
        self.file = file
    }
}

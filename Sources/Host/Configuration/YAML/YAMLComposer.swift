extension YAMLNode {
    /// Reads the one document of a YAML text; an empty text is null.
    ///
    /// Every error has class `input` and a place.
    package static func parse(_ bytes: [UInt8], file: String) throws(Failure) -> YAMLNode {
        guard bytes.count <= YAMLComposer.maximumSize else {
            throw Failure(.input, "the file is larger than 1 MiB", at: Place(file: file))
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        return try text.withUnsafeBufferPointer { (text) throws(Failure) in
            var composer = YAMLComposer(events: try YAMLEventStream(text, file: file), file: file)
            return try composer.document()
        }
    }

    /// Reads the one document of a YAML text; an empty text is null.
    package static func parse(_ text: String, file: String) throws(Failure) -> YAMLNode {
        try parse(Array(text.utf8), file: file)
    }
}

/// Builds nodes from events, bounded in depth and in what aliases unfold to.
struct YAMLComposer: ~Copyable {
    static let maximumSize = 1 << 20
    static let maximumDepth = 64
    static let maximumUnfoldedNodes = 10_000

    private struct Composed {
        var node: YAMLNode
        /// How many values this is, what aliases stand for included.
        var size = 1
        /// How many collections lie in one another here.
        var depth = 0
        /// Whether this is `<<` without quotes.
        var isMergeKey = false
    }

    private var events: YAMLEventStream
    private let file: String
    private var anchors: [String: Composed] = [:]
    private var openAnchors: Set<String> = []
    private var unfoldedNodes = 0

    init(events: consuming YAMLEventStream, file: String) {
        self.events = events
        self.file = file
    }

    mutating func document() throws(Failure) -> YAMLNode {
        var event = try events.next()
        if case .streamEnd = event.kind {
            return YAMLNode(.null, at: Place(file: file, line: 1, column: 1), text: "")
        }
        let root = try node(from: try events.next(), depth: 0)
        _ = try events.next()
        event = try events.next()
        guard case .streamEnd = event.kind else {
            throw Failure(
                .input, "a second document begins here", at: event.place, hint: "keep one document in a file")
        }
        return root.node
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(Failure) -> Composed {
        if case .alias = event.kind { return try unfold(event, depth: depth) }
        if let anchor = event.anchor { openAnchors.insert(anchor) }
        let composed =
            switch event.kind {
            case .sequenceStart: try sequence(event, depth: depth)
            case .mappingStart: try mapping(event, depth: depth)
            default: try scalar(event)
            }
        if let anchor = event.anchor {
            openAnchors.remove(anchor)
            anchors[anchor] = composed
        }
        return composed
    }

    private mutating func unfold(_ event: YAMLEvent, depth: Int) throws(Failure) -> Composed {
        let name = event.anchor ?? ""
        guard !openAnchors.contains(name) else {
            throw Failure(.input, "`*\(name)` stands inside the very value it names", at: event.place)
        }
        guard let composed = anchors[name] else {
            let hint = suggestion(for: name, among: anchors.keys) { "*\($0)" }
            throw Failure(.input, "no `&\(name)` comes before `*\(name)`", at: event.place, hint: hint)
        }
        unfoldedNodes += composed.size
        guard unfoldedNodes <= Self.maximumUnfoldedNodes else {
            throw Failure(.input, "the aliases unfold to more than 10,000 values", at: event.place)
        }
        guard depth + composed.depth <= Self.maximumDepth else {
            throw Failure(.input, "`*\(name)` is nested more than 64 levels deep", at: event.place)
        }
        return composed
    }

    private func scalar(_ event: YAMLEvent) throws(Failure) -> Composed {
        guard case .scalar(let scalar) = event.kind else {
            throw Failure(.internal, "a YAML value was expected here", at: event.place)
        }
        let value = try YAMLScalar.value(of: scalar, tag: event.tag, at: event.place)
        let node = YAMLNode(value, at: event.place, text: scalar.text, isPlain: scalar.isPlain)
        return Composed(node: node, isMergeKey: scalar.isPlain && scalar.text == "<<")
    }

    private mutating func sequence(_ event: YAMLEvent, depth: Int) throws(Failure) -> Composed {
        try requireCollection("seq", event, depth: depth)
        var composed = Composed(node: YAMLNode(.null, at: event.place), depth: 1)
        var items: [YAMLNode] = []
        while let item = try child(depth: depth, of: &composed) {
            items.append(item.node)
        }
        composed.node.value = .sequence(items)
        return composed
    }

    private mutating func mapping(_ event: YAMLEvent, depth: Int) throws(Failure) -> Composed {
        try requireCollection("map", event, depth: depth)
        var composed = Composed(node: YAMLNode(.null, at: event.place), depth: 1)
        var entries = YAMLMappingBuilder()
        while let key = try child(depth: depth, of: &composed) {
            guard let text = key.node.text else {
                throw Failure(.input, "a key must be a single word or text", at: key.node.place)
            }
            guard let value = try child(depth: depth, of: &composed) else { break }
            if key.isMergeKey {
                try entries.merge(value.node)
            } else {
                try entries.add(YAMLEntry(key: text, keyPlace: key.node.place, value: value.node))
            }
        }
        composed.node.value = .mapping(entries.entries)
        return composed
    }

    private mutating func child(depth: Int, of parent: inout Composed) throws(Failure) -> Composed? {
        let event = try events.next()
        if case .collectionEnd = event.kind { return nil }
        let child = try node(from: event, depth: depth + 1)
        parent.size += child.size
        parent.depth = max(parent.depth, child.depth + 1)
        return child
    }

    private func requireCollection(_ name: String, _ event: YAMLEvent, depth: Int) throws(Failure) {
        guard depth < Self.maximumDepth else {
            throw Failure(.input, "the file is nested more than 64 levels deep", at: event.place)
        }
        guard let tag = event.tag, tag != "!", tag != YAMLScalar.tagPrefix + name else { return }
        throw YAMLScalar.refusal(ofTag: tag, at: event.place)
    }
}

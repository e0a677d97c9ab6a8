import CLibYAML

/// What libyaml's parser reports, as Swift values.
struct YAMLEvent {
    struct Scalar {
        var text: String
        /// Whether nothing but the text decides the type: no quotes and no tag.
        var isPlain: Bool
    }

    enum Kind {
        case documentStart, documentEnd, streamEnd
        case alias
        case scalar(Scalar)
        case sequenceStart, mappingStart, collectionEnd
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var place: Place
}

/// The events of one YAML text, in order.
///
/// The text must outlive the stream: libyaml keeps the pointer.
struct YAMLEventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>
    private let file: String

    init(_ text: UnsafeBufferPointer<UInt8>, file: String) throws(Failure) {
        parser = .allocate(capacity: 1)
        self.text = text
        self.file = file
        guard yaml_parser_initialize(parser) != 0 else {
            parser.deallocate()
            throw Failure(.internal, "there is no memory to read `\(file)`")
        }
        // Given the encoding, libyaml does not guess UTF-16 from the first bytes.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event that says something about the document.
    mutating func next() throws(Failure) -> YAMLEvent {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) != 0 else {
                throw Failure([YAMLSyntaxError(parser.pointee, text: text).diagnostic(file: file)])
            }
            defer { yaml_event_delete(&event) }
            if let event = translate(event) { return event }
        }
    }

    private func translate(_ event: yaml_event_t) -> YAMLEvent? {
        let place = Place(file: file, mark: event.start_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, place: place)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, place: place)
        case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, place: place)
        case YAML_ALIAS_EVENT:
            return YAMLEvent(kind: .alias, anchor: string(event.data.alias.anchor), place: place)
        case YAML_SCALAR_EVENT:
            let data = event.data.scalar
            let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
            let isPlain = data.style == YAML_PLAIN_SCALAR_STYLE && data.plain_implicit != 0
            return YAMLEvent(
                kind: .scalar(.init(text: String(decoding: bytes, as: UTF8.self), isPlain: isPlain)),
                anchor: string(data.anchor), tag: string(data.tag), place: place)
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, anchor: string(data.anchor), tag: string(data.tag), place: place)
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, anchor: string(data.anchor), tag: string(data.tag), place: place)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return YAMLEvent(kind: .collectionEnd, place: place)
        default: return nil
        }
    }

    private func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

extension Place {
    /// The place of one of libyaml's marks, which count from 0.
    init(file: String, mark: yaml_mark_t) {
        self.init(file: file, line: mark.line + 1, column: mark.column + 1)
    }
}

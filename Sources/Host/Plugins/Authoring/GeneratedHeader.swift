extension GeneratedCode {
    /// The header: C and C++ refuse a function that differs from its prototype, Swift one that is
    /// marked `@c @implementation`.
    ///
    /// The table is a macro, which a Swift importer passes over.
    var header: String {
        let guardName = "RAY_PLUGIN_\(id.replacing("-", with: "_").uppercased())_H"
        return """
            /* \(Self.firstLine) */
            #ifndef \(guardName)
            #define \(guardName)

            #include <ray/plugin.h>
            #include <stddef.h>

            #if RAYP_API_MAJOR != \(api.major) || RAYP_API_MINOR < \(api.minor)
            #error "plugin.yaml asks for API \(api.major).\(api.minor); these headers of ray are of another version"
            #endif

            #ifdef __cplusplus
            extern "C" {
            #endif

            #define RAY_PLUGIN_ID "\(id.escapedForLiteral)"
            #define RAY_PLUGIN_VERSION "\(version.escapedForLiteral)"

            \(functions.map(\.prototype).joined(separator: "\n"))

            #ifdef __cplusplus
            }
            #endif

            \(table)

            #endif

            """
    }

    /// The rows, the table and the exported function, to stand once in one C file.
    private var table: String {
        let rows = functions.map {
            "    {\"\($0.operation)\", \"\($0.signature)\", (rayp_function_t)\($0.name)},"
        }
        let lines =
            [
                "#define RAY_PLUGIN_TABLE(START, STOP)",
                "static const rayp_operation_t ray_plugin_operations[] = {",
            ] + rows + [
                "};",
                "static const rayp_plugin_t ray_plugin_table = {",
                "    .size = sizeof(rayp_plugin_t),",
                "    .api_major = \(api.major),",
                "    .api_minor = \(api.minor),",
                "    .id = RAY_PLUGIN_ID,",
                "    .version = RAY_PLUGIN_VERSION,",
                "    .operations = ray_plugin_operations,",
                "    .operation_count = sizeof ray_plugin_operations / sizeof *ray_plugin_operations,",
                "    .operation_size = sizeof(rayp_operation_t),",
                "    .start = START,",
                "    .stop = STOP,",
                "    .query = NULL,",
                "};",
                "__attribute__((visibility(\"default\"))) const rayp_plugin_t *rayp_entry_v1(void)",
                "{",
                "    return &ray_plugin_table;",
                "}",
            ]
        return """
            /* RAY_PLUGIN_TABLE(start, stop), once in one C file, is the table and the exported function. Either
             * may be NULL. */
            \(lines.joined(separator: " \\\n"))
            """
    }

    /// The words that cannot be names in C or C++; Swift has back-ticks for its own.
    static let reservedInC: Set = [
        "alignas", "alignof", "and", "asm", "auto", "bool", "break", "case", "catch", "char", "class", "compl",
        "concept", "const", "constexpr", "continue", "decltype", "default", "delete", "do", "double", "else", "enum",
        "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long",
        "mutable", "namespace", "new", "noexcept", "not", "nullptr", "operator", "or", "private", "protected",
        "public", "register", "requires", "restrict", "return", "short", "signed", "sizeof", "static", "struct",
        "switch", "template", "this", "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "union",
        "unsigned", "using", "virtual", "void", "volatile", "while", "xor",
    ]
}

extension GeneratedCode.Function {
    fileprivate var prototype: String {
        let list = parameters.map { "\($0.type.typeInC)\($0.name)" }
        return "rayp_status_t \(name)(\(list.isEmpty ? "void" : list.joined(separator: ", ")));"
    }
}

extension Manifest.Parameter.ValueType {
    /// With what stands between it and the name.
    fileprivate var typeInC: String {
        switch self {
        case .json, .text, .path: "const rayp_view_t *"
        case .i64, .bool: "int64_t "
        case .u64: "uint64_t "
        case .op: "const rayp_op_t *"
        case .sink: "rayp_sink_t *"
        case .self: "void *"
        }
    }
}

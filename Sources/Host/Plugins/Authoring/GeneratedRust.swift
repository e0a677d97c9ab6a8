extension GeneratedCode {
    /// The module `generated`, a child of the one with the functions: rustc refuses a function that
    /// differs from its type.
    var rust: String {
        """
        // \(Self.firstLine)
        #![allow(dead_code)]

        use std::ffi::{c_char, c_void};

        pub const ID: &str = "\(id.escapedForLiteral)";
        pub const VERSION: &str = "\(version.escapedForLiteral)";

        \(Self.rustTypes)

        // Here rustc compares each function with what plugin.yaml says of it.
        \(functions.map(\.rustType).joined(separator: "\n"))

        pub static OPERATIONS: [Operation; \(functions.count)] = [
        \(functions.map(\.rustRow).joined(separator: "\n"))
        ];

        /// The table that `rayp_entry_v1` returns.
        pub const fn plugin(start: Option<Start>, stop: Option<Stop>) -> Plugin {
            Plugin {
                size: size_of::<Plugin>() as u64,
                api_major: \(api.major),
                api_minor: \(api.minor),
                id: c"\(id.escapedForLiteral)".as_ptr(),
                version: c"\(version.escapedForLiteral)".as_ptr(),
                operations: (&raw const OPERATIONS).cast(),
                operation_count: \(functions.count),
                operation_size: size_of::<Operation>() as u64,
                start,
                stop,
                query: None,
            }
        }

        """
    }

    /// The contract's 1.0 in Rust: what ray/types.h, ray/host.h and ray/plugin.h say.
    ///
    /// The host's table may be larger than this, never smaller.
    private static let rustTypes = """
        pub type Status = i32;
        pub const OK: Status = 0;
        pub const FAILED: Status = 1;
        pub const CANCELLED: Status = 2;

        pub const LOG_DEBUG: i32 = 0;
        pub const LOG_INFO: i32 = 1;
        pub const LOG_WARNING: i32 = 2;
        pub const LOG_ERROR: i32 = 3;

        /// Borrowed bytes, valid until the operation returns; an absent optional value is empty.
        #[repr(C)]
        pub struct View {
            data: *const c_char,
            size: u64,
        }

        impl View {
            pub fn bytes(&self) -> &[u8] {
                // The host never passes NULL, and owns the bytes for the call.
                unsafe { std::slice::from_raw_parts(self.data.cast(), self.size as usize) }
            }

            /// The host passes `json` and `text` as UTF-8; a `path` may be anything.
            pub fn text(&self) -> std::borrow::Cow<'_, str> {
                String::from_utf8_lossy(self.bytes())
            }
        }

        /// One call of one operation.
        #[repr(C)]
        pub struct Op {
            private: [u8; 0],
        }

        /// Where an operation writes its result.
        #[repr(C)]
        pub struct Sink {
            private: [u8; 0],
        }

        /// The host's table, as far as 1.0 goes; it may be larger.
        #[repr(C)]
        pub struct Host {
            pub size: u64,
            pub api_major: u32,
            pub api_minor: u32,
            pub log: unsafe extern "C" fn(op: *const Op, level: i32, text: *const c_char, size: u64),
            pub progress: unsafe extern "C" fn(op: *const Op, done: u64, total: u64, text: *const c_char, size: u64),
            pub cancelled: unsafe extern "C" fn(op: *const Op) -> i32,
            pub remaining_ms: unsafe extern "C" fn(op: *const Op) -> i64,
            pub write: unsafe extern "C" fn(sink: *mut Sink, data: *const c_void, size: u64) -> Status,
            pub fail: unsafe extern "C" fn(
                op: *const Op,
                error_class: *const c_char,
                message: *const c_char,
                size: u64,
            ) -> Status,
        }

        pub type WriteText = unsafe extern "C" fn(sink: *mut Sink, text: *const c_char, size: u64) -> Status;

        /// `write_text` of the host's table, which hosts have since 1.1: it writes a text as a JSON string.
        ///
        /// # Safety
        ///
        /// `host` is what `start` was given, and `stop` has not returned.
        pub unsafe fn write_text(host: *const Host) -> Option<WriteText> {
            let end = size_of::<Host>() + size_of::<WriteText>();
            let is_there = unsafe { (*host).size } >= end as u64;
            is_there.then(|| unsafe { host.add(1).cast::<WriteText>().read() })
        }

        pub type Function = unsafe extern "C" fn();
        pub type Start = unsafe extern "C" fn(host: *const Host, instance: *mut *mut c_void) -> Status;
        pub type Stop = unsafe extern "C" fn(instance: *mut c_void);
        pub type Query = unsafe extern "C" fn(instance: *mut c_void, interface: *const c_char) -> *const c_void;

        #[repr(C)]
        pub struct Operation {
            pub name: *const c_char,
            pub signature: *const c_char,
            pub function: Function,
        }

        #[repr(C)]
        pub struct Plugin {
            pub size: u64,
            pub api_major: u32,
            pub api_minor: u32,
            pub id: *const c_char,
            pub version: *const c_char,
            pub operations: *const Operation,
            pub operation_count: u64,
            pub operation_size: u64,
            pub start: Option<Start>,
            pub stop: Option<Stop>,
            pub query: Option<Query>,
        }

        // All that they point to is constant.
        unsafe impl Sync for Operation {}
        unsafe impl Sync for Plugin {}
        """

    /// The words that cannot be names in Rust.
    static let reservedInRust: Set = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
        "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
        "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct",
        "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
        "yield",
    ]
}

extension GeneratedCode.Function {
    /// In camel case, as types are: `apt_plan` is `AptPlan`.
    private var typeName: String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    fileprivate var rustType: String {
        let list = parameters.map { "\($0.name): \($0.type.typeInRust)" }.joined(separator: ", ")
        return """
            pub type \(typeName) = unsafe extern "C" fn(\(list)) -> Status;
            const _: \(typeName) = super::\(name);
            """
    }

    fileprivate var rustRow: String {
        """
            Operation {
                name: c"\(operation)".as_ptr(),
                signature: c"\(signature)".as_ptr(),
                function: unsafe { std::mem::transmute::<\(typeName), Function>(super::\(name)) },
            },
        """
    }
}

extension Manifest.Parameter.ValueType {
    fileprivate var typeInRust: String {
        switch self {
        case .json, .text, .path: "*const View"
        case .i64, .bool: "i64"
        case .u64: "u64"
        case .op: "*const Op"
        case .sink: "*mut Sink"
        case .self: "*mut c_void"
        }
    }
}

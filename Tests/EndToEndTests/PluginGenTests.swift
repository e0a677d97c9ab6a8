import FoundationEssentials
import Host
import Testing

/// The code that `ray plugin gen` writes makes compilers refuse a wrong function.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginGenTests {
    private static let manifest = """
        id: my-plugin
        version: 1.0.0
        api: "1.0"
        kind: environment
        libraries: {linux-x86_64: libmy_plugin.so}
        keys: {x: {type: string}}
        operations:
          check:
            parameters: [{name: line, type: u64}, {name: out, type: sink}]
          plan:
            parameters: [{name: text, type: text}, {name: out, type: sink}]

        """

    /// Writes a source and the code that is generated for it, and runs a shell command there.
    private func compile(
        _ source: String, as file: String, with command: String, generated: [String]
    ) async throws -> Outcome {
        var outcome = Outcome(status: -1, output: "", errors: "")
        try await Workplace.with { place in
            try place.write("plugin.yaml", Self.manifest)
            try place.write(file, source)
            let program = try #require(TestBed.prefix) / "bin/ray"
            let gen = try await place.run(program, ["plugin", "gen"] + generated)
            #expect(gen.status == 0, "\(gen.errors)")
            var variables = try place.authorVariables
            variables["INCLUDE"] = try #require(TestBed.prefix) / "include"
            outcome = try await place.run("sh", ["-c", command], variables: variables)
        }
        return outcome
    }

    private static func c(line: String) -> String {
        """
        #include "generated.h"
        rayp_status_t my_plugin_check(\(line) line, rayp_sink_t *out) { (void)line; (void)out; return RAYP_OK; }
        rayp_status_t my_plugin_plan(const rayp_view_t *text, rayp_sink_t *out) { (void)text; (void)out; return RAYP_OK; }
        RAY_PLUGIN_TABLE(NULL, NULL)

        """
    }

    @Test(arguments: ["gcc -std=c11", "clang -std=c11"])
    func `a C compiler refuses a function that differs`(compiler: String) async throws {
        let command = #"\#(compiler) -Wall -Wextra -Werror -I"$INCLUDE" -c plugin.c -o plugin.o"#
        let generated = ["-o", "generated.h"]
        let right = try await compile(Self.c(line: "uint64_t"), as: "plugin.c", with: command, generated: generated)
        #expect(right.status == 0, "\(right.errors)")
        let wrong = try await compile(Self.c(line: "int64_t"), as: "plugin.c", with: command, generated: generated)
        #expect(wrong.status != 0)
        #expect(wrong.errors.contains("conflicting types for") && wrong.errors.contains("my_plugin_check"))
    }

    @Test func `C++ takes the header, and refuses a function that differs`() async throws {
        let command = #"g++ -std=c++20 -Wall -Wextra -Werror -I"$INCLUDE" -c plugin.cc -o plugin.o"#
        let generated = ["-o", "generated.h"]
        let right = try await compile(Self.c(line: "uint64_t"), as: "plugin.cc", with: command, generated: generated)
        #expect(right.status == 0, "\(right.errors)")
        let wrong = try await compile(Self.c(line: "int64_t"), as: "plugin.cc", with: command, generated: generated)
        #expect(wrong.status != 0)
        #expect(wrong.errors.contains("overloaded function"), "\(wrong.errors)")
    }

    private static func swift(line: String) -> String {
        """
        @c @implementation
        public func my_plugin_check(_ line: \(line), _ out: OpaquePointer!) -> rayp_status_t { .init(RAYP_OK) }

        @c @implementation
        public func my_plugin_plan(_ text: UnsafePointer<rayp_view_t>!, _ out: OpaquePointer!) -> rayp_status_t {
            .init(RAYP_OK)
        }

        """
    }

    @Test func `Swift refuses a function that differs`() async throws {
        let command = """
            swiftc -swift-version 6 -parse-as-library -c -import-objc-header generated.h -Xcc -I"$INCLUDE" plugin.swift \
            -o plugin.o
            """
        let generated = ["-o", "generated.h"]
        let right = try await compile(
            Self.swift(line: "UInt64"), as: "plugin.swift", with: command, generated: generated)
        #expect(right.status == 0, "\(right.errors)")
        let wrong = try await compile(
            Self.swift(line: "Int64"), as: "plugin.swift", with: command, generated: generated)
        #expect(wrong.status != 0)
        #expect(
            wrong.errors.contains("global function 'my_plugin_check'")
                && wrong.errors.contains("declared by the header"), "\(wrong.errors)")
    }

    private static func rust(line: String) -> String {
        """
        mod generated;
        use generated::{Plugin, Sink, Status, View, OK};
        unsafe extern "C" fn my_plugin_check(_: \(line), _: *mut Sink) -> Status { OK }
        unsafe extern "C" fn my_plugin_plan(_: *const View, _: *mut Sink) -> Status { OK }
        static PLUGIN: Plugin = generated::plugin(None, None);
        #[no_mangle]
        pub extern "C" fn rayp_entry_v1() -> *const Plugin { &PLUGIN }

        """
    }

    @Test(.needs("rustc")) func `Rust refuses a function that differs`() async throws {
        let command = "rustc --edition 2021 -D warnings --crate-type cdylib plugin.rs"
        let generated = ["--language", "rust", "-o", "generated.rs"]
        let right = try await compile(Self.rust(line: "u64"), as: "plugin.rs", with: command, generated: generated)
        #expect(right.status == 0, "\(right.errors)")
        let wrong = try await compile(Self.rust(line: "i64"), as: "plugin.rs", with: command, generated: generated)
        #expect(wrong.status != 0)
        #expect(wrong.errors.contains("const _: MyPluginCheck = super::my_plugin_check;"), "\(wrong.errors)")
        #expect(wrong.errors.contains("mismatched types"))
    }

    /// Asks a host of 1.0 and one of 1.1, whose table goes on, for the function that 1.1 added.
    @Test(.needs("rustc")) func `Rust finds a newer host's function by the size of its table`() async throws {
        let source = """
            mod generated;
            use generated::*;
            use std::ffi::{c_char, c_void};
            unsafe extern "C" fn my_plugin_check(_: u64, _: *mut Sink) -> Status { OK }
            unsafe extern "C" fn my_plugin_plan(_: *const View, _: *mut Sink) -> Status { OK }
            unsafe extern "C" fn log(_: *const Op, _: i32, _: *const c_char, _: u64) {}
            unsafe extern "C" fn progress(_: *const Op, _: u64, _: u64, _: *const c_char, _: u64) {}
            unsafe extern "C" fn cancelled(_: *const Op) -> i32 { 0 }
            unsafe extern "C" fn remaining_ms(_: *const Op) -> i64 { 0 }
            unsafe extern "C" fn write(_: *mut Sink, _: *const c_void, _: u64) -> Status { OK }
            unsafe extern "C" fn fail(_: *const Op, _: *const c_char, _: *const c_char, _: u64) -> Status { FAILED }
            unsafe extern "C" fn newer(_: *mut Sink, _: *const c_char, _: u64) -> Status { 42 }
            #[repr(C)]
            struct Newer { host: Host, write_text: WriteText }
            fn main() {
                let host = Host { size: 0, api_major: 1, api_minor: 1, log, progress, cancelled, remaining_ms, write, fail };
                let mut table = Newer { host, write_text: newer };
                for size in [size_of::<Host>(), size_of::<Newer>()] {
                    table.host.size = size as u64;
                    let found = unsafe { write_text((&raw const table).cast()) };
                    println!("{:?}", found.map(|function| unsafe { function(std::ptr::null_mut(), std::ptr::null(), 0) }));
                }
            }

            """
        let ran = try await compile(
            source, as: "main.rs", with: "rustc --edition 2021 -D warnings main.rs && ./main",
            generated: ["--language", "rust", "-o", "generated.rs"])
        #expect(ran.output == "None\nSome(42)\n", "\(ran.errors)")
    }

    @Test func `headers of an older contract are refused`() async throws {
        try await Workplace.with { place in
            try place.write("plugin.yaml", Self.manifest.replacing(#""1.0""#, with: #""1.99""#))
            try place.write("plugin.c", "#include \"generated.h\"\n")
            _ = try await place.ray("plugin", "gen", "-o", "generated.h")
            let include = try #require(TestBed.prefix) / "include"
            let wrong = try await place.run("cc", ["-I", include, "-c", "plugin.c"])
            #expect(wrong.errors.contains("plugin.yaml asks for API 1.99; these headers of ray are of another version"))
        }
    }

    @Test func `a file that is as it should be is left alone`() async throws {
        try await Workplace.with { place in
            try place.write("p/plugin.yaml", Self.manifest)
            let printed = try await place.ray("plugin", "gen", "p")
            #expect(try await place.ray("plugin", "gen", "p", "-o", "generated.h").status == 0)
            let file = place.project / "generated.h"
            #expect(try Files.read(file) == Data(printed.output.utf8))
            let stamp = FileStamp(path: file)
            #expect(try await place.ray("plugin", "gen", "p", "--output", "generated.h").status == 0)
            #expect(try await place.ray("plugin", "gen", "p", "-o", "generated.h", "--check").status == 0)
            #expect(FileStamp(path: file) == stamp)
        }
    }

    @Test func `a check says where the file differs, and writes nothing`() async throws {
        try await Workplace.with { place in
            try place.write("plugin.yaml", Self.manifest)
            let check = ["plugin", "gen", "--check", "-o", "generated.h"]
            let program = try #require(TestBed.prefix) / "bin/ray"
            let missing = try await place.run(program, check)
            #expect(
                place.plain(missing.errors) == """
                    error[input]: there is no file `PROJECT/generated.h`
                      hint: write it with `ray plugin gen --language c -o generated.h`

                    """)
            #expect(missing.status == 1)
            _ = try await place.ray("plugin", "gen", "-o", "generated.h")
            let before = try Files.read(place.project / "generated.h")
            try place.write("plugin.yaml", Self.manifest.replacing("type: u64", with: "type: i64"))
            let differs = try await place.run(program, check)
            #expect(
                place.brief(differs.errors) == """
                    error[input]: generated.h:19: this is not what plugin.yaml asks for
                      hint: write it with `ray plugin gen --language c -o generated.h`

                    """)
            #expect(differs.status == 1)
            #expect(try Files.read(place.project / "generated.h") == before)
        }
    }

    @Test func `what is wrong with the manifest is told with its place`() async throws {
        try await Workplace.with { place in
            try place.write("plugin.yaml", Self.manifest.replacing("  plan:", with: "  Plan it:"))
            let wrong = try await place.ray("plugin", "gen")
            #expect(
                place.brief(wrong.errors) == """
                    error[input]: plugin.yaml:10:3: `Plan it` cannot be a key of `operations`, which must be lower-case \
                    letters, digits and `_`

                    """)
            #expect(wrong.output.isEmpty)
            #expect(wrong.status == 1)
            let missing = try await place.ray("plugin", "gen", "nowhere")
            #expect(place.plain(missing.errors).hasPrefix("error[plugin]: `PROJECT/nowhere` has no plugin.yaml\n"))
            let check = try await place.ray("plugin", "gen", "--check")
            #expect(
                check.errors == """
                    error[usage]: `--check` needs the file to check
                      hint: name it with `--output FILE`

                    """)
            #expect(check.status == 2)
        }
    }
}

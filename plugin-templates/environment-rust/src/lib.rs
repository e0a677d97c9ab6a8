//! The operations of `@ID@`. `generated.rs`, made from plugin.yaml, says what each is given; a
//! function that differs does not compile.

#[rustfmt::skip]
mod generated;
mod json;

use generated::{Host, Plugin, Sink, Status, View, OK};
use json::quoted;
use std::ffi::c_void;

/// What keeps a text from being used.
fn fault(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("the text is empty")
    } else if text.contains(['\r', '\n']) {
        Some("the text has more than one line")
    } else {
        None
    }
}

/// The answer of `check`; `file` is JSON already.
fn check(text: &str, file: &str, line: u64, column: u64) -> String {
    let diagnostics = fault(text).map_or(String::new(), |message| {
        format!(
            r#"{{"severity": "error", "class": "input", "message": {}, "hint": "write one line of text", "file": {file}, "line": {line}, "column": {column}}}"#,
            quoted(message)
        )
    });
    format!(r#"{{"diagnostics": [{diagnostics}], "files": []}}"#)
}

/// The answer of `plan`; `text` is JSON already. The host runs the steps.
fn plan(text: &str) -> String {
    let script = r#"mkdir -p "$RAY_LAYER/bin"
cat > "$RAY_LAYER/bin/@ID@" <<'END'
#!/bin/sh
printf '%s\n' "$@VARIABLE@_TEXT"
END
chmod +x "$RAY_LAYER/bin/@ID@"
"#;
    // It runs inside the finished layer; where it fails, nobody gets to see the layer.
    let verify = r#"test "$(@ID@)" = "$@VARIABLE@_TEXT""#;
    format!(
        r#"{{"diagnostics": [], "files": [], "inputs": [], "notes": [],
        "components": {{"text": {text}}},
        "steps": [{{"title": "write the program @ID@", "timeout": 60, "script": {}}}],
        "activation": {{"prepend": {{"PATH": "${{prefix}}/bin"}}, "set": {{"@VARIABLE@_TEXT": {text}}}}},
        "verify": {}}}"#,
        quoted(script),
        quoted(verify)
    )
}

/// Writes an answer; `instance` is the host's table, as `start` keeps it.
unsafe fn write(instance: *mut c_void, out: *mut Sink, answer: &str) -> Status {
    let host = &*instance.cast::<Host>();
    (host.write)(out, answer.as_ptr().cast(), answer.len() as u64)
}

unsafe extern "C" fn @NAME@_check(
    text: *const View,
    file: *const View,
    line: u64,
    column: u64,
    out: *mut Sink,
    instance: *mut c_void,
) -> Status {
    write(
        instance,
        out,
        &check(&(*text).text(), &(*file).text(), line, column),
    )
}

unsafe extern "C" fn @NAME@_plan(
    text: *const View,
    out: *mut Sink,
    instance: *mut c_void,
) -> Status {
    write(instance, out, &plan(&(*text).text()))
}

/// Keeps the host's table, which comes back as `self` of every operation.
unsafe extern "C" fn start(host: *const Host, instance: *mut *mut c_void) -> Status {
    *instance = host.cast_mut().cast();
    OK
}

static PLUGIN: Plugin = generated::plugin(Some(start), None);

/// The one symbol of this library.
#[no_mangle]
pub extern "C" fn rayp_entry_v1() -> *const Plugin {
    &PLUGIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_text_is_right() {
        assert_eq!(
            check("hello", r#""/p""#, 7, 9),
            r#"{"diagnostics": [], "files": []}"#
        );
    }

    #[test]
    fn an_empty_text_is_told_with_its_place() {
        let answer = check(" ", r#""/p/project.yaml""#, 7, 9);
        assert!(answer.contains(r#""message": "the text is empty""#));
        assert!(answer.contains(r#""file": "/p/project.yaml", "line": 7, "column": 9}"#));
    }

    #[test]
    fn the_text_goes_into_the_layer() {
        let answer = plan(r#""hello""#);
        assert!(answer.contains(r#""components": {"text": "hello"}"#));
        assert!(answer.contains(r#""set": {"@VARIABLE@_TEXT": "hello"}"#));
        assert_eq!(answer, plan(r#""hello""#));
    }
}

//! The operations of `dotenv`: variables from a `.env` file.

mod dotenv;
#[rustfmt::skip]
mod generated;
mod json;

use dotenv::{File, Problem};
use generated::{Host, Op, Plugin, Sink, Status, View, OK};
use json::quoted;
use std::ffi::{c_void, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The file and its text, or why there is none.
fn read(root: &[u8], name: &str) -> (PathBuf, Result<String, String>) {
    let path = Path::new(OsStr::from_bytes(root)).join(name);
    let text = std::fs::read(&path).map_err(|error| {
        let reason = error.to_string();
        // Without the number that std puts behind it.
        format!(
            "cannot read `{name}`: {}",
            reason.split(" (os error").next().unwrap_or(&reason)
        )
    });
    let text = text.and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            format!("line {line} of `{name}` is not UTF-8")
        })
    });
    (path, text)
}

fn diagnostic(problem: &Problem, path: &str) -> String {
    format!(
        r#"{{"severity": "{}", "class": "input", "message": {}, "hint": {}, "file": {path}, "line": {}, "column": {}}}"#,
        if problem.is_error { "error" } else { "warning" },
        quoted(&problem.message),
        quoted(problem.hint),
        problem.line,
        problem.column
    )
}

/// The answer of `check`; `place` is where the file is named, as JSON.
fn check(root: &[u8], name: &str, place: &str) -> String {
    let (path, text) = read(root, name);
    let path = quoted(&path.to_string_lossy());
    let diagnostics: Vec<String> = match text {
        Ok(text) => File::parse(&text)
            .problems
            .iter()
            .map(|problem| diagnostic(problem, &path))
            .collect(),
        Err(message) => {
            vec![format!(
                r#"{{"severity": "error", "class": "input", "message": {}, {place}}}"#,
                quoted(&message)
            )]
        }
    };
    format!(
        r#"{{"diagnostics": [{}], "files": [{path}]}}"#,
        diagnostics.join(", ")
    )
}

/// The answer of `plan`, or why there is none. The contents of the file go into the layer's digest, as
/// one of its inputs; nothing is built.
fn plan(root: &[u8], name: &str) -> Result<String, String> {
    let (path, text) = read(root, name);
    let file = File::parse(&text?);
    if file.has_errors() {
        return Err(format!("`{name}` has lines that cannot be read"));
    }
    let path = quoted(&path.to_string_lossy());
    let set: Vec<String> = file
        .variables
        .iter()
        .map(|(name, value)| format!("{}: {}", quoted(name), quoted(value)))
        .collect();
    Ok(format!(
        r#"{{"diagnostics": [], "files": [{path}], "inputs": [{path}], "components": {{}}, "steps": [], "notes": [], "activation": {{"set": {{{}}}}}}}"#,
        set.join(", ")
    ))
}

/// Writes an answer; `instance` is the host's table, as `start` keeps it.
unsafe fn write(instance: *mut c_void, out: *mut Sink, answer: &str) -> Status {
    let host = &*instance.cast::<Host>();
    (host.write)(out, answer.as_ptr().cast(), answer.len() as u64)
}

unsafe extern "C" fn dotenv_check(
    name: *const View,
    root: *const View,
    file: *const View,
    line: u64,
    column: u64,
    out: *mut Sink,
    instance: *mut c_void,
) -> Status {
    let place = format!(
        r#""file": {}, "line": {line}, "column": {column}"#,
        (*file).text()
    );
    write(
        instance,
        out,
        &check((*root).bytes(), &(*name).text(), &place),
    )
}

unsafe extern "C" fn dotenv_plan(
    name: *const View,
    root: *const View,
    out: *mut Sink,
    op: *const Op,
    instance: *mut c_void,
) -> Status {
    match plan((*root).bytes(), &(*name).text()) {
        Ok(answer) => write(instance, out, &answer),
        Err(message) => {
            let host = &*instance.cast::<Host>();
            (host.fail)(
                op,
                c"input".as_ptr(),
                message.as_ptr().cast(),
                message.len() as u64,
            )
        }
    }
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

    /// A folder of the test's own, with a `.env`.
    fn folder(name: &str, text: &[u8]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("dotenv-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(".env"), text).unwrap();
        folder
    }

    #[test]
    fn variables_are_set_and_the_file_is_an_input() {
        let root = folder("set", b"A=\"x\\ty\"\n");
        let answer = plan(root.as_os_str().as_bytes(), ".env").unwrap();
        let path = quoted(&root.join(".env").to_string_lossy());
        assert!(answer.contains(r#""activation": {"set": {"A": "x\u0009y"}}"#));
        assert!(answer.contains(&format!(r#""inputs": [{path}]"#)));
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let root = folder("mistake", b"A=1\nB\n");
        let bytes = root.as_os_str().as_bytes();
        let path = quoted(&root.join(".env").to_string_lossy());
        assert!(check(bytes, ".env", "")
            .contains(&format!(r#""file": {path}, "line": 2, "column": 2}}"#)));
        assert_eq!(
            plan(bytes, ".env").unwrap_err(),
            "`.env` has lines that cannot be read"
        );
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_where_it_is_named() {
        let root = folder("unread", b"A=1\n\xff=2\n");
        let place = r#""file": "/p", "line": 4, "column": 11"#;
        let missing = check(root.as_os_str().as_bytes(), "none.env", place);
        assert!(missing.contains("\"cannot read `none.env`: No such file or directory\""));
        assert!(missing.contains(place));
        let answer = check(root.as_os_str().as_bytes(), ".env", place);
        assert!(answer.contains(r#""line 2 of `.env` is not UTF-8", "file": "/p""#));
        std::fs::remove_dir_all(root).unwrap();
    }
}

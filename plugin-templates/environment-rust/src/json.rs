//! As much of JSON as answers need.

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\n' => json.push_str("\\n"),
            character if character < ' ' => json.push_str(&format!("\\u{:04x}", character as u32)),
            character => json.push(character),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_would_end_the_string_is_escaped() {
        assert_eq!(
            super::quoted("a \"b\" \\ c\n\t"),
            r#""a \"b\" \\ c\n\u0009""#
        );
    }
}

//! Reading a `.env` file.

/// Something in a line that is not as it should be; line and column count from 1, in characters.
#[derive(Debug, PartialEq)]
pub struct Problem {
    pub is_error: bool,
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub hint: &'static str,
}

/// A file's variables, in the order of their lines, and everything that is wrong with it.
#[derive(Debug, Default, PartialEq)]
pub struct File {
    pub variables: Vec<(String, String)>,
    pub problems: Vec<Problem>,
}

impl File {
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.is_error)
    }

    /// Reads lines of `NAME=VALUE`; a value may stand in quotes, and `export` before a name.
    pub fn parse(text: &str) -> File {
        let mut file = File::default();
        let mut lines: Vec<usize> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            match Line::new(line).assignment() {
                Ok(None) => {}
                Ok(Some((name, value, column))) => {
                    if let Some(first) = file.variables.iter().position(|(other, _)| *other == name)
                    {
                        file.problems.push(Problem {
                            is_error: false,
                            line: index + 1,
                            column,
                            message: format!("`{name}` is set in line {} already", lines[first]),
                            hint: "the last line counts; leave the others out",
                        });
                        file.variables.remove(first);
                        lines.remove(first);
                    }
                    file.variables.push((name, value));
                    lines.push(index + 1);
                }
                Err((column, message, hint)) => {
                    file.problems.push(Problem {
                        is_error: true,
                        line: index + 1,
                        column,
                        message,
                        hint,
                    });
                }
            }
        }
        file
    }
}

type Fault = (usize, String, &'static str);

/// A line, and how far it is read.
struct Line {
    characters: Vec<char>,
    next: usize,
}

impl Line {
    fn new(text: &str) -> Line {
        Line {
            characters: text.chars().collect(),
            next: 0,
        }
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.next).copied()
    }

    fn take_while(&mut self, matches: impl Fn(char) -> bool) -> String {
        let start = self.next;
        while self.peek().is_some_and(&matches) {
            self.next += 1;
        }
        self.characters[start..self.next].iter().collect()
    }

    fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn fault<T>(
        &self,
        column: usize,
        message: impl Into<String>,
        hint: &'static str,
    ) -> Result<T, Fault> {
        Err((column + 1, message.into(), hint))
    }

    /// The name, the value and the column of the name; None for a line without any.
    fn assignment(mut self) -> Result<Option<(String, String, usize)>, Fault> {
        self.skip_space();
        if matches!(self.peek(), None | Some('#')) {
            return Ok(None);
        }
        let mut start = self.next;
        let mut name = self.word();
        if name == "export" && self.peek().is_some_and(char::is_whitespace) {
            self.skip_space();
            start = self.next;
            name = self.word();
        }
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() || !is_name || name.starts_with(|c: char| c.is_ascii_digit()) {
            let hint = "a name is letters, digits and `_`, and does not begin with a digit";
            return self.fault(start, format!("`{name}` is no name of a variable"), hint);
        }
        self.skip_space();
        if self.peek() != Some('=') {
            return self.fault(
                self.next,
                format!("there is no `=` behind `{name}`"),
                "write NAME=VALUE",
            );
        }
        self.next += 1;
        self.skip_space();
        let column = self.next;
        let value = self.value()?;
        // The host would put the layer's folder there.
        if value.contains("${prefix}") {
            return self.fault(
                column,
                "a value cannot have `${prefix}` in it",
                "choose another way to say it",
            );
        }
        Ok(Some((name, value, start + 1)))
    }

    fn word(&mut self) -> String {
        self.take_while(|c| c != '=' && !c.is_whitespace())
    }

    fn value(&mut self) -> Result<String, Fault> {
        match self.peek() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            _ => Ok(self.plain()),
        }
    }

    /// Up to the end of the line, or a comment with white space before it.
    fn plain(&mut self) -> String {
        let start = self.next;
        while let Some(character) = self.peek() {
            if character == '#'
                && (self.next == start || self.characters[self.next - 1].is_whitespace())
            {
                break;
            }
            self.next += 1;
        }
        let text: String = self.characters[start..self.next].iter().collect();
        text.trim_end().to_string()
    }

    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let start = self.next;
        let mut value = String::new();
        self.next += 1;
        loop {
            match self.peek() {
                None => {
                    return self.fault(
                        start,
                        format!("the {quote} is never closed"),
                        "close it in the same line",
                    );
                }
                Some(character) if character == quote => break,
                Some('\\') if quote == '"' => {
                    self.next += 1;
                    value.push(match self.peek() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(other @ ('"' | '\\' | '$')) => other,
                        _ => {
                            let hint = "there are \\n, \\t, \\\", \\\\ and \\$; single quotes take all as it stands";
                            return self.fault(self.next - 1, "this backslash begins no escape", hint);
                        }
                    });
                }
                Some(character) => value.push(character),
            }
            self.next += 1;
        }
        self.next += 1;
        self.skip_space();
        match self.peek() {
            None | Some('#') => Ok(value),
            Some(_) => self.fault(
                self.next,
                "there is text behind the closing quote",
                "put all of it into the quotes",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(text: &str) -> Vec<(String, String)> {
        let file = File::parse(text);
        assert_eq!(file.problems, []);
        file.variables
    }

    fn problem(text: &str) -> (usize, usize, String) {
        let mut file = File::parse(text);
        let problem = file.problems.remove(0);
        (problem.line, problem.column, problem.message)
    }

    #[test]
    fn values_are_what_they_look_like() {
        let text = "# a comment\n\nA=1\n  export B = two words # said\nC='$x \\n'\nD=\"a\\tb \\\"c\\\" \\$\" # end\nE=\nF=a#b\r\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "$x \\n"),
            ("D", "a\tb \"c\" $"),
            ("E", ""),
            ("F", "a#b"),
        ];
        assert_eq!(
            variables(text),
            expected.map(|(name, value)| (name.to_string(), value.to_string()))
        );
    }

    #[test]
    fn mistakes_are_told_with_their_columns() {
        assert_eq!(
            problem("A=1\n1B=2"),
            (2, 1, "`1B` is no name of a variable".into())
        );
        assert_eq!(
            problem("export my-name=2"),
            (1, 8, "`my-name` is no name of a variable".into())
        );
        assert_eq!(problem("=2"), (1, 1, "`` is no name of a variable".into()));
        assert_eq!(
            problem("NAME value"),
            (1, 6, "there is no `=` behind `NAME`".into())
        );
        assert_eq!(problem("A=\"é"), (1, 3, "the \" is never closed".into()));
        assert_eq!(
            problem("É='é' x"),
            (1, 1, "`É` is no name of a variable".into())
        );
        assert_eq!(
            problem("A='é' x"),
            (1, 7, "there is text behind the closing quote".into())
        );
        assert_eq!(
            problem(r#"A="\d""#),
            (1, 4, "this backslash begins no escape".into())
        );
        assert_eq!(
            problem("A=x${prefix}"),
            (1, 3, "a value cannot have `${prefix}` in it".into())
        );
    }

    #[test]
    fn the_last_of_two_counts_and_both_are_told() {
        let file = File::parse("A=1\nB=2\nA=3");
        assert_eq!(
            file.variables,
            [("B".into(), "2".into()), ("A".into(), "3".into())]
        );
        assert!(!file.has_errors());
        assert_eq!(
            problem("A=1\nB=2\nA=3"),
            (3, 1, "`A` is set in line 1 already".into())
        );
    }
}

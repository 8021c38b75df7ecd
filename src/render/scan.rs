//! Finds the variables of a template with their places. Handlebars' parser recurses without a limit and has only rough
//! places, so every template is scanned here before it is rendered.

/// A problem of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The number of characters that are marked.
    pub length: usize,
    /// The problem, in one sentence.
    pub message: &'static str,
    /// A suggestion what to write instead.
    pub help: &'static str,
}

/// The variables a template uses, each with line and column of its `{{`, in order.
pub fn variables_used(template: &str) -> Result<Vec<(String, usize, usize)>, Vec<TemplateProblem>> {
    let mut scan = Scan::default();
    for (index, line) in template.split('\n').enumerate() {
        scan.line(line, index + 1);
    }
    if scan.problems.is_empty() { Ok(scan.used) } else { Err(scan.problems) }
}

const ESCAPE: &str = "write `\\{{` for two literal braces";

/// Values in one line.
const MOST: usize = 100;
/// For each character of such a row, handlebars scans the rest of the row.
const TOO_MANY: &str = r"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\";

#[derive(Default)]
struct Scan {
    used: Vec<(String, usize, usize)>,
    problems: Vec<TemplateProblem>,
}

impl Scan {
    fn line(&mut self, text: &str, line: usize) {
        if let Some(at) = text.find(TOO_MANY) {
            let column = text[..at].chars().count() + 1;
            let message = "more than 64 backslashes in a row";
            return self.wrong((line, column, TOO_MANY.len()), message, "write fewer, or have the script make them");
        }
        let before = self.used.len();
        // Byte and column are carried along together, so that a long line is counted once.
        let (mut at, mut column) = (0, 1);
        while let Some(found) = text[at..].find("{{") {
            let before = &text[at..at + found];
            column += before.chars().count();
            let rest = &text[at + found..];
            let slashes = before.bytes().rev().take_while(|byte| *byte == b'\\').count();
            let length = match slashes {
                0 => self.tag(rest, line, column),
                1 => {
                    if rest.starts_with("{{{{") {
                        4
                    } else {
                        2
                    }
                }
                _ => {
                    self.wrong((line, column, 2), "several backslashes before `{{` can be read in two ways", ESCAPE);
                    2
                }
            };
            column += rest[..length].chars().count();
            at += found + length;
        }
        if self.used.len() - before > MOST {
            self.wrong(
                (line, 1, 1),
                "more than 100 values in one line",
                "break the line, or give the values names first",
            );
        }
    }

    /// Reads one `{{...}}`; its length in bytes.
    fn tag(&mut self, rest: &str, line: usize, column: usize) -> usize {
        let Some(close) = rest.find("}}") else {
            self.wrong((line, column, 2), "`{{` is not closed on its line", ESCAPE);
            return rest.len();
        };
        let inner = &rest[2..close.max(2)];
        let length = (close + 2).max(4).min(rest.len());
        let place = (line, column, rest[..length].chars().count());
        if inner.starts_with('{') {
            self.wrong(place, "`{{{name}}}` would put a value in without quoting it", "write {{name}}");
        } else if is_name(inner.trim()) {
            self.used.push((inner.trim().to_owned(), line, column));
        } else {
            self.wrong(place, "only `{{name}}` can stand between double braces", ESCAPE);
        }
        length
    }

    fn wrong(&mut self, (line, column, length): (usize, usize, usize), message: &'static str, help: &'static str) {
        // A file full of problems needs no full list.
        if self.problems.len() < 100 {
            self.problems.push(TemplateProblem { line, column, length, message, help });
        }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(template: &str) -> (usize, usize, usize, &'static str) {
        let problem = variables_used(template).unwrap_err().remove(0);
        (problem.line, problem.column, problem.length, problem.message)
    }

    #[test]
    fn finds_variables_with_places() {
        let used = variables_used("é {{a}}{{ b_1 }}\n\n\\{{no}} {{a}}}").unwrap();
        assert_eq!(used, [("a".into(), 1, 3), ("b_1".into(), 1, 8), ("a".into(), 3, 9)]);
    }

    #[test]
    fn refuses_all_else() {
        let only = "only `{{name}}` can stand between double braces";
        assert_eq!(problem("a\n {{#if x}}"), (2, 2, 9, only));
        assert_eq!(problem("{{a,b},c}}"), (1, 1, 10, only));
        assert_eq!(problem("{{}}"), (1, 1, 4, only));
        assert_eq!(problem("{{> x}}"), (1, 1, 7, only));
        assert_eq!(problem("{{x"), (1, 1, 2, "`{{` is not closed on its line"));
        assert_eq!(problem("{{x\n}}"), (1, 1, 2, "`{{` is not closed on its line"));
        assert_eq!(problem("{{{x}}}"), (1, 1, 6, "`{{{name}}}` would put a value in without quoting it"));
        assert_eq!(problem("\\\\{{x}}"), (1, 3, 2, "several backslashes before `{{` can be read in two ways"));
    }
}

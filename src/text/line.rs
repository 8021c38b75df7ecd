//! Single lines of a container's output: cut, with printable characters only.

use super::printable;

/// The longest line that a trainee is shown, in characters.
const LONGEST: usize = 300;

/// The last line that is not empty, cleaned; `None` if there is none.
#[must_use]
pub fn last_line(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    text.lines().rev().map(clean_line).find(|line| !line.is_empty())
}

/// One line without escape sequences and control characters, cut to a readable length.
#[must_use]
pub fn clean_line(line: &str) -> String {
    let clean = printable(line).replace(['\n', '\t'], " ").trim().to_string();
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_says_something_is_kept() {
        assert_eq!(last_line(b"first\nsecond\n\n  \n").as_deref(), Some("second"));
        assert_eq!(last_line(b"\n"), None);
    }

    #[test]
    fn escapes_and_control_characters_are_taken_out() {
        assert_eq!(clean_line("\u{1b}[31mred\u{1b}[0m\u{7}bell\u{202e}evil"), "redbellevil");
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let cut = clean_line(&"ü".repeat(400));
        assert_eq!(cut.chars().count(), LONGEST + 1);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        assert_eq!(last_line(b"bad \xff byte").as_deref(), Some("bad \u{fffd} byte"));
    }
}

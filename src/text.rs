//! Text that came from elsewhere, made fit for a terminal, a log or a report.

/// The text without terminal escapes and control characters; line ends and tabs stay.
///
/// A line that was written over itself with carriage returns becomes what was last to be seen.
#[must_use]
pub fn printable(text: &str) -> String {
    let text = anstream::adapter::strip_str(text).to_string();
    let lines = text.split('\n').map(|line| {
        let shown = line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
        shown.chars().filter(|c| *c == '\t' || !is_hostile(*c)).collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Control characters, those that turn or hide the text around them, and what is no character at all
/// (XML cannot hold it).
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// [`printable`] for text that comes in pieces. Carriage returns stay: nobody knows yet what comes after them.
#[derive(Default)]
pub struct Sieve {
    escapes: anstream::adapter::StripBytes,
    /// The beginning of a character.
    rest: Vec<u8>,
}

impl Sieve {
    /// What of the next piece may be shown.
    pub fn pass(&mut self, piece: &[u8]) -> String {
        self.rest.extend(self.escapes.strip_next(piece).flatten());
        let begun = self.rest.utf8_chunks().last().map_or(0, |last| {
            let error = str::from_utf8(last.invalid()).err();
            error.filter(|error| error.error_len().is_none()).map_or(0, |_| last.invalid().len())
        });
        let whole: Vec<u8> = self.rest.drain(..self.rest.len() - begun).collect();
        let shown = |c: &char| matches!(c, '\n' | '\t' | '\r') || !is_hostile(*c);
        String::from_utf8_lossy(&whole).chars().filter(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_pieces_is_sieved_like_the_whole() {
        let text = "ä\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}\u{9b}1\u{202e}€\r\n\t.".as_bytes();
        let whole = Sieve::default().pass(text);
        assert_eq!(whole, "äred1€\r\n\t.");
        for size in 1..8 {
            let mut sieve = Sieve::default();
            assert_eq!(text.chunks(size).map(|piece| sieve.pass(piece)).collect::<String>(), whole, "{size}");
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_left_out() {
        assert_eq!(
            printable("\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}bell\u{7}\u{0}\u{9b}\u{202e}\u{fffe}"),
            "red bell"
        );
        assert_eq!(printable("a\tb\r\nc\n"), "a\tb\nc\n");
    }

    #[test]
    fn only_the_last_state_of_a_progress_line_is_kept() {
        assert_eq!(printable("(Reading ... \r(Reading ... 5%\r(Reading ... 100%"), "(Reading ... 100%");
    }
}

//! Makes text from other sources harmless for terminals, logs and reports.

mod line;
mod time;

pub use line::{clean_line, last_line};
pub use time::{clock, duration, time_left};

/// The text without terminal escapes and control characters; line ends and tabs stay.
///
/// A line that was overwritten with carriage returns becomes the text that was visible last.
#[must_use]
pub fn printable(text: &str) -> String {
    let text = anstream::adapter::strip_str(text).to_string();
    let lines = text.split('\n').map(|line| {
        let shown = line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
        shown.chars().filter(|c| *c == '\t' || !is_hostile(*c)).collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a character is a control character, turns or hides the text around it, or is not allowed in XML.
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// [`printable`] text that no terminal, CI log or report executes.
#[must_use]
pub fn harmless(text: &str) -> String {
    defused(&printable(text))
}

/// Text for Markdown: escapes every character that Markdown or HTML could interpret.
#[must_use]
pub fn markdown_escaped(text: &str) -> String {
    let text = harmless(text).replace('\n', " ");
    let escape = |c: char| {
        let plain = c.is_alphanumeric() || c == ' ' || !c.is_ascii() || ",.:;/'-\"".contains(c);
        if plain { c.to_string() } else { format!("\\{c}") }
    };
    text.chars().map(escape).collect::<Vec<_>>().concat()
}

/// The text with a space inserted into everything that a CI runner takes for a command in its log: `::` at the beginning
/// of a line (GitHub), `##[` and `##name[` anywhere (GitHub, Azure, `TeamCity`), `[[ATTACHMENT|` anywhere (`GitLab` and
/// Jenkins, in `JUnit`). Invisible characters do not hide a command, because some runners ignore them.
#[must_use]
pub fn defused(text: &str) -> String {
    text.split_inclusive(['\n', '\r']).map(defused_line).collect()
}

/// JSON with the same data, in which no runner finds a command: no line begins with a string.
#[must_use]
pub fn defused_json(json: &str) -> String {
    json.replace("##", "#\\u0023")
}

fn defused_line(line: &str) -> String {
    let seen = seen(line);
    let begin = seen.iter().position(|(_, c)| !c.is_whitespace()).unwrap_or(seen.len());
    let mut out = String::with_capacity(line.len() + 1);
    let mut from = 0;
    for place in 0..seen.len() {
        if acts(&seen[place..], place == begin) {
            let end = seen[place].0 + seen[place].1.len_utf8();
            out.push_str(&line[from..end]);
            out.push(' ');
            from = end;
        }
    }
    out + &line[from..]
}

/// Whether a command begins here; `first` on its line.
fn acts(text: &[(usize, char)], first: bool) -> bool {
    let mut rest = text.iter().map(|(_, c)| c.to_ascii_uppercase());
    match (rest.next(), rest.next()) {
        (Some(':'), Some(':')) => first,
        (Some('#'), Some('#')) => rest.find(|c| !c.is_ascii_alphanumeric()) == Some('['),
        (Some('['), Some('[')) => rest.take(11).eq("ATTACHMENT|".chars()),
        _ => false,
    }
}

/// The visible characters with their places: without colours and invisible characters.
fn seen(line: &str) -> Vec<(usize, char)> {
    let (mut last, mut colour) = (' ', false);
    let shown = |(_, c): &(usize, char)| {
        let begins = last == '\u{1b}' && *c == '[';
        let shown = !begins && !colour && (*c == '\t' || !is_hostile(*c) && !is_ignored(*c));
        colour = begins || (colour && !c.is_ascii_alphabetic());
        last = *c;
        shown
    };
    line.char_indices().filter(shown).collect()
}

/// Characters that Unicode lets programs ignore when they show or compare text.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// [`printable`] for text that arrives in pieces. Carriage returns stay, because what follows them is not known yet.
#[derive(Default)]
pub struct Sieve {
    escapes: anstream::adapter::StripBytes,
    /// The beginning of a character.
    rest: Vec<u8>,
}

impl Sieve {
    /// The printable part of the next piece.
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

/// `1 hint`, `2 hints`.
#[must_use]
pub fn count(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use proptest::test_runner::{Config, RngSeed};

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

    #[test]
    fn no_runner_finds_a_command() {
        for (text, expected) in [
            ("::error::x", ": :error::x"),
            ("    ::add-mask::x\n\t::stop-commands::y", "    : :add-mask::x\n\t: :stop-commands::y"),
            ("\u{3000}\u{a0}\u{2003}::error::", "\u{3000}\u{a0}\u{2003}: :error::"),
            (":\u{ad}:error::", ": \u{ad}:error::"),
            ("\u{fe0f}::error::", "\u{fe0f}: :error::"),
            ("::::", ": :::"),
            ("ok ##[error]x ##vso[task.complete] ##TeamCity[x]", "ok # #[error]x # #vso[task.complete] # #TeamCity[x]"),
            ("###[x]", "## #[x]"),
            ("#\u{ad}#\u{2060}[x]", "# \u{ad}#\u{2060}[x]"),
            ("[[ATTACHMENT|/etc/passwd]]", "[ [ATTACHMENT|/etc/passwd]]"),
            ("x [[[attachment|a]]", "x [[ [attachment|a]]"),
            ("first\r::error::", "first\r: :error::"),
            ("\u{1b}[1m::error::\u{1b}[0m", "\u{1b}[1m: :error::\u{1b}[0m"),
            ("\u{1b}::error::", "\u{1b}: :error::"),
            (":\u{1b}[0m:error::", ": \u{1b}[0m:error::"),
        ] {
            assert_eq!(defused(text), expected, "{text:?}");
            assert_eq!(defused(expected), expected, "once is enough: {text:?}");
        }
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in [
            "PG::ConnectionBad: x",
            "ActiveRecord::Base",
            "listen [::]:80",
            "## Heading [1]",
            "####",
            "a ::1 b",
            "[[ -f x ]] || [[ATTACH]]",
            "a: : b\n\n\r\n",
            "",
        ] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn json_keeps_its_data() {
        let data = serde_json::json!({"##[a]": "##vso[x] ###[ \\##[ #"});
        let json = defused_json(&serde_json::to_string_pretty(&data).unwrap());
        assert!(!json.contains("##"), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), data);
    }

    /// Pieces of the commands that runners of CI jobs look for.
    const PIECES: &[&str] = &[
        ":",
        "::",
        "#",
        "##",
        "[",
        "vso",
        "[[",
        "ATTACHMENT",
        "|",
        " ",
        "\u{ad}",
        "\u{200b}",
        "\n",
        "\r",
        "\u{1b}[1m",
        "é",
    ];

    proptest! {
        #![proptest_config(Config { cases: 20_000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() })]

        /// No line holds a command as runners find it.
        #[test]
        fn no_text_is_too_strange(pieces in vec(select(PIECES), 0..12)) {
            let text = pieces.concat();
            let shown = harmless(&text);
            for line in shown.split(['\n', '\r']) {
                let seen: String = line.chars().filter(|c| *c != '\u{ad}').collect();
                let acts = ["##[", "##vso[", "[[ATTACHMENT|"].iter().any(|command| seen.contains(command));
                prop_assert!(!acts && !seen.trim_start().starts_with("::"), "{text:?} becomes {shown:?}");
            }
        }
    }
}

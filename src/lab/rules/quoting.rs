//! Rules for quotes in scripts. A value brings its own quotes; inside the author's quotes they would leave it bare.

/// The surroundings of a value, which brings its own quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// Plain script, where these quotes are wanted.
    Nothing,
    /// Inside quotes of the shell.
    Quotes,
    /// Inside quotes in the text of a here-document, which are the text's, as are the value's own.
    QuotedText,
}

/// The surroundings of these uses (line and column of each, in order) in a shell script.
///
/// Follows a shell's quotes, comments and command substitutions. In the text of a here-document the quotes of a value
/// are often meant, as in SQL, but not within others on its line.
pub(super) fn inside_quotes(script: &str, uses: &[(usize, usize)]) -> Vec<Within> {
    let mut lexer = Lexer { frames: vec![Frame::Bare { parens: 0, closes: ')' }], heredocs: Vec::new() };
    let mut found = Vec::with_capacity(uses.len());
    let mut uses = uses.iter().peekable();
    for (index, line) in script.split('\n').enumerate() {
        let of_line = std::iter::from_fn(|| uses.next_if(|(at, _)| *at == index + 1)).map(|(_, column)| *column);
        lexer.line(line, &of_line.collect::<Vec<_>>(), &mut found);
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// Plain script up to a closing character: of the whole, of `$(...)` or of backquotes.
    Bare {
        parens: usize,
        closes: char,
    },
    Single,
    Double,
}

struct Lexer {
    frames: Vec<Frame>,
    /// Words at which the here-documents begun end.
    heredocs: Vec<String>,
}

impl Lexer {
    fn line(&mut self, line: &str, uses: &[usize], found: &mut Vec<Within>) {
        if let Some(end) = self.heredocs.first() {
            if line.trim_start_matches('\t') == end {
                self.heredocs.remove(0);
            }
            let text: Vec<char> = line.chars().collect();
            found.extend(uses.iter().map(|column| within_text(&text, column - 1)));
            return;
        }
        let characters: Vec<char> = line.chars().collect();
        let mut begun = Vec::new();
        let mut done = 0;
        let mut at = 0;
        while at < characters.len() {
            while done < uses.len() && uses[done] <= at + 1 {
                found.push(if self.quoted() { Within::Quotes } else { Within::Nothing });
                done += 1;
            }
            if self.comment(&characters, at) {
                break;
            }
            if let Some((word, next)) = self.heredoc(&characters, at) {
                begun.push(word);
                at = next;
            } else {
                at += self.step(&characters, at);
            }
        }
        found.extend(uses[done..].iter().map(|_| Within::Nothing));
        self.heredocs = begun;
    }

    fn quoted(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Single | Frame::Double))
    }

    fn comment(&self, line: &[char], at: usize) -> bool {
        let word_begins = at == 0 || matches!(line[at - 1], ' ' | '\t' | ';' | '(' | '&' | '|');
        line[at] == '#' && word_begins && !self.quoted()
    }

    /// `<<WORD`, `<<-'WORD'`: the word, and where the line goes on.
    fn heredoc(&self, line: &[char], at: usize) -> Option<(String, usize)> {
        let here = line[at..].starts_with(&['<', '<']) && line.get(at + 2) != Some(&'<');
        if !here || self.quoted() || (at > 0 && line[at - 1] == '<') {
            return None;
        }
        let after = line[at + 2..].iter().position(|c| !matches!(c, '-' | ' '))? + at + 2;
        let ends = |c: &char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | ')' | '>' | '<');
        let end = line[after..].iter().position(ends).map_or(line.len(), |length| after + length);
        let word: String = line[after..end].iter().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
        (!word.is_empty()).then_some((word, end))
    }

    /// Takes one character, or two where the second has no meaning of its own.
    fn step(&mut self, line: &[char], at: usize) -> usize {
        let Some(frame) = self.frames.last().copied() else { return 1 };
        let next = line.get(at + 1).copied();
        match (frame, line[at]) {
            (Frame::Single, '\'') | (Frame::Double, '"') | (Frame::Bare { closes: '`', .. }, '`') => self.leave(),
            (Frame::Single, _) => {}
            (_, '\\') => return 2,
            (_, '$') if next == Some('(') => {
                self.frames.push(Frame::Bare { parens: 0, closes: ')' });
                return 2;
            }
            (_, '`') => self.frames.push(Frame::Bare { parens: 0, closes: '`' }),
            (Frame::Bare { parens, closes }, character) => self.bare(parens, closes, character),
            (Frame::Double, _) => {}
        }
        1
    }

    fn bare(&mut self, parens: usize, closes: char, character: char) {
        match character {
            '\'' => self.frames.push(Frame::Single),
            '"' => self.frames.push(Frame::Double),
            '(' => self.count(parens + 1, closes),
            ')' if parens == 0 && closes == ')' => self.leave(),
            ')' => self.count(parens.saturating_sub(1), closes),
            _ => {}
        }
    }

    /// The script itself is never left: a `)` of a `case` closes nothing.
    fn leave(&mut self) {
        if self.frames.len() > 1 {
            self.frames.pop();
        }
    }

    fn count(&mut self, parens: usize, closes: char) {
        if let Some(last) = self.frames.last_mut() {
            *last = Frame::Bare { parens, closes };
        }
    }
}

/// Whether the quotes that stand open before a use are closed after it. An apostrophe within a word is not a quote.
fn within_text(line: &[char], at: usize) -> Within {
    let in_word = |at: usize, to: usize| {
        line.get(at).zip(line.get(to)).is_some_and(|(a, b)| a.is_alphanumeric() && b.is_alphanumeric())
    };
    let is_quote =
        |at: usize| matches!(line[at], '"' | '\'') && (at == 0 || line[at - 1] != '\\' && !in_word(at - 1, at + 1));
    let mut open = None;
    for place in (0..at).filter(|place| is_quote(*place)) {
        open = match open {
            None => Some(line[place]),
            Some(quote) if quote == line[place] => None,
            other => other,
        };
    }
    let closed = open.is_some_and(|quote| (at..line.len()).any(|place| line[place] == quote && is_quote(place)));
    if closed { Within::QuotedText } else { Within::Nothing }
}

#[cfg(test)]
mod tests {
    use super::{Within, inside_quotes};
    use crate::render::variables_used;

    /// The variables of a script that stand inside quotes.
    fn quoted(script: &str) -> Vec<String> {
        within(script, Within::Quotes)
    }

    fn within(script: &str, what: Within) -> Vec<String> {
        let used = variables_used(script).unwrap();
        let places: Vec<(usize, usize)> = used.iter().map(|(_, line, column)| (*line, *column)).collect();
        let inside = inside_quotes(script, &places);
        assert_eq!(inside.len(), used.len());
        used.into_iter().zip(inside).filter(|(_, inside)| *inside == what).map(|((name, ..), _)| name).collect()
    }

    #[test]
    fn bare_values_are_fine() {
        for script in [
            "x={{a}}\necho \"$x\" {{a}} 'b'{{a}}\"c\"{{a}}",
            "echo \"$(grep {{a}} f)\" \"`id {{a}}`\"",
            "# it's a comment\necho {{a}} # don't\necho {{a}} ${#x} it\\'s {{a}}",
            "cat <<EOF > f\nit's {{a}}\nEOF\necho {{a}}",
            "psql <<-'SQL'\n\"{{a}}\n\tSQL\necho {{a}}",
            "case $x in 'a') echo {{a}} ;; b) (echo {{a}}) ;; esac",
            "cat <<<{{a}}\necho 'two\nlines' {{a}}",
        ] {
            assert_eq!(quoted(script), [""; 0], "{script}");
        }
    }

    #[test]
    fn values_inside_quotes_of_a_here_document_are_found() {
        for (text, found) in [
            ("port: \"{{a}}\"", true),
            ("  'port' => '{{a}}', 'x' => {{a}}", true),
            ("url \"http://host:{{a}}/\"", true),
            ("select {{a}} from x where y = {{a}} -- it's fine, isn't it", false),
            ("don't {{a}} can't", false),
            ("'a' {{a}} 'b'", false),
            ("\\\"{{a}} \"", false),
        ] {
            let script = format!("cat >f <<EOF\n{text}\nEOF\necho {{{{a}}}}\n");
            assert_eq!(within(&script, Within::QuotedText).len(), usize::from(found), "{text}");
            assert_eq!(quoted(&script), [""; 0], "{text}");
        }
    }

    #[test]
    fn values_inside_quotes_are_found() {
        assert_eq!(quoted("echo \"{{a}}\" '{{b}}' {{c}}"), ["a", "b"]);
        assert_eq!(quoted("echo \"$(id \"{{a}}\")\" 'x\n{{b}}'"), ["a", "b"]);
        assert_eq!(quoted("echo \"a\\\" {{a}}\" {{b}}"), ["a"]);
        assert_eq!(quoted("x=\"$(f ')' ) {{a}}\""), ["a"]);
    }
}

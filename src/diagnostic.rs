//! Problems of files that people write: each with its place, a message and a suggestion.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use crate::text::is_hostile;

/// Problems that are listed; further ones are only counted.
const MOST: usize = 100;
/// The widest source line that is shown whole; of a longer one, an excerpt around the place is shown.
const WIDEST: usize = 160;
/// Characters of a line before the place in such an excerpt.
const BEFORE: usize = 60;
/// The longest name that messages show whole.
const LONGEST_NAME: usize = 60;
/// Wider than any excerpt: the renderer must not cut it again.
const COLUMNS: usize = 4 * WIDEST;

/// One problem of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// File as the user can open it: `labs/nginx-502/lab.yaml`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The number of characters that are marked, on that line; at least 1.
    pub length: usize,
    /// The line, or an excerpt of a long one; `None` where the file could not be read.
    pub source: Option<Excerpt>,
    /// The problem, in one sentence.
    pub message: String,
    /// A suggestion what to write instead.
    pub help: Option<String>,
}

/// The part of a source line that a diagnostic shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Excerpt {
    /// The text, without control characters.
    pub text: String,
    /// The beginning of the place in the text, in characters from 0.
    pub offset: usize,
}

/// Whether a rendered diagnostic has terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderStyle {
    /// Text without escapes.
    Plain,
    /// Text with escapes for colours.
    Coloured,
}

/// A range of characters in one line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub line: usize,
    pub column: usize,
    pub length: usize,
}

impl Place {
    /// The place of a problem that concerns a file as a whole.
    pub const START: Self = Self { line: 1, column: 1, length: 1 };
}

/// A file under examination.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// As the user can open it.
    pub file: &'a str,
    pub text: &'a str,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<Diagnostic>,
    omitted: usize,
}

impl Problems {
    /// Notes a problem of a file at a place.
    pub fn add(&mut self, source: Source<'_>, place: Place, message: impl Into<String>, help: impl Into<String>) {
        if self.skip_if_full() {
            return;
        }
        let help = help.into();
        self.found.push(Diagnostic {
            file: source.file.to_owned(),
            line: place.line,
            column: place.column,
            length: place.length.max(1),
            source: source.text.lines().nth(place.line - 1).map(|line| Excerpt::of(line, place)),
            message: message.into(),
            help: (!help.is_empty()).then_some(help),
        });
    }

    /// Notes a problem of a file that has no text to show.
    pub fn add_whole(&mut self, file: &str, message: impl Into<String>, help: impl Into<String>) {
        self.add(Source { file, text: "" }, Place::START, message, help);
    }

    /// Whether the list is full; the problem at hand is then only counted.
    pub fn skip_if_full(&mut self) -> bool {
        let full = self.found.len() >= MOST;
        self.omitted += usize::from(full);
        full
    }

    /// The number of problems found.
    pub fn count(&self) -> usize {
        self.found.len() + self.omitted
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All problems: those of the file `first` first, each file's from top to bottom, none twice.
    pub fn into_sorted(mut self, first: &str) -> Vec<Diagnostic> {
        self.found
            .sort_by_cached_key(|problem| (problem.file != first, problem.file.clone(), problem.line, problem.column));
        self.found.dedup();
        if self.omitted > 0
            && let Some(last) = self.found.last().cloned()
        {
            let message = format!("{} more problems are not shown", self.omitted);
            self.found.push(Diagnostic {
                message,
                help: Some("correct the ones above first".into()),
                source: None,
                ..last
            });
        }
        self.found
    }
}

impl Excerpt {
    fn of(line: &str, place: Place) -> Self {
        let offset = place.column - 1;
        let from = if line.chars().nth(WIDEST).is_some() { offset.saturating_sub(BEFORE) } else { 0 };
        let mut text: String = line.chars().skip(from).take(WIDEST).map(visible).collect();
        if from > 0 {
            text.insert(0, '…');
        }
        if line.chars().nth(from + WIDEST).is_some() {
            text.push('…');
        }
        Self { text, offset: offset - from + usize::from(from > 0) }
    }

    /// The place in the text, in bytes.
    fn marked(&self, length: usize) -> Range<usize> {
        let byte = |index| self.text.char_indices().nth(index).map_or(self.text.len(), |(at, _)| at);
        byte(self.offset)..byte(self.offset + length)
    }
}

/// The name of a file in messages, and a suggestion how to save it in the right encoding.
#[derive(Debug)]
pub(crate) struct Encoded {
    /// The name: `lab file`.
    pub what: &'static str,
    pub help: &'static str,
}

/// The text of a file; if it is not UTF-8, notes the place up to which it is good.
pub(crate) fn utf8(bytes: Vec<u8>, file: &str, encoded: &Encoded, problems: &mut Problems) -> Option<String> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
    let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = Place { line: good.matches('\n').count() + 1, column, length: 1 };
    problems.add(Source { file, text: &good }, place, format!("the {} is not UTF-8", encoded.what), encoded.help);
    None
}

/// Such characters could drive the reader's terminal.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if is_hostile(c) => '\u{fffd}',
        c => c,
    }
}

/// A name from a file, for a message: in backquotes, on one line, not endless.
pub(crate) fn quote(name: &str) -> String {
    let mut short: String = name.chars().take(LONGEST_NAME).map(visible).collect();
    if name.chars().nth(LONGEST_NAME).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}

/// Names for a message: `` `a`, `b` and `c` ``, with that last joining word.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>, join: &str) -> String {
    let quoted: Vec<String> = names.into_iter().map(quote).collect();
    match quoted.split_last() {
        None => "nothing".into(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} {join} {last}", rest.join(", ")),
    }
}

/// The name nearest to a mistaken one, if any is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: String = name.chars().take(LONGEST_NAME).collect();
    // The first sees a different ending, the second exchanged letters in a short name.
    let score = |known: &str| {
        strsim::jaro_winkler(&name, known).max(strsim::normalized_damerau_levenshtein(&name, known) + 0.1)
    };
    let scored = known.into_iter().map(|candidate| (score(candidate), candidate));
    scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

/// The suggestion for a mistaken name: the nearest one, or all known ones.
pub(crate) fn did_you_mean(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {}?", quote(near)),
        None => format!("known here: {}", list(known.iter().copied(), "and")),
    }
}

impl Diagnostic {
    /// The problem as a person reads it, several lines without a final line break. Its first line begins with
    /// `file:line:column`, as editors understand it.
    #[must_use]
    pub fn render(&self, style: RenderStyle) -> String {
        let title = format!("{}:{}:{}: {}", self.file, self.line, self.column, self.message);
        let mut group = Group::with_title(Level::ERROR.no_name().primary_title(title));
        if let Some(source) = &self.source {
            let marked = AnnotationKind::Primary.span(source.marked(self.length));
            group = group.element(Snippet::source(&source.text).line_start(self.line).annotation(marked));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = match style {
            RenderStyle::Coloured => Renderer::styled(),
            RenderStyle::Plain => Renderer::plain(),
        };
        let shown = renderer.term_width(COLUMNS).render(&[group]);
        shown.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, place: Place) -> Diagnostic {
        let mut problems = Problems::default();
        problems.add(Source { file: "labs/x/lab.yaml", text }, place, "unknown key `hnits`", "did you mean `hints`?");
        problems.into_sorted("labs/x/lab.yaml").remove(0)
    }

    #[test]
    fn shows_the_place_the_line_and_the_suggestion() {
        let problem = one("a: 1\n  hnits: []\n", Place { line: 2, column: 3, length: 5 });
        let expected = "labs/x/lab.yaml:2:3: unknown key `hnits`\n  |\n2 |   hnits: []\n  |   ^^^^^\n  |\n  = help: did you mean `hints`?";
        assert_eq!(problem.render(RenderStyle::Plain), expected);
    }

    #[test]
    fn colours_only_add_escapes() {
        let problem = one("hnits: []", Place { line: 1, column: 1, length: 5 });
        let plain = anstream::adapter::strip_str(&problem.render(RenderStyle::Coloured)).to_string();
        assert_eq!(plain, problem.render(RenderStyle::Plain));
        assert_ne!(problem.render(RenderStyle::Coloured), plain);
    }

    #[test]
    fn the_caret_stands_under_the_place_after_wide_and_control_characters() {
        let problem = one("北京\u{1b}\thnits", Place { line: 1, column: 5, length: 5 });
        assert!(
            problem.render(RenderStyle::Plain).contains("1 | 北京\u{fffd} hnits\n  |       ^^^^^\n"),
            "{}",
            problem.render(RenderStyle::Plain)
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}hnits{}", "a".repeat(500), "b".repeat(500));
        let problem = one(&line, Place { line: 1, column: 501, length: 5 });
        let source = problem.source.unwrap();
        assert_eq!(source.text.chars().count(), 162);
        assert_eq!(source.text.chars().skip(source.offset).take(5).collect::<String>(), "hnits");
    }

    #[test]
    fn problems_beyond_the_limit_are_counted() {
        let mut problems = Problems::default();
        for line in 1..=150 {
            problems.add(Source { file: "f", text: "" }, Place { line, column: 1, length: 1 }, "bad", "");
        }
        let all = problems.into_sorted("f");
        assert_eq!((all.len(), all[100].message.as_str()), (101, "50 more problems are not shown"));
    }
}

//! The kinds of text in a file: what each may hold, for decoding and for the JSON Schema alike.

/// A problem of a text, and a suggestion what to write instead.
pub(crate) type Complaint = (&'static str, &'static str);

/// A kind of text, which decodes to a `T`.
#[derive(Debug)]
pub(crate) struct TextKind<T> {
    /// The same rule as in `parse`, as a regular expression for editors.
    pub pattern: &'static str,
    pub parse: fn(&str) -> Result<T, Complaint>,
    pub meaning: Meaning,
}

/// The things that a text refers to besides being a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It refers to nothing.
    Plain,
    /// Variables: `{{name}}` in it is replaced.
    Template,
    /// A script beside the file.
    Script,
    /// A text for people beside the file.
    Document,
}

impl<T> TextKind<T> {
    pub const fn plain(pattern: &'static str, parse: fn(&str) -> Result<T, Complaint>) -> Self {
        Self { pattern, parse, meaning: Meaning::Plain }
    }

    pub const fn referring(meaning: Meaning, pattern: &'static str, parse: fn(&str) -> Result<T, Complaint>) -> Self {
        Self { pattern, parse, meaning }
    }
}

/// Longest one-line text.
const LINE_LIMIT: usize = 80;
/// Longest name.
const NAME_LIMIT: usize = 40;

pub(crate) const EMPTY: Complaint = ("is empty", "write something, or leave the key out");
pub(crate) const BROKEN: Complaint = ("holds a line break", "put it on one line");

pub(crate) const NAME_PATTERN: &str = "^[a-z][a-z0-9-]{0,39}$";

/// Name of a lab, a class, a fault or a check.
pub(crate) static NAME: TextKind<String> = TextKind::plain(NAME_PATTERN, name);
/// One line, shown as it is.
pub(crate) static LINE: TextKind<String> = TextKind::plain(r"^(?!.*\{\{)(?=.*\S).{1,80}$", line);

/// The text itself if it is good, the complaint otherwise.
pub(crate) fn fits(text: &str, good: bool, complaint: Complaint) -> Result<String, Complaint> {
    if good { Ok(text.to_owned()) } else { Err(complaint) }
}

/// Decodes a name.
pub(crate) fn name(text: &str) -> Result<String, Complaint> {
    let good = text.starts_with(|c: char| c.is_ascii_lowercase()) && is_word(text, '-');
    fits(
        text,
        good,
        ("is not a name", "a name is a lower-case letter, then at most 39 lower-case letters, digits and `-`"),
    )
}

/// Whether a text is made of lower-case letters, digits and one more character, and not too long.
pub(crate) fn is_word(text: &str, extra: char) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == extra;
    text.chars().all(fits) && text.len() <= NAME_LIMIT
}

/// Whether a text contains a character that `.` in a regular expression does not match.
pub(crate) fn has_break(text: &str) -> bool {
    text.contains('\n')
}

fn line(text: &str) -> Result<String, Complaint> {
    if text.trim().is_empty() {
        Err(EMPTY)
    } else if has_break(text) {
        Err(BROKEN)
    } else if text.contains("{{") {
        Err(("is not a template", "values are put in only in scripts, texts, hints and what checks send and expect"))
    } else {
        fits(text, text.chars().count() <= LINE_LIMIT, ("is too long", "shorten it to 80 characters"))
    }
}

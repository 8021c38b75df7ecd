//! The kinds of text in a file: what each may hold, for the validator and for the JSON Schema alike.

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// Name of a lab, a fault or a check.
    Id,
    /// Name of a variable.
    Variable,
    /// A free word.
    Topic,
    /// One line, shown as it is.
    Line,
    /// Template, in a hint.
    Hint,
    /// Template, in a check.
    Template,
    /// Template, on one line, in a check.
    HeaderValue,
    /// Name of a request header.
    HeaderName,
    /// Template of a request's path.
    UrlPath,
    /// Absolute path in the box.
    BoxPath,
    /// Name of a setting in gitlab.rb.
    Setting,
    /// Permission bits.
    Mode,
    /// A script of the lab.
    Script,
    /// A Markdown text of the lab.
    Prose,
    /// A file, wherever it lies.
    File,
    /// IP address to listen on.
    Ip,
    /// Name or IP address of a machine.
    Host,
    /// What values are drawn from.
    Secret,
}

/// Longest one-line text.
const LINE: usize = 80;

impl Text {
    /// The same rule as [`Self::problem`], as a regular expression for editors.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Id => "^[a-z][a-z0-9-]{0,39}$",
            Self::Variable => "^[a-z][a-z0-9_]{0,39}$",
            Self::Topic => "^[a-z0-9][a-z0-9-]{0,39}$",
            Self::Line => r"^(?!.*\{\{)(?=.*\S).{1,80}$",
            Self::Hint | Self::Template => r"\S",
            Self::HeaderValue => r"^.*\S.*$",
            Self::HeaderName => "^[A-Za-z0-9!#$%&'*+.^_|~-]+$",
            Self::UrlPath => r"^/\S*$",
            Self::BoxPath => "^/.*[^/]$",
            Self::Setting => r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*$",
            Self::Mode => "^0[0-7]{3,4}$",
            Self::File => r"^[^\n]*\S[^\n]*$",
            Self::Ip => "^[0-9a-fA-F:.]{2,45}$",
            Self::Host => r"^[A-Za-z0-9:.-]{1,253}$",
            Self::Secret => r"^\S{8,200}$",
            Self::Script | Self::Prose => r"^(?!\.{1,2}(/|$))(?!.*/\.{1,2}(/|$))[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$",
        }
    }

    /// What is wrong with a text, and what to write instead.
    pub fn problem(self, text: &str) -> Option<(String, String)> {
        let (wrong, instead) = self.complaint(text)?;
        Some((wrong.to_owned(), instead.to_owned()))
    }

    fn complaint(self, text: &str) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Id => (!name(text, '-', false)).then_some((
                "is not a name",
                "a name is a small letter, then at most 39 small letters, digits and `-`",
            )),
            Self::Variable => (!name(text, '_', false)).then_some((
                "is not the name of a variable",
                "such a name is a small letter, then at most 39 small letters, digits and `_`",
            )),
            Self::Topic => (!name(text, '-', true))
                .then_some(("is not a topic", "a topic is one word of at most 40 small letters, digits and `-`")),
            Self::Line => line(text),
            Self::HeaderValue | Self::File if text.contains(is_break) => Some(BROKEN),
            Self::Hint | Self::Template | Self::HeaderValue | Self::File => text.trim().is_empty().then_some(EMPTY),
            Self::HeaderName => (text.is_empty() || !text.chars().all(header_char))
                .then_some(("is not the name of a header", "a header is named like `Private-Token`")),
            Self::UrlPath => url_path(text),
            Self::BoxPath => box_path(text),
            Self::Setting => (!setting(text)).then_some((
                "is not the name of a setting",
                "write gitlab_rails['backup_keep_time'] as gitlab_rails.backup_keep_time",
            )),
            Self::Mode => (!mode(text))
                .then_some(("is not a file mode", "write the permission bits in octal, in quotes: mode: \"0640\"")),
            Self::Script | Self::Prose => lab_path(text),
            Self::Ip => text.parse::<std::net::IpAddr>().is_err().then_some((
                "is no address of a machine",
                "write 0.0.0.0 for every address of this machine, 127.0.0.1 for itself alone",
            )),
            Self::Host => (!host(text))
                .then_some(("is no name or address of a machine", "write it without scheme and port: lab.example.org")),
            Self::Secret => (!(8..=200).contains(&text.chars().count()) || text.contains(char::is_whitespace))
                .then_some(("is no secret", "write 8 to 200 characters without blanks, or leave it out")),
        }
    }

    /// Whether `{{name}}` in it is replaced.
    pub fn is_template(self) -> bool {
        matches!(self, Self::Hint | Self::Template | Self::HeaderValue | Self::UrlPath)
    }
}

const EMPTY: (&str, &str) = ("is empty", "write something, or leave the key out");
const BROKEN: (&str, &str) = ("holds a line break", "put it on one line");

/// What regular expressions do not match with `.`.
fn is_break(c: char) -> bool {
    c == '\n'
}

fn name(text: &str, extra: char, digit_first: bool) -> bool {
    let first = |c: char| c.is_ascii_lowercase() || (digit_first && c.is_ascii_digit());
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == extra;
    text.starts_with(first) && text.chars().all(rest) && text.len() <= 40
}

fn header_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+.^_|~-".contains(c)
}

fn line(text: &str) -> Option<(&'static str, &'static str)> {
    if text.trim().is_empty() {
        Some(EMPTY)
    } else if text.contains(is_break) {
        Some(BROKEN)
    } else if text.contains("{{") {
        Some(("is not a template", "values are put in only in scripts, texts, hints and what checks send and expect"))
    } else if text.chars().count() > LINE {
        Some(("is too long", "shorten it to 80 characters"))
    } else {
        None
    }
}

fn url_path(text: &str) -> Option<(&'static str, &'static str)> {
    if !text.starts_with('/') {
        Some(("does not begin with `/`", "write the path on the server: /users/sign_in"))
    } else if text.contains(char::is_whitespace) {
        Some(("holds a blank", "write %20 for a blank, and {{name}} without blanks"))
    } else {
        None
    }
}

fn box_path(text: &str) -> Option<(&'static str, &'static str)> {
    let good = text.len() > 1 && text.starts_with('/') && !text.ends_with('/') && !text.contains(is_break);
    (!good).then_some(("is not the path of a file", "write an absolute path in the box: /etc/gitlab/gitlab.rb"))
}

fn host(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let named = !text.is_empty() && text.len() <= 253 && !text.starts_with(['-', '.']) && text.chars().all(fits);
    named || text.parse::<std::net::IpAddr>().is_ok()
}

fn setting(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let part = |part: &str| !part.is_empty() && part.chars().all(plain);
    let top = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let first = text.split('.').next().unwrap_or_default();
    first.starts_with(|c: char| c.is_ascii_lowercase()) && first.chars().all(top) && text.split('.').all(part)
}

fn mode(text: &str) -> bool {
    matches!(text.len(), 4 | 5) && text.starts_with('0') && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}

fn lab_path(text: &str) -> Option<(&'static str, &'static str)> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if text.starts_with('/') || text.split('/').any(|part| part == "..") {
        Some(("leaves the lab's folder", "name a file of the lab, relative to its folder: wrong/hand-edit.sh"))
    } else if text.split('/').any(|part| part.is_empty() || part == ".") {
        Some(("is not a plain path", "write it without empty parts and without `./`: wrong/hand-edit.sh"))
    } else if !text.chars().all(allowed) {
        Some(("is not a plain path", "use letters, digits, `.`, `_`, `-` and `/` only"))
    } else {
        None
    }
}

//! The kinds of text in a lab file, and choices that more than one part of it offers.

use super::path::LabPath;
use crate::id::{CheckId, FaultId, LabId};
use crate::platform::Scheme;
use crate::yaml::shape::Choice;
use crate::yaml::text::{BROKEN, Complaint, EMPTY, Meaning, NAME_PATTERN, TextKind, fits, has_break, is_word, name};

/// The schemes of an address.
pub(super) const SCHEMES: Choice<Scheme> = Choice(&[("http", Scheme::Http), ("https", Scheme::Https)]);
/// Name of the lab.
pub(crate) static LAB_ID: TextKind<LabId> = TextKind::plain(NAME_PATTERN, |text| name(text).map(LabId::new));
/// Name of a fault.
pub(super) static FAULT_ID: TextKind<FaultId> = TextKind::plain(NAME_PATTERN, |text| name(text).map(FaultId::new));
/// Name of a check.
pub(super) static CHECK_ID: TextKind<CheckId> = TextKind::plain(NAME_PATTERN, |text| name(text).map(CheckId::new));
/// Name of a variable.
pub(super) static VARIABLE: TextKind<String> = TextKind::plain("^[a-z][a-z0-9_]{0,39}$", variable);
/// A word to find a lab by.
pub(super) static TOPIC: TextKind<String> = TextKind::plain("^[a-z0-9][a-z0-9-]{0,39}$", topic);
/// A template of any length.
pub(super) static TEMPLATE: TextKind<String> = TextKind::referring(Meaning::Template, r"\S", template);
/// A template on one line.
pub(super) static HEADER_VALUE: TextKind<String> =
    TextKind::referring(
        Meaning::Template,
        r"^.*\S.*$",
        |text| if has_break(text) { Err(BROKEN) } else { template(text) },
    );
/// Name of a request header.
pub(super) static HEADER_NAME: TextKind<String> = TextKind::plain("^[A-Za-z0-9!#$%&'*+.^_|~-]+$", header_name);
/// Template of a request's path.
pub(super) static URL_PATH: TextKind<String> = TextKind::referring(Meaning::Template, r"^/\S*$", url_path);
/// Absolute path in the container.
pub(super) static CONTAINER_PATH: TextKind<String> = TextKind::plain("^/.*[^/]$", container_path);
/// Name of a setting in gitlab.rb.
pub(super) static SETTING: TextKind<String> = TextKind::plain(r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*$", setting);
/// Permission bits.
pub(super) static MODE: TextKind<u32> = TextKind::plain("^0[0-7]{3,4}$", mode);
/// A script of the lab.
pub(super) static SCRIPT: TextKind<LabPath> = TextKind::referring(Meaning::Script, LAB_PATH, lab_path);
/// A Markdown text of the lab.
pub(super) static PROSE: TextKind<LabPath> = TextKind::referring(Meaning::Document, LAB_PATH, lab_path);

const LAB_PATH: &str = r"^(?!\.{1,2}(/|$))(?!.*/\.{1,2}(/|$))[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$";

fn variable(text: &str) -> Result<String, Complaint> {
    let good = text.starts_with(|c: char| c.is_ascii_lowercase()) && is_word(text, '_');
    let help = "such a name is a lower-case letter, then at most 39 lower-case letters, digits and `_`";
    fits(text, good, ("is not the name of a variable", help))
}

fn topic(text: &str) -> Result<String, Complaint> {
    let good = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) && is_word(text, '-');
    fits(text, good, ("is not a topic", "a topic is one word of at most 40 lower-case letters, digits and `-`"))
}

fn template(text: &str) -> Result<String, Complaint> {
    fits(text, !text.trim().is_empty(), EMPTY)
}

fn header_name(text: &str) -> Result<String, Complaint> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+.^_|~-".contains(c);
    let good = !text.is_empty() && text.chars().all(allowed);
    fits(text, good, ("is not the name of a header", "a header is named like `Private-Token`"))
}

fn url_path(text: &str) -> Result<String, Complaint> {
    if !text.starts_with('/') {
        return Err(("does not begin with `/`", "write the path on the server: /users/sign_in"));
    }
    let good = !text.contains(char::is_whitespace);
    fits(text, good, ("holds a blank", "write %20 for a blank, and {{name}} without blanks"))
}

fn container_path(text: &str) -> Result<String, Complaint> {
    let good = text.len() > 1 && text.starts_with('/') && !text.ends_with('/') && !has_break(text);
    fits(text, good, ("is not the path of a file", "write an absolute path in the container: /etc/gitlab/gitlab.rb"))
}

fn setting(text: &str) -> Result<String, Complaint> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let part = |part: &str| !part.is_empty() && part.chars().all(plain);
    let top = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let first = text.split('.').next().unwrap_or_default();
    let good =
        first.starts_with(|c: char| c.is_ascii_lowercase()) && first.chars().all(top) && text.split('.').all(part);
    let help = "write gitlab_rails['backup_keep_time'] as gitlab_rails.backup_keep_time";
    fits(text, good, ("is not the name of a setting", help))
}

fn mode(text: &str) -> Result<u32, Complaint> {
    let octal = Some(text).filter(|text| matches!(text.len(), 4 | 5) && text.starts_with('0'));
    let octal = octal.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let complaint = ("is not a file mode", "write the permission bits in octal, in quotes: mode: \"0640\"");
    octal.and_then(|text| u32::from_str_radix(text, 8).ok()).ok_or(complaint)
}

fn lab_path(text: &str) -> Result<LabPath, Complaint> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if text.starts_with('/') || text.split('/').any(|part| part == "..") {
        Err(("leaves the lab's folder", "name a file of the lab, relative to its folder: wrong/hand-edit.sh"))
    } else if text.split('/').any(|part| part.is_empty() || part == ".") {
        Err(("is not a plain path", "write it without empty parts and without `./`: wrong/hand-edit.sh"))
    } else if text.chars().all(allowed) {
        Ok(LabPath(text.to_owned()))
    } else {
        Err(("is not a plain path", "use letters, digits, `.`, `_`, `-` and `/` only"))
    }
}

//! Normalizes scripts from other systems: Windows line ends, byte order marks, other encodings. Pure.

use crate::text::clean_line;

/// Extensions of scripts that may lack a `#!` line.
const SCRIPTS: [&str; 6] = ["sh", "bash", "rb", "py", "pl", "pm"];
/// Largest number of names in a note.
const NAMES: usize = 8;

/// How notes refer to the normalized files.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    /// The submission is a single file: "it".
    It,
    /// The names of the files.
    Names,
}

/// Normalizes scripts, and records which of them it changed.
#[derive(Debug, Default)]
pub(super) struct Normalizer {
    line_ends: Vec<String>,
    marks: Vec<String>,
}

/// Whether an interpreter is going to read a file.
pub(super) fn is_script(path: &str, bytes: &[u8]) -> bool {
    let (_, bytes) = without_mark(bytes);
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    bytes.starts_with(b"#!") || extension.is_some_and(|extension| SCRIPTS.contains(&extension.as_str()))
}

/// Rejects a script without an interpreter line.
pub(super) fn check_interpreter(name: &str, bytes: &[u8]) -> Result<(), String> {
    if bytes.starts_with(b"#!") {
        return Ok(());
    }
    let requirement = "its first line must be #! and an interpreter, such as #!/bin/bash";
    Err(format!("{} is not a script: {requirement}", clean_line(name)))
}

impl Normalizer {
    /// Converts a script to Unix line ends without a byte order mark. The error is a message for the trainee.
    pub fn normalize(&mut self, name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let name = clean_line(name);
        if is_utf16(&bytes) {
            return Err(format!("{name} is UTF-16, which no interpreter reads: save it as UTF-8"));
        }
        let (marked, bytes) = match without_mark(&bytes) {
            (true, rest) => (true, rest.to_vec()),
            (false, _) => (false, bytes),
        };
        if marked {
            self.marks.push(name.clone());
        }
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        match (has_other_line_ends(&bytes), is_text(&bytes)) {
            (true, true) => {
                self.line_ends.push(name);
                Ok(with_our_line_ends(&bytes))
            }
            (true, false) if first.starts_with(b"#!") && first.ends_with(b"\r") => {
                Err(format!("{name} has Windows line ends, and binary data: save it with Unix line ends"))
            }
            _ => Ok(bytes),
        }
    }

    /// Notes about the changes, as sentences without a full stop.
    pub fn notes(&self, subject: Subject) -> Vec<String> {
        let note = |names: &[String], what: &str| {
            let who = match subject {
                Subject::It => "it".into(),
                Subject::Names => listed(names),
            };
            (!names.is_empty()).then(|| format!("{who} {what}"))
        };
        let line_ends = note(&self.line_ends, "had Windows line ends, which were removed");
        let marks = note(&self.marks, "began with a byte order mark, which was removed");
        line_ends.into_iter().chain(marks).collect()
    }
}

fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMES);
    let shown = names.iter().take(NAMES).cloned();
    shown.chain((more > 0).then(|| format!("{more} more"))).collect::<Vec<_>>().join(", ")
}

fn without_mark(bytes: &[u8]) -> (bool, &[u8]) {
    bytes.strip_prefix(b"\xef\xbb\xbf").map_or((false, bytes), |rest| (true, rest))
}

/// Whether a text is UTF-16, with or without a byte order mark.
fn is_utf16(bytes: &[u8]) -> bool {
    [b"\xff\xfe".as_slice(), b"\xfe\xff", b"#\0!\0", b"\0#\0!"].iter().any(|begin| bytes.starts_with(begin))
}

/// Whether a text contains no control characters except white space.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= b' ' || b"\t\n\r\x0b\x0c\x1b\x08\x07".contains(byte))
}

/// Converts Windows line ends; also those of classic Mac OS, if the text has no others.
fn has_other_line_ends(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\r\n") || (bytes.contains(&b'\r') && !bytes.contains(&b'\n'))
}

fn with_our_line_ends(bytes: &[u8]) -> Vec<u8> {
    if !bytes.contains(&b'\n') {
        return bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect();
    }
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        // A file that was converted twice has several.
        while *byte == b'\n' && out.last() == Some(&b'\r') {
            out.pop();
        }
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(bytes: &[u8]) -> (Result<String, String>, Vec<String>) {
        let mut normalizer = Normalizer::default();
        let bytes = normalizer.normalize("fix.sh", bytes.to_vec());
        (bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()), normalizer.notes(Subject::It))
    }

    const LINE_ENDS: &str = "it had Windows line ends, which were removed";
    const MARK: &str = "it began with a byte order mark, which was removed";

    #[test]
    fn a_text_gets_our_line_ends_and_a_note() {
        for (bytes, text, notes) in [
            (b"#!/bin/sh\necho\n".as_slice(), "#!/bin/sh\necho\n", vec![]),
            (b"#!/bin/sh\r\necho\r\n", "#!/bin/sh\necho\n", vec![LINE_ENDS]),
            (b"#!/bin/sh\necho\r\n\r\nexit", "#!/bin/sh\necho\n\nexit", vec![LINE_ENDS]),
            (b"#!/bin/sh\r\r\necho a\rb\r\n", "#!/bin/sh\necho a\rb\n", vec![LINE_ENDS]),
            (b"#!/bin/sh\recho\r", "#!/bin/sh\necho\n", vec![LINE_ENDS]),
            (b"\xef\xbb\xbf#!/bin/sh\n", "#!/bin/sh\n", vec![MARK]),
            (b"\xef\xbb\xbf#!/bin/sh\r\n", "#!/bin/sh\n", vec![LINE_ENDS, MARK]),
            ("#!/bin/sh\r\necho Grüße 你好\r\n".as_bytes(), "#!/bin/sh\necho Grüße 你好\n", vec![LINE_ENDS]),
            (b"#!/bin/sh\r\n# gr\xfc\xdfe\r\n", "#!/bin/sh\n# gr\u{fffd}\u{fffd}e\n", vec![LINE_ENDS]),
            (b"printf 'a\rb'\n", "printf 'a\rb'\n", vec![]),
            (b"", "", vec![]),
            (b"\r", "\n", vec![LINE_ENDS]),
        ] {
            let (result, remarks) = normalized(bytes);
            assert_eq!(
                (result.as_deref(), remarks),
                (Ok(text), notes.into_iter().map(String::from).collect()),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn what_is_no_text_stays_as_it_is_or_is_refused() {
        let packed = b"#!/bin/sh\ntail -n +3 $0\n\x1f\x8b\x08\0\x01\r\n\x02\r\n";
        let mut all = Normalizer::default();
        assert_eq!(all.normalize("x", packed.to_vec()).unwrap(), packed);
        assert_eq!(all.notes(Subject::It), [""; 0]);
        let why = "x has Windows line ends, and binary data: save it with Unix line ends";
        assert_eq!(all.normalize("x", b"#!/bin/sh\r\n\0\r\n".to_vec()), Err(why.into()));
        let why = "x is UTF-16, which no interpreter reads: save it as UTF-8";
        for bytes in [b"\xff\xfe#\0!\0".as_slice(), b"\xfe\xff\0#\0!", b"#\0!\0/\0", b"\0#\0!\0/"] {
            assert_eq!(all.normalize("x", bytes.to_vec()), Err(why.into()), "{bytes:?}");
        }
    }

    #[test]
    fn notes_name_files_of_several_but_not_without_end() {
        let mut all = Normalizer::default();
        for number in 0..10 {
            all.normalize(&format!("{number}\u{1b}[2J.sh"), b"a\r\n".to_vec()).unwrap();
        }
        let expected =
            "0.sh, 1.sh, 2.sh, 3.sh, 4.sh, 5.sh, 6.sh, 7.sh, 2 more had Windows line ends, which were removed";
        assert_eq!(all.notes(Subject::Names), [expected]);
    }

    #[test]
    fn scripts_are_known_by_their_beginning_or_their_name() {
        for (path, bytes, expected) in [
            ("a", b"#!/bin/sh".as_slice(), true),
            ("a", b"\xef\xbb\xbf#!/bin/sh", true),
            ("lib/a.SH", b"", true),
            ("lib/a.rb", b"x", true),
            ("a.conf", b"x\r\n", false),
            ("a.tar.gz", b"\x1f\x8b", false),
        ] {
            assert_eq!(is_script(path, bytes), expected, "{path}");
        }
    }
}

//! Tables as spreadsheets write them: CSV with commas, semicolons or tabs. Pure.

use csv::{ReaderBuilder, StringRecord};

use crate::diagnostic::{Encoded, Place, Problems, Source, utf8};

const SAVE_AS_CSV: &str = "save it as `CSV UTF-8`";

/// The text of a table's file, in UTF-8 or in UTF-16 with a byte order mark, with Unix line ends. `None` with a problem
/// if it is neither.
pub(crate) fn text(bytes: Vec<u8>, file: &str, problems: &mut Problems) -> Option<String> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        problems.add_whole(file, "the roster is a workbook", SAVE_AS_CSV);
        return None;
    }
    let text = utf16(&bytes).or_else(|| utf8(bytes, file, &Encoded { what: "roster", help: SAVE_AS_CSV }, problems))?;
    Some(text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n"))
}

/// Decodes UTF-16 with a byte order mark, as spreadsheets write `Unicode text`.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, []) = bytes.as_chunks() else { return None };
    String::from_utf16(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>()).ok()
}

pub(crate) struct Sheet<'a> {
    pub source: Source<'a>,
    pub delimiter: char,
    /// The rows, without empty ones.
    pub records: Vec<StringRecord>,
}

impl<'a> Sheet<'a> {
    pub fn of(source: Source<'a>) -> Self {
        let first = source.text.lines().next().unwrap_or_default();
        // A spreadsheet may name its separator in a line of its own.
        let told = first.to_lowercase().strip_prefix("sep=").and_then(|rest| rest.chars().next());
        let told = told.filter(char::is_ascii);
        let most = [',', ';', '\t'].into_iter().rev().max_by_key(|delimiter| first.matches(*delimiter).count());
        let delimiter = told.or(most).unwrap_or(',');
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .from_reader(source.text.as_bytes());
        // Reading UTF-8 from memory cannot fail.
        let records = reader.records().filter_map(Result::ok).skip(usize::from(told.is_some()));
        let records = records.filter(|record| record.iter().any(|cell| !cell.trim().is_empty())).collect();
        Self { source, delimiter, records }
    }

    /// The place of a cell; a missing cell is at the end of its line.
    pub fn place(&self, record: &StringRecord, index: usize) -> Place {
        let from = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        let from = from + self.source.text[from..].len() - self.source.text[from..].trim_start_matches('\n').len();
        let (mut line, mut column) = (self.source.text[..from].matches('\n').count() + 1, 1);
        let (mut left, mut quoted, mut length) = (index, false, 0);
        for c in self.source.text[from..].chars() {
            match c {
                '"' => quoted = !quoted,
                '\n' if !quoted => break,
                c if c == self.delimiter && !quoted => {
                    if left == 0 {
                        break;
                    }
                    left -= 1;
                    column += 1;
                    continue;
                }
                '\n' if left == 0 => break,
                '\n' => {
                    line += 1;
                    column = 1;
                    continue;
                }
                _ => {}
            }
            if left == 0 {
                length += 1;
            } else {
                column += 1;
            }
        }
        Place { line, column, length: length.max(1) }
    }
}

/// The letters and digits of a column's head, in lower case.
pub(crate) fn letters(head: &str) -> String {
    head.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

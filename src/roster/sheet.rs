//! Tables as spreadsheets write them: CSV with commas, semicolons or tabs. Pure.

use csv::{ReaderBuilder, StringRecord};

use super::workbook;
use crate::diagnostic::{Encoded, Place, Problems, Source, utf8};

/// Separators of columns. A file can name another one.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// The text of a table's file, with Unix line ends: UTF-8, UTF-16, or a workbook, each row of which is a line. `None` with
/// a problem if it is none of these.
pub(crate) fn text(bytes: Vec<u8>, file: &str, problems: &mut Problems) -> Option<String> {
    if let Some(kind) = workbook::kind(&bytes) {
        return workbook::text(kind, bytes, file, problems);
    }
    let encoded = Encoded { what: "roster", help: workbook::SAVE_AS_CSV };
    let text = utf16(&bytes).or_else(|| utf8(bytes, file, &encoded, problems))?;
    Some(text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n"))
}

/// Decodes UTF-16: with a byte order mark, or with an ASCII character at its beginning.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] | [1..=255, 0, 1..=255, 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, 1..=255, 0, 1..=255, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, []) = bytes.as_chunks() else { return None };
    String::from_utf16(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>()).ok()
}

pub(super) struct Sheet<'a> {
    pub source: Source<'a>,
    pub delimiter: char,
    /// The rows, without empty ones.
    pub records: Vec<StringRecord>,
}

impl<'a> Sheet<'a> {
    /// The ways in which a text can be read as a table, the likeliest first.
    pub fn candidates(source: Source<'a>) -> Vec<Self> {
        let first = source.text.lines().next().unwrap_or_default();
        // A spreadsheet may name its separator in a line of its own.
        let told = first.to_lowercase().strip_prefix("sep=").and_then(|rest| rest.chars().next());
        if let Some(told) = told.filter(char::is_ascii) {
            return vec![Self::read(source, told, 1)];
        }
        let mut delimiters = DELIMITERS;
        delimiters.sort_by_key(|delimiter| std::cmp::Reverse(first.matches(*delimiter).count()));
        delimiters.map(|delimiter| Self::read(source, delimiter, 0)).into()
    }

    fn read(source: Source<'a>, delimiter: char, skipped: usize) -> Self {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .from_reader(source.text.as_bytes());
        // Reading UTF-8 from memory cannot fail.
        let records = reader.records().filter_map(Result::ok).skip(skipped);
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

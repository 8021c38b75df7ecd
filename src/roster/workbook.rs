//! Workbooks: `.xlsx` as text with one line a row, so that the numbers of lines are those of the rows. Pure.
//!
//! A file is untrusted: it is unpacked once, with a limit, before anything in it is read.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};
use zip::ZipArchive;

use super::ROSTER_LIMIT;
use super::head::likely_head;
use crate::diagnostic::{Problems, Source};

pub(super) const SAVE_AS_CSV: &str = "save it as `CSV UTF-8`";
const SAVE_AS_XLSX: &str = "save it as .xlsx or as `CSV UTF-8`";

/// Most bytes of a workbook, unpacked.
const UNPACKED: u64 = 32 * 1024 * 1024;
/// Most bytes of text in a sheet.
const TEXT: usize = 4 * ROSTER_LIMIT;
/// Most rows and columns of a sheet.
const ROWS: u32 = 2000;
const COLUMNS: u32 = 500;
/// Sheets that are searched for a roster.
const SHEETS: usize = 20;

/// What a file that is no CSV is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A zip archive: most kinds of workbooks, documents, and archives.
    Zip,
    /// The container of old Office files and of encrypted new ones.
    Ole,
    Pdf,
    /// Text with tags; some systems call it `.xls`.
    Markup,
}

/// The kind of such a file; `None` if it may be CSV.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(Kind::Ole),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
        _ => {
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
            text.starts_with(b"<").then_some(Kind::Markup)
        }
    }
}

type Archive = ZipArchive<Cursor<Vec<u8>>>;
type Book = Xlsx<Cursor<Vec<u8>>>;
/// What is wrong with a workbook, and what to do about it.
type Refusal = (String, &'static str);

/// The text of a workbook's sheet with the roster; if it cannot be read, `None` with a problem.
pub(super) fn text(kind: Kind, bytes: Vec<u8>, file: &str, problems: &mut Problems) -> Option<String> {
    let read = match kind {
        Kind::Zip => read(bytes),
        Kind::Ole => Err(("the roster is an old or an encrypted workbook".into(), SAVE_AS_XLSX)),
        Kind::Markup => Err(("the roster is an HTML or XML file".into(), SAVE_AS_XLSX)),
        Kind::Pdf => Err(("the roster is a PDF file".into(), "export it as `CSV UTF-8` where it comes from")),
    };
    read.map_err(|(message, help)| problems.add_whole(file, message, help)).ok()
}

fn read(bytes: Vec<u8>) -> Result<String, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    is_xlsx(&mut archive)?;
    fits(&mut archive)?;
    let bytes = archive.into_inner();
    let mut book: Book = Xlsx::new(bytes).map_err(|_| damaged())?;
    best(&mut book)
}

fn damaged() -> Refusal {
    ("the roster is a damaged workbook".to_owned(), SAVE_AS_XLSX)
}

/// The first sheet that has a line with the names of columns; else what is in the first one that is not empty.
fn best(book: &mut Book) -> Result<String, Refusal> {
    let shown = |sheet: &&Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    let names: Vec<String> = book.sheets_metadata().iter().filter(shown).map(|sheet| sheet.name.clone()).collect();
    let mut other = None;
    for name in names.iter().take(SHEETS) {
        match lines(book, name) {
            Ok(text) if likely_head(Source { file: "", text: &text }) => return Ok(text),
            Ok(text) if text.trim().is_empty() => {}
            read => other = other.or(Some(read)),
        }
    }
    other.unwrap_or_else(|| Ok(String::new()))
}

/// Refuses other files that are zip archives, by what is in them.
fn is_xlsx(archive: &mut Archive) -> Result<(), Refusal> {
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        return Ok(());
    }
    let message = if has("xl/workbook.bin") {
        "the roster is a binary workbook (.xlsb)"
    } else if has("content.xml") {
        "the roster is an OpenDocument file (.ods)"
    } else if has("Index/Document.iwa") {
        "the roster is a Numbers document"
    } else {
        "the roster is an archive and no workbook"
    };
    Err((message.into(), SAVE_AS_XLSX))
}

/// Unpacks everything once, because the sizes that an archive states may be wrong.
fn fits(archive: &mut Archive) -> Result<(), Refusal> {
    let mut left = UNPACKED;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(|_| damaged())?;
        left -= io::copy(&mut entry.take(left), &mut io::sink()).map_err(|_| damaged())?;
        if left == 0 {
            return Err((format!("the roster is larger than {} MiB when it is unpacked", UNPACKED >> 20), SAVE_AS_CSV));
        }
    }
    Ok(())
}

/// The lines of a sheet; cells are read one by one, so that a far one takes no memory for those before it.
fn lines(book: &mut Book, name: &str) -> Result<String, Refusal> {
    let broken = |_: XlsxError| (format!("the sheet {} cannot be read", crate::diagnostic::quote(name)), SAVE_AS_CSV);
    let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
    let mut text = Lines::default();
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let value = value(cell.get_value());
        if !value.trim().is_empty() {
            text.add(row, column, &value)?;
        }
    }
    Ok(text.done())
}

/// CSV in the making.
#[derive(Default)]
struct Lines {
    text: String,
    row: u32,
    column: u32,
}

impl Lines {
    /// Adds a cell. Cells come in the order of their rows and columns; in a file where they do not, they move on.
    fn add(&mut self, row: u32, column: u32, value: &str) -> Result<(), Refusal> {
        if row >= ROWS {
            return Err((
                format!("the roster has more than {ROWS} rows"),
                "remove what is below the people, or make several classes of it",
            ));
        }
        if column >= COLUMNS {
            return Err((format!("the roster has more than {COLUMNS} columns"), "remove those that are not needed"));
        }
        while self.row < row {
            self.text.push('\n');
            (self.row, self.column) = (self.row + 1, 0);
        }
        while self.column < column {
            self.text.push(',');
            self.column += 1;
        }
        self.text.push_str(&quoted(value));
        if self.text.len() > TEXT {
            return Err((format!("the roster holds more than {} MiB of text", TEXT >> 20), SAVE_AS_CSV));
        }
        Ok(())
    }

    fn done(self) -> String {
        self.text + "\n"
    }
}

/// A value for one cell on one line.
fn quoted(value: &str) -> String {
    let line = value.replace(['\r', '\n'], " ");
    if line.contains([',', '"']) { format!("\"{}\"", line.replace('"', "\"\"")) } else { line }
}

/// A cell as a person would type it.
fn value(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::SharedString(text) => (*text).to_owned(),
        // Whole numbers, such as ids, are without a decimal point.
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) => at.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use proptest::sample::select;
    use proptest::test_runner::{Config, RngSeed};
    use zip::write::SimpleFileOptions;

    use super::*;

    /// A workbook with one sheet.
    fn workbook(cells: &str, strings: &str) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let ids = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let of = "http://schemas.openxmlformats.org/package/2006/relationships";
        let files = [
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{of}"><Relationship Id="rId1" Type="{ids}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{main}" xmlns:r="{ids}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{of}"><Relationship Id="rId1" Type="{ids}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(r#"<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>"#),
            ),
            ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{main}">{strings}</sst>"#)),
        ];
        let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, text) in files {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_row_is_a_line_and_numbers_are_as_people_type_them() {
        let cells = r#"<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="inlineStr"><is><t>a, "b"</t></is></c></row><row r="4"><c r="B4"><v>4711</v></c><c r="C4"><v>9.5</v></c><c r="D4" t="e"><v>#N/A</v></c></row>"#;
        let text = read(workbook(cells, "<si><t>Ada&#10;Lovelace</t></si>")).unwrap();
        assert_eq!(text, "\nAda Lovelace,,\"a, \"\"b\"\"\"\n\n,4711,9.5\n");
    }

    #[test]
    fn a_cell_far_away_is_refused_and_takes_no_memory() {
        for (cell, why) in [("A1048576", "rows"), ("XFD1", "columns")] {
            let cells = format!(r#"<row r="1"><c r="{cell}"><v>1</v></c></row>"#);
            assert!(read(workbook(&cells, "")).unwrap_err().0.ends_with(why), "{cell}");
        }
    }

    const PIECES: &[&str] = &[
        "<row>",
        "</row>",
        r#"<row r="1">"#,
        r#"<row r="0">"#,
        r#"<row r="99999999999">"#,
        "<c>",
        "</c>",
        r#"<c r="A1">"#,
        r#"<c r="B0">"#,
        r#"<c r="ZZZZZZZZ9" t="s">"#,
        r#"<c r="7A" t="d">"#,
        r#"<c r="" t="b">"#,
        r#"<c r="A1" s="9" t="n">"#,
        "<v>",
        "</v>",
        "<v/>",
        "-1",
        "4294967296",
        "1e308",
        "x",
        "<f>",
        "</f>",
        "<is>",
        "<t>",
        "</t>",
        "<si>",
        "</si>",
        "&#0;",
        "&x;",
    ];

    proptest! {
        #![proptest_config(Config { cases: 2000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() })]

        /// Whatever a workbook is made of, reading it ends.
        #[test]
        fn no_workbook_is_too_strange(cells in prop::collection::vec(select(PIECES), 0..30), strings in prop::collection::vec(select(PIECES), 0..8)) {
            let _ = read(workbook(&cells.concat(), &strings.concat()));
        }
    }
}

//! Pages printed by a browser, and what is where on the sheets. Poppler's `pdftotext` reads them.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::json;

use super::browser::Browser;

/// A kind of paper, in inches.
pub struct Paper {
    pub name: &'static str,
    width: f64,
    height: f64,
}

pub const PAPERS: [Paper; 2] =
    [Paper { name: "a4", width: 8.27, height: 11.69 }, Paper { name: "letter", width: 8.5, height: 11.0 }];

/// A word on a sheet, in points from its upper left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    pub text: String,
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A printed sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub width: f64,
    pub height: f64,
    pub words: Vec<Word>,
}

impl Paper {
    /// Prints a file and keeps the result at `kept`.
    pub fn print(&self, browser: &mut Browser, page: &Path, kept: &Path) -> Vec<Sheet> {
        browser.open(&format!("file://{}", page.display()));
        let paper = json!({
            "printBackground": true, "preferCSSPageSize": true, "paperWidth": self.width, "paperHeight": self.height,
        });
        let pdf = BASE64_STANDARD.decode(browser.ask("Page.printToPDF", &paper)["data"].as_str().unwrap()).unwrap();
        std::fs::File::create(kept).unwrap().write_all(&pdf).unwrap();
        sheets(kept)
    }
}

/// Reads a PDF file.
fn sheets(pdf: &Path) -> Vec<Sheet> {
    let read = Command::new("pdftotext").arg("-bbox").args([pdf, Path::new("-")]).output();
    let read = read.expect("this test needs Poppler's pdftotext");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    // What no font has is written as characters that XML does not allow.
    let text: String =
        String::from_utf8_lossy(&read.stdout).chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let mut reader = Reader::from_str(&text);
    let mut sheets: Vec<Sheet> = vec![];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) if element.name().as_ref() == b"page" => {
                sheets.push(Sheet {
                    width: number(&element, "width"),
                    height: number(&element, "height"),
                    words: vec![],
                });
            }
            Event::Start(element) if element.name().as_ref() == b"word" => {
                let text = reader.read_text(element.name()).unwrap().decode().unwrap().into_owned();
                sheets.last_mut().unwrap().words.push(word(&element, text));
            }
            Event::Eof => return sheets,
            _ => {}
        }
    }
}

fn word(element: &BytesStart<'_>, text: String) -> Word {
    let [left, top, right, bottom] = ["xMin", "yMin", "xMax", "yMax"].map(|name| number(element, name));
    Word { text, left, top, right, bottom }
}

fn number(element: &BytesStart<'_>, name: &str) -> f64 {
    let value = element.try_get_attribute(name).unwrap().expect("poppler writes it");
    std::str::from_utf8(&value.value).unwrap().parse().unwrap()
}

impl Sheet {
    /// Words that are not wholly within the margin, in points.
    pub fn outside(&self, margin: f64) -> Vec<&Word> {
        let inside = |word: &&Word| {
            word.left >= margin
                && word.right <= self.width - margin
                && word.top >= margin
                && word.bottom <= self.height - margin
        };
        self.words.iter().filter(|word| !inside(word)).collect()
    }

    /// Pairs of words that are printed over each other. Boxes are as high as the font's tallest letter, so lines may touch.
    pub fn overprinted(&self) -> Vec<(&Word, &Word)> {
        let pairs = self.words.iter().enumerate();
        pairs
            .flat_map(|(place, one)| self.words[place + 1..].iter().map(move |other| (one, other)))
            .filter(meet)
            .collect()
    }
}

fn meet((one, other): &(&Word, &Word)) -> bool {
    let across = one.right.min(other.right) - one.left.max(other.left);
    let down = one.bottom.min(other.bottom) - one.top.max(other.top);
    let lower = (one.bottom - one.top).min(other.bottom - other.top);
    // A letter with an outline is written twice.
    one.text != other.text && across > 0.5 && down > lower * 0.35
}

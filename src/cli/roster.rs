//! Rosters as commands read them and speak of them.

use std::path::Path;

use super::Ui;
use crate::error::{Error, Result};
use crate::roster::{ROSTER_LIMIT, Skipped, Why};

/// Lines that a note names; of more, only the number is told.
const NAMED: usize = 5;

/// The content of a roster, or why it cannot be read.
pub fn read_bounded(path: &Path) -> Result<Vec<u8>, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > ROSTER_LIMIT as u64 {
        return Err(format!("it is larger than {} KiB", ROSTER_LIMIT >> 10));
    }
    std::fs::read(path).map_err(|error| error.to_string())
}

/// The content of a roster that the command line names.
pub fn roster_bytes(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |why| Error::not_found(format!("the roster {} cannot be read: {why}", path.display()));
    read_bounded(path).map_err(unreadable)
}

/// Says which lines of a roster were left out, one note for each reason.
pub fn note_left_out(skipped: &[Skipped], ui: &Ui) {
    for why in Why::ALL {
        let lines: Vec<&Skipped> = skipped.iter().filter(|one| one.why == why).collect();
        if !lines.is_empty() {
            ui.note(&note(why, &lines));
        }
    }
}

fn note(why: Why, lines: &[&Skipped]) -> String {
    let named: Vec<String> = lines.iter().take(NAMED).map(|one| format!("line {} ({})", one.line, one.text)).collect();
    let more = lines.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("Left out of the roster, {}: {}{more}", why.as_str(), named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_the_first_lines_and_counts_the_others() {
        let line = |line| Skipped { line, text: "Points".into(), why: Why::Placeholder };
        let lines: Vec<Skipped> = (1..=7).map(line).collect();
        let lines: Vec<&Skipped> = lines.iter().collect();
        let expected = "Left out of the roster, not a person: line 1 (Points), line 2 (Points), line 3 (Points), line 4 (Points), line 5 (Points) and 2 more";
        assert_eq!(note(Why::Placeholder, &lines), expected);
        assert_eq!(note(Why::Placeholder, &lines[..1]), "Left out of the roster, not a person: line 1 (Points)");
    }
}

//! Syntax errors of the YAML parser as messages with suggestions.

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::{Place, Problems, Source};

/// Notes a syntax error. Reading ends at it, so nothing after it is examined.
pub(crate) fn report(error: &ScanError, source: Source<'_>, problems: &mut Problems) {
    let marker = error.marker();
    let (message, help) = words(error.kind());
    let (line, column) = match help {
        SPACES => tab_from(source.text, marker.line().max(1)),
        _ => None,
    }
    .unwrap_or_else(|| on_a_line(source.text, marker.line().max(1), marker.col() + 1));
    problems.add(source, Place { line, column, length: 1 }, message, help);
}

const SPACES: &str = "indent with spaces";

/// The parser may stand at the end of what came before: finds the tab itself.
fn tab_from(text: &str, line: usize) -> Option<(usize, usize)> {
    text.lines().enumerate().skip(line - 1).find_map(|(index, text)| {
        let blank = text.split(|c: char| !c.is_whitespace()).next().unwrap_or_default();
        let before = blank.split_once('\t')?.0;
        Some((index + 1, before.chars().count() + 1))
    })
}

/// The end of the file is reported at the end of its last line, where there is something to see.
fn on_a_line(text: &str, line: usize, column: usize) -> (usize, usize) {
    let lines = text.lines().count();
    if line <= lines {
        return (line, column);
    }
    (lines.max(1), text.lines().last().map_or(0, |last| last.chars().count()) + 1)
}

fn words(kind: &ErrorKind) -> (String, &'static str) {
    let text = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::InvalidBlockEntryWhitespace
        | ErrorKind::InvalidMappingValueWhitespace
        | ErrorKind::TabInPlainScalar => {
            return ("a tab stands where YAML takes only spaces".into(), SPACES);
        }
        ErrorKind::RecursionLimitExceeded => {
            return ("values are nested too deeply".into(), "at most 16 levels are read");
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => (
            "YAML does not take a `:` here",
            "put a value that holds `: ` in quotes; check the indentation, and the brackets and quotes above",
        ),
        ErrorKind::UnclosedQuotedScalar => ("a quote is not closed", "add the closing quote"),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::MisplacedFlowCollectionEnd => {
            ("a bracket is not closed, or a comma is missing", "check that every `{` and `[` has its `}` and `]`")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            let help = "put a value that begins with `@`, `` ` `` or `%` in quotes";
            return (format!("YAML does not take {character:?} here"), help);
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey => {
            ("the indentation does not fit, or a `:` is missing", "align this line with its neighbours")
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => (
            "this is not an escape sequence of double-quoted text",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        other => return (format!("not valid YAML: {other}"), "the file is YAML 1.2"),
    };
    (text.0.into(), text.1)
}

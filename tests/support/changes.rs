//! Random mistakes in the files of a lab: by bytes, by words, by lines, and with parts of other labs.

use breakfix::lab::MemoryFiles;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Texts that tend to break parsers, put in place of words.
const WORDS: &[&str] = &[
    "",
    "{}",
    "[]",
    "~",
    "null",
    "true",
    "-1",
    "0",
    "1e9",
    ".nan",
    "0x10",
    "99999999999999999999",
    "&a",
    "*a",
    "!!str",
    "<<",
    "? a",
    "{{x}}",
    "{{url}}",
    "{{nonce}}",
    "\"{{url}}\"",
    "{{{x}}}",
    "{{#if x}}",
    "\\{{",
    "\\\\{{",
    "'",
    "\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "|",
    ">-",
    "- ",
    ": ",
    "#",
    "---",
    "...",
    "%YAML 1.2",
    "@",
    "`",
    "\t",
    "\r",
    "\u{feff}",
    "\u{1b}[31m",
    "é北京\u{202e}",
    "../x",
    "/etc/passwd",
    "a/./b",
    "[[[[[[[[",
    "[a, [b, {c: d}]]",
    "sign-in",
    "restart",
    "format",
    "checks",
    "id",
    "http",
    "probe",
    "pick",
    "word",
    "<<EOF",
    "$(",
    "`id`",
    "#!/bin/sh",
];

/// A change to one file of a lab. Positions fit files of any length.
#[derive(Clone, Debug)]
pub enum Change {
    Insert {
        at: Index,
        byte: u8,
    },
    Cut {
        from: Index,
        to: Index,
    },
    Flip {
        at: Index,
        bit: u32,
    },
    /// Replaces the word at a place.
    Word {
        at: Index,
        word: &'static str,
        times: usize,
    },
    Lines(LineChange, Index, Index),
    /// Replaces a part by a part of another lab's file.
    Splice {
        lab: Index,
        from: (Index, Index),
        to: (Index, Index),
    },
}

#[derive(Clone, Copy, Debug)]
pub enum LineChange {
    Remove,
    Repeat,
    Swap,
    Indent(u8),
    Dedent,
}

fn index() -> impl Strategy<Value = Index> {
    any::<Index>()
}

fn byte_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (index(), any::<u8>()).prop_map(|(at, byte)| Change::Insert { at, byte }),
        (index(), index()).prop_map(|(from, to)| Change::Cut { from, to }),
        (index(), 0..8_u32).prop_map(|(at, bit)| Change::Flip { at, bit }),
    ]
}

fn word_change() -> impl Strategy<Value = Change> {
    let times = prop_oneof![49 => Just(1_usize), 1 => Just(2000)];
    (index(), select(WORDS), times).prop_map(|(at, word, times)| Change::Word { at, word, times })
}

fn line_change() -> impl Strategy<Value = Change> {
    let change = prop_oneof![
        Just(LineChange::Remove),
        Just(LineChange::Repeat),
        Just(LineChange::Swap),
        select(&b" \t-"[..]).prop_map(LineChange::Indent),
        Just(LineChange::Dedent),
    ];
    (change, index(), index()).prop_map(|(change, a, b)| Change::Lines(change, a, b))
}

fn splice() -> impl Strategy<Value = Change> {
    let range = || (index(), index());
    (index(), range(), range()).prop_map(|(lab, from, to)| Change::Splice { lab, from, to })
}

/// A change and the file it is made to: mostly the lab file, which `None` stands for.
pub fn change() -> impl Strategy<Value = (Option<Index>, Change)> {
    let file = prop_oneof![3 => Just(None), 1 => index().prop_map(Some)];
    (file, prop_oneof![2 => byte_change(), 3 => word_change(), 2 => line_change(), 1 => splice()])
}

/// A position in so many bytes, or behind the last.
fn position(index: Index, length: usize) -> usize {
    index.index(length + 1)
}

fn range((a, b): (Index, Index), length: usize) -> std::ops::Range<usize> {
    let (a, b) = (position(a, length), position(b, length));
    a.min(b)..a.max(b)
}

/// Makes a change; a file that the lab lacks stays away.
pub fn spoil(files: &mut MemoryFiles, corpus: &[MemoryFiles], (file, change): &(Option<Index>, Change)) {
    let paths: Vec<String> = files.files.keys().cloned().collect();
    let path = file.as_ref().map_or("lab.yaml", |file| file.get(&paths).as_str());
    let Some(bytes) = files.files.get_mut(path) else { return };
    match change {
        Change::Insert { at, byte } => bytes.insert(position(*at, bytes.len()), *byte),
        Change::Cut { from, to } => drop(bytes.drain(range((*from, *to), bytes.len()))),
        Change::Flip { at, bit } => {
            let at = position(*at, bytes.len());
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
        }
        Change::Word { at, word, times } => replace_word(bytes, position(*at, bytes.len()), &word.repeat(*times)),
        Change::Lines(change, a, b) => change_lines(bytes, *change, (a, b)),
        Change::Splice { lab, from, to } => {
            let other = lab.get(corpus).files.get(path).cloned().unwrap_or_default();
            bytes.splice(range(*to, bytes.len()), other[range(*from, other.len())].iter().copied());
        }
    }
}

fn replace_word(bytes: &mut Vec<u8>, at: usize, word: &str) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    let start = bytes[..at].iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1);
    let length = bytes[start..].iter().position(|byte| !is_word(byte)).unwrap_or(bytes.len() - start);
    bytes.splice(start..start + length, word.bytes());
}

fn change_lines(bytes: &mut Vec<u8>, change: LineChange, (a, b): (&Index, &Index)) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (a, b) = (a.index(lines.len()), b.index(lines.len()));
    match change {
        LineChange::Remove => drop(lines.remove(a)),
        LineChange::Repeat => lines.insert(a, lines[b].clone()),
        LineChange::Swap => lines.swap(a, b),
        LineChange::Indent(byte) => lines[a].insert(0, byte),
        LineChange::Dedent => lines[a] = lines[a].iter().skip(1).copied().collect(),
    }
    *bytes = lines.join(&b'\n');
}

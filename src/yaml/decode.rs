//! The state and the results of decoding: values with their places, problems, and references.

use std::ops::Range;

use super::Language;
use super::text::Meaning;
use super::tree::Node;
use crate::diagnostic::{Place, Problems, Source};

/// A decoded value; `None` if something is wrong with it, which is noted.
pub(crate) type Decoded<T> = Option<T>;

/// A value and its place in the file.
#[derive(Debug, Clone)]
pub(crate) struct Spanned<T> {
    pub value: T,
    pub place: Place,
    /// The place in the source, in bytes.
    pub bytes: Range<usize>,
}

impl<T> Spanned<T> {
    pub fn at(node: &Node, value: T) -> Self {
        Self { value, place: node.place, bytes: node.bytes.clone() }
    }
}

/// A text that refers to variables or to a file.
#[derive(Debug)]
pub(crate) struct Reference {
    pub meaning: Meaning,
    /// `None` if it could not be decoded.
    pub text: Spanned<Option<String>>,
}

/// The name of a value in messages, and an example of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'n> {
    pub name: &'n str,
    pub example: &'n str,
}

/// The state of decoding a file.
pub(crate) struct Decoder<'a, 'p> {
    pub source: Source<'a>,
    pub language: &'static Language,
    pub problems: &'p mut Problems,
    /// All references so far, in the order of decoding.
    pub references: Vec<Reference>,
}

impl<'a, 'p> Decoder<'a, 'p> {
    pub fn new(source: Source<'a>, language: &'static Language, problems: &'p mut Problems) -> Self {
        Self { source, language, problems, references: vec![] }
    }

    pub fn wrong(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.problems.add(self.source, place, message, help);
    }
}

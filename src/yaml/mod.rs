//! Files that people write: the plain part of YAML. Every problem is found at once, each with its place
//! and a suggestion.
//!
//! Text becomes a tree that knows where everything stands (`reader`, `tree`). A format is made of shapes: those of
//! values (`shape`, with the kinds of text in `text`), of collections (`collection`) and of mappings with fixed keys
//! (`form`). A shape decodes a part of the tree into a typed value, noting what is wrong in it (`decode`), and describes
//! itself in a JSON Schema for editors (`schema`).

pub(crate) mod collection;
pub(crate) mod decode;
pub(crate) mod form;
pub(crate) mod reader;
pub(crate) mod schema;
pub(crate) mod shape;
mod syntax;
pub(crate) mod text;
pub(crate) mod tree;

/// A language of files, for messages.
#[derive(Debug)]
pub(crate) struct Language {
    /// The name of its files: `lab`, `class`.
    pub name: &'static str,
    /// A suggestion how to begin such a file.
    pub begin: &'static str,
}

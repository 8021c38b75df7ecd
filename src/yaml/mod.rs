//! Files that people write: the plain part of YAML, read so that every problem is found at once, each with its place
//! and its mend.
//!
//! Text becomes a tree that knows where everything stands (`reader`, `tree`), which is compared with the one table of
//! its format (made of `shape` and `words`; `check` compares, and `schema` makes a JSON Schema of it).

pub(crate) mod check;
pub(crate) mod reader;
pub(crate) mod schema;
pub(crate) mod shape;
mod syntax;
pub(crate) mod tree;
pub(crate) mod words;

//! The raw reports of the examiner.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What our program in the examining container reports (`templates/grade/examine.rb`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Examined {
    pub changed: Vec<Changed>,
    pub definitions: Vec<String>,
    pub environments: BTreeMap<String, String>,
}

/// What the program reports of the container's processes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Looked {
    pub running: Vec<Running>,
    pub impostors: Vec<Impostor>,
    pub listeners: Vec<Listener>,
    pub stale: Vec<Stale>,
}

/// A file that has changed since a service read it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Stale {
    pub service: String,
    pub path: String,
}

/// A program that a supervisor runs in place of its service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Impostor {
    pub service: String,
    pub program: String,
}

/// Who listens where a service does, and is not that service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Listener {
    /// A port, or the path of a socket.
    pub place: String,
    pub service: String,
    /// Empty if it has ended.
    pub program: String,
}

/// A file or folder that was touched since it was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Changed {
    pub path: String,
    /// How it differs from the image's; nothing if it was put back.
    pub what: Vec<Difference>,
    /// Touched since the grading began.
    pub during: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Difference {
    Added,
    /// Beside another program of its name, and found before it.
    Shadows,
    Missing,
    Type,
    Owner,
    Mode,
    Content,
}

/// Processes of one service that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Running {
    pub service: String,
    /// Programs and libraries that the image does not have.
    pub foreign: Vec<String>,
    pub root: String,
    pub loader: BTreeMap<String, String>,
}

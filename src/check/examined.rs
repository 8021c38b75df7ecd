//! Raw reports of the examiner.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Report of our program in the examining container (`templates/grade/examine.rb`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Examined {
    pub changed: Vec<Changed>,
    pub definitions: Vec<String>,
    pub environments: BTreeMap<String, String>,
}

/// The part of the report about processes.
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

/// A process that listens in place of a service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Listener {
    /// A port, or the path of a socket.
    pub place: String,
    pub service: String,
    /// Program of the process; empty if it has ended.
    pub program: String,
}

/// A file or folder that was changed after the hand-over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Changed {
    pub path: String,
    /// Differences from the image; empty if it was restored.
    pub what: Vec<Difference>,
    /// Whether it was changed after the grading began.
    pub during: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Difference {
    Added,
    /// Whether it hides another program of the same name in `PATH`.
    Shadows,
    Missing,
    Type,
    Owner,
    Mode,
    Content,
}

/// Equal processes of one service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Running {
    pub service: String,
    /// Programs and libraries that are not in the image.
    pub foreign: Vec<String>,
    pub root: String,
    pub loader: BTreeMap<String, String>,
}

//! The systems whose exports are recognised, and what a gradebook needs to take one back. Pure.

use serde::{Deserialize, Serialize};

use super::columns::letters;

/// A system that wrote a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Canvas, gradebook or people.
    Canvas,
    /// Moodle, participants or grades or users.
    Moodle,
    /// Blackboard.
    Blackboard,
    /// Brightspace of D2L.
    Brightspace,
    /// Google Classroom.
    GoogleClassroom,
    /// GitHub Classroom.
    GithubClassroom,
    /// Gradescope.
    Gradescope,
    /// Schoology.
    Schoology,
    /// Zoom, participants of a meeting or a webinar.
    Zoom,
    /// Microsoft Teams, attendance of a meeting.
    Teams,
}

/// A person's line in the export of a system, for a gradebook of the same system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Which system wrote it.
    pub system: System,
    /// Names and values of the columns that say who the person is, as the system wrote them.
    pub columns: Vec<(String, String)>,
}

impl Origin {
    /// The value of the column with this name, in any notation.
    #[must_use]
    pub fn value(&self, head: &str) -> Option<&str> {
        let named = |column: &&(String, String)| letters(&column.0) == letters(head);
        self.columns.iter().find(named).map(|(_, value)| value.as_str())
    }
}

impl System {
    /// As people call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Canvas => "Canvas",
            Self::Moodle => "Moodle",
            Self::Blackboard => "Blackboard",
            Self::Brightspace => "Brightspace",
            Self::GoogleClassroom => "Google Classroom",
            Self::GithubClassroom => "GitHub Classroom",
            Self::Gradescope => "Gradescope",
            Self::Schoology => "Schoology",
            Self::Zoom => "Zoom",
            Self::Teams => "Teams",
        }
    }

    /// Whether a gradebook of it can be written.
    pub(super) fn has_gradebook(self) -> bool {
        matches!(self, Self::Canvas | Self::Moodle | Self::Blackboard | Self::Brightspace)
    }

    /// The system that names its columns like this. Moodle comes last, because its names are the least its own.
    pub(super) fn of(heads: &[String]) -> Option<Self> {
        let any = |names: &[&str]| names.iter().any(|name| heads.iter().any(|head| head == name));
        let split = any(&["firstname", "vorname", "prénom", "nombre"]);
        if any(&["sisuserid", "sisloginid"])
            || any(&["sisid"]) && any(&["loginid"])
            || any(&["student"]) && any(&["id"])
        {
            Some(Self::Canvas)
        } else if any(&["orgdefinedid", "endoflineindicator"]) {
            Some(Self::Brightspace)
        } else if any(&["githubusername"]) && any(&["identifier"]) {
            Some(Self::GithubClassroom)
        } else if any(&["nameoriginalname", "usernameoriginalname"]) {
            Some(Self::Zoom)
        } else if any(&["useraction", "firstjoin"]) || heads.iter().any(|head| head.ends_with("upn")) {
            Some(Self::Teams)
        } else if split && any(&["username", "benutzername"]) && any(BLACKBOARD) {
            Some(Self::Blackboard)
        } else if any(&["sid"]) && any(&["email"]) {
            Some(Self::Gradescope)
        } else if any(&["uniqueuserid"]) {
            Some(Self::Schoology)
        } else if heads.starts_with(&GOOGLE.map(String::from)) {
            Some(Self::GoogleClassroom)
        } else if any(&["orgunitpath"]) {
            None
        } else {
            (split && any(MOODLE) || any(&["fullname"]) && any(&["identifier"])).then_some(Self::Moodle)
        }
    }
}

/// Columns that Blackboard has and Moodle has not.
const BLACKBOARD: &[&str] =
    &["studentid", "availability", "lastaccess", "childcourseid", "letzterzugriff", "verfügbarkeit"];
/// The first columns of Google Classroom.
const GOOGLE: [&str; 3] = ["lastname", "firstname", "emailaddress"];
/// Columns of Moodle beside `First name`.
const MOODLE: &[&str] = &[
    "emailaddress",
    "idnumber",
    "username",
    "emailadresse",
    "idnummer",
    "adressedecourriel",
    "numérodidentification",
    "direccióndecorreo",
    "númerodeid",
];

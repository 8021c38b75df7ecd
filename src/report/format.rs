//! Report formats, their options and their renderers.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::{
    autograde_json, autograde_junit, autograde_markdown, class_blackboard, class_brightspace, class_canvas,
    class_certificates, class_gradescope, class_html, class_json, class_junit, class_moodle, class_xapi, gradescope,
    junit, markdown, prove_junit, tap,
};
use crate::autograde::Autograded;
use crate::class::results::Results;
use crate::error::Result;
use crate::grade::Grade;
use crate::prove::Claim;
use crate::text::defused_json;

/// One file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// Path below the folder that the user named; empty if the user named the file itself.
    pub below: PathBuf,
    /// Content of the file.
    pub text: String,
}

/// Command line option of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Name of the option.
    pub name: &'static str,
    /// Help text, one line.
    pub help: &'static str,
    /// Placeholder of the value: a file or a folder.
    pub target: &'static str,
}

/// A format in which a subject can be reported.
pub trait Format: Copy + PartialEq + Send + Sync + 'static {
    /// Type that is reported.
    type Subject: ?Sized;

    /// Formats with an option of their own, in the order of writing.
    const ALL: &'static [Self];

    /// Option of this format.
    fn description(self) -> Description;

    /// Renders the files of the report.
    fn render(self, subject: &Self::Subject) -> Result<Vec<ReportFile>>;
}

/// Formats of a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradeFormat {
    /// `JUnit` XML.
    Junit,
    /// Markdown.
    Markdown,
}

/// Formats of submissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutogradeFormat {
    /// JSON; its option is the global `--json`.
    Json,
    /// `JUnit` XML.
    Junit,
    /// Markdown.
    Markdown,
    /// Gradescope's results.json.
    Gradescope,
    /// The Test Anything Protocol.
    Tap,
}

/// Formats of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFormat {
    /// `JUnit` XML.
    Junit,
}

/// Formats of a class's results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassFormat {
    /// HTML page.
    Html,
    /// A certificate for each trainee.
    Certificates,
    /// CSV for Canvas' gradebook.
    Canvas,
    /// CSV for Moodle's gradebook.
    Moodle,
    /// CSV for Blackboard's gradebook.
    Blackboard,
    /// CSV for Brightspace's gradebook.
    Brightspace,
    /// Gradescope's results.json, one for each trainee.
    Gradescope,
    /// Statements of the Experience API.
    Xapi,
    /// `JUnit` XML.
    Junit,
    /// JSON; its option is the global `--json`.
    Json,
}

fn file(name: &'static str, help: &'static str) -> Description {
    Description { name, help, target: "FILE" }
}

fn one(text: String) -> Vec<ReportFile> {
    vec![ReportFile { below: PathBuf::new(), text }]
}

impl Format for GradeFormat {
    type Subject = Grade;

    const ALL: &'static [Self] = &[Self::Junit, Self::Markdown];

    fn description(self) -> Description {
        match self {
            Self::Junit => file("junit", "Write the grade as JUnit as well"),
            Self::Markdown => file("markdown", "Write the grade as Markdown as well"),
        }
    }

    fn render(self, grade: &Grade) -> Result<Vec<ReportFile>> {
        Ok(one(match self {
            Self::Junit => junit(grade),
            Self::Markdown => markdown(grade),
        }))
    }
}

impl Format for AutogradeFormat {
    type Subject = Autograded;

    const ALL: &'static [Self] = &[Self::Junit, Self::Markdown, Self::Gradescope, Self::Tap];

    fn description(self) -> Description {
        match self {
            Self::Json => file("json", "Write the results as JSON as well"),
            Self::Junit => file("junit", "Write the results as JUnit as well"),
            Self::Markdown => file("markdown", "Write the results as Markdown as well"),
            Self::Gradescope => {
                file("gradescope", "Write the result as Gradescope's results.json as well; for one submission")
            }
            Self::Tap => file("tap", "Write the results as TAP as well"),
        }
    }

    fn render(self, all: &Autograded) -> Result<Vec<ReportFile>> {
        Ok(one(match self {
            Self::Json => defused_json(&format!("{:#}\n", autograde_json(all))),
            Self::Junit => autograde_junit(all),
            Self::Markdown => autograde_markdown(all),
            Self::Gradescope => defused_json(&gradescope(all)),
            Self::Tap => tap(all),
        }))
    }
}

impl Format for ProofFormat {
    type Subject = [Claim];

    const ALL: &'static [Self] = &[Self::Junit];

    fn description(self) -> Description {
        file("junit", "Write the result as JUnit as well")
    }

    fn render(self, claims: &[Claim]) -> Result<Vec<ReportFile>> {
        Ok(one(prove_junit(claims)))
    }
}

impl Format for ClassFormat {
    type Subject = Results;

    const ALL: &'static [Self] = &[
        Self::Html,
        Self::Certificates,
        Self::Canvas,
        Self::Moodle,
        Self::Blackboard,
        Self::Brightspace,
        Self::Gradescope,
        Self::Xapi,
        Self::Junit,
    ];

    fn description(self) -> Description {
        match self {
            Self::Html => file("html", "One page with everything, which loads nothing"),
            Self::Certificates => {
                let help = "Folder in which everybody gets a certificate; print.html has them all";
                Description { target: "FOLDER", ..file("certificates", help) }
            }
            Self::Canvas => file("canvas", "CSV for Canvas' gradebook"),
            Self::Moodle => file("moodle", "CSV for Moodle's gradebook"),
            Self::Blackboard => file("blackboard", "CSV for Blackboard's gradebook"),
            Self::Brightspace => file("brightspace", "CSV for Brightspace's gradebook"),
            Self::Gradescope => {
                let help = "Folder in which everybody gets a folder with Gradescope's results.json";
                Description { target: "FOLDER", ..file("gradescope", help) }
            }
            Self::Xapi => file("xapi", "Statements of the Experience API"),
            Self::Junit => file("junit", "JUnit"),
            Self::Json => file("json", "JSON"),
        }
    }

    fn render(self, results: &Results) -> Result<Vec<ReportFile>> {
        Ok(one(match self {
            Self::Html => class_html(results, &TimeZone::system())?,
            Self::Certificates => return certificates(results),
            Self::Canvas => class_canvas(results),
            Self::Moodle => class_moodle(results),
            Self::Blackboard => class_blackboard(results),
            Self::Brightspace => class_brightspace(results),
            Self::Gradescope => return Ok(each_trainee(results)),
            Self::Xapi => format!("{:#}\n", class_xapi(results)),
            Self::Junit => class_junit(results),
            Self::Json => format!("{:#}\n", class_json(results)),
        }))
    }
}

fn certificates(results: &Results) -> Result<Vec<ReportFile>> {
    let files = class_certificates(results, &TimeZone::system())?.into_iter();
    Ok(files.map(|(name, text)| ReportFile { below: name.into(), text }).collect())
}

fn each_trainee(results: &Results) -> Vec<ReportFile> {
    let trainees = results.trainees.iter();
    let below = |slug: &str| Path::new(slug).join("results.json");
    trainees.map(|one| ReportFile { below: below(&one.slug), text: class_gradescope(results, one) }).collect()
}

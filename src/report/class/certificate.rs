//! Certificates: a page for each trainee who was given a lab.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::period::days;
use super::words::line;
use crate::class::results::{AttemptResults, LabFacts, Phase, Results, Standing, TraineeResults};
use crate::error::Result;
use crate::render;

const PARTS: [(&str, &str); 2] = [
    ("certificates", include_str!("../../../templates/report/certificates.html.hbs")),
    ("style", include_str!("../../../templates/report/certificate.css")),
];

/// More labs than these are written in a smaller font.
const ROOMY: usize = 8;

#[derive(Serialize)]
struct Document {
    title: String,
    pages: Vec<Certificate>,
}

#[derive(Serialize)]
struct Certificate {
    class: String,
    name: String,
    /// Whether every lab is solved.
    complete: bool,
    solved: usize,
    of: usize,
    /// Whether there is only one lab.
    one: bool,
    /// Whether the labs need a smaller font to fit on a sheet.
    many: bool,
    labs: Vec<Lab>,
    points: String,
    days: String,
    trainer: String,
    issued: String,
}

#[derive(Serialize)]
struct Lab {
    title: String,
    topics: String,
    level: &'static str,
    solved: bool,
    /// Whether the trainee was given it.
    begun: bool,
    /// Points of a lab that is solved.
    points: String,
}

/// Documents by name: one for each trainee, and one with all of them to print. Whoever never had a lab has none.
pub fn class_certificates(results: &Results, zone: &TimeZone) -> Result<Vec<(String, String)>> {
    let trainees = results.trainees.iter().filter(|trainee| took_part(trainee)).collect::<Vec<_>>();
    let file = |trainee: &&TraineeResults| Ok((format!("{}.html", trainee.slug), document(results, &[trainee], zone)?));
    let mut files: Vec<(String, String)> = trainees.iter().map(file).collect::<Result<_>>()?;
    files.push(("print.html".into(), document(results, &trainees, zone)?));
    Ok(files)
}

fn took_part(trainee: &TraineeResults) -> bool {
    trainee.attempts.iter().any(|attempt| attempt.handed_over.is_some())
}

fn document(results: &Results, trainees: &[&TraineeResults], zone: &TimeZone) -> Result<String> {
    let pages = trainees.iter().map(|trainee| certificate(results, trainee, zone)).collect();
    render::page("certificates", &PARTS, &Document { title: line(&results.title), pages })
}

fn certificate(results: &Results, trainee: &TraineeResults, zone: &TimeZone) -> Certificate {
    let labs: Vec<Lab> = results.labs.iter().map(|lab| lab_line(trainee, lab)).collect();
    let solved = labs.iter().filter(|lab| lab.solved).count();
    let of: u32 = results.labs.iter().map(LabFacts::points).sum();
    Certificate {
        class: line(&results.title),
        name: line(&trainee.name),
        complete: solved == labs.len(),
        solved,
        of: labs.len(),
        one: labs.len() == 1,
        many: labs.len() > ROOMY,
        points: format!("{} of {of}", trainee.score(&results.labs).unwrap_or_default()),
        labs,
        days: days(results, zone),
        trainer: results.trainer.as_deref().map(line).unwrap_or_default(),
        issued: match results.phase {
            Phase::Over => String::new(),
            Phase::Running => {
                results.generated.to_zoned_datetime(zone.clone()).strftime("%-d %B %Y, %H:%M %Z").to_string()
            }
        },
    }
}

fn lab_line(trainee: &TraineeResults, lab: &LabFacts) -> Lab {
    let attempt = trainee.counted(&lab.id);
    let solved = trainee.standing(&lab.id) == Standing::Solved;
    let score = attempt.and_then(AttemptResults::score).filter(|_| solved);
    Lab {
        title: line(&lab.title),
        topics: line(&lab.topics.join(", ")),
        level: lab.level.as_str(),
        solved,
        begun: attempt.is_some_and(|attempt| attempt.handed_over.is_some()),
        points: score.map_or_else(String::new, |score| format!("{score} of {}", lab.points())),
    }
}

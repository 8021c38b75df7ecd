//! CSV for the import into gradebooks. Contains only final grades: a missing grade is an empty cell, because a zero would
//! count.

use super::words::{count, line};
use crate::class::results::{AttemptResults, LabFacts, Results, TraineeResults};
use crate::grade::Outcome;

/// Canvas: one column for each assignment, with the possible points in the second line. Canvas matches people by the
/// roster's id or e-mail address.
#[must_use]
pub fn class_canvas(results: &Results) -> String {
    let heads = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"].map(String::from);
    let possible = ["    Points Possible", "", "", "", ""].map(String::from);
    let mut table = vec![
        heads.into_iter().chain(results.labs.iter().map(assignment)).collect::<Vec<_>>(),
        possible.into_iter().chain(results.labs.iter().map(|lab| lab.points().to_string())).collect(),
    ];
    table.extend(results.trainees.iter().map(|trainee| {
        let who = [
            cell(&trainee.name),
            String::new(),
            known(trainee.id.as_deref()),
            known(trainee.email.as_deref()),
            cell(&results.title),
        ];
        who.into_iter().chain(results.labs.iter().map(|lab| points(trainee, lab))).collect()
    }));
    written(&table)
}

/// Canvas takes a number in parentheses at the end of a title for the id of an assignment.
fn assignment(lab: &LabFacts) -> String {
    let title = cell(&lab.title);
    let number = title.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match number {
        Some((before, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{before}[{number}]")
        }
        _ => title,
    }
}

/// Moodle: the points of each lab and, next to them, a feedback column. Trainees without any final grade are omitted,
/// because an empty cell would erase an existing grade.
#[must_use]
pub fn class_moodle(results: &Results) -> String {
    let heads = ["Email address", "ID number"].map(String::from);
    let of_lab = results.labs.iter().flat_map(|lab| [cell(&lab.title), format!("{} feedback", cell(&lab.title))]);
    let mut table = vec![heads.into_iter().chain(of_lab).collect::<Vec<_>>()];
    let graded = |trainee: &&TraineeResults| results.labs.iter().any(|lab| trainee.standing(&lab.id).is_final());
    table.extend(results.trainees.iter().filter(graded).map(|trainee| {
        let cells = results.labs.iter().flat_map(|lab| [points(trainee, lab), feedback(trainee, lab)]);
        [known(trainee.email.as_deref()), known(trainee.id.as_deref())].into_iter().chain(cells).collect()
    }));
    written(&table)
}

fn points(trainee: &TraineeResults, lab: &LabFacts) -> String {
    let score = final_grade(trainee, lab).and_then(AttemptResults::score);
    score.map(|score| score.to_string()).unwrap_or_default()
}

fn final_grade<'a>(trainee: &'a TraineeResults, lab: &LabFacts) -> Option<&'a AttemptResults> {
    trainee.counted(&lab.id).filter(|attempt| attempt.standing().is_final())
}

fn feedback(trainee: &TraineeResults, lab: &LabFacts) -> String {
    let Some((attempt, best)) = final_grade(trainee, lab).and_then(|attempt| Some((attempt, attempt.best()?))) else {
        return String::new();
    };
    let grade = &best.grade;
    let open = grade.checks.iter().filter(|check| check.outcome != Outcome::Pass);
    let open: Vec<String> = open.map(|check| line(&check.title)).collect();
    let open = if open.is_empty() { String::new() } else { format!(" Not passed: {}.", open.join("; ")) };
    let off = [(grade.hints_cost, count(attempt.hints_taken, "hint")), (best.late_deduction, "lateness".into())];
    let off = off.iter().filter(|(points, _)| *points > 0);
    let off: String =
        off.map(|(points, why)| format!(" {} off for {why}.", count(*points as usize, "point"))).collect();
    let standing = if grade.solved() { "Solved." } else { "Not solved." };
    cell(&format!("{standing}{open}{off}"))
}

fn known(text: Option<&str>) -> String {
    text.map(cell).unwrap_or_default()
}

/// Prevents a spreadsheet from interpreting the text as a formula: such a text gets an apostrophe in front.
pub(super) fn cell(text: &str) -> String {
    let text = line(text);
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%']) { format!("'{text}") } else { text }
}

/// A table as CSV.
pub(super) fn written(table: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory fails only for records of different lengths, and all of these have the length of the header.
    let done = table.iter().try_for_each(|row| writer.write_record(row));
    let bytes = done.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

//! CSV for the import into gradebooks. Contains only final grades: a missing grade is an empty cell, because a zero would
//! count.
//!
//! If the roster is an export of the same system, the columns that say who people are come back as the system wrote them.

use super::words::{count, line};
use crate::class::results::{AttemptResults, LabFacts, Results, TraineeResults};
use crate::grade::Outcome;
use crate::roster::{Field, Origin, System, field};

/// How a gradebook recognises people.
struct Gradebook {
    system: System,
    /// A column without which an export is not the gradebook's.
    key: &'static str,
    /// Names of the columns for people of other rosters.
    heads: &'static [&'static str],
}

const CANVAS: Gradebook = Gradebook {
    system: System::Canvas,
    key: "Student",
    heads: &["Student", "ID", "SIS User ID", "SIS Login ID", "Section"],
};
const MOODLE: Gradebook = Gradebook { system: System::Moodle, key: "", heads: &["Email address", "ID number"] };
const BLACKBOARD: Gradebook =
    Gradebook { system: System::Blackboard, key: "Username", heads: &["Username", "Student ID"] };
const BRIGHTSPACE: Gradebook =
    Gradebook { system: System::Brightspace, key: "OrgDefinedId", heads: &["OrgDefinedId", "Username"] };

impl Gradebook {
    /// Names of the columns that say who people are.
    fn heads(&self, results: &Results) -> Vec<String> {
        let origin = results.trainees.iter().find_map(|trainee| self.origin(trainee));
        let own = origin.map(|origin| origin.columns.iter().map(|(head, _)| cell(head)).collect());
        own.unwrap_or_else(|| self.heads.iter().map(|head| (*head).to_owned()).collect())
    }

    /// The trainee's line in an export of this gradebook.
    fn origin<'a>(&self, trainee: &'a TraineeResults) -> Option<&'a Origin> {
        let origin = trainee.origin.as_ref().filter(|origin| origin.system == self.system)?;
        (self.key.is_empty() || origin.value(self.key).is_some()).then_some(origin)
    }

    /// What a column says of a trainee.
    fn value(&self, trainee: &TraineeResults, head: &str) -> String {
        match self.origin(trainee) {
            Some(origin) => known(origin.value(head)),
            None => self.derived(trainee, head),
        }
    }

    /// What the system would say, from what another roster says. Canvas' own number is not known.
    fn derived(&self, trainee: &TraineeResults, head: &str) -> String {
        let login = trainee.login.as_deref();
        let text = match (self.system, field(head)) {
            (System::Canvas, _) if head == "ID" => None,
            (System::Canvas, Some(Field::Login)) => login.or(trainee.email.as_deref()),
            (_, Some(Field::Name)) => Some(trainee.name.as_str()),
            (_, Some(Field::Email)) => trainee.email.as_deref(),
            (_, Some(Field::Id)) => trainee.id.as_deref(),
            (_, Some(Field::Login)) => login,
            _ => None,
        };
        let marked = |text: &str| if self.system == System::Brightspace { format!("#{text}") } else { text.to_owned() };
        text.map(|text| cell(&marked(text))).unwrap_or_default()
    }
}

/// Canvas: one column for each assignment, with the possible points in the second line. Canvas matches people by its own
/// number, or by the roster's id or login.
#[must_use]
pub fn class_canvas(results: &Results) -> String {
    let heads = CANVAS.heads(results);
    let possible = (0..heads.len()).map(|column| if column == 0 { "    Points Possible" } else { "" }.to_owned());
    let mut table = vec![
        heads.iter().cloned().chain(results.labs.iter().map(assignment)).collect::<Vec<_>>(),
        possible.chain(results.labs.iter().map(|lab| lab.points().to_string())).collect(),
    ];
    let section = |trainee: &TraineeResults, head: &String| match (CANVAS.origin(trainee), head.as_str()) {
        (None, "Section") => cell(&results.title),
        _ => CANVAS.value(trainee, head),
    };
    table.extend(results.trainees.iter().map(|trainee| {
        let who = heads.iter().map(|head| section(trainee, head));
        who.chain(results.labs.iter().map(|lab| points(trainee, lab))).collect()
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
    let mut people = MOODLE.heads(results);
    let signs_in = results.trainees.iter().any(|trainee| trainee.login.is_some());
    if signs_in && people == MOODLE.heads {
        people.push("Username".into());
    }
    let of_lab = results.labs.iter().flat_map(|lab| [cell(&lab.title), format!("{} feedback", cell(&lab.title))]);
    let mut table = vec![people.iter().cloned().chain(of_lab).collect::<Vec<_>>()];
    table.extend(graded(results).map(|trainee| {
        let cells = results.labs.iter().flat_map(|lab| [points(trainee, lab), feedback(trainee, lab)]);
        people.iter().map(|head| MOODLE.value(trainee, head)).chain(cells).collect()
    }));
    written(&table)
}

/// Blackboard: a column for each lab. Trainees without any final grade are omitted, as for Moodle.
#[must_use]
pub fn class_blackboard(results: &Results) -> String {
    let people = BLACKBOARD.heads(results);
    let labs = results.labs.iter().map(|lab| cell(&lab.title));
    let mut table = vec![people.iter().cloned().chain(labs).collect::<Vec<_>>()];
    table.extend(graded(results).map(|trainee| {
        let grades = results.labs.iter().map(|lab| points(trainee, lab));
        people.iter().map(|head| BLACKBOARD.value(trainee, head)).chain(grades).collect()
    }));
    written(&table)
}

/// Brightspace: a column `… Points Grade` for each lab, and its mark at the end of each line. Trainees without any final
/// grade are omitted, as for Moodle.
#[must_use]
pub fn class_brightspace(results: &Results) -> String {
    let people = BRIGHTSPACE.heads(results);
    let labs = results.labs.iter().map(|lab| format!("{} Points Grade", grade_item(&lab.title)));
    let end = ["End-of-Line Indicator".to_owned()];
    let mut table = vec![people.iter().cloned().chain(labs).chain(end).collect::<Vec<_>>()];
    table.extend(graded(results).map(|trainee| {
        let grades = results.labs.iter().map(|lab| points(trainee, lab));
        let people = people.iter().map(|head| BRIGHTSPACE.value(trainee, head));
        people.chain(grades).chain(["#".to_owned()]).collect()
    }));
    written(&table)
}

/// A title without the characters that Brightspace refuses in the name of a grade item.
fn grade_item(title: &str) -> String {
    let plain = line(title).replace(['/', '"', '*', '<', '>', '+', '=', '|', ',', '%'], " ");
    cell(&plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Trainees with a final grade.
fn graded(results: &Results) -> impl Iterator<Item = &TraineeResults> {
    let is_final = |trainee: &&TraineeResults| results.labs.iter().any(|lab| trainee.is_final(&lab.id));
    results.trainees.iter().filter(is_final)
}

fn points(trainee: &TraineeResults, lab: &LabFacts) -> String {
    let score = trainee.points(&lab.id).filter(|_| trainee.is_final(&lab.id));
    score.map(|score| score.to_string()).unwrap_or_default()
}

fn final_grade<'a>(trainee: &'a TraineeResults, lab: &LabFacts) -> Option<&'a AttemptResults> {
    trainee.counted(&lab.id).filter(|attempt| attempt.standing().is_final())
}

fn feedback(trainee: &TraineeResults, lab: &LabFacts) -> String {
    if trainee.not_reached.contains(&lab.id) {
        return "Not reached: an earlier lab of the path was not solved.".into();
    }
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

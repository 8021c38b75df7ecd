use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::start::read;
use crate::class::{Person, ReadRoster, read_roster};
use crate::cli::roster::roster_bytes;
use crate::cli::ui::table;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::{Error, Result};

/// Show what is understood of a roster, before anything is started
///
/// Reads a roster as `class start` does, or the one of a class file, and creates nothing.
///
/// Exit codes: 0 it can be used, 2 it has problems.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The roster, or a class file: .yaml or .yml
    #[arg(value_name = "ROSTER")]
    file: PathBuf,
}

pub fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let roster = if is_class(&args.file) { read(&args.file, context)?.roster } else { of_file(&args.file)? };
    ui.answer(&answer(&roster), || text(&roster));
    Ok(Exit::Done)
}

fn is_class(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn of_file(file: &Path) -> Result<ReadRoster> {
    let shown = file.display().to_string();
    read_roster(roster_bytes(file)?, &shown).map_err(|problems| Error::invalid_file("roster", &shown, problems))
}

fn answer(roster: &ReadRoster) -> Value {
    let person =
        |person: &Person| json!({ "name": person.name, "email": person.email, "id": person.id, "login": person.login });
    let people: Vec<Value> = roster.people.iter().map(person).collect();
    json!({ "system": roster.system, "people": people, "left_out": roster.left_out })
}

fn text(roster: &ReadRoster) -> String {
    let mut people = table(&["NAME", "E-MAIL", "ID", "LOGIN"]);
    for person in &roster.people {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
        people.add_row([person.name.clone(), shown(&person.email), shown(&person.id), shown(&person.login)]);
    }
    let system = roster.system.map_or_else(String::new, |system| format!(", from {}", system.as_str()));
    let count = match roster.people.len() {
        1 => "1 trainee".into(),
        count => format!("{count} trainees"),
    };
    format!("{people}\n\n{count}{system}{}", left_out(roster))
}

fn left_out(roster: &ReadRoster) -> String {
    if roster.left_out.is_empty() {
        return String::new();
    }
    let mut lines = table(&["LINE", "LEFT OUT", "WHY"]);
    for one in &roster.left_out {
        lines.add_row([one.line.to_string(), one.text.clone(), one.why.as_str().into()]);
    }
    format!("\n\n{lines}")
}

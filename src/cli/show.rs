use clap::Args as ClapArgs;
use serde_json::json;

use super::ui::bold;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::lab::Lab;

/// Describe a lab without giving away its fault
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The lab's name
    lab: String,
}

pub fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let lab = context.library().load(&args.lab)?;
    let platforms: Vec<&str> = lab.runs_on.iter().map(|platform| platform.as_str()).collect();
    let value = json!({
        "id": lab.id, "title": lab.title, "level": lab.level, "minutes": lab.minutes, "topics": lab.topics,
        "runs_on": platforms, "hints": lab.hints.len(), "digest": lab.digest,
        "checks": lab.checks.iter().map(|check| json!({ "id": check.id, "title": check.title, "points": check.points })).collect::<Vec<_>>(),
    });
    ui.answer(&value, || describe(&lab, &platforms));
    Ok(Exit::Done)
}

fn describe(lab: &Lab, platforms: &[&str]) -> String {
    let checks: String = lab.checks.iter().map(|check| format!("  {:>3}  {}\n", check.points, check.title)).collect();
    format!(
        "{}\n{} · {} minutes · {} · runs on {} · {} hints\n\nThe repair is complete when\n{checks}\nStart it with {}.",
        bold(&lab.title),
        lab.level.as_str(),
        lab.minutes,
        lab.topics.join(", "),
        platforms.join(", "),
        lab.hints.len(),
        bold(&format!("breakfix start {}", lab.id))
    )
}

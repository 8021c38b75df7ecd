use clap::Args as ClapArgs;

use super::ui::bold;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::lab::{Level, Summary};

/// List the labs
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Only labs on this topic
    #[arg(long)]
    topic: Option<String>,
    /// Only labs of this level: junior, senior or staff
    #[arg(long, value_parser = level)]
    level: Option<Level>,
}

fn level(text: &str) -> Result<Level, String> {
    serde_json::from_value(text.into()).map_err(|_| "levels are junior, senior and staff".into())
}

pub fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let mut rows = Vec::new();
    for (id, summary) in context.library().summaries()? {
        match summary {
            Some(summary) => rows.push(summary),
            None => ui.note(&format!("{id} is left out: `breakfix validate {id}` shows why")),
        }
    }
    rows.retain(|row| args.topic.as_ref().is_none_or(|topic| row.topics.contains(topic)));
    rows.retain(|row| args.level.is_none_or(|level| row.level == level));
    rows.sort_by(|a, b| (a.level, &a.id).cmp(&(b.level, &b.id)));
    ui.answer(&rows, || table(&rows));
    Ok(Exit::Done)
}

fn table(rows: &[Summary]) -> String {
    let mut table = super::ui::table(&["LAB", "LEVEL", "MIN", "TITLE"]);
    for row in rows {
        table.add_row([row.id.to_string(), row.level.as_str().into(), row.minutes.to_string(), row.title.clone()]);
    }
    format!("{table}\n\nStart one with {}.", bold("breakfix start LAB"))
}

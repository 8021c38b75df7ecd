use clap::Args as ClapArgs;
use serde_json::json;

use super::output::successes;
use crate::attempt::Workspace;
use crate::cli::args::ClassOption;
use crate::cli::ui::table;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::class::{Selection, Task, extend, pick};
use crate::text::clock;

/// Give everybody or the named trainees more time
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Whom, by trainee name, id, e-mail address or full name [default: everybody]
    names: Vec<String>,
    /// How many minutes more
    #[arg(long, short, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    #[command(flatten)]
    class: ClassOption,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let results = extend(&services, &course, &Selection::of(&args.names), args.minutes).await?;
    let extended = successes(&results);
    let row = |(task, Workspace { attempt, .. }): &(&Task, &Workspace)| {
        json!({
            "name": task.member.person.name, "slug": task.member.slug, "lab": task.lab, "attempt": attempt.id,
            "due": attempt.due, "expires": attempt.expires,
        })
    };
    ui.answer(&extended.iter().map(row).collect::<Vec<_>>(), || text(&extended));
    results.iter().find_map(|one| one.result.as_ref().err()).map_or(Ok(Exit::Done), |error| Err(error.clone()))
}

fn text(extended: &[(&Task, &Workspace)]) -> String {
    let mut lines = table(&["NAME", "LAB", "TIME UNTIL", "KEPT UNTIL"]);
    for (task, Workspace { attempt, .. }) in extended {
        let due = attempt.due.map_or_else(|| "no limit".into(), clock);
        lines.add_row([task.member.person.name.clone(), task.lab.to_string(), due, clock(attempt.expires)]);
    }
    if extended.is_empty() { "Nobody has a running environment.".into() } else { lines.to_string() }
}

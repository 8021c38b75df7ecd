use clap::Args as ClapArgs;
use serde_json::json;

use super::common::{Ready, chosen, pick, running};
use super::pages;
use crate::attempt::Workspace;
use crate::class::run::{Task, extend};
use crate::cli::ui::table;
use crate::cli::{Environment, Exit, Ui};
use crate::error::Result;

/// Give everybody, or those who are named, more time
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Whom, by trainee name, id, e-mail address or full name [default: everybody]
    names: Vec<String>,
    /// How many minutes more
    #[arg(long, short, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// Which class, where several are under way
    #[arg(long, short, value_name = "CLASS")]
    class: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let course = pick(&app.store, args.class.as_deref())?;
    let members = chosen(&app.store.members(&course.class.id)?, &args.names)?;
    let mut extended: Vec<(Task, Workspace)> = vec![];
    for (task, workspace) in running(&app.store, &course, &members)? {
        extended.push((task, extend(&app, &workspace.attempt.id, args.minutes).await?));
    }
    pages::write_all(&app, &course, &Ready::new(&app, around, &course, None).await?)?;
    let row = |(task, Workspace { attempt, .. }): &(Task, Workspace)| {
        json!({
            "name": task.member.person.name, "slug": task.member.slug, "lab": task.lab, "attempt": attempt.id,
            "due": attempt.due, "expires": attempt.expires,
        })
    };
    ui.answer(&extended.iter().map(row).collect::<Vec<_>>(), || human(&extended));
    Ok(Exit::Done)
}

fn human(extended: &[(Task, Workspace)]) -> String {
    let mut lines = table(&["NAME", "LAB", "TIME UNTIL", "KEPT UNTIL"]);
    for (task, Workspace { attempt, .. }) in extended {
        let due = attempt.due.map_or_else(|| "no limit".into(), pages::clock);
        lines.add_row([task.member.person.name.clone(), task.lab.clone(), due, pages::clock(attempt.expires)]);
    }
    if extended.is_empty() { "Nobody has an environment that runs.".into() } else { lines.to_string() }
}

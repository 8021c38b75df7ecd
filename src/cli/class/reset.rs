use clap::Args as ClapArgs;

use super::common::{Ready, alive, chosen, pick};
use super::start::tell;
use super::stock;
use crate::attempt::{Attempt, State};
use crate::class::run::{Task, reset, start, tasks};
use crate::cli::{Environment, Exit, Ui};
use crate::error::{Error, Result};

/// Return somebody's environments to their freshly broken state; everything done in them is lost
///
/// One of the class's pool is taken where one fits: that is fast, and has another address. Handouts are written anew.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Whose, by trainee name, id, e-mail address or full name
    #[arg(required = true)]
    names: Vec<String>,
    /// Only this lab
    #[arg(long)]
    lab: Option<String>,
    /// Take none of the pool, so that the address stays
    #[arg(long)]
    keep_address: bool,
    /// Which class, where several are under way
    #[arg(long, short, value_name = "CLASS")]
    class: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let course = pick(&app.store, args.class.as_deref())?;
    let members = chosen(&app.store.members(&course.class.id)?, &args.names)?;
    let meant = |task: &Task| args.lab.as_ref().is_none_or(|lab| *lab == task.lab);
    let there = |state| matches!(state, State::Running | State::Failed | State::Resetting);
    let mut old = alive(&app.store, &course, &members, there)?;
    old.retain(|(task, _)| meant(task));
    let mut absent = tasks(&app, &course, &members)?;
    absent.retain(meant);
    if old.is_empty() && absent.is_empty() {
        return Err(Error::not_found("nobody of them has an environment to reset")
            .hint("`breakfix class status` shows everybody's."));
    }
    let ready = Ready::new(&app, around, &course, None).await?;
    let kit = ready.kit(&app, &course);
    let again = reset(&kit, &old, !args.keep_address).await;
    let mut all: Vec<(Task, Result<Attempt>)> = vec![];
    for ((task, _), result) in old.into_iter().zip(again) {
        match result {
            // What could not be made anew is gone, and is started like anything else that is missing.
            Err(error) if error.kind.is_retryable() => absent.push(task),
            result => all.push((task, result)),
        }
    }
    let fresh = start(&kit, &absent).await;
    all.extend(absent.into_iter().zip(fresh));
    let (tasks, results): (Vec<Task>, Vec<Result<Attempt>>) = all.into_iter().unzip();
    let exit = tell(&app, &course, &ready, (&tasks, &results), ui)?;
    stock::fill(&app, &course, &ready).await?;
    Ok(exit)
}

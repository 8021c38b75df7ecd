//! `breakfix class`: one file a subcommand.

mod add;
mod check;
mod extend;
mod grade;
mod new;
mod output;
mod pages;
mod pause;
mod remove;
mod report;
mod reset;
mod resume;
mod start;
mod status;
mod stop;
mod watch;

#[cfg(test)]
mod agreement_tests;

use clap::{Args as ClapArgs, Subcommand};

use super::{CliContext, Exit, Ui};
use crate::error::Result;

/// Train a class: a roster of trainees, each with environments of their own
///
/// All commands except `check` and `start` refer to the running class; if there are several, name one.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Check(check::Args),
    Start(start::Args),
    Add(add::Args),
    Remove(remove::Args),
    Status(status::Args),
    Watch(watch::Args),
    Extend(extend::Args),
    Reset(reset::Args),
    Grade(grade::Args),
    Pages(pages::Args),
    Report(Box<report::Args>),
    Resume(resume::Args),
    Pause(pause::PauseArgs),
    Continue(pause::ContinueArgs),
    Stop(stop::Args),
}

impl Args {
    /// Whether `--json` may name a file.
    pub fn may_write_json(&self) -> bool {
        matches!(self.command, Command::Report(_))
    }
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    match &args.command {
        Command::New(args) => new::run(args, ui),
        Command::Check(args) => check::run(args, context, ui),
        Command::Start(args) => start::run(args, context, ui).await,
        Command::Add(args) => add::run(args, context, ui).await,
        Command::Remove(args) => remove::run(args, context, ui).await,
        Command::Status(args) => status::run(args, context, ui).await,
        Command::Watch(args) => watch::run(args, context, ui).await,
        Command::Extend(args) => extend::run(args, context, ui).await,
        Command::Reset(args) => reset::run(args, context, ui).await,
        Command::Resume(args) => resume::run(args, context, ui).await,
        Command::Grade(args) => grade::run(args, context, ui).await,
        Command::Pages(args) => pages::run(args, context, ui),
        Command::Report(args) => report::run(args, context, ui).await,
        Command::Pause(args) => pause::pause(args, context, ui).await,
        Command::Continue(args) => pause::go_on(args, context, ui).await,
        Command::Stop(args) => stop::run(args, context, ui).await,
    }
}

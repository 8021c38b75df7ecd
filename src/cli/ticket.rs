use clap::Args as ClapArgs;

use super::args::AttemptArg;
use super::output::hand_over;
use super::pick::pick;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::attempt::ticket;

/// Show the ticket again, with address and credentials
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    attempt: AttemptArg,
}

pub fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let store = context.store()?;
    let id = pick(&store, args.attempt.name())?.attempt.id;
    hand_over(&ticket(&store, context.labs(), &id)?, ui);
    Ok(Exit::Done)
}

use clap::Args as ClapArgs;

use super::pick::pick;
use super::{Environment, Exit, Ui};
use crate::error::Result;

/// Show the ticket again, with address and credentials
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which attempt, where several are running
    attempt: Option<String>,
}

pub fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let store = around.store()?;
    let attempt = pick(&store, args.attempt.as_deref())?.attempt;
    let lab = around.library_of(&attempt).load(&attempt.lab)?;
    super::start::hand_over(&attempt, &lab, &store, ui)?;
    Ok(Exit::Done)
}

use clap::Args as ClapArgs;

use super::pick::pick;
use super::{Environment, Exit, Ui};
use crate::error::Result;

/// Show the ticket again, with address and credentials
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which workspace, where several are running
    attempt: Option<String>,
}

pub fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let store = around.store()?;
    let workspace = pick(&store, args.attempt.as_deref())?.workspace();
    let lab = around.library_of(&workspace.attempt).load(&workspace.attempt.lab)?;
    super::start::hand_over(&workspace, &lab, &store, ui)?;
    Ok(Exit::Done)
}

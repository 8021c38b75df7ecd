use clap::Args as ClapArgs;

use super::args::AttemptArg;
use super::output::hand_over;
use super::pick::pick;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::attempt::{reset, ticket};

/// Return an attempt to its freshly broken state; everything done in the container is lost
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    attempt: AttemptArg,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let store = &services.app.store;
    let id = pick(store, args.attempt.name())?.attempt.id;
    reset(&services, &id).await?;
    hand_over(&ticket(store, services.labs.as_deref(), &id)?, ui);
    Ok(Exit::Done)
}

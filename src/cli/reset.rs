use clap::Args as ClapArgs;

use super::pick::pick;
use super::{Environment, Exit, Ui};
use crate::environment::{PortChoice, prepare};
use crate::error::Result;
use crate::lifecycle::{self, Launch, Source};

/// Return an attempt to its freshly broken state; everything done in the box is lost
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which workspace, where several are running
    attempt: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let old = pick(&app.store, args.attempt.as_deref())?.workspace();
    let lab = around.library_of(&old.attempt).load(&old.attempt.lab)?;
    let images = prepare(&app, Some(old.environment.spec.image()), &around.build_env()?).await?;
    let what = Launch { lab: &lab, port: PortChoice::Same, source: Source::Fresh, faults: old.attempt.faults() };
    let workspace = lifecycle::reset(&app, &old.attempt.id, &images, &what).await?;
    super::start::hand_over(&workspace, &lab, &app.store, ui)?;
    Ok(Exit::Done)
}

use clap::Args as ClapArgs;

use super::pick::pick;
use super::{Environment, Exit, Ui};
use crate::attempt::{self, Launch};
use crate::error::Result;

/// Return an attempt to its freshly broken state; everything done in the box is lost
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which attempt, where several are running
    attempt: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let attempt = pick(&app.store, args.attempt.as_deref())?.attempt;
    let lab = around.library_of(&attempt).load(&attempt.lab)?;
    let images = attempt::prepare(&app, Some(&attempt.image), &around.build_env()?).await?;
    let what = Launch {
        lab: &lab,
        probe_image: &images.probe_image,
        any_port: false,
        from_pool: false,
        faults: attempt.faults(),
    };
    let attempt = attempt::reset(&app, &attempt.id, &what).await?;
    super::start::hand_over(&attempt, &lab, &app.store, ui)?;
    Ok(Exit::Done)
}

use clap::Args as ClapArgs;

use super::output::started;
use crate::cli::args::ClassOption;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::id::LabId;
use crate::ops::attempt::EnvironmentSource;
use crate::ops::class::{ResetRequest, Selection, Started, fill_pool, pick, reset};

/// Return somebody's environments to their freshly broken state; everything done in them is lost
///
/// Uses an environment of the class's pool if one fits: that is fast but changes the address. Writes the handouts again.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Whose, by trainee name, id, e-mail address or full name
    #[arg(required = true)]
    names: Vec<String>,
    /// Only this lab
    #[arg(long)]
    lab: Option<String>,
    /// Do not use the pool; the address stays the same
    #[arg(long)]
    keep_address: bool,
    #[command(flatten)]
    class: ClassOption,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let who = Selection::of(&args.names);
    let source = if args.keep_address { EnvironmentSource::Fresh } else { EnvironmentSource::Pool };
    let request = ResetRequest { who, lab: args.lab.as_deref().map(LabId::new), source };
    let results = reset(&services, &course, &request).await?;
    let done = Started { course, results };
    let exit = started(&done, ui);
    fill_pool(&services, &done.course).await?;
    Ok(exit)
}

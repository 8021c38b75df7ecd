use std::io::ErrorKind;

use clap::Args as ClapArgs;
use futures_util::StreamExt;

use super::pick::pick;
use super::ui::Pass;
use super::{CliContext, Exit, Ui};
use crate::engine::LogOptions;
use crate::error::{Context, Error, Result};

/// Show the log of GitLab's container
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Attempt, if several are running
    attempt: Option<String>,
    /// Follow the log
    #[arg(long, short)]
    follow: bool,
    /// Only that many last lines
    #[arg(long, short = 'n', value_name = "LINES")]
    tail: Option<u32>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    ui.has_no_json("logs")?;
    let app = context.app().await?;
    let workspace = pick(&app.store, args.attempt.as_deref())?.workspace();
    let unreadable = || format!("the log of {} cannot be read", workspace.attempt.id);
    let options = LogOptions { follow: args.follow, since: None, tail: args.tail };
    let mut out = Pass::stdout();
    let mut log = app.engine.logs(&workspace.environment.gitlab(), options).await.context(unreadable)?;
    loop {
        match app.cancel.run_until_cancelled(log.next()).await {
            Some(Some(chunk)) => match app.cancel.run_until_cancelled(out.write(&chunk.context(unreadable)?)).await {
                Some(Err(cause)) if cause.kind() == ErrorKind::BrokenPipe => return Ok(Exit::Done),
                Some(written) => written.context(|| "the log cannot be written".into())?,
                None => return Err(Error::interrupted()),
            },
            Some(None) => return Ok(Exit::Done),
            None => return Err(Error::interrupted()),
        }
    }
}

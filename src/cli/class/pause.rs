use clap::Args as ClapArgs;
use serde_json::json;

use super::output::{exit, failure_table, failures};
use crate::cli::args::ClassArg;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::class::{TaskResult, continue_class, pause_class, pick};
use crate::text::count;

/// Give a class a break: containers and time stand still until `class continue`
#[derive(Debug, ClapArgs)]
pub struct PauseArgs {
    #[command(flatten)]
    class: ClassArg,
}

/// End the break of a class: everybody gets the time back
#[derive(Debug, ClapArgs)]
pub struct ContinueArgs {
    #[command(flatten)]
    class: ClassArg,
}

pub async fn pause(args: &PauseArgs, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let results = pause_class(&services, &course).await?;
    Ok(answer(&results, "stands still until `breakfix class continue`", ui))
}

pub async fn go_on(args: &ContinueArgs, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let results = continue_class(&services, &course).await?;
    Ok(answer(&results, "goes on", ui))
}

fn answer(results: &[TaskResult<()>], what: &str, ui: &Ui) -> Exit {
    let failed = failures(results);
    let done = results.len() - failed.len();
    ui.answer(&json!({ "environments": done, "failed": failed }), || {
        let failed = if failed.is_empty() { String::new() } else { format!("\n\n{}", failure_table(&failed)) };
        format!("The class {what}: {}.{failed}", count(done, "environment"))
    });
    exit(&failed)
}

use std::io::Write;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::pick::pick_running;
use super::{Environment, Exit, Ui};
use crate::engine::Command;
use crate::error::{Context, Error, Result};

/// Run one program in the box, without a terminal
///
/// Its exit code becomes ours. Output is shown when it has ended.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which attempt, where several are running
    #[arg(long, short)]
    attempt: Option<String>,
    /// How long it may take, in seconds
    #[arg(long, default_value_t = 600)]
    timeout: u64,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "PROGRAM")]
    program: Vec<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let attempt = pick_running(&app.store, args.attempt.as_deref())?.attempt;
    let command = Command {
        argv: args.program.clone(),
        env: std::collections::BTreeMap::new(),
        stdin: piped()?,
        user: Some("root".into()),
        deadline: Duration::from_secs(args.timeout),
        output_limit: 64 * 1024 * 1024,
    };
    let name = attempt.gitlab();
    let ran = app.cancel.run_until_cancelled(app.engine.exec(&name, &command)).await.ok_or_else(Error::interrupted)?;
    let output = ran.context(|| format!("{} could not be run in {}", args.program[0], attempt.id))?;
    ui.bytes(&output.stdout);
    std::io::stderr().write_all(&output.stderr).ok();
    Ok(Exit::Program(u8::try_from(output.exit_code).unwrap_or(1)))
}

/// What is piped into us goes to the program; a terminal does not.
fn piped() -> Result<Vec<u8>> {
    use std::io::{IsTerminal, Read};
    let mut input = Vec::new();
    let stdin = std::io::stdin();
    let piped = rustix::fs::fstat(&stdin).is_ok_and(|stat| {
        let kind = rustix::fs::FileType::from_raw_mode(stat.st_mode);
        kind == rustix::fs::FileType::Fifo || kind == rustix::fs::FileType::RegularFile
    });
    if piped && !stdin.is_terminal() {
        stdin.lock().read_to_end(&mut input).context(|| "standard input cannot be read".into())?;
    }
    Ok(input)
}

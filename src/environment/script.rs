//! Scripts in GitLab's container.

use std::time::Duration;

use super::Environment;
use crate::engine::{Command, EngineError, Output, OutputLimit};
use crate::error::{Context, Error, Result};
use crate::host::Host;
use crate::text::last_line;

/// Reads the whole script before it runs. No command in it can consume the rest from standard input, and the script
/// appears in no argument list and no file.
const RUN_FROM_STDIN: &str = "script=$(cat); exec </dev/null; eval \"$script\"";

/// The shell that runs scripts in GitLab's container.
pub const SHELL: &[&str] = &["/bin/bash", "-euo", "pipefail"];

/// Time limit of a seed or a fault.
const DEADLINE: Duration = Duration::from_mins(5);

/// Bytes of a script's output that are kept.
const OUTPUT_LIMIT: usize = 64 * 1024;

/// argv of a shell that runs the script on its standard input.
#[must_use]
pub fn shell(program: &[&str]) -> Vec<String> {
    program.iter().map(ToString::to_string).chain(["-c".into(), RUN_FROM_STDIN.into()]).collect()
}

/// Runs a script as root in GitLab's container; `name` is its name in errors.
pub async fn run_script(host: &Host, environment: &Environment, name: &str, script: String) -> Result<()> {
    let command = Command::new(shell(SHELL), DEADLINE, OutputLimit::Last(OUTPUT_LIMIT)).user("root").stdin(script);
    match host.engine.exec(&environment.gitlab(), &command).await {
        Ok(output) if output.exit_code == 0 => Ok(()),
        Ok(output) => Err(failed(name, &output)),
        Err(EngineError::DeadlineExceeded { after, output }) => {
            let output = Output { exit_code: -1, ..output };
            Err(failed(name, &output).because(format!("it did not end within {} s", after.as_secs())))
        }
        Err(error) => Err(error).context(|| format!("the script {name} could not be run")),
    }
}

fn failed(name: &str, output: &Output) -> Error {
    let error = Error::environment(format!("the script {name} failed (exit code {})", output.exit_code));
    let said = last_line(&output.stderr).or_else(|| last_line(&output.stdout));
    said.into_iter().fold(error, super::super::error::Error::because)
}

//! Checks that are scripts: in the probe, or in the box under a shell of ours.

use std::collections::BTreeMap;
use std::time::Duration;

use super::run::{Bench, Verdict};
use super::text::last_line;
use crate::attempt::Toolbox;
use crate::attempt::script::shell;
use crate::engine::{Command, EngineError, Output};
use crate::error::{Context, Result};
use crate::lab::LabPath;
use crate::render::{Escape, render};

/// What every check script may call.
const PRELUDE: &str = include_str!("../../templates/checks/prelude.sh");
/// What scripts in the probe may call besides.
const PROBE_PRELUDE: &str = include_str!("../../templates/checks/probe.sh");
/// What is kept of a check's output.
const OUTPUT_LIMIT: usize = 64 * 1024;

/// A script in the trusted probe container.
pub(super) async fn outside(bench: &Bench<'_>, path: &LabPath, left: Duration) -> Verdict {
    let limit = left.as_secs().max(1).to_string();
    let bash = shell(&["timeout", "--kill-after=2", &limit, "/bin/bash", "-euo", "pipefail"]);
    match text(bench, path, &format!("{PRELUDE}{PROBE_PRELUDE}")) {
        Ok(script) => run(bench, &bench.attempt.probe(), bash, script, left).await,
        Err(error) => Verdict::error(error.to_string()),
    }
}

/// A script in the trainee's box, under a shell of ours.
pub(super) async fn inside(bench: &Bench<'_>, path: &LabPath, left: Duration) -> Verdict {
    match inside_or_error(bench, path, left).await {
        Ok(verdict) => verdict,
        Err(error) => Verdict::error(error.to_string()),
    }
}

async fn inside_or_error(bench: &Bench<'_>, path: &LabPath, left: Duration) -> Result<Verdict> {
    let script = text(bench, path, PRELUDE)?;
    let facts = bench.app.engine.inspect(&bench.attempt.gitlab()).await;
    if !facts.context(|| "the box cannot be looked at".into())?.running {
        return Ok(Verdict::fail("the box does not run"));
    }
    let tools = Toolbox::bring(bench.app, bench.attempt).await?;
    let verdict = ended(tools.run(script, left).await, left);
    tools.remove().await?;
    Ok(verdict)
}

fn text(bench: &Bench, path: &LabPath, prelude: &str) -> Result<String> {
    let name = format!("{}/{path}", bench.lab.id);
    render(&format!("{prelude}{}", bench.lab.file(path)), &name, &bench.values, Escape::Shell)
}

async fn run(bench: &Bench<'_>, container: &str, argv: Vec<String>, script: String, left: Duration) -> Verdict {
    let command = Command {
        argv,
        env: BTreeMap::new(),
        stdin: script.into_bytes(),
        user: None,
        deadline: left + Duration::from_secs(5),
        output_limit: OUTPUT_LIMIT,
    };
    ended(bench.app.engine.exec(container, &command).await, left)
}

fn ended(output: Result<Output, EngineError>, left: Duration) -> Verdict {
    match output {
        Ok(output) => judge(&output, left),
        Err(EngineError::DeadlineExceeded { .. }) => Verdict::error(too_slow(left)),
        Err(error) => Verdict::error(error.to_string()),
    }
}

/// 0 is a pass and 1 a wrong answer; anything else is a check that could not be run.
fn judge(output: &Output, left: Duration) -> Verdict {
    let said = last_line(&output.stdout);
    match output.exit_code {
        0 => Verdict::pass(),
        1 => Verdict::fail(said.unwrap_or_else(|| "it does not hold".into())),
        124 | 137 | 143 => Verdict::error(too_slow(left)),
        code => {
            let why = last_line(&output.stderr).or(said).unwrap_or_else(|| "it said nothing".into());
            Verdict::error(format!("exit code {code}: {why}"))
        }
    }
}

fn too_slow(left: Duration) -> String {
    format!("it did not end within {} s", left.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(exit_code: i64, stdout: &str, stderr: &str) -> Verdict {
        judge(&Output { exit_code, stdout: stdout.into(), stderr: stderr.into() }, Duration::from_secs(5))
    }

    #[test]
    fn only_exit_code_one_is_a_wrong_answer() {
        assert_eq!(judged(0, "noise", ""), Verdict::pass());
        assert_eq!(judged(1, "a\nthe queue is not served\n", ""), Verdict::fail("the queue is not served"));
        assert_eq!(judged(127, "", "psql: not found"), Verdict::error("exit code 127: psql: not found"));
        assert_eq!(judged(124, "", ""), Verdict::error("it did not end within 5 s"));
    }
}

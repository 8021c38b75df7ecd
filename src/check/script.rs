//! Script checks: they run in the probe, never in the trainee's container.

use std::time::Duration;

use super::bench::Bench;
use super::graded::Verdict;
use crate::engine::{Command, EngineError, Output, OutputLimit};
use crate::environment::machines::PROBE_ACCOUNT;
use crate::environment::script::shell;
use crate::error::Result;
use crate::lab::LabPath;
use crate::render::{Escape, render};
use crate::text::last_line;

/// Functions for every check script.
const PRELUDE: &str = include_str!("../../templates/checks/prelude.sh");
/// Functions for scripts that ask over the network.
const PROBE_PRELUDE: &str = include_str!("../../templates/checks/probe.sh");
/// Functions for scripts that read the container's volumes.
const LOOK_PRELUDE: &str = include_str!("../../templates/checks/look.sh");
/// Exit codes of bash for mistakes in the script and missing programs, which no answer of GitLab can cause.
const OURS: [i64; 3] = [2, 126, 127];
/// Bytes of a check's output that are kept.
const OUTPUT_LIMIT: usize = 64 * 1024;

/// A script in the trusted probe container.
pub(super) async fn outside(bench: &Bench<'_>, path: &LabPath, left: Duration) -> Verdict {
    in_probe(bench, path, left, PROBE_ACCOUNT, &format!("{PRELUDE}{PROBE_PRELUDE}")).await
}

/// A script in the probe as root: it may read GitLab's volumes, and take the ids of its accounts.
pub(super) async fn look(bench: &Bench<'_>, path: &LabPath, left: Duration) -> Verdict {
    in_probe(bench, path, left, "0", &format!("{PRELUDE}{PROBE_PRELUDE}{LOOK_PRELUDE}")).await
}

async fn in_probe(bench: &Bench<'_>, path: &LabPath, left: Duration, user: &str, prelude: &str) -> Verdict {
    let script = match text(bench, path, prelude) {
        Ok(script) => script,
        Err(error) => return Verdict::error(error.to_string()),
    };
    let limit = left.as_secs().max(1).to_string();
    let command = Command::new(
        shell(&["timeout", "--kill-after=2", &limit, "/bin/bash", "-euo", "pipefail"]),
        left + Duration::from_secs(5),
        OutputLimit::First(OUTPUT_LIMIT),
    )
    .user(user)
    .stdin(script);
    ended(bench.in_probe(&command).await, left)
}

fn text(bench: &Bench, path: &LabPath, prelude: &str) -> Result<String> {
    let name = format!("{}/{path}", bench.lab.id);
    render(&format!("{prelude}{}", bench.lab.file(path)), &name, &bench.values, Escape::Shell)
}

fn ended(output: Result<Output, EngineError>, left: Duration) -> Verdict {
    match output {
        Ok(output) => judge(&output, left),
        Err(EngineError::DeadlineExceeded { .. }) => Verdict::doubtful(too_slow(left)),
        Err(error) => Verdict::error(error.to_string()),
    }
}

/// Exit code 0 is a pass and 1 a wrong answer; with any other the check could not be run.
fn judge(output: &Output, left: Duration) -> Verdict {
    let said = last_line(&output.stdout);
    match output.exit_code {
        0 => Verdict::pass(),
        1 => Verdict::fail(said.unwrap_or_else(|| "it does not hold".into())),
        124 | 137 | 143 => Verdict::doubtful(too_slow(left)),
        code => {
            let why = last_line(&output.stderr).or(said).unwrap_or_else(|| "it said nothing".into());
            let words = format!("exit code {code}: {why}");
            if OURS.contains(&code) { Verdict::error(words) } else { Verdict::doubtful(words) }
        }
    }
}

fn too_slow(left: Duration) -> String {
    format!("GitLab does not answer within {} s", left.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(exit_code: i64, stdout: &str, stderr: &str) -> Verdict {
        let (stdout, stderr) = (stdout.into(), stderr.into());
        judge(&Output { exit_code, stdout, stderr, dropped: 0 }, Duration::from_secs(5))
    }

    #[test]
    fn only_exit_code_one_is_a_wrong_answer() {
        assert_eq!(judged(0, "noise", ""), Verdict::pass());
        assert_eq!(judged(1, "a\nthe queue is not served\n", ""), Verdict::fail("the queue is not served"));
        assert_eq!(judged(127, "", "psql: not found"), Verdict::error("exit code 127: psql: not found"));
        assert_eq!(judged(124, "", ""), Verdict::doubtful("GitLab does not answer within 5 s"));
        assert_eq!(judged(128, "", "fatal: odd\n"), Verdict::doubtful("exit code 128: fatal: odd"));
    }
}

//! Checks that are scripts: in the probe, or in the box under a shell of ours.

use std::collections::BTreeMap;
use std::time::Duration;

use super::run::{Bench, Verdict};
use super::text::last_line;
use crate::attempt::script::shell;
use crate::engine::{Command, EngineError, Output};
use crate::error::{Context, Error, Result};
use crate::lab::LabPath;
use crate::random;
use crate::render::{Escape, render};

/// What every check script may call.
const PRELUDE: &str = include_str!("../../templates/checks/prelude.sh");
/// What scripts in the probe may call besides.
const PROBE_PRELUDE: &str = include_str!("../../templates/checks/probe.sh");
/// The static shell, in the probe's image.
const STATIC_SHELL: &str = "/bin/busybox";
/// The static shell is about 2 MiB.
const SHELL_LIMIT: usize = 16 * 1024 * 1024;
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

/// A script in the trainee's box. Anything there may have been replaced, so the shell and every program it
/// finds come with the check, statically linked, and are gone with it.
pub(super) async fn inside(bench: &Bench<'_>, path: &LabPath, left: Duration) -> Verdict {
    match inside_or_error(bench, path, left).await {
        Ok(verdict) => verdict,
        Err(error) => Verdict::error(error.to_string()),
    }
}

async fn inside_or_error(bench: &Bench<'_>, path: &LabPath, left: Duration) -> Result<Verdict> {
    let (engine, name) = (&bench.app.engine, bench.attempt.gitlab());
    let script = text(bench, path, PRELUDE)?;
    if !engine.inspect(&name).await.context(|| "the box cannot be looked at".into())?.running {
        return Ok(Verdict::fail("the box does not run"));
    }
    let shell_file = engine.read_file(&bench.attempt.probe(), STATIC_SHELL, SHELL_LIMIT).await;
    let found = shell_file.context(|| "the static shell cannot be fetched".into())?;
    let binary = found.ok_or_else(|| Error::environment(format!("the probe has no {STATIC_SHELL}")))?.content;
    let folder = format!("breakfix-{}", random::letters(16)?);
    engine
        .write_archive(&name, "/run", archive(&folder, &binary))
        .await
        .context(|| "the static shell cannot be brought into the box".into())?;
    let busybox = format!("/run/{folder}/busybox");
    let limit = left.as_secs().max(1).to_string();
    let path_variable = format!("PATH=/run/{folder}/bin:/opt/gitlab/bin:/opt/gitlab/embedded/bin:/usr/bin:/bin");
    let argv =
        shell(&[&busybox, "env", "-i", &path_variable, &busybox, "timeout", "-k", "2", &limit, &busybox, "sh", "-eu"]);
    let verdict = run(bench, &name, argv, script, left).await;
    let remove =
        plain([&busybox, "rm", "-rf", &format!("/run/{folder}")].map(std::string::ToString::to_string).to_vec());
    engine.exec(&name, &remove).await.context(|| "the static shell cannot be removed from the box".into())?;
    Ok(verdict)
}

fn text(bench: &Bench, path: &LabPath, prelude: &str) -> Result<String> {
    let name = format!("{}/{path}", bench.lab.id);
    render(&format!("{prelude}{}", bench.lab.file(path)), &name, &bench.values, Escape::Shell)
}

async fn run(bench: &Bench<'_>, container: &str, argv: Vec<String>, script: String, left: Duration) -> Verdict {
    let command = Command { stdin: script.into_bytes(), deadline: left + Duration::from_secs(5), ..plain(argv) };
    match bench.app.engine.exec(container, &command).await {
        Ok(output) => judge(&output, left),
        Err(EngineError::DeadlineExceeded { .. }) => Verdict::error(too_slow(left)),
        Err(error) => Verdict::error(error.to_string()),
    }
}

fn plain(argv: Vec<String>) -> Command {
    Command {
        argv,
        env: BTreeMap::new(),
        stdin: vec![],
        user: None,
        deadline: Duration::from_secs(10),
        output_limit: OUTPUT_LIMIT,
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

/// The static shell with its applets as links, so that a script's `grep` is ours.
fn archive(folder: &str, binary: &[u8]) -> Vec<u8> {
    const APPLETS: &str = include_str!("../../templates/checks/applets.txt");
    let mut tar = tar::Builder::new(Vec::new());
    let mut file = tar::Header::new_gnu();
    file.set_mode(0o755);
    file.set_size(binary.len() as u64);
    // Writing to memory cannot fail.
    let _ = tar.append_data(&mut file, format!("{folder}/busybox"), binary);
    for applet in APPLETS.split_whitespace() {
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        let _ = tar.append_link(&mut link, format!("{folder}/bin/{applet}"), "../busybox");
    }
    tar.into_inner().unwrap_or_default()
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

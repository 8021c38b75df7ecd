//! Runs and grades one submission in an environment of its own, which is removed afterwards.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::content::{Content, GITLAB_RB};
use super::leftovers::{Leftovers, Supervised};
use super::{AutogradeOptions, Concurrency, disk};
use crate::app::App;
use crate::attempt::{Faults, Workspace};
use crate::check::{self, restart};
use crate::engine::{Command, EngineError, Output, OutputLimit};
use crate::environment::PortChoice;
use crate::environment::readiness::NotReady;
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::grade::{Grade, GradedBy};
use crate::id::AttemptId;
use crate::lab::Lab;
use crate::lifecycle::{self, EnvironmentSource, Launch, OnFailure};
use crate::random;
use crate::text::printable;

/// Starts the submission with a limit of 1 GiB (in blocks of 512 bytes) for each file that it writes.
const LAUNCH: &str = "ulimit -f 2097152; cd \"$1\" && shift && exec \"$@\" </dev/null 2>&1";
/// Number of bytes at the end of the output that are kept.
const OUTPUT_LIMIT: usize = 64 * 1024;
/// Number of bytes at the end of the output that reports show.
const EXCERPT: usize = 4000;

/// How a submission ran.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Exit code; `None` if it did not exit by itself.
    pub exit_code: Option<i64>,
    /// Run time in milliseconds.
    pub milliseconds: u64,
    /// The end of its output. Control characters are removed, but the text is untrusted.
    pub output: String,
    /// Remarks about the run, as sentences without a full stop.
    pub notes: Vec<String>,
}

/// Runs one submission. An error is always a failure of the environment, never of the submission.
pub(super) async fn run(
    app: &App,
    lab: &Lab,
    draft: Workspace,
    content: &Content,
    options: &AutogradeOptions<'_>,
    concurrency: Concurrency,
) -> Result<(Run, Grade)> {
    let what = Launch { lab, port: PortChoice::Any, source: EnvironmentSource::Fresh, faults: Faults::All };
    let workspace = lifecycle::start(app, draft, &what, OnFailure::Remove).await?;
    let done =
        SubmissionRun { app, lab, workspace: &workspace, deadline: options.deadline, concurrency }.run(content).await;
    if let Err(error) = remove(app, &workspace.attempt.id).await {
        app.emit(Event::Warning(format!("{error}; `breakfix gc` removes what is left")));
    }
    done
}

async fn remove(app: &App, id: &AttemptId) -> Result<()> {
    lifecycle::stop(app, id).await?;
    app.store.forget(id)
}

struct SubmissionRun<'a> {
    app: &'a App,
    lab: &'a Lab,
    workspace: &'a Workspace,
    deadline: Duration,
    concurrency: Concurrency,
}

/// How the submission ended.
enum Ended {
    ByItself(Output),
    Late(Output),
    WithContainer,
    DiskFull,
}

impl SubmissionRun<'_> {
    async fn run(&self, content: &Content) -> Result<(Run, Grade)> {
        let supervised = Supervised::look(self.app, &self.workspace.environment).await?;
        let folder = format!("/root/submission-{}", random::letters(8)?);
        let argv = self.bring(content, &folder).await?;
        let begin = Instant::now();
        let ended = self.app.step(Step::Submission, self.hand_in(argv)).await?;
        let mut run = self.to_run(ended)?;
        run.milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.end_leftovers(&supervised, &folder, &mut run).await?;
        self.app.emit(Event::Started(Step::Grade));
        let grade = check::grade(self.app, self.workspace, self.lab, GradedBy::Trainee).await?;
        self.app.emit(Event::Finished(Step::Grade));
        Ok((run, grade))
    }

    /// Copies the submission into the container and returns the command that applies it. A script is run as a file, so it can
    /// be in any language that the container has.
    async fn bring(&self, content: &Content, folder: &str) -> Result<Vec<String>> {
        let (below, archive, program) = match content {
            Content::Files { files, entry } => {
                let name = folder.trim_start_matches("/root/");
                ("/root", archive(files, name, 0o700)?, vec![format!("./{entry}")])
            }
            Content::GitlabRb(bytes) => {
                let files = [(GITLAB_RB.to_string(), bytes.clone())];
                let reconfigure = ["/opt/gitlab/bin/gitlab-ctl", "reconfigure"].map(String::from);
                ("/etc/gitlab", archive(&files, "", 0o600)?, reconfigure.to_vec())
            }
        };
        let brought = self.app.engine.write_archive(&self.workspace.environment.gitlab(), below, archive).await;
        brought.context(|| "the submission cannot be copied into the container".into())?;
        let place = if below == "/root" { folder } else { "/" };
        let launcher = ["/bin/sh", "-c", LAUNCH, "submission", place].map(String::from);
        Ok(launcher.into_iter().chain(program).collect())
    }

    async fn hand_in(&self, argv: Vec<String>) -> Result<Ended> {
        let command = Command::new(argv, self.deadline, OutputLimit::Last(OUTPUT_LIMIT)).user("root");
        let name = self.workspace.environment.gitlab();
        let ran = tokio::select! {
            ran = self.app.engine.exec(&name, &command) => ran,
            () = disk::nearly_full(self.app, &self.workspace.environment) => return Ok(Ended::DiskFull),
        };
        match ran {
            Ok(output) => Ok(Ended::ByItself(output)),
            Err(EngineError::DeadlineExceeded { output, .. }) => Ok(Ended::Late(output)),
            // The submission may have stopped its own container, which then is its end.
            Err(error) => match self.app.engine.inspect(&name).await {
                Ok(facts) if !facts.running => Ok(Ended::WithContainer),
                _ => Err(error).context(|| "the submission could not be run".into()),
            },
        }
    }

    fn to_run(&self, ended: Ended) -> Result<Run> {
        let late = || format!("it did not end within {} s, and was ended", self.deadline.as_secs());
        Ok(match ended {
            Ended::ByItself(output) => {
                Run { exit_code: Some(output.exit_code), output: excerpt(&output), ..Run::default() }
            }
            Ended::Late(output) => Run { output: excerpt(&output), notes: vec![late()], ..Run::default() },
            Ended::WithContainer => Run::default(),
            Ended::DiskFull if self.concurrency == Concurrency::Alone => {
                Run { notes: vec!["it was ended before it had filled the engine's disk".into()], ..Run::default() }
            }
            // Any of the concurrent submissions may have filled the disk, so each is retried alone.
            Ended::DiskFull => {
                return Err(Error::environment("the engine's disk became full while several submissions were graded"));
            }
        })
    }

    /// Ends leftover processes, which could interfere with the grading.
    async fn end_leftovers(&self, supervised: &Supervised, folder: &str, run: &mut Run) -> Result<()> {
        match supervised.restore(self.app, &self.workspace.environment, folder).await {
            Leftovers::Ended(names) if names.is_empty() => Ok(()),
            Leftovers::Ended(names) => {
                run.notes.push(format!("processes that it left running were ended: {}", names.join(", ")));
                Ok(())
            }
            Leftovers::Remaining => {
                let facts = self.app.engine.inspect(&self.workspace.environment.gitlab()).await;
                let runs = facts.context(|| "the container cannot be inspected".into())?.running;
                let survives = "processes that it left running could not be ended, so the container was restarted";
                run.notes
                    .push(if runs { survives } else { "it stopped the container, which was started again" }.into());
                self.restart_container(run).await
            }
        }
    }

    /// Restarts the container. If it does not come up, the checks decide about it.
    async fn restart_container(&self, run: &mut Run) -> Result<()> {
        let up = restart(self.app, self.workspace, &Step::Grade);
        match self.app.cancel.run_until_cancelled(up).await.ok_or_else(Error::interrupted)? {
            Ok(()) => Ok(()),
            Err(NotReady::Broken(error)) => {
                run.notes.push(format!("after that {error}"));
                Ok(())
            }
            Err(NotReady::Unknown(error)) => Err(error),
        }
    }
}

/// The end of the output, after a note about the omitted part.
fn excerpt(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let all = all.trim_ascii_end();
    let mut begin = all.len().saturating_sub(EXCERPT);
    if begin > 0 || output.dropped > 0 {
        // Does not split a character.
        begin += all[begin..].iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    }
    let text = printable(&String::from_utf8_lossy(&all[begin..])).trim_end().to_string();
    match output.dropped + begin as u64 {
        0 => text,
        cut => format!("[{cut} bytes that it printed before are not shown]\n{text}"),
    }
}

fn archive(files: &[(String, Vec<u8>)], folder: &str, mode: u32) -> Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    let packed = files.iter().try_for_each(|(path, bytes)| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_size(bytes.len() as u64);
        let path = if folder.is_empty() { path.clone() } else { format!("{folder}/{path}") };
        tar.append_data(&mut header, path, bytes.as_slice())
    });
    packed.and_then(|()| tar.into_inner()).context(|| "the submission cannot be packed".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(stdout: &str, dropped: u64) -> Output {
        Output { exit_code: 0, stdout: stdout.into(), stderr: vec![], dropped }
    }

    #[test]
    fn an_excerpt_is_without_what_a_terminal_would_obey() {
        assert_eq!(excerpt(&output("a\u{1b}[2J\u{7}b\n\n", 0)), "ab");
    }

    #[test]
    fn an_excerpt_is_the_end_of_the_output_and_says_how_much_is_missing() {
        let long = format!("{}\nlast", "x".repeat(EXCERPT));
        let expected = format!("[5 bytes that it printed before are not shown]\n{}\nlast", "x".repeat(EXCERPT - 5));
        assert_eq!(excerpt(&output(&long, 0)), expected);
        assert_eq!(excerpt(&output("last\n", 70_000)), "[70000 bytes that it printed before are not shown]\nlast");
        // A character of two bytes that would be split is omitted.
        let wide = format!("{}x", "ü".repeat(EXCERPT / 2));
        let expected = format!("[3 bytes that it printed before are not shown]\n{}x", "ü".repeat(EXCERPT / 2 - 1));
        assert_eq!(excerpt(&output(&wide, 1)), expected);
        assert_eq!(excerpt(&output("", 0)), "");
    }
}

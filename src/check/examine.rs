//! The examiner: a container from the same image that sees the files and processes of GitLab's container. While it is
//! there, only services run in GitLab's container: no helper process can repair during the grading, answer in place of a
//! service, or revert a change.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt;

use super::examined::{Examined, Looked};
use super::integrity::{Found, judge};
use crate::app::App;
use crate::attempt::Workspace;
use crate::engine::{AttachedStreams, ContainerSpec, EngineError, ObjectKind, ObjectRef, OutputChunk, Spec};
use crate::environment::{Environment, creating, plan};
use crate::error::{Error, Result};
use crate::grade::Finding;
use crate::lab::Lab;
use crate::random;
use crate::text::clean_line;

const EXAMINE: &str = include_str!("../../templates/grade/examine.rb");
/// Reads the program above from standard input, so that it stands in no list of processes.
const LAUNCH: [&str; 4] =
    ["/opt/gitlab/embedded/bin/ruby", "--disable-gems", "-e", "eval $stdin.read($stdin.gets.to_i)"];
/// Pause before a second try, if somebody was just working in the container.
const SECOND_LOOK: Duration = Duration::from_secs(3);
/// Finding if our program was killed.
const ENDED: &str = "our program was ended";
/// Time limit of an answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// Most bytes of an answer.
const LONGEST: usize = 8 << 20;

/// The examining container, and our program in it.
pub(super) struct Examiner<'a> {
    app: &'a App,
    workspace: &'a Workspace,
    container: String,
    talk: AttachedStreams,
    heard: Vec<u8>,
}

/// Why our program does not answer.
enum Silence {
    /// The engine failed.
    Engine(EngineError),
    /// Our program has ended, or reports an error. Only somebody in the container can have caused that.
    Ended(String),
}

impl From<EngineError> for Silence {
    /// Whoever ends every new process of the container ends ours as well, also while the engine starts it: then the engine
    /// has no container or program to go on with. An engine in trouble says so in other ways.
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NotFound(_) | EngineError::Conflict(_) | EngineError::NotStarted { .. } => {
                Self::Ended(ENDED.into())
            }
            EngineError::Refused { message, .. }
                if ["OCI runtime", "is not running"].iter().any(|words| message.contains(words)) =>
            {
                Self::Ended(ENDED.into())
            }
            other => Self::Engine(other),
        }
    }
}

/// An answer of our program.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer<T> {
    Failed { failed: String },
    Done(T),
}

#[derive(Deserialize)]
struct Thawed {}

#[derive(Deserialize)]
struct Froze {
    /// New ones appear all the time.
    restless: bool,
    /// What changed between our coming and this moment.
    touched: Vec<String>,
}

impl<'a> Examiner<'a> {
    /// Creates the container, and stops every process that is not a service.
    ///
    /// # Errors
    /// A failure of the engine. What somebody in the container prevents is a finding.
    pub async fn enter(app: &'a App, workspace: &'a Workspace) -> Result<Result<Self, Finding>, EngineError> {
        match Self::try_enter(app, workspace).await {
            Err(Silence::Ended(_)) => tokio::time::sleep(SECOND_LOOK).await,
            other => return settled(other),
        }
        settled(Self::try_enter(app, workspace).await)
    }

    async fn try_enter(app: &'a App, workspace: &'a Workspace) -> Result<Self, Silence> {
        let name = random::letters(8).map_err(|error| Silence::Ended(error.to_string()))?;
        // The image that the container was created from, even if its tag has moved.
        let image = app.engine.inspect(&workspace.environment.gitlab()).await?.image;
        let spec = ContainerSpec { image, ..plan::examiner(&workspace.environment, &app.installation, &name, &LAUNCH) };
        let container = spec.name.clone();
        creating(app, &Spec::Container(Box::new(spec))).await?;
        let talk = match app.engine.start_attached(&container).await {
            Ok(talk) => talk,
            Err(error) => {
                remove(app, &container).await;
                return Err(error.into());
            }
        };
        let mut examiner = Self { app, workspace, container, talk, heard: vec![] };
        match examiner.freeze().await {
            Ok(()) => Ok(examiner),
            Err(error) => {
                examiner.thaw().await;
                examiner.remove().await;
                Err(error)
            }
        }
    }

    async fn freeze(&mut self) -> Result<(), Silence> {
        self.say(&format!("{}\n{EXAMINE}", EXAMINE.len())).await?;
        let froze: Froze = self.ask("freeze").await?;
        if froze.restless {
            return Err(Silence::Ended("programs in it start others faster than they can be stopped".into()));
        }
        match froze.touched.first() {
            Some(path) => Err(Silence::Ended(format!("{} changed while it was looked at", clean_line(path)))),
            None => Ok(()),
        }
    }

    /// Compares the container's files with the image's. It was handed over at `attempt.handed_over`.
    pub async fn examine(&mut self) -> Result<Result<Examined, Finding>, EngineError> {
        let handed = self.workspace.attempt.handed_over.unwrap_or(Timestamp::from_second(1).unwrap_or_default());
        let seconds = format!("{}.{:09}", handed.as_second(), handed.subsec_nanosecond());
        settled(self.ask(&format!("examine {seconds} 0")).await)
    }

    /// Findings about files and about running processes, which ran during the checks as well.
    pub async fn findings(
        &mut self,
        examined: Result<Result<Examined, Finding>, EngineError>,
        lab: &Lab,
    ) -> Result<Found, EngineError> {
        let examined = match examined? {
            Ok(examined) => examined,
            Err(finding) => return Ok(finding.into()),
        };
        let looked: Result<Looked, Finding> = settled(self.ask("look").await)?;
        Ok(looked.map_or_else(Found::from, |looked| judge(&examined, &looked, &lab.may_change)))
    }

    /// Resumes the stopped processes. The examining container stays.
    pub async fn thaw(&mut self) {
        if self.ask::<Thawed>("thaw").await.is_err() {
            // Our program resumes the processes once its input ends.
            self.talk.input.shutdown().await.ok();
            tokio::time::timeout(PATIENCE, async { while let Some(Ok(_)) = self.talk.output.next().await {} })
                .await
                .ok();
        }
    }

    /// Removes the container, after [`Examiner::thaw`].
    pub async fn remove(self) {
        remove(self.app, &self.container).await;
    }

    async fn say(&mut self, text: &str) -> Result<(), Silence> {
        let said = async {
            self.talk.input.write_all(text.as_bytes()).await?;
            self.talk.input.flush().await
        };
        said.await.map_err(|error| Silence::Ended(error.to_string()))
    }

    async fn ask<T: DeserializeOwned>(&mut self, command: &str) -> Result<T, Silence> {
        self.say(&format!("{command}\n")).await?;
        let line = tokio::time::timeout(PATIENCE, self.line()).await;
        let line = line.map_err(|_| Silence::Ended(format!("it took longer than {} s", PATIENCE.as_secs())))??;
        match serde_json::from_slice(&line) {
            Ok(Answer::Done(done)) => Ok(done),
            Ok(Answer::Failed { failed }) => Err(Silence::Ended(clean_line(&failed))),
            Err(error) => Err(Silence::Ended(error.to_string())),
        }
    }

    async fn line(&mut self) -> Result<Vec<u8>, Silence> {
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                return Ok(self.heard.drain(..=end).collect());
            }
            match self.talk.output.next().await.transpose()? {
                Some(OutputChunk::Stdout(chunk)) if self.heard.len() < LONGEST => self.heard.extend_from_slice(&chunk),
                Some(OutputChunk::Stderr(_)) => {}
                Some(OutputChunk::Stdout(_) | OutputChunk::HeldOpen) | None => {
                    return Err(Silence::Ended(ENDED.into()));
                }
            }
        }
    }
}

fn settled<T>(entered: Result<T, Silence>) -> Result<Result<T, Finding>, EngineError> {
    match entered {
        Ok(examiner) => Ok(Ok(examiner)),
        Err(Silence::Ended(why)) => Ok(Err(prevented(&why))),
        Err(Silence::Engine(error)) => Err(error),
    }
}

fn prevented(why: &str) -> Finding {
    Finding {
        path: "the container".into(),
        why: format!("does not let its programs be compared with the image's: {why}"),
    }
}

async fn remove(app: &App, container: &str) {
    let object = ObjectRef { kind: ObjectKind::Container, id: container.into(), name: container.into() };
    // It ends and goes by itself, and with the attempt.
    app.engine.remove(&object).await.ok();
}

/// The engine's time, which timestamps of the container's files use. Later changes are the trainee's.
pub async fn now(app: &App, environment: &Environment) -> Result<Timestamp> {
    let command = crate::engine::Command::new(
        ["date", "-u", "+%Y-%m-%dT%H:%M:%S.%NZ"],
        PATIENCE,
        crate::engine::OutputLimit::First(1024),
    );
    let output = crate::error::Context::context(app.engine.exec(&environment.probe(), &command).await, || {
        "the probe cannot tell the time".into()
    })?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().map_err(|_| Error::environment("the probe cannot tell the time").because(clean_line(&said)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_killed_is_told_from_an_engine_in_trouble() {
        let refused = |message: &str| EngineError::Refused {
            action: "start a container".into(),
            status: 500,
            message: message.into(),
        };
        let killed = "failed to create shim task: OCI runtime create failed: runc create failed";
        for (error, ended) in [
            (refused(killed), true),
            (refused("container 98d298 is not running"), true),
            (EngineError::Conflict("container x is not running".into()), true),
            (EngineError::NotFound("No such container: x".into()), true),
            (refused("driver failed programming external connectivity"), false),
            (EngineError::DiskFull("no space left on device".into()), false),
            (EngineError::Unreachable { address: "x".into(), cause: "refused".into() }, false),
        ] {
            assert_eq!(matches!(Silence::from(error.clone()), Silence::Ended(_)), ended, "{error}");
        }
    }
}

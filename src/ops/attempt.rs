//! Operations on one attempt.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::results::{Achieved, achieved, results};
use super::{Resumption, Services};
use crate::app::App;
use crate::attempt::{Attempt, Draft, Entry, Faults, Happening, State, Workspace, suits};
use crate::check;
use crate::class::results::AttemptResults;
use crate::daemon::{self, GateInfo};
use crate::environment::{PortChoice, prepare};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::{Grade, GradedBy};
use crate::id::{AttemptId, LabId, TraineeId};
use crate::lab::Lab;
use crate::lifecycle::{self, Launch, ResumeOutcome};
use crate::random;
use crate::store::Store;
use crate::text::clean_line;

pub use crate::lifecycle::{EnvironmentSource, HintRequest, Hints, OnFailure};

/// Parameters of a new attempt.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// Lab to start.
    pub lab: Lab,
    /// Trainee who works on the attempt.
    pub trainee: TraineeId,
    /// Seed of the lab's variables; random if `None`.
    pub seed: Option<String>,
    /// GitLab image; the training image if `None`.
    pub image: Option<String>,
    /// Address that GitLab's port is bound to.
    pub listen: IpAddr,
    /// Name or address by which the trainee reaches this machine; `listen` if `None`.
    pub address: Option<String>,
    /// Port of GitLab; a free one if `None`.
    pub port: Option<u16>,
    /// Public keys for logins through the gate.
    pub ssh_keys: Vec<String>,
    /// Time until the environment expires.
    pub ttl: Duration,
    /// Faults to apply.
    pub faults: Faults,
    /// Where the environment comes from; ignored if `port` is given.
    pub source: EnvironmentSource,
    /// Whether a failed environment is kept or removed.
    pub on_failure: OnFailure,
}

/// Ticket of an attempt with everything that the trainee needs.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The attempt and its environment, with address and credentials.
    pub workspace: Workspace,
    /// The lab's title, in one line.
    pub title: String,
    /// Text of the customer's ticket.
    pub text: String,
    /// The running gate, if any.
    pub gate: Option<GateInfo>,
}

/// A graded attempt.
#[derive(Clone, Debug)]
pub struct Graded {
    /// The attempt and its environment.
    pub workspace: Workspace,
    /// Grade with the result of each check.
    pub grade: Grade,
    /// The attempt's results, with this grading as the latest.
    pub results: AttemptResults,
    /// Debrief for the trainee; `None` unless the lab is solved.
    pub debrief: Option<String>,
}

/// Status of an attempt.
#[derive(Clone, Debug)]
pub struct Status {
    /// Record of the attempt.
    pub attempt: Attempt,
    /// State of its environment.
    pub state: State,
    /// What it has achieved; `None` before the first grading.
    pub achieved: Option<Achieved>,
}

/// Result of removing an attempt's environment.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// Id of the attempt.
    pub id: AttemptId,
    /// Whether the removal succeeded.
    pub result: Result<()>,
}

/// Starts an attempt.
pub async fn start(services: &Services, request: StartRequest) -> Result<Workspace> {
    let app = &services.app;
    let images = prepare(app, request.image.as_deref(), &services.build_env).await?;
    suits(&request.lab, images.platform)?;
    let (lab, trainee, time_to_live) = (&request.lab, &request.trainee, request.ttl);
    let seed = request.seed.map_or_else(|| random::letters(6), Ok)?;
    let draft = Draft { lab, images: &images, trainee, seed: &seed, time_to_live };
    let Workspace { mut attempt, mut environment } = draft.workspace(app.now())?;
    attempt.labs_dir.clone_from(&services.labs);
    attempt.healthy = request.faults == Faults::None;
    attempt.access.keys = request.ssh_keys;
    environment.spec.listen = request.listen;
    environment.spec.address = request.address;
    environment.port = request.port.unwrap_or_default();
    let (port, source) = match request.port {
        Some(_) => (PortChoice::Same, EnvironmentSource::Fresh),
        None => (PortChoice::Any, request.source),
    };
    let what = Launch { lab, port, source, faults: request.faults };
    lifecycle::start(app, Workspace { attempt, environment }, &what, request.on_failure).await
}

/// Attempts of a trainee at a lab that have not been stopped.
pub fn present(store: &Store, lab: &LabId, trainee: &TraineeId) -> Result<Vec<Attempt>> {
    let same = |entry: &Entry| entry.attempt.lab == *lab && entry.attempt.trainee == *trainee;
    let alive = |entry: &Entry| !matches!(entry.state, State::Stopping | State::Stopped);
    Ok(store.attempts()?.into_iter().filter(|entry| same(entry) && alive(entry)).map(|entry| entry.attempt).collect())
}

/// The ticket of an attempt. `labs` as in [`Attempt::library`].
pub fn ticket(store: &Store, labs: Option<&Path>, id: &AttemptId) -> Result<Ticket> {
    let workspace = store.known(id)?.workspace();
    let lab = lab_of(&workspace.attempt, labs)?;
    Ok(Ticket { title: lab.title.clone(), text: workspace.ticket(&lab)?, gate: daemon::running(store)?, workspace })
}

fn lab_of(attempt: &Attempt, labs: Option<&Path>) -> Result<Lab> {
    attempt.library(labs).load(&attempt.lab)
}

/// An attempt's state, and what it has achieved.
pub fn status(store: &Store, id: &AttemptId) -> Result<Status> {
    let entry = store.known(id)?;
    let achieved = achieved(store, &entry)?;
    Ok(Status { attempt: entry.attempt, state: entry.state, achieved })
}

/// Grades an attempt and stores the grade. `labs` as in [`Attempt::library`].
pub async fn grade(app: &App, labs: Option<&Path>, id: &AttemptId) -> Result<Graded> {
    // Fails early, instead of after waiting for the lock.
    app.store.known(id)?.handed_over()?;
    grade_with(app, id, GradedBy::Trainee, |attempt| lab_of(attempt, labs)).await
}

/// Grades an attempt under its lock and stores the grade.
pub(super) async fn grade_with(
    app: &App,
    id: &AttemptId,
    by: GradedBy,
    find: impl FnOnce(&Attempt) -> Result<Lab>,
) -> Result<Graded> {
    let _lock = app.lock(id).await?;
    let workspace = app.store.known(id)?.handed_over()?;
    let lab = find(&workspace.attempt)?;
    if lab.digest != workspace.attempt.lab_digest {
        app.emit(Event::Warning(format!(
            "lab {} has changed since the attempt began; its checks are the new ones",
            lab.id
        )));
    }
    app.emit(Event::Started(Step::Grade));
    let grade = check::grade(app, &workspace, &lab, by).await?;
    app.emit(Event::Finished(Step::Grade));
    app.store.keep_grade(&grade)?;
    let debrief = if grade.solved() { Some(workspace.debrief(&lab)?) } else { None };
    let results = results(&app.store, &app.store.known(id)?)?;
    Ok(Graded { workspace, grade, results, debrief })
}

/// Runs single checks without their dependencies and stores no grade: for lab authors.
pub async fn try_checks(app: &App, labs: Option<&Path>, id: &AttemptId, checks: &[String]) -> Result<Grade> {
    lifecycle::grade_some(app, labs, id, checks).await
}

/// Shows hints; taking the next one costs points. `labs` as in [`Attempt::library`].
pub async fn hint(app: &App, labs: Option<&Path>, id: &AttemptId, request: HintRequest) -> Result<Hints> {
    lifecycle::take_hint(app, labs, id, request).await
}

/// Replaces an attempt's environment by a freshly broken one.
pub async fn reset(services: &Services, id: &AttemptId) -> Result<Workspace> {
    let app = &services.app;
    let old = app.store.known(id)?.workspace();
    let lab = lab_of(&old.attempt, services.labs.as_deref())?;
    let images = prepare(app, Some(old.environment.spec.image()), &services.build_env).await?;
    lifecycle::reset(app, id, &images, &in_place(&old.attempt, &lab)).await
}

/// Restarts an attempt's environment after a reboot or a crash of the engine.
pub async fn resume(services: &Services, id: &AttemptId) -> Result<Resumption> {
    let app = &services.app;
    let attempt = app.store.known(id)?.attempt;
    let lab = lab_of(&attempt, services.labs.as_deref())?;
    match lifecycle::resume(app, id, &in_place(&attempt, &lab)).await? {
        ResumeOutcome::Running => Ok(Resumption::Running),
        ResumeOutcome::Back(note) => Ok(Resumption::Back(note)),
        ResumeOutcome::Lost(why) => Err(Error::environment(format!("{id} cannot be brought back"))
            .because(why)
            .hint(format!("`breakfix reset {id}` recreates it, freshly broken."))),
    }
}

/// A launch at the same address, without the pool.
fn in_place<'a>(attempt: &Attempt, lab: &'a Lab) -> Launch<'a> {
    Launch { lab, port: PortChoice::Same, source: EnvironmentSource::Fresh, faults: attempt.faults() }
}

/// Gives an attempt more minutes; counts from now if its time is already over.
pub async fn extend(app: &App, id: &AttemptId, minutes: u32) -> Result<Workspace> {
    let _lock = app.lock(id).await?;
    let (more, now) = (Duration::from_mins(u64::from(minutes)), app.now());
    let later = |at: Timestamp| {
        at.max(now).checked_add(more).map_err(|cause| Error::invalid("the time is too long").caused_by(cause))
    };
    app.store.update_and_note(id, now, |record| {
        record.due = record.due.map(later).transpose()?;
        record.expires = later(record.expires)?;
        Ok(Happening::Extended { minutes })
    })
}

/// Removes the environments of these attempts. Continues after a failure.
pub async fn stop(app: &App, ids: &[AttemptId]) -> Vec<Stopped> {
    let mut stopped = vec![];
    for id in ids {
        stopped.push(Stopped { id: id.clone(), result: lifecycle::stop(app, id).await });
    }
    stopped
}

/// Most characters of a question.
const QUESTION: usize = 200;

/// Records a question of the trainee, which the board shows until the trainer answers with a message.
pub fn ask(app: &App, id: &AttemptId, question: &str) -> Result<()> {
    let text = clean_line(question).chars().take(QUESTION).collect();
    app.store.note(id, &Happening::Asked { text }, app.now())
}

/// Shows a message on all open terminals of the container; returns the number of terminals.
pub async fn message(app: &App, id: &AttemptId, text: &str) -> Result<usize> {
    let workspace = app.store.known(id)?.handed_over()?;
    lifecycle::message(app, &workspace, text).await
}

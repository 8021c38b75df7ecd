//! Operations of one attempt.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::{Resumption, Services};
use crate::app::App;
use crate::attempt::{Attempt, Draft, Entry, Faults, Happening, State, Workspace, suits};
use crate::check;
use crate::daemon::{self, GateInfo};
use crate::environment::{PortChoice, prepare};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::id::{AttemptId, TraineeId};
use crate::lab::{Lab, LabId};
use crate::lifecycle::{self, Launch, Resumed};
use crate::random;
use crate::store::Store;

pub use crate::lifecycle::{HintRequest, Hints, OnFailure, Source};

/// What is to be started.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// The lab.
    pub lab: Lab,
    /// Who works on it.
    pub trainee: TraineeId,
    /// What its variables are drawn from; by chance if `None`.
    pub seed: Option<String>,
    /// Another GitLab image than ours.
    pub image: Option<String>,
    /// Address that its port is bound to.
    pub listen: IpAddr,
    /// Name or address by which its trainee reaches this machine; follows `listen` if `None`.
    pub address: Option<String>,
    /// Its port; a free one if `None`.
    pub port: Option<u16>,
    /// Public keys for logins through the gate.
    pub ssh_keys: Vec<String>,
    /// How long it is kept.
    pub ttl: Duration,
    /// Which faults are applied.
    pub faults: Faults,
    /// Where its environment comes from, if any port will do.
    pub source: Source,
    /// What becomes of an environment whose start has failed.
    pub on_failure: OnFailure,
}

/// What a trainee is handed.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The attempt, and its environment with address and credentials.
    pub workspace: Workspace,
    /// The customer's words.
    pub text: String,
    /// The gate, if one runs.
    pub gate: Option<GateInfo>,
}

/// A repair that was graded.
#[derive(Clone, Debug)]
pub struct Graded {
    /// What was graded.
    pub workspace: Workspace,
    /// What the checks say.
    pub grade: Grade,
    /// What its trainee reads once it is solved.
    pub debrief: Option<String>,
}

/// Where an attempt stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// The attempt.
    pub attempt: Attempt,
    /// Its state.
    pub state: State,
    /// Its last grade.
    pub grade: Option<Grade>,
}

/// An attempt whose environment was to be removed.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// The attempt.
    pub id: AttemptId,
    /// Whether it is.
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
        Some(_) => (PortChoice::Same, Source::Fresh),
        None => (PortChoice::Any, request.source),
    };
    let what = Launch { lab, port, source, faults: request.faults };
    lifecycle::start(app, Workspace { attempt, environment }, &what, request.on_failure).await
}

/// Attempts of a trainee at a lab that are there.
pub fn present(store: &Store, lab: &LabId, trainee: &TraineeId) -> Result<Vec<Attempt>> {
    let same = |entry: &Entry| entry.attempt.lab == *lab && entry.attempt.trainee == *trainee;
    let alive = |entry: &Entry| !matches!(entry.state, State::Stopping | State::Stopped);
    Ok(store.attempts()?.into_iter().filter(|entry| same(entry) && alive(entry)).map(|entry| entry.attempt).collect())
}

/// What its trainee is handed, at the start and whenever they ask. `labs` as in [`Attempt::library`].
pub fn ticket(store: &Store, labs: Option<&Path>, id: &AttemptId) -> Result<Ticket> {
    let workspace = store.known(id)?.workspace();
    let lab = lab_of(&workspace.attempt, labs)?;
    Ok(Ticket { text: workspace.ticket(&lab)?, gate: daemon::running(store)?, workspace })
}

fn lab_of(attempt: &Attempt, labs: Option<&Path>) -> Result<Lab> {
    attempt.library(labs).load(&attempt.lab)
}

/// An attempt's state and last grade.
pub fn status(store: &Store, id: &AttemptId) -> Result<Status> {
    let Entry { attempt, state, .. } = store.known(id)?;
    Ok(Status { grade: store.latest_grade(id)?, attempt, state })
}

/// Grades a repair, and keeps the grade. `labs` as in [`Attempt::library`].
pub async fn grade(app: &App, labs: Option<&Path>, id: &AttemptId) -> Result<Graded> {
    // Nobody waits for a reset only to be told that there is nothing to grade.
    app.store.known(id)?.handed_over()?;
    grade_with(app, id, |attempt| lab_of(attempt, labs)).await
}

/// Grades an attempt that was handed over, as the only one who works on it meanwhile, and keeps the grade.
pub(super) async fn grade_with(
    app: &App,
    id: &AttemptId,
    find: impl FnOnce(&Attempt) -> Result<Lab>,
) -> Result<Graded> {
    let _lock = app.lock(id).await?;
    let workspace = app.store.known(id)?.handed_over()?;
    let lab = find(&workspace.attempt)?;
    if lab.digest != workspace.attempt.lab_digest {
        app.tell(Event::Warning(format!(
            "lab {} has changed since the attempt began; its checks are the new ones",
            lab.id
        )));
    }
    app.tell(Event::Started(Step::Grade));
    let grade = check::grade(app, &workspace, &lab).await?;
    app.tell(Event::Finished(Step::Grade));
    app.store.keep_grade(&grade)?;
    let debrief = if grade.solved() { Some(workspace.debrief(&lab)?) } else { None };
    Ok(Graded { workspace, grade, debrief })
}

/// Runs some of a lab's checks, whatever they need, and keeps no grade: for those who write labs.
pub async fn try_checks(app: &App, labs: Option<&Path>, id: &AttemptId, checks: &[String]) -> Result<Grade> {
    lifecycle::grade_some(app, labs, id, checks).await
}

/// Shows hints; the next one costs points. `labs` as in [`Attempt::library`].
pub async fn hint(app: &App, labs: Option<&Path>, id: &AttemptId, request: HintRequest) -> Result<Hints> {
    lifecycle::take_hint(app, labs, id, request).await
}

/// Makes an attempt's environment anew, freshly broken.
pub async fn reset(services: &Services, id: &AttemptId) -> Result<Workspace> {
    let app = &services.app;
    let old = app.store.known(id)?.workspace();
    let lab = lab_of(&old.attempt, services.labs.as_deref())?;
    let images = prepare(app, Some(old.environment.spec.image()), &services.build_env).await?;
    lifecycle::reset(app, id, &images, &in_place(&old.attempt, &lab)).await
}

/// Brings an attempt's environment back after a reboot or a crash of the engine.
pub async fn resume(services: &Services, id: &AttemptId) -> Result<Resumption> {
    let app = &services.app;
    let attempt = app.store.known(id)?.attempt;
    let lab = lab_of(&attempt, services.labs.as_deref())?;
    match lifecycle::resume(app, id, &in_place(&attempt, &lab)).await? {
        Resumed::Running => Ok(Resumption::Running),
        Resumed::Back(note) => Ok(Resumption::Back(note)),
        Resumed::Lost(why) => Err(Error::environment(format!("{id} cannot be brought back"))
            .because(why)
            .hint(format!("`breakfix reset {id}` makes it anew, freshly broken."))),
    }
}

/// With the same address, and none of the pool.
fn in_place<'a>(attempt: &Attempt, lab: &'a Lab) -> Launch<'a> {
    Launch { lab, port: PortChoice::Same, source: Source::Fresh, faults: attempt.faults() }
}

/// Gives an attempt so much more time, from now where its time is over already.
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

/// Removes the environments of these attempts; one that cannot be removed keeps no other from it.
pub async fn stop(app: &App, ids: &[AttemptId]) -> Vec<Stopped> {
    let mut stopped = vec![];
    for id in ids {
        stopped.push(Stopped { id: id.clone(), result: lifecycle::stop(app, id).await });
    }
    stopped
}

/// Shows a message on every terminal that is open in the container; gives the number of terminals.
pub async fn message(app: &App, id: &AttemptId, text: &str) -> Result<usize> {
    let workspace = app.store.known(id)?.handed_over()?;
    lifecycle::message(app, &workspace, text).await
}

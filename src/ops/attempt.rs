//! Operations of one attempt.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::{Resumption, Services};
use crate::app::App;
use crate::attempt::prepare::{prepare, suits};
use crate::attempt::{self, Attempt, Happening, Hints, Launch, Resumed, State};
use crate::daemon::{self, GateInfo};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::lab::Lab;
use crate::random;
use crate::store::{Entry, Store};

/// What is to be started.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// The lab.
    pub lab: Lab,
    /// Who works on it, in the alphabet of ids.
    pub trainee: String,
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
    /// No fault goes in.
    pub healthy: bool,
    /// Whether one of the pool will do.
    pub from_pool: bool,
    /// Leave what could not be started to be looked at.
    pub keep: bool,
}

/// What a trainee is handed.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The attempt, with address and credentials.
    pub attempt: Attempt,
    /// The customer's words.
    pub text: String,
    /// The gate, if one runs.
    pub gate: Option<GateInfo>,
}

/// A repair that was graded.
#[derive(Clone, Debug)]
pub struct Graded {
    /// The attempt.
    pub attempt: Attempt,
    /// What the checks say.
    pub grade: Grade,
    /// What its trainee reads once it is solved.
    pub debrief: Option<String>,
}

/// Where an attempt stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The attempt.
    pub attempt: Attempt,
    /// Its state.
    pub state: State,
    /// Its last grade.
    pub grade: Option<Grade>,
}

/// Which hints somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintRequest {
    /// The next one, for its price.
    Next,
    /// Those taken so far.
    Taken,
}

/// An attempt whose environment was to be removed.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// Its id.
    pub id: String,
    /// Whether it is.
    pub result: Result<()>,
}

/// Starts an attempt.
pub async fn start(services: &Services, request: StartRequest) -> Result<Attempt> {
    let app = &services.app;
    let prepared = prepare(app, request.image.as_deref(), &services.build_env).await?;
    suits(&request.lab, prepared.platform)?;
    let seed = request.seed.map_or_else(|| random::letters(6), Ok)?;
    let draft = Attempt::on_paper(&request.lab, &prepared, &request.trainee, &seed, app.now(), request.ttl)?;
    let attempt = Attempt {
        labs_dir: services.labs.clone(),
        healthy: request.healthy,
        ssh_keys: request.ssh_keys,
        listen: request.listen,
        address: request.address,
        port: request.port.unwrap_or_default(),
        ..draft
    };
    let what = Launch {
        lab: &request.lab,
        probe_image: &prepared.probe_image,
        any_port: request.port.is_none(),
        from_pool: request.port.is_none() && request.from_pool,
        faults: attempt.faults(),
    };
    attempt::start(app, attempt, &what, request.keep).await
}

/// Attempts of a trainee at a lab that are there.
pub fn present(store: &Store, lab: &str, trainee: &str) -> Result<Vec<Attempt>> {
    let same = |entry: &Entry| entry.attempt.lab == lab && entry.attempt.trainee == trainee;
    let alive = |entry: &Entry| !matches!(entry.state, State::Stopping | State::Stopped);
    Ok(store.attempts()?.into_iter().filter(|entry| same(entry) && alive(entry)).map(|entry| entry.attempt).collect())
}

/// What its trainee is handed, at the start and whenever they ask. `labs` as in [`Attempt::library`].
pub fn ticket(store: &Store, labs: Option<&Path>, id: &str) -> Result<Ticket> {
    let attempt = store.known(id)?.attempt;
    let lab = attempt.library(labs).load(&attempt.lab)?;
    Ok(Ticket { text: attempt.ticket(&lab)?, gate: daemon::running(store)?, attempt })
}

/// Where an attempt stands.
pub fn standing(store: &Store, id: &str) -> Result<Standing> {
    let Entry { attempt, state } = store.known(id)?;
    Ok(Standing { grade: store.latest_grade(id)?, attempt, state })
}

/// Grades a repair, and keeps the grade. `labs` as in [`Attempt::library`].
pub async fn grade(app: &App, labs: Option<&Path>, id: &str) -> Result<Graded> {
    // Nobody waits for a reset only to be told that there is nothing to grade.
    attempt::handed_over(&app.store, id)?;
    grade_with(app, id, |attempt| attempt.library(labs).load(&attempt.lab)).await
}

/// Grades an attempt that was handed over, as the only one who works on it meanwhile, and keeps the grade.
pub(super) async fn grade_with(app: &App, id: &str, find: impl FnOnce(&Attempt) -> Result<Lab>) -> Result<Graded> {
    let _lock = attempt::lock(app, id).await?;
    let attempt = attempt::handed_over(&app.store, id)?;
    let lab = find(&attempt)?;
    if lab.digest != attempt.lab_digest {
        app.tell(Event::Warning(format!(
            "lab {} has changed since the attempt began; its checks are the new ones",
            lab.id
        )));
    }
    app.tell(Event::Started(Step::Grade));
    let grade = crate::grade::run::grade(app, &attempt, &lab).await?;
    app.tell(Event::Finished(Step::Grade));
    app.store.keep_grade(&grade)?;
    let debrief = if grade.solved() { Some(attempt.debrief(&lab)?) } else { None };
    Ok(Graded { attempt, grade, debrief })
}

/// Runs some of a lab's checks, whatever they need, and keeps no grade: for those who write labs.
pub async fn try_checks(app: &App, labs: Option<&Path>, id: &str, checks: &[String]) -> Result<Grade> {
    crate::grade::alone::some(app, labs, id, checks).await
}

/// Shows hints; the next one costs points. `labs` as in [`Attempt::library`].
pub async fn hint(app: &App, labs: Option<&Path>, id: &str, request: HintRequest) -> Result<Hints> {
    attempt::take_hint(app, labs, id, request == HintRequest::Taken).await
}

/// Makes an attempt's environment anew, freshly broken.
pub async fn reset(services: &Services, id: &str) -> Result<Attempt> {
    let app = &services.app;
    let attempt = app.store.known(id)?.attempt;
    let lab = attempt.library(services.labs.as_deref()).load(&attempt.lab)?;
    let images = prepare(app, Some(&attempt.image), &services.build_env).await?;
    attempt::reset(app, id, &in_place(&attempt, &lab, &images.probe_image)).await
}

/// Brings an attempt's environment back after a reboot or a crash of the engine.
pub async fn resume(services: &Services, id: &str) -> Result<Resumption> {
    let app = &services.app;
    let attempt = app.store.known(id)?.attempt;
    let lab = attempt.library(services.labs.as_deref()).load(&attempt.lab)?;
    let images = prepare(app, Some(&attempt.image), &services.build_env).await?;
    match attempt::resume(app, id, &in_place(&attempt, &lab, &images.probe_image)).await? {
        Resumed::Running => Ok(Resumption::Running),
        Resumed::Back(note) => Ok(Resumption::Back(note)),
        Resumed::Lost(why) => Err(Error::environment(format!("{id} cannot be brought back"))
            .because(why)
            .hint(format!("`breakfix reset {id}` makes it anew, freshly broken."))),
    }
}

/// With the same address, and none of the pool.
fn in_place<'a>(attempt: &Attempt, lab: &'a Lab, probe_image: &'a str) -> Launch<'a> {
    Launch { lab, probe_image, any_port: false, from_pool: false, faults: attempt.faults() }
}

/// Gives an attempt so much more time, from now where its time is over already.
pub async fn extend(app: &App, id: &str, minutes: u32) -> Result<Attempt> {
    let _lock = attempt::lock(app, id).await?;
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
pub async fn stop(app: &App, ids: &[String]) -> Vec<Stopped> {
    let mut stopped = vec![];
    for id in ids {
        stopped.push(Stopped { id: id.clone(), result: attempt::stop(app, id).await });
    }
    stopped
}

/// Shows a message on every terminal that is open in the container; gives the number of terminals.
pub async fn message(app: &App, id: &str, text: &str) -> Result<usize> {
    let attempt = attempt::handed_over(&app.store, id)?;
    attempt::message(app, &attempt, text).await
}

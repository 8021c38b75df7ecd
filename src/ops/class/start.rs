//! Starts a class, and adds people to a running one.

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::choose::assignments;
use super::{Assignment, ClassContext, Task, TaskResult, capacity, handouts, labs, pool, run};
use crate::app::App;
use crate::attempt::{State, Workspace};
use crate::class::capacity::Capacity;
use crate::class::{Change, Class, Course, Enrolled, Member, Person, changes, check_people, enrol, join};
use crate::daemon;
use crate::error::{Context, Error, Result};
use crate::event::Event;
use crate::lifecycle::EnvironmentSource;
use crate::ops::Services;
use crate::random;
use crate::secret::Secret;
use crate::store::ClassState;

pub use super::capacity::check as check_capacity;

/// Said about a class whose hand-outs cannot name a shell.
const NO_SHELL: &str = "the class file has no `ssh`: trainees get no shell, and can neither take hints nor grade; \
     write `ssh: 2222` unless they work on this machine";

/// Parameters for starting or completing a class.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// Content of the class file.
    pub class: Class,
    /// People on the roster.
    pub people: Vec<Person>,
    /// GitLab image; the same as before if `None`.
    pub image: Option<String>,
    /// Name or address by which trainees reach this machine; the class's `listen` address if `None`.
    pub address: Option<String>,
    /// Folder for the handouts; the same as before, or named after the class, if `None`.
    pub handouts: Option<PathBuf>,
}

/// Environments that a start would create.
#[derive(Clone, Debug)]
pub struct StartPlan {
    /// The class: its current file and the settings of its first start.
    pub course: Course,
    /// Members with their slugs.
    pub members: Vec<Member>,
    /// Members who are not on the roster any more: they keep what they have, and get nothing new.
    pub gone: Vec<Member>,
    /// What has changed in the class file since the last start.
    pub changes: Vec<Change>,
    /// Missing environments.
    pub tasks: Vec<Task>,
    /// Environments that the engine does not have any more: they are created again.
    pub lost: Vec<Assignment>,
    /// Capacity of the machine for them.
    pub capacity: Capacity,
}

/// Result of a start.
#[derive(Clone, Debug)]
pub struct Started {
    /// The started class.
    pub course: Course,
    /// Result of each environment that was missing.
    pub results: Vec<TaskResult<Workspace>>,
}

/// Plans a start without changing anything.
pub async fn plan(services: &Services, request: StartRequest) -> Result<StartPlan> {
    let app = &services.app;
    let course = course(services, request.class.clone(), &request)?;
    labs(services.labs.as_deref(), &course)?;
    planned(app, course, &request.people).await
}

/// Removes environments of interrupted starts, then plans a start.
pub async fn clear_and_plan(services: &Services, request: StartRequest) -> Result<StartPlan> {
    let app = &services.app;
    let course = course(services, request.class.clone(), &request)?;
    labs(services.labs.as_deref(), &course)?;
    let cleared = run::clear(app, &course).await?;
    if !cleared.is_empty() {
        app.emit(Event::Note(format!("{} that were interrupted are removed, and recreated", cleared.len())));
    }
    planned(app, course, &request.people).await
}

async fn planned(app: &App, course: Course, people: &[Person]) -> Result<StartPlan> {
    if course.class.ssh.is_none() {
        app.emit(Event::Warning(NO_SHELL.into()));
    }
    let id = &course.class.id;
    let Enrolled { members, gone } = enrol(people, &app.store.members(id)?);
    let changes = app.store.class(id)?.map_or(vec![], |(known, _)| changes(&known.class, &course.class));
    let tasks = run::tasks(app, &course, &members)?;
    let lost = lost(app, &course, &members).await?;
    let new = tasks.len() + lost.len() + pool::lacking(app, &course)?;
    let capacity = capacity::measure(app, &course, new).await?;
    Ok(StartPlan { course, members, gone, changes, tasks, lost, capacity })
}

/// Environments that should run and whose container the engine does not have.
async fn lost(app: &App, course: &Course, members: &[Member]) -> Result<Vec<Assignment>> {
    let mut lost = assignments(&app.store, course, members, |state| state == State::Running)?;
    if !lost.is_empty() {
        let objects = app.engine.list(&app.installation).await.context(|| "the engine cannot be asked".into())?;
        let there = |name: &str| objects.iter().any(|object| object.reference.name == name);
        lost.retain(|one| !there(&one.workspace.environment.gitlab()));
    }
    Ok(lost)
}

/// Combines the class's current file with the settings of its first start.
fn course(services: &Services, class: Class, request: &StartRequest) -> Result<Course> {
    let known = services.app.store.class(&class.id)?;
    if let Some((_, ClassState::Stopped)) = known {
        return Err(Error::conflict(format!("class {} was stopped, and its results are kept", class.id))
            .hint("Give the class another `id` to start it anew."));
    }
    let known = known.map(|(course, _)| course);
    let secret = class.secret.clone().or_else(|| known.as_ref().map(|known| known.secret.clone()));
    let folder = request.handouts.clone().or_else(|| known.as_ref().map(|known| known.handouts.clone()));
    let folder = folder.unwrap_or_else(|| PathBuf::from(class.id.as_str()));
    Ok(Course {
        secret: secret.map_or_else(|| random::secret(32).map(Secret::new), Ok)?,
        labs_dir: services.labs.clone(),
        image: request.image.clone().or_else(|| known.as_ref().and_then(|known| known.image.clone())),
        address: request.address.clone(),
        handouts: std::path::absolute(&folder).context(|| format!("{} is not a usable path", folder.display()))?,
        paused: known.as_ref().and_then(|known| known.paused),
        started: known.map_or_else(|| services.app.now(), |known| known.started),
        class,
    })
}

/// Creates the planned environments. Callers decide with [`check_capacity`] whether they fit.
pub async fn start(services: &Services, plan: StartPlan, jobs: Option<usize>) -> Result<Started> {
    let app = &services.app;
    let class = ClassContext::open(services, &plan.course, jobs).await?;
    app.store.keep_class(&plan.course)?;
    let members: Vec<Member> = plan.members.iter().chain(&plan.gone).cloned().collect();
    app.store.keep_members(&plan.course.class.id, &members)?;
    move_deadlines(app, &plan)?;
    let mut results = run::reset(app, &class, &plan.lost, EnvironmentSource::Pool).await;
    results.extend(launch(app, &class, &plan.tasks).await?);
    Ok(Started { results, course: plan.course })
}

/// Moves the deadlines of those who are at work as the class's minutes have changed.
fn move_deadlines(app: &App, plan: &StartPlan) -> Result<()> {
    let minutes = |change: &Change| match change {
        Change::Minutes { from, to } => Some((*from, *to)),
        _ => None,
    };
    let Some((from, to)) = plan.changes.iter().find_map(minutes) else { return Ok(()) };
    let due = |old: Option<Timestamp>| match (old, from, to) {
        (_, _, None) => Ok(None),
        (Some(due), Some(from), Some(to)) => {
            due.checked_add(SignedDuration::from_mins(i64::from(to) - i64::from(from))).map(Some)
        }
        (_, _, Some(to)) => app.now().checked_add(SignedDuration::from_mins(i64::from(to))).map(Some),
    };
    let too_long = |cause| Error::invalid("the time limit is too long").caused_by(cause);
    for one in assignments(&app.store, &plan.course, &plan.members, State::is_handed_over)? {
        let due = due(one.workspace.attempt.due).map_err(too_long)?;
        let expires = app.now().checked_add(plan.course.time_to_live()).map_err(too_long)?;
        app.store.update(&one.workspace.attempt.id, |record| {
            record.due = due;
            record.expires = record.expires.max(expires);
        })?;
    }
    Ok(())
}

/// Adds people to a running class.
pub async fn add(services: &Services, course: &Course, joining: &[Person]) -> Result<Started> {
    let app = &services.app;
    let known = app.store.members(&course.class.id)?;
    // New people come after the existing members, who keep their slugs.
    let all: Vec<Person> = known.iter().map(|member| &member.person).chain(joining).cloned().collect();
    check_people(&all)?;
    let members = join(joining, &known);
    let tasks = run::tasks(app, course, &members[known.len()..])?;
    check_capacity(&capacity::measure(app, course, tasks.len()).await?)?;
    let class = ClassContext::open(services, course, None).await?;
    app.store.keep_members(&course.class.id, &members)?;
    Ok(Started { results: launch(app, &class, &tasks).await?, course: course.clone() })
}

async fn launch(app: &App, class: &ClassContext, tasks: &[Task]) -> Result<Vec<TaskResult<Workspace>>> {
    open_gate(app, &class.course).await?;
    let mut results = run::start(app, class, tasks).await;
    if app.store.class(&class.course.class.id)?.is_none_or(|(_, state)| state == ClassState::Stopped) {
        // What was started is being removed: nobody should be sent there.
        for one in results.iter_mut().filter(|one| one.result.is_ok()) {
            one.result = Err(run::stopped(&class.course));
        }
        return Ok(results);
    }
    // Also where nothing was missing.
    handouts::write_all(&app.store, &class.course, &class.labs)?;
    Ok(results)
}

/// Fills the pool of a class: what comes after everybody has an environment.
pub async fn fill_pool(services: &Services, course: &Course) -> Result<()> {
    if pool::lacking(&services.app, course)? == 0 {
        return Ok(());
    }
    pool::fill(&services.app, &ClassContext::open(services, course, None).await?).await
}

/// Makes sure that the gate runs, if the class uses it.
pub(super) async fn open_gate(app: &App, course: &Course) -> Result<()> {
    if let Some(port) = course.class.ssh {
        daemon::ensure_running(app, SocketAddr::new(course.class.listen, port), daemon::DEFAULT_IDLE).await?;
    }
    Ok(())
}

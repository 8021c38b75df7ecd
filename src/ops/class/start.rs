//! Starts a class, and adds people to a running one.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{ClassContext, Task, TaskResult, capacity, handouts, labs, pool, run};
use crate::app::App;
use crate::attempt::Workspace;
use crate::class::capacity::Capacity;
use crate::class::{Class, Course, Member, Person, check_people, enrol};
use crate::daemon;
use crate::error::{Context, Error, Result};
use crate::event::Event;
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
    /// Missing environments.
    pub tasks: Vec<Task>,
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
    let members = enrol(people, &app.store.members(&course.class.id)?);
    let tasks = run::tasks(app, &course, &members)?;
    let capacity = capacity::measure(app, &course, tasks.len() + pool::lacking(app, &course)?).await?;
    Ok(StartPlan { course, members, tasks, capacity })
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
        started: known.map_or_else(|| services.app.now(), |known| known.started),
        class,
    })
}

/// Creates the planned environments. Callers decide with [`check_capacity`] whether they fit.
pub async fn start(services: &Services, plan: StartPlan, jobs: Option<usize>) -> Result<Started> {
    let app = &services.app;
    let class = ClassContext::open(services, &plan.course, jobs).await?;
    app.store.keep_class(&plan.course)?;
    app.store.keep_members(&plan.course.class.id, &plan.members)?;
    Ok(Started { results: launch(app, &class, &plan.tasks).await?, course: plan.course })
}

/// Adds people to a running class.
pub async fn add(services: &Services, course: &Course, joining: &[Person]) -> Result<Started> {
    let app = &services.app;
    let known = app.store.members(&course.class.id)?;
    // New people come after the existing members, who keep their slugs.
    let all: Vec<Person> = known.iter().map(|member| &member.person).chain(joining).cloned().collect();
    check_people(&all)?;
    let members = enrol(&all, &known);
    let tasks = run::tasks(app, course, &members[known.len()..])?;
    check_capacity(&capacity::measure(app, course, tasks.len()).await?)?;
    let class = ClassContext::open(services, course, None).await?;
    app.store.keep_members(&course.class.id, &members)?;
    Ok(Started { results: launch(app, &class, &tasks).await?, course: course.clone() })
}

async fn launch(app: &App, class: &ClassContext, tasks: &[Task]) -> Result<Vec<TaskResult<Workspace>>> {
    open_gate(app, &class.course).await?;
    let results = run::start(app, class, tasks).await;
    handouts::write_all(&app.store, &class.course, &class.labs)?;
    pool::fill(app, class).await?;
    Ok(results)
}

/// Makes sure that the gate runs, if the class uses it.
pub(super) async fn open_gate(app: &App, course: &Course) -> Result<()> {
    if let Some(port) = course.class.ssh {
        daemon::ensure_running(app, SocketAddr::new(course.class.listen, port), daemon::DEFAULT_IDLE).await?;
    }
    Ok(())
}

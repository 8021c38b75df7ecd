//! Starting a class, and letting somebody join it.

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
use crate::store::ClassState;

pub use super::capacity::check as check_capacity;

/// A class that is to be started, or completed.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// What its file says.
    pub class: Class,
    /// Who is in it.
    pub people: Vec<Person>,
    /// Another GitLab image; as before if `None`.
    pub image: Option<String>,
    /// Name or address by which trainees reach this machine; `None` if that is where the class listens.
    pub address: Option<String>,
    /// Folder for the handouts; as before if `None`, and at first named after the class.
    pub handouts: Option<PathBuf>,
}

/// What a start would make.
#[derive(Clone, Debug)]
pub struct StartPlan {
    /// The class as its file has it now; what was settled at its first start stays.
    pub course: Course,
    /// Who is in it.
    pub members: Vec<Member>,
    /// What is missing.
    pub tasks: Vec<Task>,
    /// Whether that fits this machine.
    pub capacity: Capacity,
}

/// What a start has made.
#[derive(Clone, Debug)]
pub struct Started {
    /// The class.
    pub course: Course,
    /// What was missing.
    pub results: Vec<TaskResult<Workspace>>,
}

/// What a start would make. Changes nothing.
pub async fn plan(services: &Services, request: StartRequest) -> Result<StartPlan> {
    let app = &services.app;
    let course = course(services, request.class.clone(), &request)?;
    labs(services.labs.as_deref(), &course)?;
    planned(app, course, &request.people).await
}

/// What a start is to make, once what was interrupted is removed.
pub async fn clear_and_plan(services: &Services, request: StartRequest) -> Result<StartPlan> {
    let app = &services.app;
    let course = course(services, request.class.clone(), &request)?;
    labs(services.labs.as_deref(), &course)?;
    let cleared = run::clear(app, &course).await?;
    if !cleared.is_empty() {
        app.tell(Event::Note(format!("{} that were interrupted are removed, and made anew", cleared.len())));
    }
    planned(app, course, &request.people).await
}

async fn planned(app: &App, course: Course, people: &[Person]) -> Result<StartPlan> {
    let members = enrol(people, &app.store.members(&course.class.id)?);
    let tasks = run::tasks(app, &course, &members)?;
    let capacity = capacity::measure(app, &course, tasks.len() + pool::lacking(app, &course)?).await?;
    Ok(StartPlan { course, members, tasks, capacity })
}

/// The class as the file has it now; what was settled at its first start stays.
fn course(services: &Services, class: Class, request: &StartRequest) -> Result<Course> {
    let known = services.app.store.class(&class.id)?;
    if let Some((_, ClassState::Stopped)) = known {
        return Err(Error::conflict(format!("class {} was stopped, and its results are kept", class.id))
            .hint("Give the class another `id` to start it anew."));
    }
    let known = known.map(|(course, _)| course);
    let secret = class.secret.clone().or_else(|| known.as_ref().map(|known| known.secret.clone()));
    let folder = request.handouts.clone().or_else(|| known.as_ref().map(|known| known.handouts.clone()));
    let folder = folder.unwrap_or_else(|| PathBuf::from(&class.id));
    Ok(Course {
        secret: secret.map_or_else(|| random::secret(32), Ok)?,
        labs_dir: services.labs.clone(),
        image: request.image.clone().or_else(|| known.as_ref().and_then(|known| known.image.clone())),
        address: request.address.clone(),
        handouts: std::path::absolute(&folder).context(|| format!("{} is no usable path", folder.display()))?,
        started: known.map_or_else(|| services.app.now(), |known| known.started),
        class,
    })
}

/// Makes what a plan says. Whether it fits is up to whoever asks: see [`check_capacity`].
pub async fn start(services: &Services, plan: StartPlan, jobs: Option<usize>) -> Result<Started> {
    let app = &services.app;
    let class = ClassContext::open(services, &plan.course, jobs).await?;
    app.store.keep_class(&plan.course)?;
    app.store.keep_members(&plan.course.class.id, &plan.members)?;
    Ok(Started { results: launch(app, &class, &plan.tasks).await?, course: plan.course })
}

/// Lets people join a class that is under way.
pub async fn add(services: &Services, course: &Course, joining: &[Person]) -> Result<Started> {
    let app = &services.app;
    let known = app.store.members(&course.class.id)?;
    // Whoever was there keeps their place: those who join come after them.
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

/// Trainees get into their containers through the gate, where the class has one.
pub(super) async fn open_gate(app: &App, course: &Course) -> Result<()> {
    if let Some(port) = course.class.ssh {
        daemon::ensure_running(app, SocketAddr::new(course.class.listen, port), daemon::DEFAULT_IDLE).await?;
    }
    Ok(())
}

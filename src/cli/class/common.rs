//! What the commands of a class share: which class, which of its members, with what.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;

use crate::app::App;
use crate::attempt::prepare::suits;
use crate::attempt::{Attempt, Prepared, State, prepare};
use crate::class::run::{Kit, Task};
use crate::class::{Course, Member};
use crate::cli::prove::side_by_side;
use crate::cli::{Environment, Exit};
use crate::error::{Error, Result};
use crate::gate;
use crate::lab::Lab;
use crate::lab::library::Library;
use crate::store::{ClassState, Store};

/// The class that is meant: by its id, or by being the only one under way.
pub fn pick(store: &Store, id: Option<&str>) -> Result<Course> {
    if let Some(id) = id {
        let found = store.class(id)?.map(|(course, _)| course);
        return found.ok_or_else(|| Error::not_found(format!("there is no class {id}")).hint(known(store)));
    }
    let open: Vec<Course> = store
        .classes()?
        .into_iter()
        .filter(|(_, state)| *state == ClassState::Open)
        .map(|(course, _)| course)
        .collect();
    match open.as_slice() {
        [course] => Ok(course.clone()),
        [] => Err(Error::not_found("no class is under way").hint("`breakfix class start FILE` starts one.")),
        several => {
            let ids: Vec<&str> = several.iter().map(|course| course.class.id.as_str()).collect();
            Err(Error::usage("several classes are under way").hint(format!("Say which: {}.", ids.join(", "))))
        }
    }
}

fn known(store: &Store) -> String {
    let ids: Vec<String> = store.classes().unwrap_or_default().into_iter().map(|(course, _)| course.class.id).collect();
    if ids.is_empty() {
        "`breakfix class start FILE` starts one.".into()
    } else {
        format!("Known: {}.", ids.join(", "))
    }
}

/// Trainees get into their boxes through the gate, where the class has one.
pub async fn open_gate(app: &App, course: &Course) -> Result<()> {
    if let Some(port) = course.class.ssh {
        gate::ensure_running(app, SocketAddr::new(course.class.listen, port), gate::DEFAULT_IDLE).await?;
    }
    Ok(())
}

/// Closes it once nobody is left who could come through.
pub async fn close_gate(app: &App, course: &Course) -> Result<()> {
    let left = app.store.attempts()?.iter().any(|entry| entry.state != State::Stopped);
    if course.class.ssh.is_some() && !left {
        gate::stop(&app.store).await?;
    }
    Ok(())
}

/// Members by what people call them: slug, id, e-mail address, or name. All of them where nobody is named.
pub fn chosen(members: &[Member], names: &[String]) -> Result<Vec<Member>> {
    if names.is_empty() {
        return Ok(members.to_vec());
    }
    let mut chosen: Vec<&Member> = names.iter().map(|name| called(members, name)).collect::<Result<_>>()?;
    chosen.dedup();
    Ok(members.iter().filter(|member| chosen.contains(member)).cloned().collect())
}

fn called<'a>(members: &'a [Member], name: &str) -> Result<&'a Member> {
    let lower = name.to_lowercase();
    if let Some(member) = members.iter().find(|member| member.slug == name) {
        return Ok(member);
    }
    let fits = |member: &&Member| {
        let person = &member.person;
        let own = [Some(&person.name), person.id.as_ref(), person.email.as_ref()];
        own.into_iter().flatten().any(|own| own.to_lowercase() == lower)
    };
    let found: Vec<&Member> = members.iter().filter(fits).collect();
    match found.as_slice() {
        [member] => Ok(member),
        [] => Err(Error::not_found(format!("nobody in the class is called {name}"))
            .hint("`breakfix class status` shows everybody.")),
        several => {
            let slugs: Vec<&str> = several.iter().map(|member| member.slug.as_str()).collect();
            Err(Error::usage(format!("several people are called {name}"))
                .hint(format!("Say which: {}.", slugs.join(", "))))
        }
    }
}

/// Attempts that are handed over, of these members, in their order.
pub fn running(store: &Store, course: &Course, members: &[Member]) -> Result<Vec<(Task, Attempt)>> {
    alive(store, course, members, |state| matches!(state, State::Running | State::Failed))
}

/// Attempts of these members that are in such a state, in their order.
pub fn alive(
    store: &Store,
    course: &Course,
    members: &[Member],
    fits: impl Fn(State) -> bool,
) -> Result<Vec<(Task, Attempt)>> {
    let entries = store.class_attempts(&course.class.id)?;
    let of = |member: &Member| -> Vec<(Task, Attempt)> {
        let own = entries.iter().filter(|entry| entry.attempt.trainee == member.slug && fits(entry.state));
        own.map(|entry| (Task { member: member.clone(), lab: entry.attempt.lab.clone() }, entry.attempt.clone()))
            .collect()
    };
    Ok(members.iter().flat_map(of).collect())
}

/// The labs of a class.
pub fn labs(around: &Environment, course: &Course) -> Result<BTreeMap<String, Lab>> {
    let own = course.labs_dir.as_deref().map(|dir| Library::new(Some(dir)));
    let library = own.unwrap_or_else(|| around.library());
    course.class.work.labs().iter().map(|id| Ok((id.clone(), library.load(id)?))).collect()
}

/// What work on a class needs, beyond what it is.
pub struct Ready {
    pub labs: BTreeMap<String, Lab>,
    pub prepared: Prepared,
    pub jobs: usize,
}

impl Ready {
    /// Labs and images; those that are missing are made.
    pub async fn new(app: &App, around: &Environment, course: &Course, jobs: Option<u16>) -> Result<Self> {
        let labs = labs(around, course)?;
        let prepared = prepare(app, course.image.as_deref(), &around.build_env()?).await?;
        labs.values().try_for_each(|lab| suits(lab, prepared.platform))?;
        Ok(Self { labs, prepared, jobs: jobs.map_or_else(side_by_side, usize::from) })
    }

    pub fn kit<'a>(&'a self, app: &'a App, course: &'a Course) -> Kit<'a> {
        Kit { app, course, labs: &self.labs, prepared: &self.prepared, jobs: self.jobs }
    }
}

/// Somebody for whom something could not be done.
#[derive(Clone, Debug, Serialize)]
pub struct Trouble {
    pub name: String,
    pub slug: String,
    pub lab: String,
    pub why: String,
    #[serde(skip)]
    pub exit: Exit,
}

impl Trouble {
    pub fn of(task: &Task, error: &Error) -> Self {
        let why = std::iter::once(&error.message).chain(&error.causes).cloned().collect::<Vec<_>>().join(": ");
        let (name, slug) = (task.member.person.name.clone(), task.member.slug.clone());
        Self { name, slug, lab: task.lab.clone(), why: crate::text::clean_line(&why), exit: Exit::of_one(error) }
    }
}

/// Who and why, as a table; empty where there is nobody.
pub fn troubles(all: &[Trouble]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut table = crate::cli::ui::table(&["NAME", "LAB", "WHY"]);
    for one in all {
        table.add_row([&one.name, &one.lab, &one.why]);
    }
    format!("{table}")
}

/// What troubles amount to.
pub fn exit(all: &[Trouble]) -> Exit {
    Exit::worst(all.iter().map(|one| one.exit))
}

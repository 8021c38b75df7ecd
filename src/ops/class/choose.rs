//! Selects a class and its members.

use std::collections::BTreeMap;
use std::path::Path;

use super::many::HasTask;
use super::{Assignment, Task};
use crate::attempt::State;
use crate::class::{Course, Member};
use crate::error::{Error, Result};
use crate::id::{AttemptId, LabId};
use crate::lab::Lab;
use crate::lab::library::Library;
use crate::store::{ClassState, Store};

/// Selected members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All members.
    Everybody,
    /// Members by slug, id, e-mail address or name.
    Named(Vec<String>),
    /// Members with these attempts; operations are limited to these attempts.
    Attempts(Vec<AttemptId>),
}

impl Selection {
    /// The named members; all members if `names` is empty.
    #[must_use]
    pub fn of(names: &[String]) -> Self {
        if names.is_empty() { Self::Everybody } else { Self::Named(names.to_vec()) }
    }

    /// The selected members, in roster order; all for a selection of attempts.
    pub(super) fn members(&self, store: &Store, course: &Course) -> Result<Vec<Member>> {
        let all = store.members(&course.class.id)?;
        match self {
            Self::Named(names) => chosen(&all, names),
            Self::Everybody | Self::Attempts(_) => Ok(all),
        }
    }

    /// Keeps only items for the selected attempts, if attempts are selected.
    pub(super) fn keep<T: HasTask>(&self, store: &Store, course: &Course, items: &mut Vec<T>) -> Result<()> {
        let Self::Attempts(ids) = self else { return Ok(()) };
        let mut selected = store.class_attempts(&course.class.id)?;
        selected.retain(|entry| ids.contains(&entry.attempt.id));
        let same = |task: &Task| {
            selected.iter().any(|entry| entry.attempt.trainee == task.member.slug && entry.attempt.lab == task.lab)
        };
        items.retain(|item| same(item.task()));
        Ok(())
    }

    /// The selected attempts whose state `fits`.
    pub(super) fn assignments(
        &self,
        store: &Store,
        course: &Course,
        fits: impl Fn(State) -> bool,
    ) -> Result<Vec<Assignment>> {
        let mut found = assignments(store, course, &self.members(store, course)?, fits)?;
        if let Self::Attempts(ids) = self {
            found.retain(|one| ids.contains(&one.workspace.attempt.id));
            if found.is_empty() {
                return Err(Error::not_found("it has no environment any more"));
            }
        }
        Ok(found)
    }
}

/// The class with this id, or the only running class.
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
    let ids: Vec<String> =
        store.classes().unwrap_or_default().into_iter().map(|(course, _)| course.class.id.to_string()).collect();
    if ids.is_empty() {
        "`breakfix class start FILE` starts one.".into()
    } else {
        format!("Known: {}.", ids.join(", "))
    }
}

/// Finds members by slug, id, e-mail address or name.
fn chosen(members: &[Member], names: &[String]) -> Result<Vec<Member>> {
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

/// Attempts of these members whose state `fits`, in the order of the members.
pub(super) fn assignments(
    store: &Store,
    course: &Course,
    members: &[Member],
    fits: impl Fn(State) -> bool,
) -> Result<Vec<Assignment>> {
    let entries = store.class_attempts(&course.class.id)?;
    let of = |member: &Member| -> Vec<Assignment> {
        let own = entries.iter().filter(|entry| entry.attempt.trainee == member.slug && fits(entry.state));
        let task = |lab: &LabId| Task { member: member.clone(), lab: lab.clone() };
        own.map(|entry| Assignment { task: task(&entry.attempt.lab), workspace: entry.clone().workspace() }).collect()
    };
    Ok(members.iter().flat_map(of).collect())
}

/// Loads the labs of a class; `labs` is the folder for classes without one of their own.
pub fn labs(labs: Option<&Path>, course: &Course) -> Result<BTreeMap<LabId, Lab>> {
    let library = Library::new(course.labs_dir.as_deref().or(labs));
    course.class.work.labs().iter().map(|id| Ok((id.clone(), library.load(id)?))).collect()
}

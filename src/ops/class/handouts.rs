//! Writes the handouts of a class.

use std::collections::BTreeMap;
use std::path::Path;

use super::Assignment;
use super::choose::assignments;
use crate::attempt::{Access, State, Workspace};
use crate::class::handout::{LabPage, Page, Shell, handouts};
use crate::class::{Course, Login, Member};
use crate::error::{Context, Result};
use crate::id::LabId;
use crate::lab::Lab;
use crate::ops::write;
use crate::store::Store;
use crate::text::clock;

const ASK: &str = "ask your trainer";
const OVER_SSH: &str = "add the word hint to the command for the shell to get one, or grade to have your repair graded";

/// Writes a page for each member and one for the trainer, readable only by the owner of the folder.
pub fn write_all(store: &Store, course: &Course, labs: &BTreeMap<LabId, Lab>) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let members = store.members(&course.class.id)?;
    let attempts = assignments(store, course, &members, State::is_handed_over)?;
    let page = |member: &Member| -> Result<Page> {
        let own = attempts.iter().filter(|one| one.task.member.slug == member.slug);
        let access = store.access(&course.class.id, &member.slug)?;
        let lab_page = |one: &Assignment| {
            let workspace = &one.workspace;
            let shell = course.class.ssh.map(|port| shell(course, workspace, &access, port));
            Some(lab_page(workspace, labs.get(&workspace.attempt.lab)?, shell))
        };
        let labs = own.filter_map(lab_page);
        Ok(Page {
            class: course.class.title.clone(),
            name: member.person.name.clone(),
            slug: member.slug.clone(),
            ask: if course.class.ssh.is_some() { OVER_SSH } else { ASK }.into(),
            labs: labs.collect::<Result<_>>()?,
        })
    };
    let pages: Vec<Page> = members.iter().map(page).collect::<Result<_>>()?;
    let folder: &Path = &course.handouts;
    let unusable = || format!("handouts cannot be written into {}", folder.display());
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).context(unusable)?;
    for (name, text) in handouts(&course.class.title, &pages)? {
        write(&folder.join(name), &text)?;
    }
    Ok(())
}

fn lab_page(workspace: &Workspace, lab: &Lab, shell: Option<Shell>) -> Result<LabPage> {
    let Workspace { attempt, environment } = workspace;
    Ok(LabPage {
        lab: attempt.lab.clone(),
        title: lab.title.clone(),
        ticket: workspace.ticket(lab)?,
        url: environment.url(),
        password: environment.root.password.expose().into(),
        shell,
        due: attempt.due.map(clock),
        hints: lab.hints.len(),
    })
}

/// The trainee's login leads to the current lab, whichever that is; only of several labs side by side it names one.
fn shell(course: &Course, Workspace { attempt, environment }: &Workspace, access: &Access, port: u16) -> Shell {
    let login = Login { trainee: attempt.trainee.clone(), lab: course.class.work.chosen(&attempt.lab).cloned() };
    Shell {
        command: format!("ssh -p {port} {login}@{}", environment.spec.host()),
        password: access.password.expose().into(),
    }
}

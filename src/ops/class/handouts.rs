//! Writes the handouts of a class.

use std::collections::BTreeMap;
use std::path::Path;

use super::choose::assignments;
use crate::attempt::{State, Workspace};
use crate::class::handout::{LabPage, Page, Shell, handouts};
use crate::class::{Course, Member};
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
        let labs = own.filter_map(|one| Some(lab_page(course, &one.workspace, labs.get(&one.workspace.attempt.lab)?)));
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

fn lab_page(course: &Course, workspace: &Workspace, lab: &Lab) -> Result<LabPage> {
    let Workspace { attempt, environment } = workspace;
    Ok(LabPage {
        lab: attempt.lab.clone(),
        title: lab.title.clone(),
        ticket: workspace.ticket(lab)?,
        url: environment.url(),
        password: environment.root.password.expose().into(),
        shell: course.class.ssh.map(|port| shell(workspace, port)),
        due: attempt.due.map(clock),
        hints: lab.hints.len(),
    })
}

fn shell(Workspace { attempt, environment }: &Workspace, port: u16) -> Shell {
    let command = format!("ssh -p {port} {}@{}", attempt.id, environment.spec.host());
    Shell { command, password: attempt.access.password.expose().into() }
}

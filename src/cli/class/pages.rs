//! Writes the handouts of a class.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::App;
use crate::attempt::Workspace;
use crate::class::handout::{LabPage, Page, Shell, handouts};
use crate::class::{Course, Member};
use crate::cli::grade::write;
use crate::error::{Context, Result};
use crate::lab::Lab;

use super::common::{Ready, running};

const ASK: &str = "ask your trainer";
const OVER_SSH: &str =
    "the command for the shell with the word hint behind it takes one, with grade it has a repair graded";

/// Writes everybody's page and the trainer's, readable by their owner alone.
pub fn write_all(app: &App, course: &Course, ready: &Ready) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let members = app.store.members(&course.class.id)?;
    let attempts = running(&app.store, course, &members)?;
    let page = |member: &Member| -> Result<Page> {
        let own = attempts.iter().filter(|(task, _)| task.member.slug == member.slug);
        let labs = own.filter_map(|(_, workspace)| {
            Some(lab_page(course, workspace, ready.labs.get(workspace.attempt.lab.as_str())?))
        });
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
        write(Some(&folder.join(name)), || text)?;
    }
    Ok(())
}

fn lab_page(course: &Course, workspace: &Workspace, lab: &Lab) -> Result<LabPage> {
    Ok(LabPage {
        lab: workspace.attempt.lab.to_string(),
        title: lab.title.clone(),
        ticket: workspace.ticket(lab)?,
        url: workspace.environment.url(),
        password: workspace.environment.root.password.expose().into(),
        shell: course.class.ssh.map(|port| shell(workspace, port)),
        due: workspace.attempt.due.map(clock),
        hints: lab.hints.len(),
    })
}

fn shell(workspace: &Workspace, port: u16) -> Shell {
    let command = format!("ssh -p {port} {}@{}", workspace.attempt.id, workspace.environment.spec.host());
    Shell { command, password: workspace.attempt.access.password.expose().into() }
}

/// A time as people on this machine read it.
pub fn clock(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::system()).strftime("%a %H:%M %Z").to_string()
}

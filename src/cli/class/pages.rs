//! Writes the handouts of a class.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::App;
use crate::attempt::Attempt;
use crate::class::handout::{LabPage, Page, handouts};
use crate::class::{Course, Member};
use crate::cli::grade::write;
use crate::cli::start::ticket;
use crate::error::{Context, Result};
use crate::lab::Lab;

use super::common::{Ready, running};

/// Writes everybody's page and the trainer's, readable by their owner alone.
pub fn write_all(app: &App, course: &Course, ready: &Ready) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let members = app.store.members(&course.class.id)?;
    let attempts = running(&app.store, course, &members)?;
    let page = |member: &Member| -> Result<Page> {
        let own = attempts.iter().filter(|(task, _)| task.member.slug == member.slug);
        let labs = own.filter_map(|(_, attempt)| Some(lab_page(attempt, ready.labs.get(&attempt.lab)?)));
        Ok(Page {
            class: course.class.title.clone(),
            name: member.person.name.clone(),
            slug: member.slug.clone(),
            ask: "ask your trainer".into(),
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

fn lab_page(attempt: &Attempt, lab: &Lab) -> Result<LabPage> {
    Ok(LabPage {
        lab: attempt.lab.clone(),
        title: lab.title.clone(),
        ticket: ticket(attempt, lab)?,
        url: attempt.url(),
        password: attempt.root_password.clone(),
        shell: None,
        due: attempt.due.map(clock),
        hints: lab.hints.len(),
    })
}

/// A time as people on this machine read it.
pub fn clock(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::system()).strftime("%a %H:%M %Z").to_string()
}

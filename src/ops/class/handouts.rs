//! Writes the hand-outs of a class.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Assignment;
use super::choose::{assignments, labs};
use crate::attempt::{Access, State, Workspace};
use crate::class::handout::{self, LabPage, PRINT, Page, Shell, TicketText};
use crate::class::{Class, Course, Login, Member};
use crate::daemon;
use crate::error::{Context, Result};
use crate::id::LabId;
use crate::lab::Lab;
use crate::ops::write;
use crate::report::class_mail_merge;
use crate::store::Store;
use crate::text::clock;

/// What is written besides everybody's page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PagesRequest {
    /// Whether all pages are put into one document to print.
    pub print: bool,
    /// File for the table for mail merge.
    pub csv: Option<PathBuf>,
}

/// The files that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagesWritten {
    /// Everybody's page, in roster order.
    pub pages: Vec<PathBuf>,
    /// The document to print.
    pub print: Option<PathBuf>,
    /// The table for mail merge.
    pub csv: Option<PathBuf>,
    /// Fingerprint of the host key on the pages; `None` if no gate runs.
    pub fingerprint: Option<String>,
}

/// Writes the pages of a class again. `folder` has the labs of classes without a folder of their own.
pub fn write_pages(
    store: &Store,
    course: &Course,
    folder: Option<&Path>,
    request: &PagesRequest,
) -> Result<PagesWritten> {
    let pages = pages(store, course, &labs(folder, course)?)?;
    let print = course.handouts.join(PRINT);
    write_folder(course, &pages)?;
    if request.print {
        write(&print, &handout::print(&course.class.title, &pages)?)?;
    }
    if let Some(file) = &request.csv {
        write(file, &class_mail_merge(&pages, &course.handouts))?;
    }
    Ok(PagesWritten {
        pages: pages.iter().map(|page| course.handouts.join(page.file())).collect(),
        print: request.print.then_some(print),
        csv: request.csv.clone(),
        fingerprint: fingerprint(store, course)?,
    })
}

/// Writes a page for each member and one for the trainer, readable only by the owner of the folder.
pub fn write_all(store: &Store, course: &Course, labs: &BTreeMap<LabId, Lab>) -> Result<()> {
    write_folder(course, &pages(store, course, labs)?)
}

fn write_folder(course: &Course, pages: &[Page]) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let folder: &Path = &course.handouts;
    let unusable = || format!("hand-outs cannot be written into {}", folder.display());
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).context(unusable)?;
    for (name, text) in handout::handouts(&course.class.title, pages)? {
        write(&folder.join(name), &text)?;
    }
    // A document to print that was written earlier would show credentials that may not be valid any more.
    if folder.join(PRINT).exists() {
        write(&folder.join(PRINT), &handout::print(&course.class.title, pages)?)?;
    }
    Ok(())
}

fn pages(store: &Store, course: &Course, labs: &BTreeMap<LabId, Lab>) -> Result<Vec<Page>> {
    let members = store.members(&course.class.id)?;
    let attempts = assignments(store, course, &members, State::is_handed_over)?;
    let fingerprint = fingerprint(store, course)?;
    let page = |member: &Member| -> Result<Page> {
        let own = attempts.iter().filter(|one| one.task.member.slug == member.slug);
        let access = store.access(&course.class.id, &member.slug)?;
        let lab_page = |one: &Assignment| {
            let workspace = &one.workspace;
            let shell = course.class.ssh.map(|port| shell(course, workspace, &access, port));
            Some(lab_page(&course.class, workspace, labs.get(&workspace.attempt.lab)?, shell))
        };
        let labs = own.filter_map(lab_page);
        Ok(Page {
            class: course.class.title.clone(),
            trainer: course.class.trainer.clone(),
            name: member.person.name.clone(),
            email: member.person.email.clone(),
            slug: member.slug.clone(),
            fingerprint: fingerprint.clone(),
            labs: labs.collect::<Result<_>>()?,
        })
    };
    members.iter().map(page).collect()
}

/// The host key of the gate, if the class has one and it runs.
fn fingerprint(store: &Store, course: &Course) -> Result<Option<String>> {
    let gate = course.class.ssh.map(|_| daemon::running(store)).transpose()?;
    Ok(gate.flatten().map(|gate| gate.fingerprint))
}

fn lab_page(class: &Class, workspace: &Workspace, lab: &Lab, shell: Option<Shell>) -> Result<LabPage> {
    let Workspace { attempt, environment } = workspace;
    let due = attempt.due.map(clock);
    Ok(LabPage {
        lab: attempt.lab.clone(),
        title: lab.title.clone(),
        ticket: TicketText::new(workspace.ticket(lab)?),
        url: environment.url(),
        password: environment.root.password.expose().into(),
        shell,
        time: handout::time(class, due.as_deref()),
        due,
        points: handout::points(lab),
        hints: handout::hints(&lab.hints),
        place: handout::place(&class.work, &attempt.lab),
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

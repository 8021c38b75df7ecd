use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde_json::json;

use super::output;
use crate::class::{Change, ClassFile, Member};
use crate::cli::args::Jobs;
use crate::cli::roster::{note_left_out, read_bounded};
use crate::cli::ui::{bold, table};
use crate::cli::{CliContext, Exit, Ui};
use crate::error::{Context, Error, Kind, Result};
use crate::event::Event;
use crate::ops::class::{StartPlan, StartRequest, check_capacity, clear_and_plan, fill_pool, plan, start};

/// Start a class: an environment for each of its trainees, and a page for each to hand out
///
/// A second start makes only what is missing, also after the first was killed or the roster has grown. What does not
/// fit the machine is refused before anything is made.
///
/// Exit codes: 0 everybody has what they should have, 2 the class file has problems, 3 somebody could not be given an
/// environment, 130 interrupted; what is finished by then stays.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The class file
    file: PathBuf,
    /// Only show what would be made, and whether it fits
    #[arg(long)]
    dry_run: bool,
    /// Start even if the class does not fit this machine
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    jobs: Jobs,
    /// Another GitLab image [default: the training image]
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,
    /// Folder for the handouts, one page a trainee and one with everybody [default: the class's id]
    #[arg(long, value_name = "DIR")]
    handouts: Option<PathBuf>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let ClassFile { class, roster } = read(&args.file, context)?;
    note_left_out(&roster.left_out, ui);
    let people = roster.people;
    let services = context.services().await?;
    let address = class.address.clone().map_or_else(|| context.address_for(class.listen), |name| Ok(Some(name)))?;
    let request = StartRequest { class, people, image: args.image.clone(), address, handouts: args.handouts.clone() };
    if args.dry_run {
        return Ok(dry_run(&plan(&services, request).await?, ui));
    }
    let plan = clear_and_plan(&services, request).await?;
    ui.note(&output::capacity(&plan.capacity));
    for line in differences(&plan) {
        ui.note(&line);
    }
    match check_capacity(&plan.capacity) {
        Err(error) if args.force => services.app.emit(Event::Warning(error.message)),
        found => found?,
    }
    let started = start(&services, plan, args.jobs.number()).await?;
    let exit = output::started(&started, ui);
    fill_pool(&services, &started.course).await?;
    Ok(exit)
}

/// Reads the class file with all that it names.
pub fn read(file: &Path, context: &CliContext) -> Result<ClassFile> {
    let unreadable = || format!("the class file {} cannot be read", file.display());
    let usage = |error: Error| error.of_kind(Kind::NotFound);
    let bytes = std::fs::read(file).context(unreadable).map_err(usage)?;
    let open = |path: &str| read_bounded(Path::new(path));
    let shown = file.display().to_string();
    crate::class::read(&shown, bytes, &context.library().ids()?, &open)
        .map_err(|problems| Error::invalid_file("class", &shown, problems))
}

/// What the start changes in a class that is under way, and what it leaves as it is.
fn differences(plan: &StartPlan) -> Vec<String> {
    let gone = plan.gone.iter().map(|member| {
        let (name, slug) = (&member.person.name, &member.slug);
        format!(
            "{name} is not on the roster any more and gets nothing new; `breakfix class remove {slug}` removes them."
        )
    });
    let lost =
        plan.lost.iter().map(|one| format!("The environment of {} is gone and is created again.", one.task.label()));
    plan.changes.iter().map(difference).chain(gone).chain(lost).collect()
}

fn difference(change: &Change) -> String {
    let minutes = |minutes: &Option<u32>| minutes.map_or_else(|| "no limit".into(), |minutes| minutes.to_string());
    match change {
        Change::Everywhere(key) => format!("`{key}` has changed, and takes effect."),
        Change::Minutes { from, to } => {
            format!("`minutes` was {} and is {}: everybody's time moves with it.", minutes(from), minutes(to))
        }
        Change::NewEnvironments(key) => {
            format!("`{key}` has changed, and takes effect for new environments; `class reset` recreates the others.")
        }
        Change::LabAdded(lab) => format!("{lab} is added."),
        Change::LabRemoved(lab) => format!("{lab} is removed: nobody gets it any more, and environments of it stay."),
        Change::Order => "The order of the labs has changed, and decides what comes next.".into(),
    }
}

fn dry_run(plan: &StartPlan, ui: &Ui) -> Exit {
    let StartPlan { course, members, tasks, capacity, .. } = plan;
    let class = &course.class;
    let labs_of = |member: &Member| -> Vec<&str> {
        tasks.iter().filter(|task| task.member.slug == member.slug).map(|task| task.lab.as_str()).collect()
    };
    let trainees: Vec<_> = members
        .iter()
        .map(|member| {
            let handout = course.handouts.join(format!("{}.html", member.slug));
            json!({ "name": member.person.name, "slug": member.slug, "labs": labs_of(member), "handout": handout })
        })
        .collect();
    ui.answer(&json!({ "class": class.id, "title": class.title, "capacity": capacity, "trainees": trainees }), || {
        let mut lines = table(&["NAME", "TRAINEE", "WOULD GET", "HANDOUT"]);
        for member in members {
            let labs = labs_of(member);
            let labs = if labs.is_empty() { "nothing new".into() } else { labs.join(", ") };
            let page = course.handouts.join(format!("{}.html", member.slug)).display().to_string();
            lines.add_row([member.person.name.clone(), member.slug.to_string(), labs, page]);
        }
        let differences: String = differences(plan).iter().map(|line| format!("{line}\n")).collect();
        format!("{}\n\n{differences}{}\n{lines}", bold(&class.title), output::capacity(capacity))
    });
    if capacity.lacking().is_empty() { Exit::Done } else { Exit::Environment }
}

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde_json::json;

use super::common::{Ready, Trouble, exit, labs, open_gate, troubles};
use super::pages;
use super::room::{fits, room, shown};
use super::stock;
use crate::app::App;
use crate::attempt::Attempt;
use crate::class::capacity::Capacity;
use crate::class::run::{self, Task, clear, tasks};
use crate::class::{Class, Course, Member, Person, ROSTER_LIMIT, enrol};
use crate::cli::ui::{bold, table};
use crate::cli::{Environment, Exit, Ui};
use crate::error::{Context, Error, Kind, Result};
use crate::event::Event;
use crate::random;
use crate::store::ClassState;

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
    /// Start also what does not fit this machine, as far as it goes
    #[arg(long)]
    force: bool,
    /// Environments made at one time [default: two a processor, at most 8]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// Another GitLab image [default: the training image]
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,
    /// Folder for the handouts, one page a trainee and one with everybody [default: the class's id]
    #[arg(long, value_name = "DIR")]
    handouts: Option<PathBuf>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let (class, people) = read(&args.file, around)?;
    let app = around.app().await?;
    let course = course(args, around, &app, class)?;
    let members = enrol(&people, &app.store.members(&course.class.id)?);
    labs(around, &course)?;
    let cleared = if args.dry_run { vec![] } else { clear(&app, &course).await? };
    if !cleared.is_empty() {
        ui.note(&format!("{} that were interrupted are removed, and made anew", cleared.len()));
    }
    let tasks = tasks(&app, &course, &members)?;
    let room = room(&app, &course, tasks.len() + stock::lacking(&app, &course)?).await?;
    if args.dry_run {
        return Ok(dry_run(&course, &members, &tasks, &room, ui));
    }
    ui.note(&shown(&room));
    match fits(&room) {
        Err(error) if args.force => app.tell(Event::Warning(error.message)),
        found => found?,
    }
    let ready = Ready::new(&app, around, &course, args.jobs).await?;
    app.store.keep_class(&course)?;
    app.store.keep_members(&course.class.id, &members)?;
    start(&app, &course, &ready, &tasks, ui).await
}

/// Reads the class file with all that it names.
fn read(file: &Path, around: &Environment) -> Result<(Class, Vec<Person>)> {
    let unreadable = || format!("the class file {} cannot be read", file.display());
    let usage = |error: Error| error.of_kind(Kind::NotFound);
    let bytes = std::fs::read(file).context(unreadable).map_err(usage)?;
    let open = |path: &str| -> Result<Vec<u8>, String> {
        let too_large = || format!("it is larger than {} KiB", ROSTER_LIMIT >> 10);
        let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
        if length > ROSTER_LIMIT as u64 {
            Err(too_large())
        } else {
            std::fs::read(path).map_err(|error| error.to_string())
        }
    };
    let shown = file.display().to_string();
    crate::class::read(&shown, bytes, &around.library().ids()?, &open)
        .map_err(|problems| Error::invalid_file("class", &shown, problems))
}

/// The class as the file has it now; what was settled at its first start stays.
fn course(args: &Args, around: &Environment, app: &App, class: Class) -> Result<Course> {
    let known = app.store.class(&class.id)?;
    if let Some((_, ClassState::Stopped)) = known {
        return Err(Error::conflict(format!("class {} was stopped, and its results are kept", class.id))
            .hint("Give the class another `id` to start it anew."));
    }
    let known = known.map(|(course, _)| course);
    let secret = class.secret.clone().or_else(|| known.as_ref().map(|known| known.secret.clone()));
    let folder = args.handouts.clone().or_else(|| known.as_ref().map(|known| known.handouts.clone()));
    let folder = folder.unwrap_or_else(|| PathBuf::from(&class.id));
    Ok(Course {
        secret: secret.map_or_else(|| random::secret(32), Ok)?,
        labs_dir: around.labs_dir()?,
        image: args.image.clone().or_else(|| known.as_ref().and_then(|known| known.image.clone())),
        address: class.address.clone().map_or_else(|| around.address_for(class.listen), |name| Ok(Some(name)))?,
        handouts: std::path::absolute(&folder).context(|| format!("{} is no usable path", folder.display()))?,
        started: known.map_or_else(|| app.now(), |known| known.started),
        class,
    })
}

fn dry_run(course: &Course, members: &[Member], tasks: &[Task], room: &Capacity, ui: &Ui) -> Exit {
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
    ui.answer(&json!({ "class": class.id, "title": class.title, "capacity": room, "trainees": trainees }), || {
        let mut lines = table(&["NAME", "TRAINEE", "WOULD GET", "HANDOUT"]);
        for member in members {
            let labs = labs_of(member);
            let labs = if labs.is_empty() { "nothing new".into() } else { labs.join(", ") };
            let page = course.handouts.join(format!("{}.html", member.slug)).display().to_string();
            lines.add_row([member.person.name.clone(), member.slug.clone(), labs, page]);
        }
        format!("{}\n\n{}\n{lines}", bold(&class.title), shown(room))
    });
    if room.lacking().is_empty() { Exit::Done } else { Exit::Environment }
}

/// Starts what is missing, and tells.
pub async fn start(app: &App, course: &Course, ready: &Ready, tasks: &[Task], ui: &Ui) -> Result<Exit> {
    open_gate(app, course).await?;
    let results = run::start(&ready.kit(app, course), tasks).await;
    stock::fill(app, course, ready).await?;
    tell(app, course, ready, (tasks, &results), ui)
}

/// Writes the handouts, and tells who has something new and who has not.
pub fn tell(
    app: &App,
    course: &Course,
    ready: &Ready,
    (tasks, results): (&[Task], &[Result<Attempt>]),
    ui: &Ui,
) -> Result<Exit> {
    pages::write_all(app, course, ready)?;
    let started: Vec<(&Task, &Attempt)> =
        tasks.iter().zip(results).filter_map(|(task, result)| Some((task, result.as_ref().ok()?))).collect();
    let failed: Vec<Trouble> = tasks
        .iter()
        .zip(results)
        .filter_map(|(task, result)| Some(Trouble::of(task, result.as_ref().err()?)))
        .collect();
    let row = |(task, attempt): &(&Task, &Attempt)| {
        json!({
            "name": task.member.person.name, "slug": task.member.slug, "lab": task.lab, "attempt": attempt.id,
            "url": attempt.url(), "due": attempt.due,
        })
    };
    let answer = json!({
        "class": course.class.id, "handouts": course.handouts, "started": started.iter().map(row).collect::<Vec<_>>(),
        "failed": failed,
    });
    ui.answer(&answer, || human(course, &started, &failed));
    Ok(exit(&failed))
}

fn human(course: &Course, started: &[(&Task, &Attempt)], failed: &[Trouble]) -> String {
    let mut lines = table(&["NAME", "LAB", "ADDRESS", "TIME UNTIL"]);
    for (task, attempt) in started {
        let due = attempt.due.map_or_else(|| "-".into(), pages::clock);
        lines.add_row([task.member.person.name.clone(), task.lab.clone(), attempt.url(), due]);
    }
    let made = if started.is_empty() { "Nothing was missing.\n".into() } else { format!("{lines}\n") };
    let not = if failed.is_empty() { String::new() } else { format!("\nNot started:\n{}\n", troubles(failed)) };
    format!("{made}{not}\nHandouts are in {}.", course.handouts.display())
}

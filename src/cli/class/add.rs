use clap::Args as ClapArgs;

use super::common::{Ready, pick};
use super::room::{fits, room};
use super::start::start;
use crate::class::run::tasks;
use crate::class::{Person, enrol};
use crate::cli::{Environment, Exit, Ui};
use crate::error::{Error, Result};

/// Let somebody join a class that is under way
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Their names, as they should stand in reports
    #[arg(required = true)]
    names: Vec<String>,
    /// Their e-mail address; for one name
    #[arg(long)]
    email: Option<String>,
    /// Their identifier in the learning management system; for one name
    #[arg(long)]
    id: Option<String>,
    /// Which class, where several are under way
    #[arg(long, short, value_name = "CLASS")]
    class: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let course = pick(&app.store, args.class.as_deref())?;
    if args.names.len() > 1 && (args.email.is_some() || args.id.is_some()) {
        return Err(Error::usage("--email and --id are for one name"));
    }
    let known = app.store.members(&course.class.id)?;
    let person = |name: &String| Person { name: name.trim().into(), email: args.email.clone(), id: args.id.clone() };
    let joining: Vec<Person> = args.names.iter().map(person).collect();
    // Whoever was there keeps their place: those who join come after them.
    let all: Vec<Person> = known.iter().map(|member| member.person.clone()).chain(joining).collect();
    crate::class::check_people(&all)?;
    let members = enrol(&all, &known);
    let joined = &members[known.len()..];
    let tasks = tasks(&app, &course, joined)?;
    fits(&room(&app, &course, tasks.len()).await?)?;
    let ready = Ready::new(&app, around, &course, None).await?;
    app.store.keep_members(&course.class.id, &members)?;
    start(&app, &course, &ready, &tasks, ui).await
}

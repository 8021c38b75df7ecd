use clap::Args as ClapArgs;

use super::output::started;
use crate::class::Person;
use crate::cli::args::ClassOption;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::{Error, Result};
use crate::ops::class::{add, fill_pool, pick};

/// Add people to a running class
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
    #[command(flatten)]
    class: ClassOption,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    if args.names.len() > 1 && (args.email.is_some() || args.id.is_some()) {
        return Err(Error::usage("--email and --id are for one name"));
    }
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let person = |name: &String| Person {
        name: name.trim().into(),
        email: args.email.clone(),
        id: args.id.clone(),
        ..Person::default()
    };
    let joining: Vec<Person> = args.names.iter().map(person).collect();
    let exit = started(&add(&services, &course, &joining).await?, ui);
    fill_pool(&services, &course).await?;
    Ok(exit)
}

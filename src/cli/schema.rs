use clap::Args as ClapArgs;

use super::{Exit, Ui};
use crate::{class, lab};

/// Print the JSON Schema of lab files or class files, for editors
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Of class files
    #[arg(long)]
    class: bool,
}

pub fn run(args: &Args, ui: &Ui) -> Exit {
    let schema = if args.class { class::schema() } else { lab::schema() };
    ui.answer(&schema, || format!("{schema:#}"));
    Exit::Done
}

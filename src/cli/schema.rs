use clap::Args as ClapArgs;

use super::{Exit, Ui};
use crate::lab;

/// Print the JSON Schema of lab files, for editors
#[derive(Debug, ClapArgs)]
pub struct Args {}

pub fn run(_: &Args, ui: &Ui) -> Exit {
    let schema = lab::schema();
    ui.answer(&schema, || format!("{schema:#}"));
    Exit::Done
}

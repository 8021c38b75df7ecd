use clap::Args as ClapArgs;

use super::{CliContext, Exit, Ui};
use crate::error::{Error, Result};
use crate::lab::Diagnostic;
use crate::lab::validate::{Validation, validate};

/// Check lab files; every problem is listed at once
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Labs by name, or folders by path [default: every lab]
    #[arg(value_name = "LAB")]
    names: Vec<String>,
}

pub fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let verdicts = validate(&context.library(), &args.names)?;
    if ui.is_json() {
        ui.answer(&verdicts, String::new);
    }
    let (valid, invalid): (Vec<Validation>, Vec<Validation>) =
        verdicts.into_iter().partition(|verdict| verdict.problems.is_empty());
    let names =
        |verdicts: &[Validation]| verdicts.iter().map(|verdict| verdict.lab.clone()).collect::<Vec<_>>().join(", ");
    if !invalid.is_empty() {
        let problems: Vec<Diagnostic> = invalid.iter().flat_map(|verdict| verdict.problems.clone()).collect();
        return Err(Error::invalid_lab(&names(&invalid), problems));
    }
    if !ui.is_json() {
        ui.text(&format!("Valid: {}.", names(&valid)));
    }
    Ok(Exit::Done)
}

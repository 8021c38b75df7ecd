use clap::{Args as ClapArgs, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Exit, Ui};
use crate::error::{Context, Result};

/// Print completions for a shell
#[derive(Debug, ClapArgs)]
pub struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    shell: Shell,
}

/// Print the manual page
#[derive(Debug, ClapArgs)]
pub struct ManArgs {}

pub fn completions(args: &CompletionsArgs, ui: &Ui) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "breakfix", &mut script);
    ui.bytes(&script);
    Exit::Done
}

pub fn man(_: &ManArgs, ui: &Ui) -> Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).context(|| "the manual page cannot be created".into())?;
    ui.bytes(&page);
    Ok(Exit::Done)
}

//! Output and report files shared by several commands.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};
use serde_json::json;

use super::Ui;
use super::ui::bold;
use crate::attempt::Workspace;
use crate::error::{Context, Error, Result};
use crate::ops;
use crate::ops::attempt::Ticket;
use crate::report::{Description, Format, ReportFile};

/// Requested reports: one option with a file for each format.
#[derive(Clone, Debug)]
pub struct Reports<F>(Vec<(F, PathBuf)>);

impl<F: Format> Reports<F> {
    /// Whether no report is requested.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a report in this format is requested.
    pub fn has(&self, format: F) -> bool {
        self.0.iter().any(|(asked, _)| *asked == format)
    }

    /// Adds a report if there is a file for it.
    pub fn and(&self, format: F, file: Option<&Path>) -> Self
    where
        F: Clone,
    {
        let more = file.map(|file| (format, file.to_path_buf()));
        Self(self.0.iter().cloned().chain(more).collect())
    }

    /// The files and folders that the user has named.
    pub fn paths(&self) -> Vec<&Path> {
        self.0.iter().map(|(_, path)| path.as_path()).collect()
    }

    /// Writes all requested reports.
    pub fn write(&self, subject: &F::Subject) -> Result<()> {
        for (format, path) in &self.0 {
            for ReportFile { below, text } in format.render(subject)? {
                write_below(path, &below, &text)?;
            }
        }
        Ok(())
    }
}

fn write_below(path: &Path, below: &Path, text: &str) -> Result<()> {
    if below.as_os_str().is_empty() {
        return ops::write(path, text);
    }
    let file = path.join(below);
    let folder = file.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).context(|| format!("the folder {} cannot be created", folder.display()))?;
    ops::write(&file, text)
}

impl<F: Format> FromArgMatches for Reports<F> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let file = |format: &F| matches.get_one::<PathBuf>(format.description().name).cloned();
        Ok(Self(F::ALL.iter().filter_map(|format| Some((*format, file(format)?))).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<F: Format> Args for Reports<F> {
    fn augment_args(command: Command) -> Command {
        let option = |Description { name, help, target }| {
            Arg::new(name).long(name).value_name(target).value_parser(value_parser!(PathBuf)).help(help)
        };
        F::ALL.iter().fold(command, |command, format| command.arg(option(format.description())))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Answers with the ticket, the address, the credentials and the next commands.
pub fn hand_over(ticket: &Ticket, ui: &Ui) {
    let Ticket { workspace: Workspace { attempt, environment }, text, gate, .. } = ticket;
    let healthy = format!("This is the healthy environment of {}: it has no fault.", attempt.lab);
    let ticket = if attempt.healthy { &healthy } else { text };
    let (id, url) = (&attempt.id, environment.url());
    let (password, login) = (environment.root.password.expose(), attempt.access.password.expose());
    let value = json!({
        "attempt": id, "lab": attempt.lab, "trainee": attempt.trainee, "seed": attempt.seed, "url": url,
        "user": "root", "password": password, "expires": attempt.expires, "ticket": ticket,
        "ssh": { "login": id, "password": login, "gate": gate.as_ref().map(|gate| gate.address) },
    });
    let over_ssh = gate.as_ref().map_or(String::new(), |gate| {
        format!("{}     ssh -p {} {id}@HOST, password {login}\n", bold("SSH"), gate.address.port())
    });
    ui.answer(&value, || {
        format!(
            "\n{ticket}\n\n{}   {url}   user root, password {password}\n{}    breakfix shell\n{over_ssh}{}    breakfix hint (it costs points)\n{}    breakfix grade\n{}     breakfix stop\n",
            bold("GitLab"), bold("Shell"), bold("Stuck"), bold("Fixed"), bold("Done")
        )
    });
}

/// Writes a file that must not exist yet; `advice` says what to do if it does.
pub fn create(file: &Path, text: &str, advice: &str) -> Result<()> {
    let unwritable = || format!("{} cannot be written", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).context(unwritable)?;
    }
    match File::create_new(file) {
        Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Error::conflict(format!("{} exists already", file.display())).hint(advice))
        }
        made => made.and_then(|mut made| made.write_all(text.as_bytes())).context(unwritable),
    }
}

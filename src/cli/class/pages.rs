use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde_json::json;

use crate::class::Course;
use crate::cli::args::ClassArg;
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::class::{PagesRequest, PagesWritten, pick, write_pages};

/// Write the hand-outs of a class again: a page for each trainee, one document to print, a table for mail merge
///
/// Everything goes into the folder that `class start` chose, which only you can read.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
    /// Also put all pages into one document to print, print.html
    #[arg(long)]
    print: bool,
    /// Also write a table for mail merge: name, email, login, link, password, page
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

pub fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let store = context.store()?;
    let course = pick(&store, args.class.id())?;
    let request = PagesRequest { print: args.print, csv: args.csv.clone() };
    let written = write_pages(&store, &course, context.labs(), &request)?;
    let answer = json!({
        "class": course.class.id, "handouts": course.handouts, "pages": written.pages, "print": written.print,
        "csv": written.csv, "fingerprint": written.fingerprint,
    });
    ui.answer(&answer, || text(&course, &written));
    Ok(Exit::Done)
}

fn text(course: &Course, written: &PagesWritten) -> String {
    let files = [&written.print, &written.csv].into_iter().flatten();
    let files: String = files.map(|file| format!("\nWrote {}", file.display())).collect();
    let keyless = course.class.ssh.is_some() && written.fingerprint.is_none();
    let note = "\nNo gate runs, so the pages do not show its host key: `breakfix class resume` opens it.";
    let pages = written.pages.len();
    let note = if keyless { note } else { "" };
    format!("{pages} hand-outs are in {}.{files}{note}", course.handouts.display())
}

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde_json::json;

use super::output::settle;
use crate::class::results::{Results, Standing};
use crate::cli::args::ClassArg;
use crate::cli::output::Reports;
use crate::cli::{CliContext, Exit, Ui};
use crate::engine::Engine;
use crate::error::Result;
use crate::ops::class::{pick, results};
use crate::report::{self, ClassFormat};

/// Write the results of a class: a page for people, files for gradebooks
///
/// Writes the page into <CLASS>-report.html if no file is given. Also reports stopped classes: give their id.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
    #[command(flatten)]
    reports: Reports<ClassFormat>,
    /// JSON; without FILE, answer in JSON on standard output
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[allow(clippy::option_option)] // not given, given alone, given a file
    json: Option<Option<PathBuf>>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let store = context.store()?;
    let course = pick(&store, args.class.id())?;
    settle(context, &store, &course, ui).await?;
    // A report also works without an engine.
    let engine = context.engine().await.ok();
    let engine = engine.as_ref().map(|engine| engine as &dyn Engine);
    let results = results(&store, engine, &course, context.labs()).await?;
    let reports = args.reports(&results.class);
    reports.write(&results)?;
    let written = reports.paths();
    if args.json == Some(None) {
        ui.json(&format!("{:#}", report::class_json(&results)));
    } else {
        ui.answer(&json!({ "class": results.class, "files": written }), || text(&results, &written));
    }
    Ok(Exit::Done)
}

impl Args {
    /// The requested reports; by default the HTML page.
    fn reports(&self, class: &str) -> Reports<ClassFormat> {
        let json = self.json.as_ref().and_then(Option::as_deref);
        let page = PathBuf::from(format!("{class}-report.html"));
        let page = (self.reports.is_empty() && self.json.is_none()).then_some(page.as_path());
        self.reports.and(ClassFormat::Html, page).and(ClassFormat::Json, json)
    }
}

/// Number of trainees by standing, and the written files.
fn text(results: &Results, written: &[&Path]) -> String {
    let all =
        || results.trainees.iter().flat_map(|one| results.labs.iter().map(move |lab| results.standing(one, &lab.id)));
    let count = |standing: Standing| all().filter(|one| *one == standing).count();
    let counts = Standing::ALL.into_iter().map(|standing| (count(standing), standing)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, standing)| format!("{count} {}", standing.as_str())).collect();
    let files: String = written.iter().map(|file| format!("\nWrote {}", file.display())).collect();
    format!("{}: {}.{files}", crate::text::printable(&results.title), counts.join(", "))
}

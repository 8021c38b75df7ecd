use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::class::results::{Results, Standing};
use crate::cli::output::write;
use crate::cli::{Environment, Exit, Ui};
use crate::engine::Engine;
use crate::error::{Context, Result};
use crate::ops::class::{pick, results};
use crate::report;

/// Write what a class has done: a page for people, files for gradebooks
///
/// Without any of these files the page is written into <CLASS>-report.html. Classes that were stopped are reported as
/// well: name them.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which class, where several are under way or it was stopped
    class: Option<String>,
    /// One page with everything, which loads nothing
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// CSV for Canvas' gradebook
    #[arg(long, value_name = "FILE")]
    canvas: Option<PathBuf>,
    /// CSV for Moodle's gradebook
    #[arg(long, value_name = "FILE")]
    moodle: Option<PathBuf>,
    /// Folder in which everybody gets a folder with Gradescope's results.json
    #[arg(long, value_name = "FOLDER")]
    gradescope: Option<PathBuf>,
    /// Statements of the Experience API
    #[arg(long, value_name = "FILE")]
    xapi: Option<PathBuf>,
    /// JUnit
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// JSON; without FILE, answer in JSON on standard output
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[allow(clippy::option_option)] // not given, given alone, given a file
    json: Option<Option<PathBuf>>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let store = around.store()?;
    let course = pick(&store, args.class.as_deref())?;
    // An engine that is away keeps nobody from a report.
    let engine = around.engine().await.ok();
    let engine = engine.as_ref().map(|engine| engine as &dyn Engine);
    let results = results(&store, engine, &course, around.labs()).await?;
    let written = args.write(&results)?;
    if args.json == Some(None) {
        ui.json(&format!("{:#}", report::class_json(&results)));
    } else {
        ui.answer(&json!({ "class": results.class, "files": written }), || human(&results, &written));
    }
    Ok(Exit::Done)
}

impl Args {
    /// Writes what was asked for; gives the files' names.
    fn write(&self, results: &Results) -> Result<Vec<PathBuf>> {
        let json = self.json.as_ref().and_then(Option::as_deref);
        let asked = [&self.html, &self.canvas, &self.moodle, &self.gradescope, &self.xapi, &self.junit];
        let nothing = asked.iter().all(|file| file.is_none()) && self.json.is_none();
        let page = PathBuf::from(format!("{}-report.html", results.class));
        let html = self.html.as_deref().or(nothing.then_some(page.as_path()));
        if html.is_some() {
            let text = report::class_html(results, &TimeZone::system())?;
            write(html, || text)?;
        }
        write(self.canvas.as_deref(), || report::class_canvas(results))?;
        write(self.moodle.as_deref(), || report::class_moodle(results))?;
        write(self.xapi.as_deref(), || format!("{:#}\n", report::class_xapi(results)))?;
        write(self.junit.as_deref(), || report::class_junit(results))?;
        write(json, || format!("{:#}\n", report::class_json(results)))?;
        self.gradescope.as_deref().map_or(Ok(()), |folder| write_gradescope(folder, results))?;
        let others = [self.canvas.as_deref(), self.moodle.as_deref(), self.gradescope.as_deref()];
        let others = others.into_iter().chain([self.xapi.as_deref(), self.junit.as_deref(), json]);
        Ok([html].into_iter().chain(others).flatten().map(Path::to_path_buf).collect())
    }
}

fn write_gradescope(folder: &Path, results: &Results) -> Result<()> {
    for trainee in &results.trainees {
        let own = folder.join(&trainee.slug);
        std::fs::create_dir_all(&own).context(|| format!("the folder {} cannot be made", own.display()))?;
        write(Some(&own.join("results.json")), || report::class_gradescope(results, trainee))?;
    }
    Ok(())
}

/// How many stand where, and what was written.
fn human(results: &Results, written: &[PathBuf]) -> String {
    let all = || results.trainees.iter().flat_map(|one| results.labs.iter().map(move |lab| one.standing(&lab.id)));
    let count = |standing: Standing| all().filter(|one| *one == standing).count();
    let told = Standing::ALL.into_iter().map(|standing| (count(standing), standing)).filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, standing)| format!("{count} {}", standing.as_str())).collect();
    let files: String = written.iter().map(|file| format!("\nWrote {}", file.display())).collect();
    format!("{}: {}.{files}", crate::text::printable(&results.title), told.join(", "))
}

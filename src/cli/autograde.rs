use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args as ClapArgs;

use super::args::{Jobs, deadline, trainee};
use super::output::Reports;
use super::roster::{note_left_out, roster_bytes};
use super::{CliContext, Exit, Ui};
use crate::autograde::{Autograded, Submission, from_paths, from_roster};
use crate::error::{Error, Result};
use crate::id::TraineeId;
use crate::ops::autograde::{AutogradeRequest, autograde};
use crate::report::{self, AutogradeFormat};

/// Grade submissions without anybody at the keyboard, each in an environment of its own
///
/// A submission is a script that begins with #!, a folder with fix.sh or run in it, a .zip or .tar.gz of one of these,
/// or a gitlab.rb. It runs as root in the broken container, which is then graded and removed. Its exit code is reported and
/// decides nothing: the checks do. Windows line ends are removed from scripts, and the report says so.
///
/// Exit codes: 0 every submission passed, 1 one did not, 3 one could not be graded for want of an environment (after
/// two tries), 4 a check could not be run.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The lab's name
    lab: String,
    /// What trainees handed in; write ./* for all files, as names that begin with - would be taken for options
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "roster")]
    submission: Vec<PathBuf>,
    /// Roster as for a class, CSV or .xlsx, with a column path; one line a trainee, paths are relative to the file
    #[arg(long, value_name = "FILE", conflicts_with = "submission")]
    roster: Option<PathBuf>,
    /// For whom the lab's variables are drawn [default: the name of the submission]
    #[arg(long, value_parser = trainee, conflicts_with = "roster")]
    trainee: Option<TraineeId>,
    /// What the lab's variables are drawn from; the same seed gives the same lab
    #[arg(long, default_value = "1")]
    seed: String,
    /// Another GitLab image [default: the training image]
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,
    /// How long each submission may run, such as 90s or 10m; what comes before and the checks do not count
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = deadline)]
    timeout: Duration,
    /// Points that pass [default: the lab must be solved]
    #[arg(long, value_name = "POINTS", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_score: Option<u32>,
    #[command(flatten)]
    jobs: Jobs,
    /// Write the results as JSON as well; without FILE, answer in JSON on standard output
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[allow(clippy::option_option)] // not given, given alone, given a file
    json: Option<Option<PathBuf>>,
    #[command(flatten)]
    reports: Reports<AutogradeFormat>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let request = args.request(context, ui)?;
    // Reports exist even after a crash, and unwritable files are detected before the grading.
    args.write(&request.unfinished())?;
    let graded = grade(args, context, &request).await;
    let all = graded.as_ref().map_or_else(|error| request.failed(error), Autograded::clone);
    args.write(&all)?;
    graded?;
    ui.answer(&report::autograde_json(&all), || report::autograde_text(&all));
    Ok(Exit::of_autograde(&all))
}

async fn grade(args: &Args, context: &CliContext, request: &AutogradeRequest) -> Result<Autograded> {
    autograde(&context.services().await?, request, &|all| args.write(all)).await
}

impl Args {
    fn request(&self, context: &CliContext, ui: &Ui) -> Result<AutogradeRequest> {
        Ok(AutogradeRequest {
            lab: context.library().load(&self.lab)?,
            submissions: self.submissions(ui)?,
            seed: self.seed.clone(),
            image: self.image.clone(),
            deadline: self.timeout,
            min_score: self.min_score,
            jobs: self.jobs.number(),
        })
    }

    /// Submissions to grade. A missing path on the command line is an error; a missing path in a roster was not handed in.
    fn submissions(&self, ui: &Ui) -> Result<Vec<Submission>> {
        let mut submissions = match &self.roster {
            Some(file) => read_roster(file, ui)?,
            None => from_paths(&self.submission),
        };
        if let Some(missing) = self.submission.iter().find(|path| !path.exists()) {
            return Err(Error::not_found(format!("there is no submission {}", missing.display())));
        }
        match (&self.trainee, submissions.as_mut_slice()) {
            (None, _) => {}
            (Some(name), [only]) => only.trainee.clone_from(name),
            (Some(_), _) => return Err(Error::usage("--trainee is for one submission")),
        }
        if self.reports.has(AutogradeFormat::Gradescope) && submissions.len() > 1 {
            return Err(Error::usage("Gradescope's results.json holds one submission")
                .hint("Grade them one by one, or use --json."));
        }
        Ok(submissions)
    }

    fn write(&self, all: &Autograded) -> Result<()> {
        let json = self.json.as_ref().and_then(Option::as_deref);
        self.reports.and(AutogradeFormat::Json, json).write(all)
    }
}

fn read_roster(file: &Path, ui: &Ui) -> Result<Vec<Submission>> {
    let bytes = roster_bytes(file)?;
    let listed = from_roster(bytes, &file.display().to_string(), file.parent().unwrap_or(Path::new(".")))?;
    note_left_out(&listed.left_out, ui);
    Ok(listed.submissions)
}

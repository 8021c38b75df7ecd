//! Unattended grading of submissions, each in an environment of its own.

mod archive;
mod content;
mod disk;
mod files;
mod leftovers;
mod names;
mod roster;
mod run;
mod script;

use std::time::{Duration, Instant};

pub use names::{Submission, from_paths};
pub use roster::{Listed, from_roster};
pub use run::Run;

use content::{Content, Prepared};

use crate::app::App;
use crate::attempt::Workspace;
use crate::error::{Error, Kind, Result};
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::id::{LabId, TraineeId};
use crate::lab::Lab;
use crate::parallel;

/// Results of all submissions of one run, with the inputs that reproduce them.
#[derive(Clone, Debug)]
pub struct Autograded {
    /// Lab id.
    pub lab: LabId,
    /// SHA-256 of the lab's content.
    pub lab_digest: String,
    /// Seed of the lab's variables.
    pub seed: String,
    /// Reference of GitLab's image; empty if there was none.
    pub image: String,
    /// Smallest number of points that passes; `None` if the lab must be solved.
    pub min_score: Option<u32>,
    /// Results in the order of the submissions.
    pub results: Vec<GradedSubmission>,
}

/// Result of one submission.
#[derive(Clone, Debug)]
pub struct GradedSubmission {
    /// Name in reports.
    pub name: String,
    /// The trainee that the lab's variables were drawn for.
    pub trainee: TraineeId,
    /// Its run; `None` if it did not run.
    pub run: Option<Run>,
    /// Outcome of the submission.
    pub end: End,
    /// Number of attempts to grade it.
    pub tries: u32,
    /// Wall-clock time of the last attempt, in milliseconds.
    pub milliseconds: u64,
}

/// Outcome of one submission.
#[derive(Clone, Debug)]
pub enum End {
    /// The checks ran.
    Graded(Grade),
    /// The submission is unusable, which counts as a wrong answer; the reason.
    Refused(String),
    /// The submission could not be graded.
    Failed(Error),
}

/// Verdict about one submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The submission has enough points.
    Passed,
    /// The submission has too few points.
    NotPassed,
    /// A check could not be run.
    Incomplete,
    /// The environment failed.
    Failed(Kind),
}

impl Verdict {
    /// The verdict in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotPassed => "not passed",
            Self::Incomplete => "incomplete",
            Self::Failed(_) => "not graded",
        }
    }
}

impl GradedSubmission {
    /// The verdict. A check that could not be run takes precedence over all others.
    #[must_use]
    pub fn verdict(&self, min_score: Option<u32>) -> Verdict {
        let grade = match &self.end {
            End::Failed(error) => return Verdict::Failed(error.kind),
            End::Refused(_) => return Verdict::NotPassed,
            End::Graded(grade) => grade,
        };
        if grade.incomplete() {
            Verdict::Incomplete
        } else if min_score.map_or(grade.solved(), |least| grade.score() >= least) {
            Verdict::Passed
        } else {
            Verdict::NotPassed
        }
    }

    /// Points; 0 if the submission was not graded.
    #[must_use]
    pub fn score(&self) -> u32 {
        match &self.end {
            End::Graded(grade) => grade.score(),
            End::Refused(_) | End::Failed(_) => 0,
        }
    }

    /// Whether another environment may give a result.
    fn should_retry(&self) -> bool {
        match self.verdict(None) {
            Verdict::Incomplete => true,
            Verdict::Failed(kind) => kind.is_retryable(),
            Verdict::Passed | Verdict::NotPassed => false,
        }
    }

    /// The result of a submission that failed before it was run.
    #[must_use]
    pub fn failed(submission: &Submission, error: &Error) -> Self {
        let (name, trainee) = (submission.name.clone(), submission.trainee.clone());
        Self { name, trainee, run: None, end: End::Failed(error.clone()), tries: 0, milliseconds: 0 }
    }
}

/// Whether other submissions run on the engine at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Concurrency {
    Alone,
    WithOthers,
}

/// Options of [`autograde`].
pub struct AutogradeOptions<'a> {
    /// Creates a draft for a trainee.
    pub draft: &'a (dyn Fn(&TraineeId) -> Result<Workspace> + Sync),
    /// Longest run time of a submission.
    pub deadline: Duration,
    /// Number of concurrent environments.
    pub jobs: usize,
    /// Receives each result as soon as it exists, with the index of its submission.
    pub graded: &'a (dyn Fn(usize, &GradedSubmission) + Sync),
}

/// Grades submissions concurrently. Those whose environment failed are retried afterwards, one at a time: this shows which
/// of them causes the failure.
pub async fn autograde(
    app: &App,
    lab: &Lab,
    submissions: &[Submission],
    options: &AutogradeOptions<'_>,
) -> Vec<GradedSubmission> {
    let alone = options.jobs <= 1 || submissions.len() == 1;
    let concurrency = if alone { Concurrency::Alone } else { Concurrency::WithOthers };
    let mut results = parallel::map(submissions.iter().enumerate(), options.jobs, |(place, submission)| async move {
        let graded = grade(app, lab, submission, options, concurrency).await;
        (options.graded)(place, &graded);
        graded
    })
    .await;
    for (place, (graded, submission)) in results.iter_mut().zip(submissions).enumerate() {
        if graded.should_retry() && !app.cancel.is_cancelled() {
            *graded = GradedSubmission {
                tries: graded.tries + 1,
                ..grade(app, lab, submission, options, Concurrency::Alone).await
            };
            (options.graded)(place, graded);
        }
    }
    results
}

async fn grade(
    app: &App,
    lab: &Lab,
    submission: &Submission,
    options: &AutogradeOptions<'_>,
    concurrency: Concurrency,
) -> GradedSubmission {
    let begin = Instant::now();
    let step = Step::Trial(submission.name.clone());
    app.emit(Event::Started(step.clone()));
    let (run, end) = match content::read(&submission.path) {
        Err(why) => (None, End::Refused(why)),
        Ok(Prepared { content, notes }) => {
            match run_and_grade(app, lab, submission, &content, options, concurrency).await {
                Ok((run, grade)) => (Some(Run { notes: [notes, run.notes].concat(), ..run }), End::Graded(grade)),
                Err(error) => (None, End::Failed(error)),
            }
        }
    };
    app.emit(match &end {
        End::Failed(error) => Event::Failed(step, error.to_string()),
        _ => Event::Finished(step),
    });
    let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    GradedSubmission { run, end, tries: 1, milliseconds, ..GradedSubmission::failed(submission, &Error::interrupted()) }
}

async fn run_and_grade(
    app: &App,
    lab: &Lab,
    submission: &Submission,
    content: &Content,
    options: &AutogradeOptions<'_>,
    concurrency: Concurrency,
) -> Result<(Run, Grade)> {
    app.check_cancelled()?;
    let draft = (options.draft)(&submission.trainee)?;
    // Interleaved steps of several environments would be confusing.
    let inner = if options.jobs > 1 { app.quiet() } else { app.clone() };
    run::run(&inner, lab, draft, content, options, concurrency).await
}

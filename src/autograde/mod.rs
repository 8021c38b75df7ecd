//! Submissions graded without a trainee at the keyboard: each in an environment of its own, results in the order given.

mod archive;
mod content;
mod disk;
mod names;
mod quiesce;
mod roster;
mod run;
mod script;

use std::time::{Duration, Instant};

pub use names::{Submission, from_paths};
pub use roster::from_roster;
pub use run::Run;

use content::{Content, Handed};

use crate::app::App;
use crate::attempt::Workspace;
use crate::error::{Error, Kind, Result};
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::lab::Lab;
use crate::parallel;

/// All submissions of one run, and what a verdict needs to be repeated.
#[derive(Clone, Debug)]
pub struct Autograded {
    /// Lab id.
    pub lab: String,
    /// SHA-256 of the lab's content.
    pub lab_digest: String,
    /// What variables were drawn from.
    pub seed: String,
    /// Reference of GitLab's image; empty if there was none.
    pub image: String,
    /// Points that pass; `None` if only a solved lab does.
    pub min_score: Option<u32>,
    /// In the order given.
    pub results: Vec<Graded>,
}

/// What became of one submission.
#[derive(Clone, Debug)]
pub struct Graded {
    /// As the reports call it.
    pub name: String,
    /// The trainee that the lab's variables were drawn for.
    pub trainee: String,
    /// How it ran; `None` if it did not.
    pub run: Option<Run>,
    /// How it came out.
    pub end: End,
    /// How often it was tried.
    pub tries: u32,
    /// Wall-clock time of the last try, in milliseconds.
    pub milliseconds: u64,
}

/// How one submission came out.
#[derive(Clone, Debug)]
pub enum End {
    /// The checks ran.
    Graded(Grade),
    /// There was nothing that could be handed in: a wrong answer; why.
    Refused(String),
    /// It could not be graded, which is no answer at all.
    Failed(Error),
}

/// What that amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Good enough.
    Passed,
    /// Not good enough.
    NotPassed,
    /// A check could not be run.
    Incomplete,
    /// No environment in which it could be graded.
    Failed(Kind),
}

impl Verdict {
    /// As reports say it.
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

impl Graded {
    /// Whether it is good enough. A check that could not be run outranks everything that could.
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

    /// Points; none where it was not graded.
    #[must_use]
    pub fn score(&self) -> u32 {
        match &self.end {
            End::Graded(grade) => grade.score(),
            End::Refused(_) | End::Failed(_) => 0,
        }
    }

    /// Whether another environment might give an answer where this one did not.
    fn deserves_another(&self) -> bool {
        match self.verdict(None) {
            Verdict::Incomplete => true,
            Verdict::Failed(kind) => kind.is_retryable(),
            Verdict::Passed | Verdict::NotPassed => false,
        }
    }

    /// One of which nothing is known yet.
    #[must_use]
    pub fn failed(submission: &Submission, error: &Error) -> Self {
        let (name, trainee) = (submission.name.clone(), submission.trainee.clone());
        Self { name, trainee, run: None, end: End::Failed(error.clone()), tries: 0, milliseconds: 0 }
    }
}

/// How submissions are graded.
pub struct Options<'a> {
    /// Makes a draft for a trainee.
    pub draft: &'a (dyn Fn(&str) -> Result<Workspace> + Sync),
    /// How long each may run.
    pub deadline: Duration,
    /// Environments at one time.
    pub jobs: usize,
    /// Is given each result as soon as it is there, with the place of its submission: a report need not wait for all.
    pub graded: &'a (dyn Fn(usize, &Graded) + Sync),
}

/// Grades submissions side by side. What the environment spoilt is tried once more afterwards, one by one: in peace,
/// and so that a submission that spoils it is told from its neighbours.
pub async fn autograde(app: &App, lab: &Lab, submissions: &[Submission], options: &Options<'_>) -> Vec<Graded> {
    let alone = options.jobs <= 1 || submissions.len() == 1;
    let mut results = parallel::map(submissions.iter().enumerate(), options.jobs, |(place, submission)| async move {
        let graded = grade(app, lab, submission, options, alone).await;
        (options.graded)(place, &graded);
        graded
    })
    .await;
    for (place, (graded, submission)) in results.iter_mut().zip(submissions).enumerate() {
        if graded.deserves_another() && !app.cancel.is_cancelled() {
            *graded = Graded { tries: graded.tries + 1, ..grade(app, lab, submission, options, true).await };
            (options.graded)(place, graded);
        }
    }
    results
}

async fn grade(app: &App, lab: &Lab, submission: &Submission, options: &Options<'_>, alone: bool) -> Graded {
    let begin = Instant::now();
    let step = Step::Trial(submission.name.clone());
    app.tell(Event::Started(step.clone()));
    let (run, end) = match content::read(&submission.path) {
        Err(why) => (None, End::Refused(why)),
        Ok(Handed { content, notes }) => match try_it(app, lab, submission, &content, options, alone).await {
            Ok((run, grade)) => (Some(Run { notes: [notes, run.notes].concat(), ..run }), End::Graded(grade)),
            Err(error) => (None, End::Failed(error)),
        },
    };
    app.tell(match &end {
        End::Failed(error) => Event::Failed(step, error.to_string()),
        _ => Event::Finished(step),
    });
    let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    Graded { run, end, tries: 1, milliseconds, ..Graded::failed(submission, &Error::interrupted()) }
}

async fn try_it(
    app: &App,
    lab: &Lab,
    submission: &Submission,
    content: &Content,
    options: &Options<'_>,
    alone: bool,
) -> Result<(Run, Grade)> {
    app.check_cancelled()?;
    let draft = (options.draft)(&submission.trainee)?;
    // Steps of environments side by side would only confuse.
    let inner = if options.jobs > 1 { app.quiet() } else { app.clone() };
    run::run(&inner, lab, draft, content, options, alone).await
}

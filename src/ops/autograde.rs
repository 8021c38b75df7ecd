//! Unattended grading of submissions.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Services;
use super::unattended::Drafts;
use crate::attempt::suits;
use crate::autograde::{self, AutogradeOptions, Autograded, GradedSubmission, Submission};
use crate::environment::prepare;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::TraineeId;
use crate::lab::Lab;
use crate::lifecycle::OnFailure;
use crate::parallel;

/// Time to live of an environment, in addition to the submission's time limit.
const TTL: Duration = Duration::from_hours(1);

/// Submissions to grade, and how.
#[derive(Clone, Debug)]
pub struct AutogradeRequest {
    /// The lab that they solve.
    pub lab: Lab,
    /// The submissions.
    pub submissions: Vec<Submission>,
    /// Seed of the lab's variables.
    pub seed: String,
    /// GitLab image; the training image if `None`.
    pub image: Option<String>,
    /// Longest run time of a submission.
    pub deadline: Duration,
    /// Smallest number of points that passes; `None` if the lab must be solved.
    pub min_score: Option<u32>,
    /// Number of concurrent environments; depends on the machine if `None`.
    pub jobs: Option<usize>,
}

impl AutogradeRequest {
    /// Results of a grading in which every submission failed with this error.
    #[must_use]
    pub fn failed(&self, error: &Error) -> Autograded {
        Autograded {
            lab: self.lab.id.clone(),
            lab_digest: self.lab.digest.clone(),
            seed: self.seed.clone(),
            image: self.image.clone().unwrap_or_default(),
            min_score: self.min_score,
            results: self.submissions.iter().map(|submission| GradedSubmission::failed(submission, error)).collect(),
        }
    }

    /// Results before the grading.
    #[must_use]
    pub fn unfinished(&self) -> Autograded {
        self.failed(&Error::environment("the grading did not finish"))
    }
}

/// Grades submissions. `save` receives the results so far after each submission; its failure is only a warning.
pub async fn autograde(
    services: &Services,
    request: &AutogradeRequest,
    save: &(dyn Fn(&Autograded) -> Result<()> + Sync),
) -> Result<Autograded> {
    let (app, lab) = (&services.app, &request.lab);
    let images = prepare(app, request.image.as_deref(), &services.build_env).await?;
    suits(lab, images.platform)?;
    let drafts = Drafts::new(services, &images, TTL + request.deadline, OnFailure::Remove)?;
    let draft = |trainee: &TraineeId| drafts.draft(lab, trainee, &request.seed);
    let so_far = Mutex::new(Autograded { image: images.gitlab.clone(), ..request.unfinished() });
    let graded = |place: usize, graded: &GradedSubmission| {
        let mut all = so_far.lock().unwrap_or_else(PoisonError::into_inner);
        all.results[place] = graded.clone();
        if let Err(error) = save(&all) {
            app.emit(Event::Warning(error.to_string()));
        }
    };
    let jobs = request.jobs.unwrap_or_else(parallel::default_jobs).min(request.submissions.len());
    let options = AutogradeOptions { draft: &draft, deadline: request.deadline, jobs, graded: &graded };
    let results = autograde::autograde(app, lab, &request.submissions, &options).await;
    Ok(Autograded { results, ..so_far.into_inner().unwrap_or_else(PoisonError::into_inner) })
}

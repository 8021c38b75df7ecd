//! What the core tells whoever watches: the only way in which it speaks. `cli::ui` turns it into bars or lines.

use std::sync::Arc;

/// Takes events, from any thread.
pub type Events = Arc<dyn Fn(Event) + Send + Sync>;

/// Something that a person waiting would like to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step that may take more than a second begins.
    Started(Step),
    /// What it is doing now.
    Progress(Step, String),
    /// Of its parts so many are done, of so many.
    Count(Step, usize, usize),
    /// It is done.
    Finished(Step),
    /// It ended otherwise than it should; why.
    Failed(Step, String),
    /// Worth knowing.
    Note(String),
    /// Worth doing something about.
    Warning(String),
}

/// A part of the work, named as a person would say it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An image is fetched or built.
    Image(String),
    /// Images are written into an archive.
    SaveImages,
    /// The seal of an archive is looked at.
    CheckSeal,
    /// An archive is given to the engine.
    LoadImages,
    /// Network, volumes and containers are made.
    Create,
    /// An environment is taken from the pool.
    Take,
    /// An environment is made for the pool.
    Fill(String),
    /// GitLab comes up.
    Boot,
    /// The healthy world is prepared.
    Seed,
    /// It is broken.
    Break,
    /// It is broken as it should be.
    Confirm,
    /// Checks run.
    Grade,
    /// GitLab is restarted.
    Restart,
    /// Everything is removed.
    Remove,
    /// A submission runs.
    Submission,
    /// One scenario of a proof.
    Scenario(String),
    /// One submission from start to gone.
    Trial(String),
    /// One member of a class, and a lab.
    Member(String),
    /// A whole class is started.
    Class(String),
    /// A whole class is graded.
    GradeClass(String),
    /// Environments of a class are made anew.
    ResetClass(String),
    /// Environments of a class are brought back.
    ResumeClass(String),
    /// A whole class is removed.
    StopClass(String),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Image(name) => write!(f, "Preparing image {name}"),
            Self::SaveImages => f.write_str("Saving the images"),
            Self::CheckSeal => f.write_str("Checking the seal"),
            Self::LoadImages => f.write_str("Loading the images"),
            Self::Create => f.write_str("Creating the environment"),
            Self::Take => f.write_str("Taking a GitLab from the pool"),
            Self::Fill(name) => write!(f, "Filling the pool with {name}"),
            Self::Boot => f.write_str("Waiting for GitLab"),
            Self::Seed => f.write_str("Preparing the world"),
            Self::Break => f.write_str("Breaking it"),
            Self::Confirm => f.write_str("Confirming that it is broken"),
            Self::Grade => f.write_str("Running the checks"),
            Self::Restart => f.write_str("Restarting GitLab"),
            Self::Remove => f.write_str("Removing the environment"),
            Self::Submission => f.write_str("Running the submission"),
            Self::Trial(name) => write!(f, "Grading {name}"),
            Self::Member(name) => f.write_str(name),
            Self::Class(title) => write!(f, "Starting {title}"),
            Self::GradeClass(title) => write!(f, "Grading {title}"),
            Self::ResetClass(title) => write!(f, "Resetting in {title}"),
            Self::ResumeClass(title) => write!(f, "Bringing back {title}"),
            Self::StopClass(title) => write!(f, "Removing {title}"),
            Self::Scenario(name) => write!(f, "Proving {name}"),
        }
    }
}

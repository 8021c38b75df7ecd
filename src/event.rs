//! Progress events: the only output of the core. `cli::ui` renders them as progress bars or lines.

use std::sync::Arc;

/// Receives events from any thread.
pub type Events = Arc<dyn Fn(Event) + Send + Sync>;

/// A progress event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step that may take more than a second begins.
    Started(Step),
    /// Current activity of a step.
    Progress(Step, String),
    /// Number of finished parts of a step, and their total.
    Count(Step, usize, usize),
    /// A step has succeeded.
    Finished(Step),
    /// A step has failed; the reason.
    Failed(Step, String),
    /// Information for the user.
    Note(String),
    /// A problem that the user should act on.
    Warning(String),
}

/// A step of the work; its `Display` is the text for the user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An image is fetched or built.
    Image(String),
    /// Images are written into an archive.
    SaveImages,
    /// The seal of an archive is verified.
    CheckSeal,
    /// An archive is given to the engine.
    LoadImages,
    /// Network, volumes and containers are made.
    Create,
    /// An environment is taken from the pool.
    Take,
    /// An environment is made for the pool.
    Fill(String),
    /// GitLab starts.
    Boot,
    /// The healthy environment is prepared.
    Seed,
    /// The faults are applied.
    Break,
    /// The checks confirm the faults.
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
    /// One submission is graded, from the start of its environment to its removal.
    Trial(String),
    /// One lab of one member of a class.
    Member(String),
    /// A whole class is started.
    Class(String),
    /// A whole class is graded.
    GradeClass(String),
    /// Environments of a class are reset.
    ResetClass(String),
    /// Environments of a class are resumed.
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
            Self::Take => f.write_str("Taking an environment from the pool"),
            Self::Fill(name) => write!(f, "Filling the pool with {name}"),
            Self::Boot => f.write_str("Waiting for GitLab"),
            Self::Seed => f.write_str("Preparing the data"),
            Self::Break => f.write_str("Applying the fault"),
            Self::Confirm => f.write_str("Confirming the fault"),
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

//! Grading an attempt and keeping the grade.

use std::path::Path;

use crate::app::App;
use crate::attempt::Workspace;
use crate::check;
use crate::error::Result;
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::id::AttemptId;
use crate::lab::Lab;

/// What was graded, and what came of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was graded.
    pub workspace: Workspace,
    /// Its lab.
    pub lab: Lab,
    /// What the checks say.
    pub grade: Grade,
}

/// Grades an attempt that was handed over, as the only one who works on it meanwhile, and keeps the grade.
/// `labs` as in [`Attempt::library`](crate::attempt::Attempt::library).
pub async fn judge(app: &App, labs: Option<&Path>, id: &AttemptId) -> Result<Judged> {
    let _lock = app.lock(id).await?;
    let workspace = app.store.known(id)?.handed_over()?;
    let lab = workspace.attempt.library(labs).load(workspace.attempt.lab.as_str())?;
    if lab.digest != workspace.attempt.lab_digest {
        app.tell(Event::Warning(format!(
            "lab {} has changed since the attempt began; its checks are the new ones",
            lab.id
        )));
    }
    app.tell(Event::Started(Step::Grade));
    let grade = check::grade(app, &workspace, &lab).await?;
    app.tell(Event::Finished(Step::Grade));
    app.store.keep_grade(&grade)?;
    Ok(Judged { workspace, lab, grade })
}

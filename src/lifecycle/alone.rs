//! Runs some of a lab's checks, for authors of labs.

use std::path::Path;

use crate::app::App;
use crate::check;
use crate::error::{Error, Result};
use crate::grade::{Grade, GradedBy};
use crate::id::AttemptId;
use crate::lab::Lab;

/// Runs these checks without those that they need, under the attempt's lock. The result is not stored as a grade. `labs` as in [`Attempt::library`](crate::attempt::Attempt::library).
pub async fn grade_some(app: &App, labs: Option<&Path>, id: &AttemptId, checks: &[String]) -> Result<Grade> {
    let _lock = app.lock(id).await?;
    let workspace = app.store.known(id)?.handed_over()?;
    let mut lab = workspace.attempt.library(labs).load(workspace.attempt.lab.as_str())?;
    keep_only(&mut lab, checks)?;
    check::grade(app, &workspace, &lab, GradedBy::Trainee).await
}

fn keep_only(lab: &mut Lab, checks: &[String]) -> Result<()> {
    let known: Vec<&str> = lab.checks.iter().map(|check| check.id.as_str()).collect();
    if let Some(unknown) = checks.iter().find(|id| !known.contains(&id.as_str())) {
        let hint = format!("Its checks are {}.", known.join(", "));
        return Err(Error::not_found(format!("lab {} has no check {unknown}", lab.id)).hint(hint));
    }
    lab.checks.retain(|check| checks.iter().any(|id| id == check.id.as_str()));
    lab.checks.iter_mut().for_each(|check| check.needs.clear());
    lab.hints.clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_checks_stay_and_wait_for_nothing() {
        let mut lab = crate::lab::library::Library::new(None).load("nginx-502").unwrap();
        let last = lab.checks.pop().unwrap();
        let first = lab.checks.remove(0);
        lab.checks = vec![first.clone(), crate::lab::Check { needs: vec![first.id.clone()], ..last.clone() }];
        keep_only(&mut lab, &[last.id.as_str().into()]).unwrap();
        let left: Vec<_> = lab.checks.iter().map(|check| (&check.id, check.needs.as_slice())).collect();
        assert_eq!(left, [(&last.id, [].as_slice())]);
        let error = keep_only(&mut lab, &["nosuch".into()]).unwrap_err();
        assert_eq!(error.message, "lab nginx-502 has no check nosuch");
        assert_eq!(error.hints, [format!("Its checks are {}.", last.id)]);
    }
}

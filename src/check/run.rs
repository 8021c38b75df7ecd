//! Runs a lab's checks against an environment.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};

use super::bench::Bench;
use super::examine::Examiner;
pub use super::graded::Graded;
use super::graded::{Phase, Verdict, blocked, result};
use super::integrity::Found;
use super::{bring_up, config, http, inspect, look_again, restart, script};
use crate::app::App;
use crate::attempt::Workspace;
use crate::engine::EngineError;
use crate::environment::readiness::NotReady;
use crate::environment::{is_stable, wait_until_stable};
use crate::error::{Error, Result};
use crate::event::Step;
use crate::grade::{CheckResult, Finding, Grade, GradedBy, Outcome, hints_cost};
use crate::lab::{Check, Lab, Probe};
use crate::random;

/// Checks that run in parallel: more would only slow each down.
const SIDE_BY_SIDE: usize = 6;
/// Time limit of a grading, without restarts.
const DEADLINE: Duration = Duration::from_mins(5);
/// Time beyond its limit in which a check may end by itself.
const SLACK: Duration = Duration::from_secs(20);

/// Purpose of a run of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Faults were applied: the checks show what holds now, without a restart.
    Breaking,
    /// A repair is judged. Services that it has just started get the time to come up; and the container is restarted
    /// for those checks that want it, but only if every other check passes: a restart would take away the
    /// evidence that a trainee is still looking at, and heal what heals by itself.
    Grading,
}

/// Grades an attempt. An outage that its trainee caused is a result; any other outage is an error, as are Ctrl-C and a
/// broken lab. If the engine becomes unreachable meanwhile, checks could not be run.
pub async fn grade(app: &App, workspace: &Workspace, lab: &Lab, by: GradedBy) -> Result<Grade> {
    let (at, begin) = (app.now(), Instant::now());
    let Graded { checks, integrity } = match bring_up(app, workspace).await? {
        Some(why) => Graded::failed(lab, &why),
        None => run_checks(app, workspace, lab, Occasion::Grading).await?,
    };
    Ok(Grade {
        attempt: workspace.attempt.id.clone(),
        lab: lab.id.clone(),
        lab_digest: lab.digest.clone(),
        trainee: workspace.attempt.trainee.clone(),
        seed: workspace.attempt.seed.clone(),
        image: workspace.environment.spec.image().into(),
        at,
        by,
        milliseconds: milliseconds(begin),
        hints_cost: hints_cost(&lab.hints, workspace.attempt.hints_taken),
        checks,
        integrity,
    })
}

/// Runs the checks.
pub async fn run_checks(app: &App, workspace: &Workspace, lab: &Lab, occasion: Occasion) -> Result<Graded> {
    let values = workspace.values(lab, &random::letters(12)?);
    let bench = Bench::new(app, workspace, lab, values);
    let (late, early): (Vec<&Check>, Vec<&Check>) = lab.checks.iter().partition(|check| check.after_restart);
    let mut graded = match occasion {
        // On the heap, because the future is large.
        Occasion::Breaking => Graded { checks: Box::pin(bench.all(&early, vec![])).await?, integrity: vec![] },
        Occasion::Grading => Box::pin(bench.judged(&early, &late)).await?,
    };
    let place = |result: &CheckResult| lab.checks.iter().position(|check| check.id == result.id);
    graded.checks.sort_by_key(place);
    Ok(graded)
}

impl Bench<'_> {
    /// Inspects the environment again if checks do not all pass.
    async fn judged(&self, early: &[&Check], late: &[&Check]) -> Result<Graded> {
        let mut graded = self.grade(early, late).await?;
        if graded.checks.iter().all(|check| check.outcome == Outcome::Pass) {
            return Ok(graded);
        }
        let runner = self.runner().await.ok();
        if let Some(why) = look_again(self.app, self.workspace, runner).await? {
            for check in graded.checks.iter_mut().filter(|check| check.outcome == Outcome::Error) {
                (check.outcome, check.message) = (Outcome::Fail, crate::text::clean_line(&why));
            }
        }
        Ok(graded)
    }

    async fn grade(&self, early: &[&Check], late: &[&Check]) -> Result<Graded> {
        let mut graded = match self.undisturbed(early, vec![], Phase::First).await? {
            Some(graded) => graded,
            None => self.after_restart(early, vec![]).await?,
        };
        if late.is_empty() {
            return Ok(graded);
        }
        if graded.checks.iter().all(|result| result.outcome == Outcome::Pass) {
            return self.after_restart(late, graded.checks).await;
        }
        let waits = late.iter().map(|check| blocked(check, "is checked after a restart, once all the others pass"));
        graded.checks.extend(waits);
        Ok(graded)
    }

    /// Runs checks while only services run in the container, compares its programs with the image's meanwhile, and repeats
    /// what has to be repeated once all processes run again. `None` if services that answered are stale: then they must be
    /// restarted first.
    async fn undisturbed(&self, checks: &[&Check], known: Vec<CheckResult>, phase: Phase) -> Result<Option<Graded>> {
        let is_stable =
            async { phase == Phase::AfterRestart || is_stable(self.app, &self.workspace.environment).await };
        // If there is no runner, the checks say so.
        let (entered, is_stable, _) = tokio::join!(Examiner::enter(self.app, self.workspace), is_stable, self.runner());
        if !is_stable {
            // A failure of the engine shows in the checks.
            wait_until_stable(self.app, &self.workspace.environment, &Step::Grade).await.ok();
        }
        let begin = Instant::now();
        let mut examiner = match entered {
            Ok(Ok(examiner)) => examiner,
            Ok(Err(finding)) => return self.unexamined(checks, known, Ok(vec![finding])).await.map(Some),
            Err(error) => return self.unexamined(checks, known, Err(error)).await.map(Some),
        };
        let (checked, files) = tokio::join!(self.all(checks, known), examiner.examine());
        let found = if checked.is_ok() { examiner.findings(files, self.lab).await } else { Ok(Found::default()) };
        examiner.thaw().await;
        let steady = async {
            let graded = Graded { checks: checked?, integrity: vec![] };
            let Some(mut graded) = graded.judged(found, phase) else { return Ok(None) };
            graded.checks = self.steady(checks, graded.checks, phase.steady(), begin).await?;
            Ok(Some(graded))
        };
        tokio::join!(steady, examiner.remove()).0
    }

    async fn unexamined(
        &self,
        checks: &[&Check],
        known: Vec<CheckResult>,
        found: Result<Vec<Finding>, EngineError>,
    ) -> Result<Graded> {
        Ok(Graded { checks: self.all(checks, known).await?, integrity: vec![] }.with(found))
    }

    /// Runs checks in rounds: each round those whose prerequisites are decided.
    async fn all(&self, checks: &[&Check], mut results: Vec<CheckResult>) -> Result<Vec<CheckResult>> {
        let deadline = Instant::now() + DEADLINE;
        let mut waiting = checks.to_vec();
        while !waiting.is_empty() {
            self.app.check_cancelled()?;
            let settled = |check: &&Check| check.needs.iter().all(|need| outcome_of(&results, need).is_some());
            let (round, later): (Vec<&Check>, Vec<&Check>) = waiting.into_iter().partition(settled);
            if round.is_empty() {
                return Err(Error::bug(format!("checks of lab {} wait for each other", self.lab.id)));
            }
            let done: Vec<(CheckResult, bool)> = {
                let known = &results;
                // Collected before any is awaited: otherwise the compiler cannot prove that the future is `Send`.
                let work: Vec<_> = round.into_iter().map(|check| self.one(check, known, deadline)).collect();
                let all = stream::iter(work).buffer_unordered(SIDE_BY_SIDE).collect();
                self.app.cancel.run_until_cancelled(all).await.ok_or_else(Error::interrupted)?
            };
            let done = self.doubted(checks, done, &results, deadline).await?;
            results.extend(done);
            waiting = later;
        }
        Ok(results)
    }

    /// Runs one check; and whether its outcome is [`Verdict::doubtful`].
    pub(super) async fn one(&self, check: &Check, known: &[CheckResult], deadline: Instant) -> (CheckResult, bool) {
        if let Some(need) = check.needs.iter().find(|need| outcome_of(known, need) != Some(Outcome::Pass)) {
            return (blocked(check, &format!("needs {need}, which does not pass")), false);
        }
        let begin = Instant::now();
        let left = deadline.saturating_duration_since(begin).min(check.timeout);
        let work = async {
            match &check.probe {
                Probe::Http(http) => http::run(self, http, left).await,
                Probe::Outside(path) => script::outside(self, path, left).await,
                Probe::Inspect(facts) => inspect::run(self, facts).await,
                Probe::Look(path) => script::look(self, path, left).await,
                Probe::Config(setting) => config::run(self, setting, left).await,
            }
        };
        // Scripts end by themselves at their time limit; this limit is for an engine that does not answer.
        let verdict =
            tokio::time::timeout(left + SLACK, work).await.unwrap_or_else(|_| Verdict::error("it did not end in time"));
        (result(check, &verdict, milliseconds(begin)), verdict.doubtful)
    }

    async fn after_restart(&self, late: &[&Check], results: Vec<CheckResult>) -> Result<Graded> {
        let restart = restart(self.app, self.workspace, &Step::Grade);
        let up = self.app.cancel.run_until_cancelled(restart).await.ok_or_else(Error::interrupted)?;
        let verdict = match up {
            Ok(()) => {
                let graded = self.undisturbed(late, results, Phase::AfterRestart).await?;
                return graded.ok_or_else(|| Error::bug("a container that was just restarted is to be restarted"));
            }
            Err(NotReady::Broken(error)) => Verdict::fail(format!("after a restart: {error}")),
            Err(NotReady::Unknown(error)) => Verdict::error(error.to_string()),
        };
        let failed = late.iter().map(|check| result(check, &verdict, 0));
        Ok(Graded { checks: results.into_iter().chain(failed).collect(), integrity: vec![] })
    }
}

fn outcome_of(results: &[CheckResult], id: &crate::id::CheckId) -> Option<Outcome> {
    results.iter().find(|result| &result.id == id).map(|result| result.outcome)
}

fn milliseconds(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}

//! The proof of a lab: its environment starts healthy, its faults break it, its solution repairs it, it is removed without
//! leftovers, and wrong repairs do not pass.

pub mod changed;
mod scenario;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::app::App;
use crate::attempt::{Faults, Workspace};
use crate::check::run::Graded;
use crate::check::{Occasion, run_checks};
use crate::environment::{PortChoice, run_script};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::{CheckResult, Outcome, all_ran, differences};
use crate::id::{CheckId, LabId};
use crate::lab::{Lab, LabPath, WrongFix};
use crate::lifecycle::{self, EnvironmentSource, Launch, OnFailure, break_it, hand_over, run_lab_script};
use crate::parallel;
use crate::render::{Escape, Values, render};

use scenario::{Common, Scenario, scenarios};
pub use scenario::{Part, omitted};

/// Seeds that a lab is proven with.
pub const SEEDS: [&str; 2] = ["1", "2"];

/// A claim about a lab, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Lab id.
    pub lab: LabId,
    /// Seed of the lab's variables.
    pub seed: String,
    /// Text of the claim.
    pub claim: String,
    /// Whether it holds; `None` if it could not be verified.
    pub holds: Option<bool>,
    /// Reasons why it does not hold.
    pub why: Vec<String>,
    /// Duration of the verification, in milliseconds.
    pub milliseconds: u64,
}

/// Whether all claims hold, of which there must be at least one.
#[must_use]
pub fn proven(claims: &[Claim]) -> bool {
    !claims.is_empty() && claims.iter().all(|claim| claim.holds == Some(true))
}

/// Whether a claim could not be verified for reasons outside of the lab.
#[must_use]
pub fn inconclusive(claims: &[Claim]) -> bool {
    claims.iter().any(|claim| claim.holds.is_none())
}

/// Options of [`prove`].
pub struct ProveOptions<'a> {
    /// Creates a draft for a lab and a seed.
    pub draft: &'a (dyn Fn(&Lab, &str) -> Result<Workspace> + Sync),
    /// Seeds of the labs' variables.
    pub seeds: &'a [String],
    /// Scenarios to run.
    pub part: Part,
    /// Number of concurrent environments.
    pub jobs: usize,
    /// What happens to an environment in which a claim does not hold.
    pub on_failure: OnFailure,
    /// Runs only scenarios whose titles contain one of these texts; all of them if empty.
    pub only: &'a [String],
}

/// Proves labs. The claims are in the order of the labs and seeds.
pub async fn prove(app: &App, labs: &[Arc<Lab>], options: &ProveOptions<'_>) -> Vec<Claim> {
    let jobs = labs.iter().enumerate().flat_map(|(place, lab)| {
        options.seeds.iter().flat_map(move |seed| {
            let mut all = scenarios(lab, place, options.part);
            all.retain(|scenario| scenario.is_named(lab, options.only));
            all.into_iter().map(move |scenario| (lab.clone(), seed.clone(), scenario))
        })
    });
    let claims = parallel::map(jobs, options.jobs, |(lab, seed, scenario)| async move {
        ScenarioRun { app, lab: &lab, seed: &seed, options }.run(&scenario).await
    });
    claims.await.into_iter().flatten().collect()
}

/// Titles of the scenarios of a lab.
#[must_use]
pub fn titles(lab: &Lab, only: &[String]) -> Vec<String> {
    let all = scenarios(lab, 0, Part::All);
    all.iter().filter(|scenario| scenario.is_named(lab, only)).map(|scenario| scenario.title(lab)).collect()
}

/// Runs one scenario with one seed.
struct ScenarioRun<'a> {
    app: &'a App,
    lab: &'a Lab,
    seed: &'a str,
    options: &'a ProveOptions<'a>,
}

/// Claims about one lab and seed, in the order of their verification.
struct Claims {
    list: Vec<Claim>,
    lab: LabId,
    seed: String,
    since: Instant,
}

impl Claims {
    fn add(&mut self, claim: &str, found: Result<Vec<String>>) -> bool {
        let (holds, why) = match found {
            Ok(why) => (Some(why.is_empty()), why),
            Err(error) => (None, vec![error.to_string()]),
        };
        let spent = std::mem::replace(&mut self.since, Instant::now()).elapsed();
        let claim = Claim {
            lab: self.lab.clone(),
            seed: self.seed.clone(),
            claim: claim.into(),
            holds,
            why,
            milliseconds: millis(spent),
        };
        self.list.push(claim);
        holds == Some(true)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl ScenarioRun<'_> {
    async fn run(&self, scenario: &Scenario) -> Vec<Claim> {
        let mut claims =
            Claims { list: vec![], lab: self.lab.id.clone(), seed: self.seed.into(), since: Instant::now() };
        let name = format!("{} on seed {}: {}", self.lab.id, self.seed, scenario.title(self.lab));
        self.app.emit(Event::Started(Step::Scenario(name.clone())));
        if self.app.cancel.is_cancelled() {
            claims.add(&scenario.title(self.lab), Err(Error::interrupted()));
            return claims.list;
        }
        match self.start(scenario).await {
            Ok(mut workspace) => {
                self.verify(&mut workspace, scenario, &mut claims).await;
                self.end(&workspace, &mut claims).await;
            }
            Err(error) => drop(claims.add(&scenario.title(self.lab), Err(error))),
        }
        let step = Step::Scenario(name);
        self.app.emit(match claims.list.iter().find(|claim| claim.holds != Some(true)) {
            Some(claim) => Event::Failed(step, claim.why.join("; ")),
            None => Event::Finished(step),
        });
        claims.list
    }

    fn launch(&self, faults: Faults) -> Launch<'_> {
        Launch { lab: self.lab, port: PortChoice::Any, source: EnvironmentSource::Fresh, faults }
    }

    async fn start(&self, scenario: &Scenario) -> Result<Workspace> {
        let faults =
            if matches!(scenario, Scenario::Solution | Scenario::Alone(_)) { Faults::None } else { Faults::All };
        let draft = (self.options.draft)(self.lab, self.seed)?;
        lifecycle::start(&self.quiet(), draft, &self.launch(faults), self.options.on_failure).await
    }

    /// Steps of environments side by side would only confuse.
    fn quiet(&self) -> App {
        self.app.quiet()
    }

    async fn verify(&self, workspace: &mut Workspace, scenario: &Scenario, claims: &mut Claims) {
        let found = match scenario {
            Scenario::Solution => return self.solution(workspace, claims).await,
            Scenario::Alone(index) => {
                let fault = self.lab.faults[*index].id.clone();
                let broken = break_it(&self.quiet(), workspace, &self.launch(Faults::Only(*index))).await;
                claims.add(&format!("fault {fault} alone breaks what it names"), broken);
                return;
            }
            Scenario::Wrong(wrong) => self.wrong(workspace, wrong).await,
            Scenario::Also(script) => self.repaired(workspace, script).await,
            Scenario::Cheat(script) => self.cheat(workspace, script).await,
            Scenario::Common(common) => self.common_cheat(workspace, common).await,
        };
        claims.add(&scenario.title(self.lab), found);
    }

    async fn solution(&self, workspace: &mut Workspace, claims: &mut Claims) {
        let healthy = self.expect(workspace, &[]).await;
        if !claims.add("the healthy environment passes every check", healthy) {
            return;
        }
        let broken = async {
            let found = break_it(&self.quiet(), workspace, &self.launch(Faults::All)).await?;
            hand_over(&self.quiet(), workspace).await?;
            Ok(found)
        };
        if !claims.add("its faults break exactly what they name", broken.await) {
            return;
        }
        let idle = self.expect(workspace, &self.broken()).await;
        claims.add("doing nothing earns nothing", idle);
        let solved = self.repaired(workspace, &self.lab.solution).await;
        claims.add("the solution passes every check, also after a restart", solved);
    }

    /// Checks that the lab's faults break.
    fn broken(&self) -> Vec<CheckId> {
        self.lab.faults.iter().flat_map(|fault| fault.breaks.clone()).collect()
    }

    async fn graded(&self, workspace: &Workspace) -> Result<Graded> {
        let graded = run_checks(&self.quiet(), workspace, self.lab, Occasion::Grading).await?;
        all_ran(&graded.checks)?;
        Ok(graded)
    }

    async fn expect(&self, workspace: &Workspace, broken: &[CheckId]) -> Result<Vec<String>> {
        let graded = self.graded(workspace).await?;
        let mut found = differences(self.lab, &graded.checks, broken);
        if broken.is_empty() {
            let blocked = graded.checks.iter().filter(|result| result.outcome == Outcome::Blocked);
            found.extend(blocked.map(|result| format!("check {} is blocked: {}", result.id, result.message)));
        }
        found.extend(graded.integrity.iter().map(|finding| format!("a finding: {}", finding.sentence())));
        Ok(found)
    }

    async fn repaired(&self, workspace: &Workspace, script: &LabPath) -> Result<Vec<String>> {
        run_lab_script(&self.quiet(), workspace, self.lab, script).await?;
        self.expect(workspace, &[]).await
    }

    /// What fails outright is what the wrong fix names, neither less nor more.
    async fn wrong(&self, workspace: &Workspace, wrong: &WrongFix) -> Result<Vec<String>> {
        run_lab_script(&self.quiet(), workspace, self.lab, &wrong.script).await?;
        let graded = self.graded(workspace).await?;
        let named = |result: &&CheckResult| wrong.still_fails.contains(&result.id);
        let (named, others): (Vec<&CheckResult>, Vec<&CheckResult>) = graded.checks.iter().partition(named);
        let passing = named.iter().filter(|result| result.outcome == Outcome::Pass);
        let mut found: Vec<String> =
            passing.map(|result| format!("check {} passes and should not", result.id)).collect();
        if !named.iter().any(|result| result.outcome == Outcome::Fail) {
            found.push("none of the checks it names fails outright".into());
        }
        let unnamed = others.iter().filter(|result| result.outcome == Outcome::Fail);
        found.extend(unnamed.map(|result| format!("check {} fails and is not named: {}", result.id, result.message)));
        Ok(found)
    }

    async fn cheat(&self, workspace: &Workspace, script: &LabPath) -> Result<Vec<String>> {
        run_lab_script(&self.quiet(), workspace, self.lab, script).await?;
        self.earns_nothing(workspace).await
    }

    async fn common_cheat(&self, workspace: &Workspace, common: &Common) -> Result<Vec<String>> {
        let values = workspace.values(self.lab, "");
        let shown = |path: &LabPath| render(self.lab.file(path), path.as_str(), &values, Escape::Shell);
        let fault = self.lab.faults.first().map(|fault| shown(&fault.script)).transpose()?.unwrap_or_default();
        let values = Values::default()
            .with("solution", shown(&self.lab.solution)?)
            .with("fault", fault)
            .with("patch", scenario::PATCH);
        let script = render(common.script, common.name, &values, Escape::Shell)?;
        // It may take the shell that runs it with it.
        run_script(&self.quiet(), &workspace.environment, common.name, script).await.ok();
        self.earns_nothing(workspace).await
    }

    /// No more points than without it, and not solved.
    async fn earns_nothing(&self, workspace: &Workspace) -> Result<Vec<String>> {
        let graded = self.graded(workspace).await?;
        let broken = self.broken();
        let idle: u32 =
            self.lab.checks.iter().filter(|check| !broken.contains(&check.id)).map(|check| check.points).sum();
        let passing: Vec<&CheckResult> =
            graded.checks.iter().filter(|result| result.outcome == Outcome::Pass).collect();
        let earned: u32 = passing.iter().map(|result| result.points).sum();
        if earned <= idle {
            return Ok(vec![]);
        }
        let passing = passing.iter().map(|result| format!("check {} passes", result.id));
        Ok(std::iter::once(format!("it earns {earned} points, doing nothing {idle}")).chain(passing).collect())
    }

    async fn end(&self, workspace: &Workspace, claims: &mut Claims) {
        if self.options.on_failure == OnFailure::Keep && !proven(&claims.list) {
            self.app.emit(Event::Note(format!("kept {}", workspace.attempt.id)));
            return;
        }
        let gone = async {
            lifecycle::stop(&self.quiet(), &workspace.attempt.id).await?;
            let objects = self.app.engine.list(&self.app.installation).await;
            let objects = crate::error::Context::context(objects, || "the remaining objects cannot be listed".into())?;
            let left = objects.iter().filter(|object| {
                object.owner.as_ref().is_some_and(|owner| owner.environment == workspace.environment.id)
            });
            let left: Vec<String> = left.map(|object| format!("{} is left", object.reference.name)).collect();
            self.app.store.forget(&workspace.attempt.id)?;
            Ok(left)
        };
        let gone = gone.await;
        if !matches!(&gone, Ok(left) if left.is_empty()) {
            claims.add("stopping leaves nothing", gone);
        } else if claims.list.len() > 1 {
            claims.add("stopping leaves nothing", Ok(vec![]));
        }
    }
}

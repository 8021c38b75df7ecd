//! The proof of a lab: healthy, then broken, then fixable, then gone; and the tempting repairs do not pass.

pub mod changed;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde::Serialize;

use crate::app::App;
use crate::attempt::{self, Attempt, Fault, Launch, Prepared, break_it, run_in_box};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::run::{Occasion, run_checks};
use crate::grade::{CheckResult, Outcome, differences};
use crate::lab::{CheckId, Lab, WrongFix};

/// The seeds that a lab is proven on.
pub const SEEDS: [&str; 2] = ["1", "2"];

/// One thing that a lab claims, and whether it is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Lab id.
    pub lab: String,
    /// What variables were drawn from.
    pub seed: String,
    /// The claim, in words.
    pub claim: String,
    /// Whether it holds; `None` if it could not be tried.
    pub holds: Option<bool>,
    /// Why not; empty if it holds.
    pub why: Vec<String>,
    /// How long it took to find out, in milliseconds.
    pub milliseconds: u64,
}

/// Whether everything claimed holds. Nothing claimed is nothing proven.
#[must_use]
pub fn proven(claims: &[Claim]) -> bool {
    !claims.is_empty() && claims.iter().all(|claim| claim.holds == Some(true))
}

/// Whether something could not be tried for reasons that are not the lab's.
#[must_use]
pub fn untried(claims: &[Claim]) -> bool {
    claims.iter().any(|claim| claim.holds.is_none())
}

/// One environment's worth of proof.
#[derive(Clone, Debug)]
enum Scenario {
    /// Healthy, all faults, doing nothing, solution, gone.
    Solution,
    /// One fault alone, where there are several.
    Alone(usize),
    /// A wrong fix.
    Wrong(WrongFix),
}

/// How labs are proven.
pub struct Options<'a> {
    /// Makes an attempt on paper: lab, seed.
    pub attempt: &'a (dyn Fn(&Lab, &str) -> Result<Attempt> + Sync),
    /// The images.
    pub prepared: &'a Prepared,
    /// Seeds.
    pub seeds: &'a [String],
    /// Environments at one time.
    pub jobs: usize,
    /// Leave what could not be proven to be looked at.
    pub keep: bool,
}

/// Proves labs. Claims come lab by lab, seed by seed, whatever was tried first.
pub async fn prove(app: &App, labs: &[Arc<Lab>], options: &Options<'_>) -> Vec<Claim> {
    let jobs = labs.iter().flat_map(|lab| {
        options
            .seeds
            .iter()
            .flat_map(move |seed| scenarios(lab).into_iter().map(move |scenario| (lab.clone(), seed.clone(), scenario)))
    });
    let tries = jobs.enumerate().map(|(place, (lab, seed, scenario))| async move {
        let trial = Trial { app, lab: &lab, seed: &seed, options };
        (place, trial.run(&scenario).await)
    });
    let claims: BTreeMap<usize, Vec<Claim>> = stream::iter(tries).buffer_unordered(options.jobs.max(1)).collect().await;
    claims.into_values().flatten().collect()
}

fn scenarios(lab: &Lab) -> Vec<Scenario> {
    let alone = (0..lab.faults.len()).filter(|_| lab.faults.len() > 1).map(Scenario::Alone);
    let wrong = lab.wrong_fixes.iter().cloned().map(Scenario::Wrong);
    std::iter::once(Scenario::Solution).chain(alone).chain(wrong).collect()
}

/// One scenario on one seed.
struct Trial<'a> {
    app: &'a App,
    lab: &'a Lab,
    seed: &'a str,
    options: &'a Options<'a>,
}

/// Claims as they are found out.
struct Ledger {
    claims: Vec<Claim>,
    lab: String,
    seed: String,
    since: Instant,
}

impl Ledger {
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
        self.claims.push(claim);
        holds == Some(true)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Trial<'_> {
    async fn run(&self, scenario: &Scenario) -> Vec<Claim> {
        let mut ledger =
            Ledger { claims: vec![], lab: self.lab.id.to_string(), seed: self.seed.into(), since: Instant::now() };
        let name = format!("{} on seed {}: {}", self.lab.id, self.seed, title(scenario, self.lab));
        self.app.tell(Event::Started(Step::Scenario(name.clone())));
        if self.app.cancel.is_cancelled() {
            ledger.add(&title(scenario, self.lab), Err(Error::interrupted()));
            return ledger.claims;
        }
        match self.start(scenario).await {
            Ok(attempt) => {
                self.claims(&attempt, scenario, &mut ledger).await;
                self.end(&attempt, &mut ledger).await;
            }
            Err(error) => drop(ledger.add(&title(scenario, self.lab), Err(error))),
        }
        let step = Step::Scenario(name);
        self.app.tell(match ledger.claims.iter().find(|claim| claim.holds != Some(true)) {
            Some(claim) => Event::Failed(step, claim.why.join("; ")),
            None => Event::Finished(step),
        });
        ledger.claims
    }

    fn launch(&self, faults: Fault) -> Launch<'_> {
        Launch {
            lab: self.lab,
            probe_image: &self.options.prepared.probe_image,
            any_port: true,
            from_pool: false,
            faults,
        }
    }

    async fn start(&self, scenario: &Scenario) -> Result<Attempt> {
        let faults = if matches!(scenario, Scenario::Wrong(_)) { Fault::All } else { Fault::None };
        let attempt = (self.options.attempt)(self.lab, self.seed)?;
        attempt::start(&self.quiet(), attempt, &self.launch(faults), self.options.keep).await
    }

    /// Steps of environments side by side would only confuse.
    fn quiet(&self) -> App {
        self.app.quiet()
    }

    async fn claims(&self, attempt: &Attempt, scenario: &Scenario, ledger: &mut Ledger) {
        match scenario {
            Scenario::Solution => self.solution(attempt, ledger).await,
            Scenario::Alone(index) => {
                let fault = self.lab.faults[*index].id.clone();
                let broken = break_it(&self.quiet(), attempt, &self.launch(Fault::Only(*index))).await;
                ledger.add(&format!("fault {fault} alone breaks what it names"), broken);
            }
            Scenario::Wrong(wrong) => drop(ledger.add(&title(scenario, self.lab), self.wrong(attempt, wrong).await)),
        }
    }

    async fn solution(&self, attempt: &Attempt, ledger: &mut Ledger) {
        let healthy = self.expect(attempt, &[]).await;
        if !ledger.add("the healthy world passes every check", healthy) {
            return;
        }
        let broken = break_it(&self.quiet(), attempt, &self.launch(Fault::All)).await;
        if !ledger.add("its faults break exactly what they name", broken) {
            return;
        }
        let named: Vec<CheckId> = self.lab.faults.iter().flat_map(|fault| fault.breaks.clone()).collect();
        let idle = self.expect(attempt, &named).await;
        ledger.add("doing nothing earns nothing", idle);
        let solved = async {
            run_in_box(&self.quiet(), attempt, self.lab, &self.lab.solution).await?;
            self.expect(attempt, &[]).await
        };
        ledger.add("the solution passes every check, also after a restart", solved.await);
    }

    async fn expect(&self, attempt: &Attempt, broken: &[CheckId]) -> Result<Vec<String>> {
        let results = run_checks(&self.quiet(), attempt, self.lab, Occasion::Grading).await?;
        errors(&results)?;
        let mut found = differences(self.lab, &results, broken);
        if broken.is_empty() {
            let blocked = results.iter().filter(|result| result.outcome == Outcome::Blocked);
            found.extend(blocked.map(|result| format!("check {} is blocked: {}", result.id, result.message)));
        }
        Ok(found)
    }

    async fn wrong(&self, attempt: &Attempt, wrong: &WrongFix) -> Result<Vec<String>> {
        run_in_box(&self.quiet(), attempt, self.lab, &wrong.script).await?;
        let results = run_checks(&self.quiet(), attempt, self.lab, Occasion::Grading).await?;
        errors(&results)?;
        let named: Vec<&CheckResult> = results.iter().filter(|result| wrong.still_fails.contains(&result.id)).collect();
        let passing = named.iter().filter(|result| result.outcome == Outcome::Pass);
        let mut found: Vec<String> =
            passing.map(|result| format!("check {} passes and should not", result.id)).collect();
        if !named.iter().any(|result| result.outcome == Outcome::Fail) {
            found.push("none of the checks it names fails outright".into());
            let others = results.iter().filter(|result| result.outcome == Outcome::Fail);
            found.extend(others.map(|result| format!("check {} fails: {}", result.id, result.message)));
        }
        Ok(found)
    }

    async fn end(&self, attempt: &Attempt, ledger: &mut Ledger) {
        if self.options.keep && !proven(&ledger.claims) {
            self.app.tell(Event::Note(format!("kept {}", attempt.id)));
            return;
        }
        let gone = async {
            attempt::stop(&self.quiet(), &attempt.id).await?;
            let objects = self.app.engine.list(self.app.store.installation()).await;
            let objects = crate::error::Context::context(objects, || "what is left cannot be listed".into())?;
            let left = objects
                .iter()
                .filter(|object| object.owner.as_ref().is_some_and(|owner| owner.attempt == attempt.environment_id()));
            let left: Vec<String> = left.map(|object| format!("{} is left", object.reference.name)).collect();
            self.app.store.forget(&attempt.id)?;
            Ok(left)
        };
        let gone = gone.await;
        if !matches!(&gone, Ok(left) if left.is_empty()) {
            ledger.add("stopping leaves nothing", gone);
        } else if ledger.claims.len() > 1 {
            ledger.add("stopping leaves nothing", Ok(vec![]));
        }
    }
}

fn title(scenario: &Scenario, lab: &Lab) -> String {
    match scenario {
        Scenario::Solution => "the solution".into(),
        Scenario::Alone(index) => format!("fault {} alone", lab.faults[*index].id),
        Scenario::Wrong(wrong) => format!("{} does not pass", wrong.script),
    }
}

/// A check that could not be run says nothing about the lab.
fn errors(results: &[CheckResult]) -> Result<()> {
    let failed = results.iter().filter(|result| result.outcome == Outcome::Error);
    let said: Vec<String> = failed.map(|result| format!("{}: {}", result.id, result.message)).collect();
    if said.is_empty() {
        Ok(())
    } else {
        Err(said.into_iter().fold(Error::environment("a check could not be run"), Error::because))
    }
}

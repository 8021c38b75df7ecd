//! From an attempt on paper to a broken GitLab: created, up, seeded, broken, confirmed.

use std::time::Duration;

use futures_util::future::try_join_all;

use super::creating::creating;
use super::{Attempt, Happening, ready, run_in_box, settle, teardown, trace, wake};
use crate::app::App;
use crate::engine::{Command, ContainerSpec, EngineError, Keep, Spec, subnet};
use crate::error::{Context, Error, Kind, Result};
use crate::event::{Event, Step};
use crate::grade::run::{Occasion, run_checks};
use crate::grade::{all_ran, differences, examine};
use crate::lab::{CheckId, Lab, Limits};
use crate::plan::{Place, Plan, plan};
use crate::random;

/// Subnets tried before giving up; another process takes one now and then.
const SUBNETS: usize = 64;
/// Ports tried where we may choose.
const PORTS: u32 = 8;

/// What to launch.
pub struct Launch<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Reference of the probe's image.
    pub probe_image: &'a str,
    /// Whether the port may be chosen by us.
    pub any_port: bool,
    /// Whether an environment of the pool will do, if there is one that fits.
    pub from_pool: bool,
    /// Which faults go in.
    pub faults: Fault,
}

/// Which faults go in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The healthy world.
    None,
    /// All of the lab's.
    All,
    /// One, by its place in the lab.
    Only(usize),
}

impl Fault {
    /// Faults chosen from a lab.
    pub fn of(self, lab: &Lab) -> impl Iterator<Item = &crate::lab::Fault> {
        lab.faults
            .iter()
            .enumerate()
            .filter(move |(index, _)| match self {
                Self::None => false,
                Self::All => true,
                Self::Only(one) => one == *index,
            })
            .map(|(_, fault)| fault)
    }
}

/// What an environment is made of, besides its attempt.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// What the lab limits.
    pub limits: &'a Limits,
    /// Reference of the probe's image.
    pub probe_image: &'a str,
    /// Whether the port may be chosen by us.
    pub any_port: bool,
}

impl Launch<'_> {
    /// What its environment is made of.
    #[must_use]
    pub fn site(&self) -> Site<'_> {
        Site { limits: &self.lab.limits, probe_image: self.probe_image, any_port: self.any_port }
    }
}

/// Makes the environment, unless it was taken from the pool, and breaks it. Chooses the attempt's port where it
/// may. The caller removes what is left after a failure.
pub async fn launch(app: &App, attempt: &mut Attempt, what: &Launch<'_>) -> Result<()> {
    let woken = from_pool(app, attempt).await?;
    if !woken {
        create(app, attempt, &what.site()).await?;
        let port = attempt.port;
        *attempt = app.store.update(&attempt.id, |record| record.port = port)?;
        boot(app, attempt).await?;
    }
    let prepare = async {
        // What slept has got its token with its password.
        if !woken {
            make_root_token(app, attempt).await?;
        }
        seed(app, attempt, what.lab).await
    };
    app.step(Step::Seed, prepare).await?;
    if what.faults == Fault::None {
        return hand_over(app, attempt).await;
    }
    let found = break_it(app, attempt, what).await?;
    if found.is_empty() {
        return hand_over(app, attempt).await;
    }
    let error = Error::environment(format!("lab {} is not broken in the way it says", what.lab.id))
        .hint(format!("`breakfix prove {}` shows what its faults do.", what.lab.id));
    Err(found.into_iter().fold(error, Error::because))
}

/// What changes in the box from now on is its trainee's work.
pub async fn hand_over(app: &App, attempt: &mut Attempt) -> Result<()> {
    let now = examine::now(app, attempt).await?;
    *attempt = app.store.update(&attempt.id, |record| record.handed_over = Some(now))?;
    Ok(())
}

/// Wakes the environment that was taken from the pool, if one was. One that does not wake is removed, and the
/// attempt gets a new one.
async fn from_pool(app: &App, attempt: &mut Attempt) -> Result<bool> {
    if attempt.environment.is_none() {
        return Ok(false);
    }
    let Err(error) = app.step(Step::Take, wake(app, attempt)).await else {
        app.store.note(&attempt.id, &Happening::Woken, app.now())?;
        return Ok(true);
    };
    if error.kind == Kind::Interrupted {
        return Err(error);
    }
    app.tell(Event::Failed(Step::Take, error.to_string()));
    teardown(app, attempt.environment_id()).await?;
    *attempt = app.store.update(&attempt.id, |record| record.environment = None)?;
    Ok(false)
}

/// Waits until GitLab is up.
pub async fn boot(app: &App, attempt: &Attempt) -> Result<()> {
    app.step(Step::Boot, async { Ok(ready::wait_ready(app, attempt).await?) }).await
}

/// Puts the faults in, and tells how what is broken now differs from what they name.
pub async fn break_it(app: &App, attempt: &Attempt, what: &Launch<'_>) -> Result<Vec<String>> {
    let inject = async {
        trace::before(app, attempt).await;
        for fault in what.faults.of(what.lab) {
            run_in_box(app, attempt, what.lab, &fault.script).await?;
        }
        trace::after(app, attempt).await;
        Ok(())
    };
    app.step(Step::Break, inject).await?;
    let confirm = async {
        let found = confirm(app, attempt, what.lab, what.faults).await?;
        trace::keep(app, attempt).await?;
        Ok(found)
    };
    app.step(Step::Confirm, confirm).await
}

/// How what is broken differs from what the faults name.
pub(super) async fn confirm(app: &App, attempt: &Attempt, lab: &Lab, faults: Fault) -> Result<Vec<String>> {
    let broken: Vec<CheckId> = faults.of(lab).flat_map(|fault| fault.breaks.clone()).collect();
    let graded = run_checks(app, attempt, lab, Occasion::Breaking).await?;
    all_ran(&graded.checks).map_err(|error| {
        error.hint("That says nothing about the lab: try again; `breakfix doctor` looks at the engine.")
    })?;
    Ok(differences(lab, &graded.checks, &broken))
}

async fn seed(app: &App, attempt: &Attempt, lab: &Lab) -> Result<()> {
    for script in &lab.seed {
        run_in_box(app, attempt, lab, script).await?;
    }
    settle(app, attempt, &Step::Seed).await
}

/// The same few lines on every GitLab: its own console makes a token whose value we choose. The value
/// comes in by standard input, never on a command line.
async fn make_root_token(app: &App, attempt: &Attempt) -> Result<()> {
    const RUBY: &str = "t = User.find_by_username('root').personal_access_tokens.create!(\
        scopes: ['api'], name: 'breakfix', expires_at: 300.days.from_now); t.set_token($stdin.read.strip); t.save!";
    let command = Command::new(["gitlab-rails", "runner", RUBY], Duration::from_mins(5), Keep::First(64 * 1024))
        .user("root")
        .stdin(attempt.root_token.clone());
    let failed = || "GitLab's console could not make an access token for root".to_string();
    let output = app.engine.exec(&attempt.gitlab(), &command).await.context(failed)?;
    if output.exit_code == 0 {
        return Ok(());
    }
    let said = crate::text::last_line(&output.stderr).unwrap_or_else(|| format!("exit code {}", output.exit_code));
    Err(Error::environment(failed()).because(said))
}

/// Makes and starts everything. Chooses the attempt's port where it may; the caller records it. Calls that create
/// something are never dropped in the middle: what the engine was asked to make is there, or is not, when we look.
pub async fn create(app: &App, attempt: &mut Attempt, site: &Site<'_>) -> Result<()> {
    app.check_cancelled()?;
    app.tell(Event::Started(Step::Create));
    let mut tries = 0;
    loop {
        if site.any_port {
            attempt.port = free_port(attempt.listen)?;
        }
        let plan = create_network(app, attempt, site).await?;
        app.check_cancelled()?;
        match create_rest(app, &plan).await {
            Ok(()) => break,
            Err(EngineError::PortTaken(_)) if site.any_port && tries < PORTS => {
                tries += 1;
                teardown(app, attempt.environment_id()).await?;
            }
            Err(error) => return Err(error).context(|| "the environment could not be created".into()),
        }
    }
    app.tell(Event::Finished(Step::Create));
    Ok(())
}

/// A port that nobody listens on at this moment.
fn free_port(address: std::net::IpAddr) -> Result<u16> {
    let port = std::net::TcpListener::bind((address, 0)).and_then(|listener| listener.local_addr());
    Ok(port.context(|| format!("no free port on {address}"))?.port())
}

pub(super) async fn create_network(app: &App, attempt: &Attempt, site: &Site<'_>) -> Result<Plan> {
    let mut taken = app.engine.subnets().await.context(|| "the engine's networks cannot be listed".into())?;
    taken.extend(subnet::host_routes(&std::fs::read_to_string("/proc/net/route").unwrap_or_default()));
    for subnet in subnet::candidates(app.subnets, &taken, random::number()?).take(SUBNETS) {
        let place = Place { installation: app.store.installation(), subnet, probe_image: site.probe_image };
        let plan = plan(attempt, site.limits, &place)?;
        match creating(app, &Spec::Network(plan.network.clone())).await {
            Ok(()) => return Ok(plan),
            Err(EngineError::SubnetTaken(_)) => {}
            Err(error) => return Err(error).context(|| "the environment's network could not be created".into()),
        }
    }
    Err(Error::environment(format!("no free subnet in {}", app.subnets))
        .hint("Remove attempts you no longer need (`breakfix status`, `breakfix stop`), or set BREAKFIX_SUBNETS to another private range."))
}

/// The probe before the box: it holds a data volume that lives in memory.
async fn create_rest(app: &App, plan: &Plan) -> Result<(), EngineError> {
    let volumes: Vec<Spec> = plan.volumes.iter().cloned().map(Spec::Volume).collect();
    try_join_all(volumes.iter().map(|volume| creating(app, volume))).await?;
    let (relay, probe, gitlab) = (make(app, &plan.relay), make(app, &plan.probe), make(app, &plan.gitlab));
    let pair = async {
        if plan.volumes.iter().all(|volume| volume.memory_mib.is_none()) {
            let (probe, gitlab) = tokio::join!(probe, gitlab);
            return gitlab.and(probe);
        }
        probe.await?;
        gitlab.await
    };
    let (relay, pair) = tokio::join!(relay, pair);
    relay.and(pair)
}

pub(super) async fn make(app: &App, container: &ContainerSpec) -> Result<(), EngineError> {
    creating(app, &Spec::Container(Box::new(container.clone()))).await?;
    app.engine.start(&container.name).await
}

//! Creates the network, volumes and containers of an environment.

use std::time::Duration;

use futures_util::future::join_all;

use super::creating::creating;
use super::machines::Allocation;
use super::plan::{Plan, plan};
use super::{Environment, teardown};
use crate::engine::{Command, ContainerSpec, EngineError, OutputLimit, Role, Spec, subnet};
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::host::Host;
use crate::random;
use crate::text::last_line;

/// Subnets to try: another process may take one in the meantime.
const SUBNETS: usize = 64;
/// Ports to try if any port will do.
const PORTS: u32 = 8;

/// Choice of the port on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortChoice {
    /// Any free port.
    Any,
    /// The port that the environment has.
    Same,
}

/// Creates and starts all objects, and chooses the environment's port if any will do; the caller records it. Calls that
/// create an object are not cancelled halfway, so afterwards it is certain whether the object exists.
pub async fn create(host: &Host, environment: &mut Environment, port: PortChoice) -> Result<()> {
    host.check_cancelled()?;
    host.emit(Event::Started(Step::Create));
    let mut tries = 0;
    loop {
        if port == PortChoice::Any {
            environment.port = free_port(environment.spec.listen)?;
        }
        let plan = create_network(host, environment).await?;
        host.check_cancelled()?;
        match create_rest(host, &plan).await {
            Ok(()) => break,
            Err(EngineError::PortTaken(_)) if port == PortChoice::Any && tries < PORTS => {
                tries += 1;
                teardown(host, &environment.id).await?;
            }
            Err(error) => return Err(error).context(|| "the environment could not be created".into()),
        }
    }
    host.emit(Event::Finished(Step::Create));
    Ok(())
}

/// A port that is free at the moment.
fn free_port(address: std::net::IpAddr) -> Result<u16> {
    let port = std::net::TcpListener::bind((address, 0)).and_then(|listener| listener.local_addr());
    Ok(port.context(|| format!("no free port on {address}"))?.port())
}

/// Plans an environment on a free subnet, and creates its network.
pub(super) async fn create_network(host: &Host, environment: &Environment) -> Result<Plan> {
    let mut taken = host.engine.subnets().await.context(|| "the engine's networks cannot be listed".into())?;
    taken.extend(subnet::host_routes(&std::fs::read_to_string("/proc/net/route").unwrap_or_default()));
    for subnet in subnet::candidates(host.subnets, &taken, random::number()?).take(SUBNETS) {
        let plan = plan(environment, &Allocation { installation: &host.installation, subnet })?;
        match creating(host, &Spec::Network(plan.network.clone())).await {
            Ok(()) => return Ok(plan),
            Err(EngineError::SubnetTaken(_)) => {}
            Err(error) => return Err(error).context(|| "the environment's network could not be created".into()),
        }
    }
    Err(Error::environment(format!("no free subnet in {}", host.subnets))
        .hint("Remove attempts you no longer need (`breakfix status`, `breakfix stop`), or set BREAKFIX_SUBNETS to another private range."))
}

/// GitLab comes last if a volume is in memory: another container must hold the volume first.
async fn create_rest(host: &Host, plan: &Plan) -> Result<(), EngineError> {
    let volumes: Vec<Spec> = plan.volumes.iter().cloned().map(Spec::Volume).collect();
    all(volumes.iter().map(|volume| creating(host, volume))).await?;
    let is_last = |container: &&ContainerSpec| plan.has_memory_volume() && container.owner.role == Role::Gitlab;
    let (last, first): (Vec<_>, Vec<_>) = plan.containers.iter().partition(is_last);
    all(first.into_iter().map(|container| make(host, container))).await?;
    all(last.into_iter().map(|container| make(host, container))).await
}

/// Waits for all calls, even after a failure, and returns the first failure.
async fn all(calls: impl Iterator<Item = impl Future<Output = Result<(), EngineError>>>) -> Result<(), EngineError> {
    join_all(calls).await.into_iter().collect()
}

pub(super) async fn make(host: &Host, container: &ContainerSpec) -> Result<(), EngineError> {
    creating(host, &Spec::Container(Box::new(container.clone()))).await?;
    host.engine.start(&container.name).await
}

/// Creates `root`'s token with GitLab's console, which works on every GitLab. The token is passed on standard input, never on
/// a command line.
pub async fn make_root_token(host: &Host, environment: &Environment) -> Result<()> {
    const RUBY: &str = "t = User.find_by_username('root').personal_access_tokens.create!(\
        scopes: ['api'], name: 'breakfix', expires_at: 300.days.from_now); t.set_token($stdin.read.strip); t.save!";
    let command = Command::new(["gitlab-rails", "runner", RUBY], Duration::from_mins(5), OutputLimit::First(64 * 1024))
        .user("root")
        .stdin(environment.root.token.expose());
    let failed = || "GitLab's console could not make an access token for root".to_string();
    let output = host.engine.exec(&environment.gitlab(), &command).await.context(failed)?;
    if output.exit_code == 0 {
        return Ok(());
    }
    let said = last_line(&output.stderr).unwrap_or_else(|| format!("exit code {}", output.exit_code));
    Err(Error::environment(failed()).because(said))
}

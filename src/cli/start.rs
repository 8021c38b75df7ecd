use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args as ClapArgs;

use super::args::{time_to_live, trainee};
use super::output::hand_over;
use super::{CliContext, Exit, Ui};
use crate::attempt::{Attempt, Faults};
use crate::error::{Context, Error, Result};
use crate::gate;
use crate::id::TraineeId;
use crate::ops::attempt::{self, EnvironmentSource, OnFailure, StartRequest};

/// Start a lab: a GitLab with a fault in it, and a customer's ticket
#[derive(Debug, ClapArgs)]
#[allow(clippy::struct_excessive_bools)] // flags of a command line
pub struct Args {
    /// The lab's name
    lab: String,
    /// Who works on it: lower-case letters, digits and dashes [default: the user]
    #[arg(long, value_parser = trainee)]
    trainee: Option<TraineeId>,
    /// What the lab's variables are drawn from; the same seed gives the same lab [default: by chance]
    #[arg(long)]
    seed: Option<String>,
    /// Another GitLab image, such as gitlab/gitlab-ce:18.4.0-ce.0 [default: the training image]
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,
    /// Address that GitLab's port is bound to
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Port on this machine [default: a free one]
    #[arg(long)]
    port: Option<u16>,
    /// A file with public keys that may log in through the gate, as in `authorized_keys`
    #[arg(long, value_name = "FILE")]
    ssh_key: Option<PathBuf>,
    /// Time to live, such as 90m or 8h; `breakfix gc` removes what is older
    #[arg(long, value_name = "TIME", default_value = "8h", value_parser = time_to_live)]
    ttl: Duration,
    /// Create a new GitLab even if the pool has one
    #[arg(long)]
    no_pool: bool,
    /// Keep a failed environment for inspection
    #[arg(long)]
    keep: bool,
    /// For lab authors: apply no fault, only the lab's preparation
    #[arg(long)]
    healthy: bool,
    /// Do not warn about other attempts at this lab
    #[arg(long)]
    new: bool,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let request = request(args, context)?;
    let services = context.services().await?;
    let (store, labs) = (&services.app.store, services.labs.as_deref());
    if !args.new {
        note_others(&attempt::present(store, &request.lab.id, &request.trainee)?, ui);
    }
    let started = attempt::start(&services, request).await?.attempt;
    hand_over(&attempt::ticket(store, labs, &started.id)?, ui);
    Ok(Exit::Done)
}

/// A second attempt is rarely intended, and then every command needs the attempt's name.
fn note_others(others: &[Attempt], ui: &Ui) {
    for Attempt { id, .. } in others {
        ui.note(&format!(
            "note: {id} already exists, and this is another attempt at the same lab; `breakfix stop {id}` removes the first \
             one, --new suppresses this note"
        ));
    }
}

fn request(args: &Args, context: &CliContext) -> Result<StartRequest> {
    Ok(StartRequest {
        lab: context.library().load(&args.lab)?,
        trainee: args.trainee.clone().unwrap_or_else(|| context.user()),
        seed: args.seed.clone(),
        image: args.image.clone(),
        listen: args.listen,
        address: context.address_for(args.listen)?,
        port: args.port,
        ssh_keys: args.ssh_key.as_deref().map(public_keys).transpose()?.unwrap_or_default(),
        ttl: args.ttl,
        faults: if args.healthy { Faults::None } else { Faults::All },
        source: if args.no_pool { EnvironmentSource::Fresh } else { EnvironmentSource::Pool },
        on_failure: if args.keep { OnFailure::Keep } else { OnFailure::Remove },
    })
}

/// The public keys in a file; anything else in it is refused, a private key above all.
fn public_keys(path: &Path) -> Result<Vec<String>> {
    let unusable = || format!("no public keys can be taken from {}", path.display());
    let text = std::fs::read_to_string(path).context(unusable)?;
    let lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let wrong = text.lines().position(|line| lines.contains(&line.trim()) && !gate::is_public_key(line));
    match wrong {
        _ if lines.is_empty() => Err(Error::invalid(unusable()).because("it has none")),
        Some(index) => Err(Error::invalid(unusable())
            .because(format!("line {} is not an Ed25519 or ECDSA public key without options", index + 1))
            .hint("`ssh-keygen -t ed25519` makes a pair; the public half is in the file that ends in .pub.")),
        None => Ok(lines.into_iter().map(String::from).collect()),
    }
}

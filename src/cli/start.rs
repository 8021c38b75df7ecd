use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args as ClapArgs;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::ui::bold;
use super::{Environment, Exit, Ui};
use crate::attempt::prepare::{prepare, suits};
use crate::attempt::{self, Attempt, Launch, Prepared, State};
use crate::error::{Context, Error, Result};
use crate::gate;
use crate::lab::Lab;
use crate::random;
use crate::store::{Entry, Store};

/// Start a lab: a GitLab with a fault in it, and a customer's ticket
#[derive(Debug, ClapArgs)]
#[allow(clippy::struct_excessive_bools)] // flags of a command line
pub struct Args {
    /// The lab's name
    lab: String,
    /// Who works on it: lower-case letters, digits and dashes [default: the user]
    #[arg(long, value_parser = trainee)]
    trainee: Option<String>,
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
    /// Make a new GitLab even if one waits in the pool
    #[arg(long)]
    no_pool: bool,
    /// Leave what could not be started to be looked at
    #[arg(long)]
    keep: bool,
    /// For those who write labs: no fault goes in, only what the lab prepares
    #[arg(long)]
    healthy: bool,
    /// One more on purpose: no note about others of this lab that are there
    #[arg(long)]
    new: bool,
}

pub(super) fn time_to_live(text: &str) -> Result<Duration, String> {
    let span: SignedDuration = text.parse().map_err(|_| "write a time such as 90m or 8h")?;
    Duration::try_from(span).ok().filter(|time| !time.is_zero()).ok_or_else(|| "it must be longer than nothing".into())
}

pub(super) fn trainee(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let valid = text.len() <= 30 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(fits);
    if valid {
        Ok(text.into())
    } else {
        Err("a name begins with a letter and has up to 30 lower-case letters, digits and dashes".into())
    }
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let lab = around.library().load(&args.lab)?;
    let app = around.app().await?;
    let prepared = prepare(&app, args.image.as_deref(), &around.build_env()?).await?;
    suits(&lab, prepared.platform)?;
    let attempt = draft(args, around, &lab, &prepared)?;
    let what = Launch {
        lab: &lab,
        probe_image: &prepared.probe_image,
        any_port: args.port.is_none(),
        from_pool: args.port.is_none() && !args.no_pool,
        faults: attempt.faults(),
    };
    if !args.new {
        note_others(&app.store, &attempt, ui)?;
    }
    let attempt = attempt::start(&app, attempt, &what, args.keep).await?;
    hand_over(&attempt, &lab, &app.store, ui)?;
    Ok(Exit::Done)
}

/// Two of the same are seldom meant, and from then on commands must be told which.
fn note_others(store: &Store, attempt: &Attempt, ui: &Ui) -> Result<()> {
    let same = |entry: &Entry| entry.attempt.lab == attempt.lab && entry.attempt.trainee == attempt.trainee;
    let alive = |entry: &Entry| !matches!(entry.state, State::Stopping | State::Stopped);
    for entry in store.attempts()?.iter().filter(|entry| same(entry) && alive(entry)) {
        let id = &entry.attempt.id;
        ui.note(&format!(
            "note: {id} is there already, and this is another one beside it; `breakfix stop {id}` removes that one, \
             --new says that both are meant"
        ));
    }
    Ok(())
}

fn draft(args: &Args, around: &Environment, lab: &Lab, prepared: &Prepared) -> Result<Attempt> {
    let trainee = args.trainee.clone().unwrap_or_else(|| around.user());
    let seed = args.seed.clone().map_or_else(|| random::letters(6), Ok)?;
    let mut attempt = Attempt::on_paper(lab, prepared, &trainee, &seed, Timestamp::now(), args.ttl)?;
    attempt.labs_dir = around.labs_dir()?;
    attempt.healthy = args.healthy;
    attempt.ssh_keys = args.ssh_key.as_deref().map(public_keys).transpose()?.unwrap_or_default();
    attempt.listen = args.listen;
    attempt.address = around.address_for(args.listen)?;
    attempt.port = args.port.unwrap_or_default();
    Ok(attempt)
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
            .because(format!("line {} is no Ed25519 or ECDSA public key without options", index + 1))
            .hint("`ssh-keygen -t ed25519` makes a pair; the public half is in the file that ends in .pub.")),
        None => Ok(lines.into_iter().map(String::from).collect()),
    }
}

/// The ticket, the address, the credentials, and how to go on.
pub(super) fn hand_over(attempt: &Attempt, lab: &Lab, store: &Store, ui: &Ui) -> Result<()> {
    let ticket = if attempt.healthy {
        format!("This is the healthy world of {}: no fault is in it.", lab.id)
    } else {
        attempt.ticket(lab)?
    };
    let gate = gate::running(store)?;
    let value = json!({
        "attempt": attempt.id, "lab": lab.id, "trainee": attempt.trainee, "seed": attempt.seed, "url": attempt.url(),
        "user": "root", "password": attempt.root_password, "expires": attempt.expires, "ticket": ticket,
        "ssh": { "login": attempt.id, "password": attempt.ssh_password, "gate": gate.as_ref().map(|gate| gate.address) },
    });
    let over_ssh = gate.map_or(String::new(), |gate| {
        let Attempt { id, ssh_password, .. } = attempt;
        format!("{}     ssh -p {} {id}@HOST, password {ssh_password}\n", bold("SSH"), gate.address.port())
    });
    ui.answer(&value, || {
        format!(
            "\n{ticket}\n\n{}   {}   user root, password {}\n{}    breakfix shell\n{over_ssh}{}    breakfix hint (it costs points)\n{}    breakfix grade\n{}     breakfix stop\n",
            bold("GitLab"), attempt.url(), attempt.root_password, bold("Shell"), bold("Stuck"), bold("Fixed"), bold("Done")
        )
    });
    Ok(())
}

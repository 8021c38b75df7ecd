use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::Args as ClapArgs;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::args::time_to_live;
use super::ui::{bold, log_panics};
use super::{CliContext, Exit, Ui};
use crate::error::{Context, Result};
use crate::gate::{self, DEFAULT_PORT, GateClaim, GateInfo, Options};
use crate::store::Store;

/// Let trainees into their containers over SSH, without an account on this machine
///
/// The login is an attempt's name; `start` and `ticket` show its password. It gives access to that container only.
/// The gate runs the commands ticket, hint, grade, status and help itself:
/// `ssh -p 2222 ATTEMPT@HOST grade`.
#[derive(Debug, ClapArgs)]
#[allow(clippy::struct_excessive_bools)] // flags, of which at most one is given
pub struct Args {
    /// Address of this machine to listen on; the default port is 2222
    #[arg(long, value_name = "ADDRESS[:PORT]", default_value = "127.0.0.1", value_parser = address)]
    listen: SocketAddr,
    /// End programs without input and output for this time
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = time_to_live)]
    idle: Duration,
    /// Run in the background until --stop; the log is in the state folder
    #[arg(long, conflicts_with_all = ["status", "stop"])]
    detach: bool,
    /// Show whether a gate is running, and its address
    #[arg(long, conflicts_with = "stop")]
    status: bool,
    /// Stop the gate and end every connection
    #[arg(long)]
    stop: bool,
    /// What `--detach` starts
    #[arg(long, hide = true)]
    detached: bool,
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let whole = text.parse().ok().or_else(|| Some(SocketAddr::new(bare.parse::<IpAddr>().ok()?, DEFAULT_PORT)));
    whole.ok_or_else(|| "write an address such as 0.0.0.0, 192.0.2.7:2222 or [::]:2222".into())
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    if args.status {
        let store = context.store()?;
        let info = gate::running(&store)?;
        answer(info.as_ref(), &store, ui);
        return Ok(if info.is_some() { Exit::Done } else { Exit::NotSolved });
    }
    if args.stop {
        let stopped = gate::stop(&context.store()?).await?;
        let text = if stopped.is_some() { "The gate is closed." } else { "No gate runs." };
        ui.answer(&json!({ "stopped": stopped.is_some() }), || text.into());
        return Ok(Exit::Done);
    }
    if args.detach {
        let app = context.app().await?;
        let info = gate::ensure_running(&app, args.listen, args.idle).await?;
        answer(Some(&info), &app.store, ui);
        return Ok(Exit::Done);
    }
    serve(args, context, ui).await
}

async fn serve(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    // A panic in one connection must not end the others.
    log_panics();
    if args.detached {
        // Otherwise the gate would end with its terminal.
        rustix::process::setsid().map_err(std::io::Error::from).context(|| "the gate cannot be detached".into())?;
    }
    let app = context.app().await?;
    let claim = GateClaim::take(&app.store).await?;
    let key = gate::host_key(app.store.folder())?;
    let unusable = || format!("the gate cannot listen on {}", args.listen);
    let listener = TcpListener::bind(args.listen).await.context(unusable)?;
    let info = GateInfo::here(listener.local_addr().context(unusable)?, &key, app.now())?;
    claim.announce(&info)?;
    answer(Some(&info), &app.store, ui);
    let options = Options { build_env: context.build_env()?, labs: context.labs_dir()?, idle: args.idle };
    gate::serve(app, options, listener, &key).await?;
    Ok(Exit::Done)
}

fn answer(info: Option<&GateInfo>, store: &Store, ui: &Ui) {
    let value = info.map_or(Value::Null, |info| json!(info));
    ui.answer(&json!({ "gate": value, "log": gate::log_file(store) }), || match info {
        None => "No gate runs.".into(),
        Some(GateInfo { address, fingerprint, pid, .. }) => format!(
            "{} {address}   host key {fingerprint}   process {pid}\nssh -p {} LOGIN@HOST",
            bold("The gate listens on"),
            address.port()
        ),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_no_port() {
        assert_eq!(address("0.0.0.0"), Ok(([0, 0, 0, 0], 2222).into()));
        assert_eq!(address("127.0.0.1:22"), Ok(([127, 0, 0, 1], 22).into()));
        assert_eq!(address("::").unwrap(), address("[::]:2222").unwrap());
        assert!(address("everywhere").is_err());
    }
}

//! Answers and files that several commands give.

use std::path::Path;

use serde_json::json;

use super::Ui;
use super::ui::bold;
use crate::attempt::Workspace;
use crate::error::Result;
use crate::ops;
use crate::ops::attempt::Ticket;

/// Writes a report, where one is asked for.
pub fn write(path: Option<&Path>, content: impl FnOnce() -> String) -> Result<()> {
    path.map_or(Ok(()), |path| ops::write(path, &content()))
}

/// Gives the ticket, the address, the credentials, and how to go on.
pub fn hand_over(ticket: &Ticket, ui: &Ui) {
    let Ticket { workspace: Workspace { attempt, environment }, text, gate } = ticket;
    let healthy = format!("This is the healthy world of {}: no fault is in it.", attempt.lab);
    let ticket = if attempt.healthy { &healthy } else { text };
    let (id, url) = (&attempt.id, environment.url());
    let (password, login) = (environment.root.password.expose(), attempt.access.password.expose());
    let value = json!({
        "attempt": id, "lab": attempt.lab, "trainee": attempt.trainee, "seed": attempt.seed, "url": url,
        "user": "root", "password": password, "expires": attempt.expires, "ticket": ticket,
        "ssh": { "login": id, "password": login, "gate": gate.as_ref().map(|gate| gate.address) },
    });
    let over_ssh = gate.as_ref().map_or(String::new(), |gate| {
        format!("{}     ssh -p {} {id}@HOST, password {login}\n", bold("SSH"), gate.address.port())
    });
    ui.answer(&value, || {
        format!(
            "\n{ticket}\n\n{}   {url}   user root, password {password}\n{}    breakfix shell\n{over_ssh}{}    breakfix hint (it costs points)\n{}    breakfix grade\n{}     breakfix stop\n",
            bold("GitLab"), bold("Shell"), bold("Stuck"), bold("Fixed"), bold("Done")
        )
    });
}

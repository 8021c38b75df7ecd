//! Answers and files that several commands give.

use std::path::Path;

use serde_json::json;

use super::Ui;
use super::ui::bold;
use crate::attempt::Attempt;
use crate::error::Result;
use crate::ops;
use crate::ops::attempt::Ticket;

/// Writes a report, where one is asked for.
pub fn write(path: Option<&Path>, content: impl FnOnce() -> String) -> Result<()> {
    path.map_or(Ok(()), |path| ops::write(path, &content()))
}

/// Gives the ticket, the address, the credentials, and how to go on.
pub fn hand_over(ticket: &Ticket, ui: &Ui) {
    let Ticket { attempt, text, gate } = ticket;
    let healthy = format!("This is the healthy world of {}: no fault is in it.", attempt.lab);
    let ticket = if attempt.healthy { &healthy } else { text };
    let value = json!({
        "attempt": attempt.id, "lab": attempt.lab, "trainee": attempt.trainee, "seed": attempt.seed, "url": attempt.url(),
        "user": "root", "password": attempt.root_password, "expires": attempt.expires, "ticket": ticket,
        "ssh": { "login": attempt.id, "password": attempt.ssh_password, "gate": gate.as_ref().map(|gate| gate.address) },
    });
    let over_ssh = gate.as_ref().map_or(String::new(), |gate| {
        let Attempt { id, ssh_password, .. } = attempt;
        format!("{}     ssh -p {} {id}@HOST, password {ssh_password}\n", bold("SSH"), gate.address.port())
    });
    ui.answer(&value, || {
        format!(
            "\n{ticket}\n\n{}   {}   user root, password {}\n{}    breakfix shell\n{over_ssh}{}    breakfix hint (it costs points)\n{}    breakfix grade\n{}     breakfix stop\n",
            bold("GitLab"), attempt.url(), attempt.root_password, bold("Shell"), bold("Stuck"), bold("Fixed"), bold("Done")
        )
    });
}

//! A message from the trainer on the terminals of a container.

use std::time::Duration;

use crate::app::App;
use crate::attempt::{Happening, Workspace};
use crate::engine::{Command, OutputLimit};
use crate::environment::script::shell;
use crate::error::{Context, Error, Result};
use crate::text::printable;

const SCRIPT: &str = include_str!("../../templates/class/message.sh");

/// Time limit for all terminals together.
const DEADLINE: Duration = Duration::from_secs(20);

/// Writes a message to every terminal that is open in the container, and records it in the attempt's timeline. Gives the
/// number of terminals. As root, the trainee can prevent this, so nothing depends on it.
pub async fn message(app: &App, workspace: &Workspace, text: &str) -> Result<usize> {
    let text = printable(text).replace(['\n', '\t'], " ");
    app.store.note(&workspace.attempt.id, &Happening::Message { text: text.clone() }, app.now())?;
    tell(app, workspace, &format!("Your trainer says: {text}")).await
}

/// Writes a line to every terminal that is open in the container, as [`message`] does; it goes into no timeline.
pub async fn tell(app: &App, workspace: &Workspace, line: &str) -> Result<usize> {
    let command = Command::new(shell(&["/bin/sh"]), DEADLINE, OutputLimit::First(64))
        .user("root")
        .stdin(SCRIPT)
        .env("MESSAGE", line);
    let failed = || format!("the message did not reach {}", workspace.attempt.id);
    let output = app.engine.exec(&workspace.environment.gitlab(), &command).await.context(failed)?;
    let shown = String::from_utf8_lossy(&output.stdout).trim().parse();
    shown.map_err(|_| Error::environment(failed()).because("its container has no working shell"))
}

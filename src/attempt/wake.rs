//! Environments that were made ahead: put to sleep without credentials, woken with somebody's own.
//!
//! A GitLab's console takes seconds to load. So it is loaded before the box is frozen, and waits there for the
//! password and the token that root is to have. Nobody has seen what root had until then, and the console ends
//! when it has done this one thing.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Attempt;
use crate::app::App;
use crate::engine::Command;
use crate::error::{Context, Error, Result};
use crate::grade::text::last_line;

/// How long a console may take to load, and then to do its work.
const LOADING: Duration = Duration::from_mins(5);
const WORKING: Duration = Duration::from_secs(30);

/// Says that it is there, then waits for a line. What it will need is loaded before.
const CONSOLE: &str = "
    user = User.find_by_username('root')
    user.valid?
    BCrypt::Password.create('-')
    tokens = user.personal_access_tokens.to_a
    puts 'ready'
    $stdout.flush
    password, token = $stdin.gets.split
    user.password = password
    user.save!
    tokens.each(&:revoke!)
    fresh = user.personal_access_tokens.create!(scopes: ['api'], name: 'breakfix', expires_at: 300.days.from_now)
    fresh.set_token(token)
    fresh.save!
    puts 'done'
    $stdout.flush";

/// Loads the console ($1), which reads from a pipe that this file system alone knows. The pipe is opened for
/// writing as well, so that opening it does not wait.
const LOAD: &str = r#"umask 077 && mkdir /run/breakfix && cd /run/breakfix && mkfifo wish || exit 1
gitlab-rails runner "$1" <>wish >said 2>&1 &
echo $! >console
until grep -qx ready said; do
  kill -0 "$(cat console)" 2>/dev/null || { cat said >&2; exit 1; }
  sleep 0.1
done"#;

/// Hands the console what came by standard input, waits until it has used it, and leaves nothing.
const WISH: &str = r#"cd /run/breakfix || exit 1
alive() { kill -0 "$(cat console)" 2>/dev/null; }
alive && cat >wish
until grep -qx done said; do
  alive || { cat said >&2; exit 1; }
  sleep 0.01
done
rm -r /run/breakfix"#;

/// Freezes a healthy environment, ready to be woken.
pub async fn put_to_sleep(app: &App, attempt: &Attempt) -> Result<()> {
    let failed = || "GitLab's console could not be loaded".to_string();
    run(app, attempt, &["/bin/sh", "-c", LOAD, "load", CONSOLE], String::new(), LOADING, failed).await?;
    app.engine.pause(&attempt.gitlab()).await.context(|| "the environment cannot be paused".into())
}

/// Wakes an environment, and gives its GitLab's root the attempt's password and token.
pub async fn wake(app: &App, attempt: &Attempt) -> Result<()> {
    app.engine.unpause(&attempt.gitlab()).await.context(|| "the environment cannot be woken".into())?;
    let failed = || "GitLab's root could not be given new credentials".to_string();
    let wish = format!("{} {}\n", attempt.root_password, attempt.root_token);
    run(app, attempt, &["/bin/sh", "-c", WISH], wish, WORKING, failed).await
}

async fn run(
    app: &App,
    attempt: &Attempt,
    argv: &[&str],
    stdin: String,
    deadline: Duration,
    failed: impl Fn() -> String + Send,
) -> Result<()> {
    let command = Command {
        argv: argv.iter().map(ToString::to_string).collect(),
        env: BTreeMap::new(),
        stdin: stdin.into_bytes(),
        user: Some("root".into()),
        deadline,
        output_limit: 64 * 1024,
    };
    let output = app.engine.exec(&attempt.gitlab(), &command).await.context(&failed)?;
    if output.exit_code == 0 {
        return Ok(());
    }
    let said = last_line(&output.stderr).unwrap_or_else(|| format!("exit code {}", output.exit_code));
    Err(Error::environment(failed()).because(said))
}

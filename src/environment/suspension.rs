//! Suspends environments of the pool, and resumes them with an attempt's credentials.
//!
//! GitLab's console takes seconds to load. It is therefore loaded before the container is paused, and waits there for
//! root's password and token. Nobody has seen root's former credentials, and the console ends after this one task.

use std::time::Duration;

use super::Environment;
use crate::engine::{Command, OutputLimit};
use crate::error::{Context, Error, Result};
use crate::host::Host;
use crate::text::last_line;

/// Time limits for loading the console, and for its task.
const LOADING: Duration = Duration::from_mins(5);
const WORKING: Duration = Duration::from_secs(30);

/// Loads what the task needs, prints `ready`, and waits for a line.
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

/// Starts the console ($1). It reads from one pipe and writes to another. Both are opened for reading and writing:
/// opening them does not block, and written data stays.
const LOAD: &str = r#"umask 077 && mkdir /run/breakfix && cd /run/breakfix && mkfifo request said || exit 1
exec 3<>said
gitlab-rails runner "$1" <>request >&3 2>&1 3>&- &
console=$!
echo "$console" >console
await ready"#;

/// Passes standard input to the console, waits until the console is done, and removes the pipes.
const REQUEST: &str = r"cd /run/breakfix && read -r console <console || exit 1
exec 3<>said
cat >request
await done
rm -r /run/breakfix";

/// Waits until the console prints a given line. The pipe is opened before the console can print it and end. Other lines go to
/// standard error, to explain a console that ends without it.
const AWAIT: &str = r#"hear() { read -r -t 1 line <&3 && echo "$line" >&2; }
await() {
  until [ "${line:-}" = "$1" ]; do
    hear || kill -0 "$console" 2>/dev/null || hear || exit 1
  done
}
"#;

/// Pauses a healthy environment so that it can be resumed.
pub async fn suspend(host: &Host, environment: &Environment) -> Result<()> {
    let failed = || "GitLab's console could not be loaded".to_string();
    let load = format!("{AWAIT}{LOAD}");
    run(host, environment, &["/bin/bash", "-c", &load, "load", CONSOLE], String::new(), LOADING, failed).await?;
    host.engine.pause(&environment.gitlab()).await.context(|| "the environment cannot be paused".into())
}

/// Resumes an environment, and sets the password and token of GitLab's `root`.
pub async fn resume(host: &Host, environment: &Environment) -> Result<()> {
    host.engine.unpause(&environment.gitlab()).await.context(|| "the environment cannot be resumed".into())?;
    let failed = || "GitLab's root could not be given new credentials".to_string();
    let request = format!("{} {}\n", environment.root.password.expose(), environment.root.token.expose());
    run(host, environment, &["/bin/bash", "-c", &format!("{AWAIT}{REQUEST}")], request, WORKING, failed).await
}

async fn run(
    host: &Host,
    environment: &Environment,
    argv: &[&str],
    stdin: String,
    deadline: Duration,
    failed: impl Fn() -> String + Send,
) -> Result<()> {
    let command = Command::new(argv.iter().copied(), deadline, OutputLimit::First(64 * 1024)).user("root").stdin(stdin);
    let output = host.engine.exec(&environment.gitlab(), &command).await.context(&failed)?;
    if output.exit_code == 0 {
        return Ok(());
    }
    let said = last_line(&output.stderr).unwrap_or_else(|| format!("exit code {}", output.exit_code));
    Err(Error::environment(failed()).because(said))
}

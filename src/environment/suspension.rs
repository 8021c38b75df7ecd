//! Environments that were made ahead: put to sleep without credentials, woken with somebody's own.
//!
//! A GitLab's console takes seconds to load. So it is loaded before the container is frozen, and waits there for the
//! password and the token that root is to have. Nobody has seen what root had until then, and the console ends
//! when it has done this one thing.

use std::time::Duration;

use super::Environment;
use crate::engine::{Command, OutputLimit};
use crate::error::{Context, Error, Result};
use crate::host::Host;
use crate::text::last_line;

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

/// Loads the console ($1). It reads from a pipe and writes to another, both opened in both directions, so that
/// opening does not wait and what was written stays.
const LOAD: &str = r#"umask 077 && mkdir /run/breakfix && cd /run/breakfix && mkfifo request said || exit 1
exec 3<>said
gitlab-rails runner "$1" <>request >&3 2>&1 3>&- &
console=$!
echo "$console" >console
await ready"#;

/// Hands the console what came by standard input, waits until it has used it, and leaves nothing.
const REQUEST: &str = r"cd /run/breakfix && read -r console <console || exit 1
exec 3<>said
cat >request
await done
rm -r /run/breakfix";

/// Waits for a word of the console's, on a pipe that is open before the console can say it and go. What it says
/// before is its account, should it end without that word.
const AWAIT: &str = r#"hear() { read -r -t 1 line <&3 && echo "$line" >&2; }
await() {
  until [ "${line:-}" = "$1" ]; do
    hear || kill -0 "$console" 2>/dev/null || hear || exit 1
  done
}
"#;

/// Freezes a healthy environment, ready to be woken.
pub async fn suspend(host: &Host, environment: &Environment) -> Result<()> {
    let failed = || "GitLab's console could not be loaded".to_string();
    let load = format!("{AWAIT}{LOAD}");
    run(host, environment, &["/bin/bash", "-c", &load, "load", CONSOLE], String::new(), LOADING, failed).await?;
    host.engine.pause(&environment.gitlab()).await.context(|| "the environment cannot be paused".into())
}

/// Resumes an environment, and gives its GitLab's root the environment's password and token.
pub async fn resume(host: &Host, environment: &Environment) -> Result<()> {
    host.engine.unpause(&environment.gitlab()).await.context(|| "the environment cannot be woken".into())?;
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

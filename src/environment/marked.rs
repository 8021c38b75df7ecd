//! Programs that we started in a container and must end: they and their children carry a mark in their environment.

use std::time::Duration;

use super::Environment;
use crate::engine::{Command, OutputLimit};
use crate::error::{Context, Error, Result};
use crate::host::Host;

/// Sends SIGTERM, and SIGKILL after two seconds. Prints the processes that are left.
const END: &str = r#"marked() {
  for process in /proc/[0-9]*; do
    tr '\0' '\n' <"$process/environ" | grep -qx "$1" && echo "${process#/proc/}"
  done
}
end() {
  left=$(marked "$2")
  [ -z "$left" ] || kill -s "$1" $left
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -n "$left" ] || return 0
    sleep 0.1
    left=$(marked "$2")
  done
}
exec 2>/dev/null
end TERM "$1"
[ -z "$left" ] || end KILL "$1"
echo $left"#;

/// Time limit of the script.
const DEADLINE: Duration = Duration::from_secs(20);

/// Ends every program that has this mark, `NAME=VALUE`, in its environment.
pub async fn end_marked(host: &Host, environment: &Environment, mark: &str) -> Result<()> {
    let command = Command::new(["/bin/sh", "-c", END, "end", mark], DEADLINE, OutputLimit::First(1024)).user("root");
    let failed = || format!("programs in {} could not be ended", environment.id);
    let output = host.engine.exec(&environment.gitlab(), &command).await.context(failed)?;
    let left = String::from_utf8_lossy(&output.stdout).trim().to_string();
    match (output.exit_code, left.is_empty()) {
        (0, true) => Ok(()),
        (0, false) => Err(Error::environment(failed()).because(format!("these processes are left: {left}"))),
        (code, _) => Err(Error::environment(failed()).because(format!("exit code {code}"))),
    }
}

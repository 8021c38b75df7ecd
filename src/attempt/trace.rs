//! What a fault did to files: who has undone it, the trainee or a start of the box, which configures GitLab anew?
//!
//! It is written down in a class alone, which can be brought back ([`super::resume()`]). Without it, where it could not
//! be had, nothing is concluded.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Attempt;
use crate::app::App;
use crate::engine::{Command, EngineError, FileFacts, Keep, Output};
use crate::error::Result;

/// Bytes of a file that are compared; the script below leaves larger ones out.
const LARGEST: usize = 1 << 20;
/// How long a look may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// Files that the engine is asked for at one time.
const SIDE_BY_SIDE: usize = 4;

const BEFORE: &str = ": >/run/breakfix-before";
const AFTER: &str = ": >/run/breakfix-after";

/// What was changed between the two marks, and not since, as somebody who confirms the fault may do. Left out are
/// files that services and starts change by themselves. A hundred of them tell enough.
const CHANGED: &str = r#"cd /run || exit 1
mapfile -d '' -t found < <(
  find /etc /opt /var/opt/gitlab /usr/local /root /home /srv \( -name supervise -o -name '*.pid' -o -name '*.state' \
    -o -name .cache -o -name '.s.PGSQL.*' -o -path /opt/gitlab/var -o -path /var/opt/gitlab/postgresql/data \
    -o -path /var/opt/gitlab/redis \) -prune -o \
    \( -type d -o -type f -size -1024k \) -newercm breakfix-before ! -newercm breakfix-after \
    -printf '%y %m %U %G %p\0' 2>/dev/null | sort -z)
rm -f breakfix-before breakfix-after
files=()
for one in "${found[@]:0:100}"; do
  printf '%s\0' "$one"
  [ "${one:0:1}" = d ] || files+=("${one#* * * * }")
done
[ ${#files[@]} -eq 0 ] || sha256sum -z -- "${files[@]}""#;

/// A file or folder as a fault left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Where.
    pub path: String,
    /// Mode, owner, group and, of a file, the digest of its content.
    mark: String,
}

/// Before a fault goes in.
pub(super) async fn before(app: &App, attempt: &Attempt) {
    run(app, attempt, BEFORE).await;
}

/// Once it is in.
pub(super) async fn after(app: &App, attempt: &Attempt) {
    run(app, attempt, AFTER).await;
}

/// Writes down what the fault did, before anybody else has the box.
pub(super) async fn keep(app: &App, attempt: &Attempt) -> Result<()> {
    match run(app, attempt, CHANGED).await {
        Some(output) => app.store.keep_traces(&attempt.id, &parse(&output.stdout)),
        None => Ok(()),
    }
}

async fn run(app: &App, attempt: &Attempt, script: &str) -> Option<Output> {
    attempt.class.as_ref()?;
    let command = Command::new(["/bin/bash", "-c", script], DEADLINE, Keep::First(LARGEST)).user("root");
    app.engine.exec(&attempt.gitlab(), &command).await.ok().filter(|output| output.exit_code == 0)
}

/// `d 755 0 0 /path`, `f 644 0 0 /path`, and `digest  /path` of each file, with zero bytes between them.
fn parse(output: &[u8]) -> Vec<Trace> {
    let entries: Vec<&str> = output.split(|byte| *byte == 0).filter_map(|entry| str::from_utf8(entry).ok()).collect();
    let digests: HashMap<&str, &str> = entries
        .iter()
        .filter_map(|entry| entry.split_at_checked(64))
        .filter_map(|(digest, path)| Some((path.strip_prefix("  ")?, digest)))
        .collect();
    let trace = |entry: &&str| {
        let parts: Vec<&str> = entry.splitn(5, ' ').collect();
        let [kind, mode, uid, gid, path] = parts[..] else { return None };
        let digest = match kind {
            "d" => "-",
            "f" => digests.get(path)?,
            _ => return None,
        };
        Some(Trace { path: path.into(), mark: format!("{mode} {uid} {gid} {digest}") })
    };
    entries.iter().filter_map(trace).collect()
}

fn mark(facts: &FileFacts) -> String {
    let digest = || Sha256::digest(&facts.content).iter().map(|byte| format!("{byte:02x}")).collect();
    let digest: String = if facts.directory { "-".into() } else { digest() };
    format!("{:o} {} {} {digest}", facts.mode, facts.uid, facts.gid)
}

/// Paths that are not any more as the fault left them. Nothing is run in the box for it, which may be down.
pub(super) async fn undone(app: &App, attempt: &Attempt, traces: &[Trace]) -> Result<Vec<String>, EngineError> {
    let name = attempt.gitlab();
    let look = |trace: Trace| {
        let name = name.clone();
        async move {
            // Of a folder the first bytes tell enough.
            let limit = if trace.mark.ends_with('-') { 0 } else { LARGEST };
            let found = app.engine.read_file(&name, &trace.path, limit).await?;
            Ok(found.is_none_or(|facts| mark(&facts) != trace.mark).then_some(trace.path))
        }
    };
    let looks: Vec<_> = traces.iter().cloned().map(look).collect();
    let looks: Vec<Result<Option<String>, EngineError>> = stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
    looks.into_iter().filter_map(Result::transpose).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(mode: u32, directory: bool, content: &str) -> FileFacts {
        FileFacts { directory, mode, uid: 0, gid: 998, content: content.into() }
    }

    #[test]
    fn what_the_box_says_is_what_the_engine_says() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let said = format!("d 2770 0 998 /a b\0f 640 0 998 /a b/c d\0f 600 0 0 /without\0{digest}  /a b/c d\0");
        let traces = parse(said.as_bytes());
        let paths: Vec<&str> = traces.iter().map(|trace| trace.path.as_str()).collect();
        assert_eq!(paths, ["/a b", "/a b/c d"]);
        assert_eq!(traces[0].mark, mark(&facts(0o2770, true, "")));
        assert_eq!(traces[1].mark, mark(&facts(0o640, false, "abc")));
        assert_ne!(traces[1].mark, mark(&facts(0o640, false, "abd")));
    }

    #[test]
    fn nonsense_leaves_no_trace() {
        assert_eq!(parse(b"\0\0x 1 2 3 4\0d 755\0\xff\xfe\0"), []);
    }
}

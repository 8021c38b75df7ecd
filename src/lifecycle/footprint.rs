//! What a fault did to files: who has undone it, the trainee or a start of the container, which configures GitLab anew?
//!
//! It is written down in a class alone, which can be brought back ([`super::resume()`]). Without it, where it could not
//! be had, nothing is concluded.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use crate::app::App;
use crate::attempt::{Footprint, Workspace};
use crate::engine::{Command, EngineError, Output, OutputLimit};
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

/// Before a fault goes in.
pub(super) async fn before(app: &App, workspace: &Workspace) {
    run(app, workspace, BEFORE).await;
}

/// Once it is in.
pub(super) async fn after(app: &App, workspace: &Workspace) {
    run(app, workspace, AFTER).await;
}

/// Writes down what the fault did, before anybody else has the container.
pub(super) async fn keep(app: &App, workspace: &Workspace) -> Result<()> {
    match run(app, workspace, CHANGED).await {
        Some(output) => app.store.keep_footprints(&workspace.attempt.id, &Footprint::parse(&output.stdout)),
        None => Ok(()),
    }
}

async fn run(app: &App, workspace: &Workspace, script: &str) -> Option<Output> {
    workspace.attempt.class.as_ref()?;
    let command = Command::new(["/bin/bash", "-c", script], DEADLINE, OutputLimit::First(LARGEST)).user("root");
    app.engine.exec(&workspace.environment.gitlab(), &command).await.ok().filter(|output| output.exit_code == 0)
}

/// Paths that are not any more as the fault left them. Nothing is run in the container for it, which may be down.
pub(super) async fn undone(
    app: &App,
    workspace: &Workspace,
    footprints: &[Footprint],
) -> Result<Vec<String>, EngineError> {
    let name = workspace.environment.gitlab();
    let look = |footprint: Footprint| {
        let name = name.clone();
        async move {
            // Of a folder the first bytes tell enough.
            let limit = if footprint.is_folder() { 0 } else { LARGEST };
            let found = app.engine.read_file(&name, &footprint.path, limit).await?;
            Ok(found.is_none_or(|facts| !footprint.is_of(&facts)).then_some(footprint.path))
        }
    };
    let looks: Vec<_> = footprints.iter().cloned().map(look).collect();
    let looks: Vec<Result<Option<String>, EngineError>> = stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
    looks.into_iter().filter_map(Result::transpose).collect()
}

//! Records the footprint of a fault. It shows later who undid the fault: the trainee, or a start of the container, which
//! configures GitLab again.
//!
//! It is recorded in a class only, which can be resumed ([`super::resume()`]). Without it nothing is concluded.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use crate::app::App;
use crate::attempt::{Footprint, Workspace};
use crate::engine::{Command, EngineError, Output, OutputLimit};
use crate::error::Result;

/// Largest file that is compared, in bytes; the script below skips larger ones.
const LARGEST: usize = 1 << 20;
/// Time limit of each script.
const DEADLINE: Duration = Duration::from_secs(30);
/// Files that are read in parallel.
const SIDE_BY_SIDE: usize = 4;

const BEFORE: &str = ": >/run/breakfix-before";
const AFTER: &str = ": >/run/breakfix-after";

/// Lists files that changed between the two marks and not since (confirming the fault may change some). Files that
/// services and starts change by themselves are skipped. A hundred files are enough.
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

/// Sets the mark before a fault is applied.
pub(super) async fn before(app: &App, workspace: &Workspace) {
    run(app, workspace, BEFORE).await;
}

/// Sets the mark after it.
pub(super) async fn after(app: &App, workspace: &Workspace) {
    run(app, workspace, AFTER).await;
}

/// Stores the footprint, before the environment is handed over.
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

/// Paths that are no longer as the fault left them. Nothing runs in the container for this, because it may be down.
pub(super) async fn undone(
    app: &App,
    workspace: &Workspace,
    footprints: &[Footprint],
) -> Result<Vec<String>, EngineError> {
    let name = workspace.environment.gitlab();
    let look = |footprint: Footprint| {
        let name = name.clone();
        async move {
            // The content of a folder does not matter.
            let limit = if footprint.is_folder() { 0 } else { LARGEST };
            let found = app.engine.read_file(&name, &footprint.path, limit).await?;
            Ok(found.is_none_or(|facts| !footprint.is_of(&facts)).then_some(footprint.path))
        }
    };
    let looks: Vec<_> = footprints.iter().cloned().map(look).collect();
    let looks: Vec<Result<Option<String>, EngineError>> = stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
    looks.into_iter().filter_map(Result::transpose).collect()
}

//! Pauses the container that fills the engine's disk, to protect the others.
//!
//! Quotas do not solve this: a quota for a container's layer requires a particular file system, and volumes, which hold
//! most of the data, have none. A paused container loses nothing, and the trainer decides what happens to it.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use crate::app::App;
use crate::attempt::{Entry, Happening, State, Workspace};
use crate::environment::{Environment, Toolbox};
use crate::error::{Context, Result};

/// Time limit for measuring the volumes of one container.
const DEADLINE: Duration = Duration::from_secs(20);
/// Containers that are measured in parallel.
const SIDE_BY_SIDE: usize = 4;
/// Factor by which a container must exceed the median of the others.
const TIMES: u64 = 4;

/// Pauses the container that fills the disk, if there is one, and gives its workspace.
pub async fn pause_largest_writer(app: &App) -> Result<Option<Workspace>> {
    let written = app.engine.written(&app.installation).await;
    let written = written.context(|| "what containers have written cannot be measured".into())?;
    let running = app.store.attempts()?.into_iter().filter(|entry| entry.state == State::Running);
    let measure = |entry: Entry| {
        let workspace = entry.workspace();
        let layer = written.get(&workspace.environment.gitlab()).copied().unwrap_or_default();
        async move {
            let facts = app.engine.inspect(&workspace.environment.gitlab()).await.ok();
            facts.filter(|facts| facts.running && !facts.paused)?;
            let size = on_volumes(app, &workspace.environment).await.map(|volumes| volumes + layer);
            Some((workspace, size))
        }
    };
    let looks: Vec<_> = running.map(measure).collect();
    let looks: Vec<Option<(Workspace, Option<u64>)>> = stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
    let found: Vec<(Workspace, Option<u64>)> = looks.into_iter().flatten().collect();
    let sizes: Vec<Option<u64>> = found.iter().map(|(_, size)| *size).collect();
    let least = |place: usize| found[place].0.environment.spec.platform.profile().disk;
    let Some((workspace, _)) = largest_writer(&sizes, least).map(|place| found[place].clone()) else {
        return Ok(None);
    };
    let attempt = &workspace.attempt.id;
    let paused = app.engine.pause(&workspace.environment.gitlab()).await;
    paused.context(|| format!("{attempt} cannot be paused"))?;
    let why = "its container was paused, since it fills the engine's disk".into();
    app.store.note(attempt, &Happening::Paused { why }, app.now())?;
    Ok(Some(workspace))
}

/// Bytes on a container's volumes, measured by our own program in it; `None` if that cannot be run.
async fn on_volumes(app: &App, environment: &Environment) -> Option<u64> {
    let tools = Toolbox::bring(app, environment).await.ok()?;
    let script = "du -skx /etc/gitlab /var/opt/gitlab /var/log/gitlab 2>/dev/null || :";
    let output = tools.run(script.into(), DEADLINE).await.ok();
    tools.remove().await.ok();
    total(&String::from_utf8_lossy(&output?.stdout))
}

/// Sums the sizes in KiB at the beginning of each line.
fn total(table: &str) -> Option<u64> {
    let sizes = table.lines().map(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    let sum: u64 = sizes.collect::<Option<Vec<u64>>>()?.into_iter().fold(0, u64::saturating_add);
    (sum > 0).then_some(sum.saturating_mul(1024))
}

/// The container that holds far more than the others. If exactly one cannot be measured, because it lets no program run,
/// it is assumed to be the culprit; if several cannot, the machine is probably slow.
fn largest_writer(sizes: &[Option<u64>], least: impl Fn(usize) -> u64) -> Option<usize> {
    let mut known: Vec<(u64, usize)> =
        sizes.iter().enumerate().filter_map(|(place, size)| Some(((*size)?, place))).collect();
    known.sort_unstable();
    let unknown: Vec<usize> = (0..sizes.len()).filter(|place| sizes[*place].is_none()).collect();
    let (biggest, others) = known.split_last().map_or((None, &[][..]), |(last, others)| (Some(last), others));
    let typical = others.get(others.len() / 2).map_or(0, |(size, _)| *size);
    match (biggest, unknown.as_slice()) {
        (Some((size, place)), _) if *size >= least(*place).max(TIMES * typical) => Some(*place),
        (_, [one]) if sizes.len() > 1 => Some(*one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(gib: &[Option<u64>]) -> Option<usize> {
        let sizes: Vec<_> = gib.iter().map(|size| size.map(|gib| gib << 30)).collect();
        largest_writer(&sizes, |_| 1 << 30)
    }

    #[test]
    fn only_who_holds_far_more_than_the_others_is_it() {
        assert_eq!(chosen(&[Some(0), Some(3), Some(0)]), Some(1));
        assert_eq!(chosen(&[Some(2), Some(3), Some(2)]), None, "all of them hold much");
        assert_eq!(chosen(&[Some(0), Some(0)]), None, "something else fills the disk");
        assert_eq!(chosen(&[Some(5)]), Some(0));
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn who_lets_no_program_in_is_it_unless_there_are_several() {
        assert_eq!(chosen(&[Some(0), None, Some(0)]), Some(1));
        assert_eq!(chosen(&[Some(3), None, Some(0)]), Some(0));
        assert_eq!(chosen(&[None, None, Some(0)]), None);
        assert_eq!(chosen(&[None]), None);
    }

    #[test]
    fn sizes_are_added_up() {
        assert_eq!(total("12\t/etc/gitlab\n30000\t/var/opt/gitlab\n"), Some(30_012 * 1024));
        assert_eq!(total(""), None);
        assert_eq!(total("du: no\n"), None);
    }
}

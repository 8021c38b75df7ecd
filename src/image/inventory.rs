//! The inventory of our images in the engine, and the removal of obsolete ones.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::{BASE, BuildEnv, REPOSITORY, base, lock, plan};
use crate::engine::{EngineError, ImageFacts, Images, labels};
use crate::error::{Context as _, Result};

/// Status of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageStatus {
    /// The next start uses it.
    Current,
    /// It has the reference of a current image, but this installation did not build it: the next start rebuilds it.
    Unknown,
    /// Its build context or its base has changed since it was built.
    Stale,
    /// It remains from an interrupted or failed build.
    Leftover,
}

/// One reference to one of our images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InventoryEntry {
    /// Name of its build context: `gitlab`, `probe`, `base`.
    pub name: String,
    /// Reference of the image; the engine's id of a leftover.
    pub reference: String,
    /// The engine's id.
    pub id: String,
    /// Size in bytes.
    pub size: u64,
    /// Time of creation.
    pub created: Option<Timestamp>,
    /// Status of the image.
    pub status: ImageStatus,
}

/// Decision whether an image is removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PruneDecision {
    /// The image.
    #[serde(flatten)]
    pub image: InventoryEntry,
    /// Reason why it is kept; `None` if it is removed.
    pub kept: Option<String>,
}

/// Images that pruning may remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PruneScope {
    /// Stale images and leftovers.
    Obsolete,
    /// Current and unknown images as well.
    All,
}

/// Input of [`prune_plan`].
#[derive(Clone, Debug, Default)]
pub struct PruneInput {
    /// Our images, as returned by [`list`].
    pub images: Vec<InventoryEntry>,
    /// Ids of images that have containers.
    pub in_use: BTreeSet<String>,
    /// Names of images that are being built.
    pub building: BTreeSet<String>,
}

/// Lists our images by name: current ones first, then from new to old.
pub async fn list(engine: &dyn Images, env: &BuildEnv) -> Result<Vec<InventoryEntry>> {
    let found = engine.list_images().await.context(|| "images cannot be listed".into())?;
    Ok(inventory(&found, &current(env)?, &|reference, id| env.accepts(reference, id)))
}

/// Trusts all images in the engine that have our names, without inspecting them. Returns those that were unknown before.
pub async fn trust(engine: &dyn Images, env: &BuildEnv) -> Result<Vec<InventoryEntry>> {
    let named = list(engine, env).await?.into_iter().filter(|image| image.status != ImageStatus::Leftover);
    let new: Vec<InventoryEntry> = named.filter(|image| !env.accepts(&image.reference, &image.id)).collect();
    let ids: Vec<_> = new.iter().map(|image| (image.reference.clone(), image.id.clone())).collect();
    env.known.record(&ids)?;
    Ok(new)
}

/// Collects the input of [`prune_plan`].
pub async fn prune_input(engine: &dyn Images, env: &BuildEnv) -> Result<PruneInput> {
    let in_use = engine.images_in_use().await.context(|| "images in use cannot be listed".into())?;
    Ok(PruneInput { images: list(engine, env).await?, in_use, building: lock::held(&env.state) })
}

/// Decides which images are removed. Images that were built on others come first.
#[must_use]
pub fn prune_plan(input: &PruneInput, scope: PruneScope) -> Vec<PruneDecision> {
    let decide =
        |image: &InventoryEntry| PruneDecision { image: image.clone(), kept: reason_to_keep(input, image, scope) };
    let mut plan: Vec<_> = input.images.iter().map(decide).collect();
    plan.sort_by_key(|decision| decision.image.name == BASE);
    plan
}

/// Carries out a plan. Returns it with the images marked as kept that could not be removed.
pub async fn prune(engine: &dyn Images, plan: Vec<PruneDecision>) -> Result<Vec<PruneDecision>> {
    let mut done = vec![];
    for mut decision in plan {
        if decision.kept.is_none() {
            decision.kept = remove(engine, &decision.image.reference).await?;
        }
        done.push(decision);
    }
    Ok(done)
}

async fn remove(engine: &dyn Images, reference: &str) -> Result<Option<String>> {
    match engine.remove_image(reference).await {
        Ok(()) => Ok(None),
        // A container or a build has used it since the plan was made.
        Err(EngineError::Conflict(why)) => Ok(Some(why)),
        Err(other) => Err(other).context(|| format!("the image {reference} could not be removed")),
    }
}

fn reason_to_keep(input: &PruneInput, image: &InventoryEntry, scope: PruneScope) -> Option<String> {
    if input.in_use.contains(&image.id) {
        Some("a container uses it".into())
    } else if image.status == ImageStatus::Leftover && input.building.contains(&image.name) {
        Some("it may belong to a build that is running".into())
    } else if image.status == ImageStatus::Current && scope == PruneScope::Obsolete {
        Some("it is current".into())
    } else if image.status == ImageStatus::Unknown && scope == PruneScope::Obsolete {
        Some("another installation may have built it".into())
    } else {
        None
    }
}

/// References that the build contexts yield, on each base that may be used.
pub(super) fn current(env: &BuildEnv) -> Result<BTreeSet<String>> {
    let names: Vec<&str> = env.contexts.0.keys().map(String::as_str).collect();
    let mut references = BTreeSet::new();
    for base in base::candidates(env) {
        references.extend(plan::plan(&env.contexts, &names, &base)?.into_iter().map(|image| image.build.reference));
        references.insert(base);
    }
    Ok(references)
}

/// Whether the image with this reference and id may be used.
type Accepts<'a> = &'a dyn Fn(&str, &str) -> bool;

fn inventory(found: &[ImageFacts], current: &BTreeSet<String>, accepts: Accepts<'_>) -> Vec<InventoryEntry> {
    let mut entries: Vec<_> = found.iter().flat_map(|image| entries_of(image, current, accepts)).collect();
    entries.sort_by(|a, b| (&a.name, a.status, b.created).cmp(&(&b.name, b.status, a.created)));
    entries
}

/// One entry for each tag with our prefix. Derived images inherit our labels, but are tagged otherwise.
fn entries_of(image: &ImageFacts, current: &BTreeSet<String>, accepts: Accepts<'_>) -> Vec<InventoryEntry> {
    let name = image.labels.get(labels::IMAGE).cloned().unwrap_or_default();
    let one = |name: String, reference: &String, status| InventoryEntry {
        name,
        reference: reference.clone(),
        id: image.id.clone(),
        size: image.size,
        created: image.created,
        status,
    };
    if image.tags.is_empty() {
        return vec![one(name, &image.id, ImageStatus::Leftover)];
    }
    let ours = image.tags.iter().filter_map(|tag| {
        let (name, _) = tag.strip_prefix(REPOSITORY)?.split_once(':')?;
        let status = match (current.contains(tag), accepts(tag, &image.id)) {
            (true, true) => ImageStatus::Current,
            (true, false) => ImageStatus::Unknown,
            (false, _) => ImageStatus::Stale,
        };
        Some(one(name.into(), tag, status))
    });
    ours.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(id: &str, name: &str, tags: &[&str], created: i64) -> ImageFacts {
        ImageFacts {
            id: id.into(),
            tags: tags.iter().map(|tag| (*tag).into()).collect(),
            labels: [(labels::IMAGE.to_string(), name.to_string())].into(),
            size: 1,
            created: Timestamp::from_second(created).ok(),
            volumes: vec![],
            command: vec![],
        }
    }

    fn input() -> PruneInput {
        let found = [
            image("1", "base", &["breakfix/base:aa"], 1),
            image("2", "gitlab", &["breakfix/gitlab:old"], 2),
            image("3", "gitlab", &["breakfix/gitlab:older", "mine/gitlab:1"], 1),
            image("4", "gitlab", &["breakfix/gitlab:new"], 3),
            image("5", "gitlab", &["mine/course:1"], 4),
            image("6", "gitlab", &[], 5),
            image("7", "probe", &[], 6),
            image("8", "probe", &["breakfix/probe:old"], 6),
            image("9", "probe", &["breakfix/probe:new"], 7),
        ];
        let current = ["breakfix/base:aa", "breakfix/gitlab:new", "breakfix/probe:new"].map(Into::into).into();
        PruneInput {
            images: inventory(&found, &current, &|_, id| id != "9"),
            in_use: ["8".into()].into(),
            building: ["probe".into()].into(),
        }
    }

    fn plan(scope: PruneScope) -> Vec<String> {
        let describe = |decision: PruneDecision| {
            let what = decision.kept.map_or("goes".into(), |why| format!("stays: {why}"));
            format!("{} {:?} {what}", decision.image.reference, decision.image.status)
        };
        prune_plan(&input(), scope).into_iter().map(describe).collect()
    }

    #[test]
    fn stale_images_and_leftovers_are_removed() {
        let expected = [
            "breakfix/gitlab:new Current stays: it is current",
            "breakfix/gitlab:old Stale goes",
            "breakfix/gitlab:older Stale goes",
            "6 Leftover goes",
            "breakfix/probe:new Unknown stays: another installation may have built it",
            "breakfix/probe:old Stale stays: a container uses it",
            "7 Leftover stays: it may belong to a build that is running",
            "breakfix/base:aa Current stays: it is current",
        ];
        assert_eq!(plan(PruneScope::Obsolete), expected);
    }

    #[test]
    fn the_scope_all_includes_current_images_and_the_base_comes_last() {
        let going: Vec<_> = plan(PruneScope::All).into_iter().filter(|line| line.ends_with("goes")).collect();
        let expected = [
            "breakfix/gitlab:new Current goes",
            "breakfix/gitlab:old Stale goes",
            "breakfix/gitlab:older Stale goes",
            "6 Leftover goes",
            "breakfix/probe:new Unknown goes",
            "breakfix/base:aa Current goes",
        ];
        assert_eq!(going, expected);
    }
}

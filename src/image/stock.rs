//! Which of our images the engine has, and which of them are of no use any more.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::{BASE, BuildEnv, REPOSITORY, base, lock, plan};
use crate::engine::{EngineError, ImageFacts, Images, labels};
use crate::error::{Context as _, Result};

/// What an image is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The next start uses it.
    Current,
    /// It has the name of a current one, but this installation did not make it: the next start makes it again.
    Unknown,
    /// Its context, or what it was built on, has changed since.
    Stale,
    /// What an interrupted or a failed build left.
    Leftover,
}

/// One of our images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stocked {
    /// `gitlab`, `probe`, `base` ...
    pub name: String,
    /// Its reference; the engine's id for a leftover.
    pub reference: String,
    /// The engine's id.
    pub id: String,
    /// Bytes.
    pub size: u64,
    /// When made.
    pub created: Option<Timestamp>,
    /// What it is good for.
    pub status: Status,
}

/// What pruning does with an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Which one.
    #[serde(flatten)]
    pub image: Stocked,
    /// Why it stays; `None` if it goes.
    pub kept: Option<String>,
}

/// What the plan of pruning depends on.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Ours, as [`list`] gives them.
    pub images: Vec<Stocked>,
    /// Ids of images that have containers.
    pub in_use: BTreeSet<String>,
    /// Names of images that are being made.
    pub building: BTreeSet<String>,
}

/// Our images, by name, current ones first, then the newest.
pub async fn list(engine: &dyn Images, env: &BuildEnv) -> Result<Vec<Stocked>> {
    let found = engine.list_images().await.context(|| "images cannot be listed".into())?;
    Ok(stock(&found, &current(env)?, &|reference, id| env.accepts(reference, id)))
}

/// Takes what the engine has under names of ours as made by us, without a look inside: gives what was not known before.
pub async fn trust(engine: &dyn Images, env: &BuildEnv) -> Result<Vec<Stocked>> {
    let named = list(engine, env).await?.into_iter().filter(|image| image.status != Status::Leftover);
    let new: Vec<Stocked> = named.filter(|image| !env.accepts(&image.reference, &image.id)).collect();
    let ids: Vec<_> = new.iter().map(|image| (image.reference.clone(), image.id.clone())).collect();
    env.known.record(&ids)?;
    Ok(new)
}

/// What pruning would do now.
pub async fn facts(engine: &dyn Images, env: &BuildEnv) -> Result<Facts> {
    let in_use = engine.images_in_use().await.context(|| "images in use cannot be listed".into())?;
    Ok(Facts { images: list(engine, env).await?, in_use, building: lock::held(&env.state) })
}

/// Decides which images go; with `all` current ones too. Those built on others go first.
#[must_use]
pub fn prune_plan(facts: &Facts, all: bool) -> Vec<Verdict> {
    let verdict = |image: &Stocked| Verdict { image: image.clone(), kept: reason_to_keep(facts, image, all) };
    let mut plan: Vec<_> = facts.images.iter().map(verdict).collect();
    plan.sort_by_key(|verdict| verdict.image.name == BASE);
    plan
}

/// Removes what the plan says; gives it back with those that could not be removed marked as kept.
pub async fn prune(engine: &dyn Images, plan: Vec<Verdict>) -> Result<Vec<Verdict>> {
    let mut done = vec![];
    for mut verdict in plan {
        if verdict.kept.is_none() {
            verdict.kept = remove(engine, &verdict.image.reference).await?;
        }
        done.push(verdict);
    }
    Ok(done)
}

async fn remove(engine: &dyn Images, reference: &str) -> Result<Option<String>> {
    match engine.remove_image(reference).await {
        Ok(()) => Ok(None),
        // A container or another build took it since the plan was made.
        Err(EngineError::Conflict(why)) => Ok(Some(why)),
        Err(other) => Err(other).context(|| format!("the image {reference} could not be removed")),
    }
}

fn reason_to_keep(facts: &Facts, image: &Stocked, all: bool) -> Option<String> {
    if facts.in_use.contains(&image.id) {
        Some("a container uses it".into())
    } else if image.status == Status::Leftover && facts.building.contains(&image.name) {
        Some("it may belong to a build that is running".into())
    } else if image.status == Status::Current && !all {
        Some("it is current".into())
    } else if image.status == Status::Unknown && !all {
        Some("another installation may have made it".into())
    } else {
        None
    }
}

/// References that the contexts lead to, on any base that would be used if the engine had it.
pub(super) fn current(env: &BuildEnv) -> Result<BTreeSet<String>> {
    let names: Vec<&str> = env.contexts.0.keys().map(String::as_str).collect();
    let mut references = BTreeSet::new();
    for base in base::candidates(env) {
        references.extend(plan::plan(&env.contexts, &names, &base)?.into_iter().map(|image| image.build.reference));
        references.insert(base);
    }
    Ok(references)
}

/// Whether an image of that reference with that id may be used.
type Accepts<'a> = &'a dyn Fn(&str, &str) -> bool;

fn stock(found: &[ImageFacts], current: &BTreeSet<String>, accepts: Accepts<'_>) -> Vec<Stocked> {
    let mut stock: Vec<_> = found.iter().flat_map(|image| stocked(image, current, accepts)).collect();
    stock.sort_by(|a, b| (&a.name, a.status, b.created).cmp(&(&b.name, b.status, a.created)));
    stock
}

/// One a tag of ours. Labels are inherited: an image that others made from ours and tagged is not ours.
fn stocked(image: &ImageFacts, current: &BTreeSet<String>, accepts: Accepts<'_>) -> Vec<Stocked> {
    let name = image.labels.get(labels::IMAGE).cloned().unwrap_or_default();
    let one = |name: String, reference: &String, status| Stocked {
        name,
        reference: reference.clone(),
        id: image.id.clone(),
        size: image.size,
        created: image.created,
        status,
    };
    if image.tags.is_empty() {
        return vec![one(name, &image.id, Status::Leftover)];
    }
    let ours = image.tags.iter().filter_map(|tag| {
        let (name, _) = tag.strip_prefix(REPOSITORY)?.split_once(':')?;
        let status = match (current.contains(tag), accepts(tag, &image.id)) {
            (true, true) => Status::Current,
            (true, false) => Status::Unknown,
            (false, _) => Status::Stale,
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

    fn facts() -> Facts {
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
        Facts {
            images: stock(&found, &current, &|_, id| id != "9"),
            in_use: ["8".into()].into(),
            building: ["probe".into()].into(),
        }
    }

    fn told(all: bool) -> Vec<String> {
        let tell = |verdict: Verdict| {
            let what = verdict.kept.map_or("goes".into(), |why| format!("stays: {why}"));
            format!("{} {:?} {what}", verdict.image.reference, verdict.image.status)
        };
        prune_plan(&facts(), all).into_iter().map(tell).collect()
    }

    #[test]
    fn stale_images_and_leftovers_go_what_is_needed_or_not_ours_stays() {
        let expected = [
            "breakfix/gitlab:new Current stays: it is current",
            "breakfix/gitlab:old Stale goes",
            "breakfix/gitlab:older Stale goes",
            "6 Leftover goes",
            "breakfix/probe:new Unknown stays: another installation may have made it",
            "breakfix/probe:old Stale stays: a container uses it",
            "7 Leftover stays: it may belong to a build that is running",
            "breakfix/base:aa Current stays: it is current",
        ];
        assert_eq!(told(false), expected);
    }

    #[test]
    fn all_means_current_ones_too_the_base_last() {
        let going: Vec<_> = told(true).into_iter().filter(|line| line.ends_with("goes")).collect();
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

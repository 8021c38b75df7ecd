//! Plans image builds: order and tags. No I/O.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::context::Contexts;
use super::{BASE, REPOSITORY, dockerfile};
use crate::engine::{ImageBuild, labels};
use crate::error::{Error, Result};

/// Version of the build process, changed whenever it changes the resulting images.
const RECIPE: &str = "breakfix-image-1";

/// A planned build of one image.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Name of its build context.
    pub name: String,
    /// Names of the images that it is built on.
    pub needs: Vec<String>,
    /// Build request to the engine.
    pub build: ImageBuild,
}

/// Plans the images `wanted` and their dependencies on top of the image `base`. Dependencies come first.
pub fn plan(contexts: &Contexts, wanted: &[&str], base: &str) -> Result<Vec<Planned>> {
    let mut references = BTreeMap::from([(BASE.to_string(), base.to_string())]);
    let mut planned = vec![];
    for name in order(contexts, wanted)? {
        let image = plan_one(contexts, name, &references)?;
        references.insert(image.name.clone(), image.build.reference.clone());
        planned.push(image);
    }
    Ok(planned)
}

/// The first 12 digits of a digest.
#[must_use]
pub fn short_digest(digest: &str) -> &str {
    &digest[..12.min(digest.len())]
}

/// SHA-256 over `parts`, each with its length, as lower-case hexadecimal.
#[must_use]
pub fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digits = hash.finalize().iter().flat_map(|byte| [byte >> 4, byte & 15]).collect::<Vec<_>>();
    digits.into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn plan_one(contexts: &Contexts, name: &str, references: &BTreeMap<String, String>) -> Result<Planned> {
    let context = &contexts.0[name];
    let needs = context.needs();
    let args: BTreeMap<_, _> =
        needs.iter().map(|need| (dockerfile::argument(need), references[need].clone())).collect();
    let described: Vec<String> = args.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let digest = digest(&[RECIPE.as_bytes(), described.join("\n").as_bytes(), &context.to_tar()?]);
    let reference = format!("{REPOSITORY}{name}:{}", short_digest(&digest));
    let labels = BTreeMap::from([(labels::IMAGE.into(), name.into()), (labels::DIGEST.into(), digest)]);
    let build = ImageBuild { reference, context: context.labelled(name).to_tar()?, args, labels };
    Ok(Planned { name: name.into(), needs, build })
}

fn order<'a>(contexts: &'a Contexts, wanted: &[&str]) -> Result<Vec<&'a str>> {
    let mut walk = Walk { contexts, path: vec![], done: BTreeSet::new(), order: vec![] };
    wanted.iter().try_for_each(|name| walk.visit(name))?;
    Ok(walk.order)
}

struct Walk<'a> {
    contexts: &'a Contexts,
    path: Vec<&'a str>,
    done: BTreeSet<&'a str>,
    order: Vec<&'a str>,
}

impl Walk<'_> {
    fn visit(&mut self, name: &str) -> Result<()> {
        if name == BASE || self.done.contains(name) {
            return Ok(());
        }
        let Some((name, context)) = self.contexts.0.get_key_value(name) else {
            return Err(self.unknown(name));
        };
        if self.path.contains(&name.as_str()) {
            let circle = [self.path.as_slice(), &[name]].concat().join(" -> ");
            return Err(Error::bug(format!("build contexts have a circular dependency: {circle}")));
        }
        self.path.push(name);
        context.needs().iter().try_for_each(|need| self.visit(need))?;
        self.path.pop();
        self.done.insert(name);
        self.order.push(name);
        Ok(())
    }

    fn unknown(&self, name: &str) -> Error {
        let known: Vec<_> = self.contexts.0.keys().map(String::as_str).collect();
        let message = match self.path.last() {
            Some(from) => {
                format!("build context {from} needs {name} (ARG {}), which does not exist", dockerfile::argument(name))
            }
            None => format!("there is no build context {name}"),
        };
        Error::bug(message).hint(format!("Known build contexts: {}.", known.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::context::Context;

    fn contexts(dockerfiles: &[(&str, &str)]) -> Contexts {
        let context = |text: &str| Context { files: BTreeMap::from([("Dockerfile".into(), text.into())]) };
        Contexts(dockerfiles.iter().map(|(name, text)| ((*name).into(), context(text))).collect())
    }

    fn tags(contexts: &Contexts, base: &str) -> BTreeMap<String, String> {
        let planned = plan(contexts, &["second"], base).unwrap();
        planned.into_iter().map(|image| (image.name, image.build.reference)).collect()
    }

    fn chain() -> Contexts {
        contexts(&[
            ("second", "ARG FROM_FIRST\nFROM ${FROM_FIRST}\n"),
            ("first", "ARG FROM_BASE\nFROM ${FROM_BASE}\n"),
            ("other", "ARG FROM_BASE\nFROM ${FROM_BASE}\n"),
        ])
    }

    #[test]
    fn an_image_comes_after_what_it_needs_and_only_needed_ones_come() {
        let planned = plan(&chain(), &["second", "first"], "base:1").unwrap();
        let seen: Vec<_> = planned.iter().map(|image| (image.name.as_str(), image.build.args.clone())).collect();
        let first = planned[0].build.reference.clone();
        let expected = vec![
            ("first", BTreeMap::from([("FROM_BASE".to_string(), "base:1".to_string())])),
            ("second", BTreeMap::from([("FROM_FIRST".into(), first)])),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_change_reaches_the_tags_of_all_that_depend_on_it() {
        let before = tags(&chain(), "base:1");
        assert_eq!(tags(&chain(), "base:1"), before);
        let mut edited = chain();
        edited.0.get_mut("first").unwrap().files.insert("motd".into(), b"hello".to_vec());
        for after in [tags(&edited, "base:1"), tags(&chain(), "base:2")] {
            assert_ne!(after["first"], before["first"]);
            assert_ne!(after["second"], before["second"]);
        }
    }

    #[test]
    fn the_full_digest_is_a_label_and_its_beginning_the_tag() {
        let image = plan(&chain(), &["first"], "base:1").unwrap().remove(0);
        let digest = &image.build.labels[labels::DIGEST];
        assert_eq!((digest.len(), image.build.labels[labels::IMAGE].as_str()), (64, "first"));
        assert_eq!(image.build.reference, format!("breakfix/first:{}", &digest[..12]));
    }

    #[test]
    fn missing_and_circular_dependencies_are_reported() {
        let message = |dockerfiles: &[(&str, &str)], wanted| {
            let error = plan(&contexts(dockerfiles), &[wanted], "base:1").unwrap_err();
            format!("{error}; {}", error.hints.join("; "))
        };
        assert_eq!(
            message(&[("a", "ARG FROM_B"), ("b", "ARG FROM_C"), ("c", "ARG FROM_B")], "a"),
            "build contexts have a circular dependency: a -> b -> c -> b; "
        );
        assert_eq!(
            message(&[("a", "ARG FROM_LOST")], "a"),
            "build context a needs lost (ARG FROM_LOST), which does not exist; Known build contexts: a."
        );
        assert_eq!(message(&[("a", "FROM scratch")], "z"), "there is no build context z; Known build contexts: a.");
    }
}

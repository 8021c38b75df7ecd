//! Reads the parts of a Dockerfile and of a builder's output that we need.

use crate::engine::labels;

/// The first line of an instruction: its index and its words.
type Instruction<'a> = (usize, Vec<&'a str>);

/// Names of the contexts whose images this Dockerfile starts from: `gitlab-ee` for `ARG FROM_GITLAB_EE`.
#[must_use]
pub fn needs(dockerfile: &str) -> Vec<String> {
    let mut names: Vec<String> = arguments(dockerfile).map(|name| name.to_lowercase().replace('_', "-")).collect();
    names.sort();
    names.dedup();
    names
}

/// The build argument that carries the reference of the context `name`.
#[must_use]
pub fn argument(name: &str) -> String {
    format!("FROM_{}", name.to_uppercase().replace('-', "_"))
}

/// Inserts our label after each `FROM`.
///
/// The classic builder applies labels from the request last, so leftovers of an interrupted build would not have them. With
/// this label, our images can be told from those of others.
#[must_use]
pub fn labelled(dockerfile: &str, name: &str) -> String {
    let stages: Vec<usize> = instructions(dockerfile)
        .filter(|(_, words)| words[0].eq_ignore_ascii_case("FROM"))
        .map(|(line, _)| line)
        .collect();
    let label = format!("LABEL {}={name}", labels::IMAGE);
    let lines = dockerfile.lines().enumerate().flat_map(|(number, line)| {
        let added = stages.contains(&number).then_some(label.as_str());
        std::iter::once(line).chain(added)
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// `(3, 12, "RUN true")` for `Step 3/12 : RUN true` (Docker) or `STEP 3/12: RUN true` (Podman).
#[must_use]
pub fn step(line: &str) -> Option<(u32, u32, &str)> {
    let rest = line.strip_prefix("Step ").or_else(|| line.strip_prefix("STEP "))?;
    let (counts, instruction) = rest.split_once(':')?;
    let (n, of) = counts.trim().split_once('/')?;
    Some((n.parse().ok()?, of.parse().ok()?, instruction.trim()))
}

fn arguments(dockerfile: &str) -> impl Iterator<Item = &str> {
    instructions(dockerfile).filter(|(_, words)| words[0].eq_ignore_ascii_case("ARG")).flat_map(|(_, words)| {
        let names = words.into_iter().skip(1).map(|word| word.split('=').next().unwrap_or_default());
        names.filter_map(|name| name.strip_prefix("FROM_")).filter(|name| !name.is_empty()).collect::<Vec<_>>()
    })
}

/// First lines of instructions, without comments, blank lines and continuation lines.
fn instructions(dockerfile: &str) -> impl Iterator<Item = Instruction<'_>> {
    let mut continued = false;
    dockerfile.lines().enumerate().filter_map(move |(number, line)| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let first = !std::mem::replace(&mut continued, line.ends_with('\\'));
        first.then(|| (number, line.split_whitespace().collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_STAGES: &str = "\
# ARG FROM_COMMENT
ARG FROM_BASE
arg FROM_GITLAB_EE=unset OTHER=1
FROM ${FROM_BASE} AS tools
RUN psql -c \"select 1 \\
  # a comment in the middle
  FROM projects\" && \\
  ARG FROM_INSIDE
from ${FROM_GITLAB_EE}
";

    #[test]
    fn arguments_name_the_contexts_an_image_starts_from() {
        assert_eq!(needs(TWO_STAGES), ["base", "gitlab-ee"]);
        assert_eq!(argument("gitlab-ee"), "FROM_GITLAB_EE");
    }

    #[test]
    fn every_stage_carries_our_label_from_its_beginning() {
        let expected = "\
# ARG FROM_COMMENT
ARG FROM_BASE
arg FROM_GITLAB_EE=unset OTHER=1
FROM ${FROM_BASE} AS tools
LABEL dev.breakfix.image=probe
RUN psql -c \"select 1 \\
  # a comment in the middle
  FROM projects\" && \\
  ARG FROM_INSIDE
from ${FROM_GITLAB_EE}
LABEL dev.breakfix.image=probe
";
        assert_eq!(labelled(TWO_STAGES, "probe"), expected);
    }

    #[test]
    fn steps_are_told_from_other_output() {
        assert_eq!(step("Step 3/12 : RUN true"), Some((3, 12, "RUN true")));
        assert_eq!(step("STEP 3/12: RUN true"), Some((3, 12, "RUN true")));
        assert_eq!(step("Step by step: how"), None);
        assert_eq!(step(" ---> Running in 3fa9"), None);
    }
}

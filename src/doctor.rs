//! Checks whether a machine is suitable for training. Pure.

use serde::Serialize;

use crate::engine::About;

const GIB: u64 = 1 << 30;

/// Facts about the machine.
#[derive(Clone, Debug)]
pub struct MachineFacts {
    /// The engine, or why it cannot be used.
    pub about: Result<About, String>,
    /// How the engine was found.
    pub found_by: String,
    /// Bytes free where the engine keeps its data, as far as that can be seen from here.
    pub free_disk: Option<u64>,
    /// The kernel's `fs.inotify.max_user_instances`.
    pub inotify_instances: Option<u64>,
    /// Whether a base image can be put together without a registry.
    pub bootstrap: bool,
    /// Whether a container of an environment reaches its host; `None` while there is no image to try it with.
    pub reaches_host: Option<bool>,
    /// Names of our images that are there and current.
    pub current_images: Vec<String>,
    /// Expired objects that other installations left.
    pub abandoned: usize,
}

/// Severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// No problem.
    Good,
    /// It works with a disadvantage.
    Doubtful,
    /// It will not work.
    Bad,
}

/// Result of one check of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DoctorFinding {
    /// Name of the check.
    pub name: &'static str,
    /// Severity of the finding.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// Consequence and remedy; empty if there is no problem.
    pub advice: &'static str,
}

/// Checks a machine for training.
#[must_use]
pub fn examine(facts: &MachineFacts) -> Vec<DoctorFinding> {
    let engine = match &facts.about {
        Ok(about) => vec![
            Some(engine(about, &facts.found_by)),
            Some(storage(about)),
            runc(about),
            network(facts),
            Some(memory(about)),
            disk(facts),
            inotify(facts),
            Some(images(facts)),
            leftovers(facts),
        ],
        Err(why) => vec![Some(no_engine(why)), disk(facts), inotify(facts), bootstrap(facts)],
    };
    engine.into_iter().flatten().collect()
}

fn finding(name: &'static str, health: Health, found: impl Into<String>, advice: &'static str) -> DoctorFinding {
    DoctorFinding { name, health, found: found.into(), advice: if health == Health::Good { "" } else { advice } }
}

fn worse_if(bad: bool, worse: Health) -> Health {
    if bad { worse } else { Health::Good }
}

fn no_engine(why: &str) -> DoctorFinding {
    let advice =
        "Start the engine (`sudo systemctl start docker`, or Docker Desktop), or say where it is with DOCKER_HOST.";
    finding("engine", Health::Bad, why, advice)
}

/// What an engine would have to make the images from.
fn bootstrap(facts: &MachineFacts) -> Option<DoctorFinding> {
    let advice = "A registry is needed to build the images, or mmdebstrap on a Debian machine (sudo apt-get install mmdebstrap).";
    (!facts.bootstrap).then(|| finding("images", Health::Doubtful, "mmdebstrap is not installed", advice))
}

fn engine(about: &About, found_by: &str) -> DoctorFinding {
    let About { product, version, api_version, address, .. } = about;
    let found = format!("{product} {version}, API {api_version}, at {address} ({found_by})");
    let old =
        api_version.split_once('.').and_then(|(_, minor)| minor.parse::<u32>().ok()).is_some_and(|minor| minor < 41);
    if old {
        let advice = "breakfix needs Docker 20.10 (API 1.41) or newer: update the engine.";
        return finding("engine", Health::Bad, found, advice);
    }
    let health = worse_if(product != "Docker", Health::Doubtful);
    finding("engine", health, found, "breakfix is made for Docker and not tested with this engine.")
}

fn storage(about: &About) -> DoctorFinding {
    let driver = &about.storage_driver;
    let advice = match driver.as_str() {
        "fuse-overlayfs" => {
            "Every environment costs a helper process, shares no memory with its neighbours, and starts about half as fast as on overlay2."
        }
        "vfs" => "Every environment copies the whole image: slow, and about 1 GiB of disk each. Use overlay2.",
        _ => "",
    };
    finding("storage driver", worse_if(!advice.is_empty(), Health::Doubtful), driver, advice)
}

/// From 1.2.8 on three known ways out of a container are closed.
fn runc(about: &About) -> Option<DoctorFinding> {
    let version = about.runc_version.as_ref()?;
    let digits =
        |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>().unwrap_or(0);
    let parts: Vec<u32> = version.split('.').map(digits).collect();
    let old = parts.as_slice() < [1, 2, 8].as_slice();
    let advice = "Before 1.2.8 a container can break out (CVE-2025-31133, -52565, -52881): do not give containers to people you do not trust until it is updated.";
    Some(finding("runc", worse_if(old, Health::Doubtful), version, advice))
}

/// Tried, since engines differ.
fn network(facts: &MachineFacts) -> Option<DoctorFinding> {
    let reached = facts.reaches_host?;
    let found =
        if reached { "the host answers on the networks of containers" } else { "containers reach nothing outside" };
    let advice = "Services here that listen on every address answer containers, the gate and neighbours' ports included: bind them to one address, or drop traffic from BREAKFIX_SUBNETS in the firewall.";
    Some(finding("network", worse_if(reached, Health::Doubtful), found, advice))
}

fn memory(about: &About) -> DoctorFinding {
    let bytes = about.memory;
    let health = if bytes < GIB { Health::Bad } else { worse_if(bytes < 2 * GIB, Health::Doubtful) };
    let found = format!("{:.1} GiB, {} processors", gib(bytes), about.cpus);
    let advice = "An environment uses about 0.3 GiB and may use up to 1 GiB; gitlab/gitlab-ce needs 4 GiB.";
    finding("memory", health, found, advice)
}

fn disk(facts: &MachineFacts) -> Option<DoctorFinding> {
    let bytes = facts.free_disk?;
    let health = if bytes < GIB { Health::Bad } else { worse_if(bytes < 5 * GIB, Health::Doubtful) };
    let advice = "Building the images takes about 2 GiB, an environment about 0.2 GiB: make room (`docker system df`, `breakfix image prune`).";
    Some(finding("disk", health, format!("{:.1} GiB free", gib(bytes)), advice))
}

fn inotify(facts: &MachineFacts) -> Option<DoctorFinding> {
    let instances = facts.inotify_instances?;
    let advice = "Too few for dozens of environments at once: sudo sysctl fs.inotify.max_user_instances=1024";
    Some(finding(
        "inotify",
        worse_if(instances < 512, Health::Doubtful),
        format!("{instances} instances a user"),
        advice,
    ))
}

fn images(facts: &MachineFacts) -> DoctorFinding {
    let ready = facts.current_images.iter().any(|name| name == "gitlab");
    let found = if ready { "built" } else { "not built yet" };
    let advice = if facts.bootstrap {
        "The first start builds them, which takes a few minutes; `breakfix image build` does it now."
    } else {
        "The first start builds them; it needs a registry, or mmdebstrap on a Debian machine (sudo apt-get install mmdebstrap)."
    };
    finding("images", worse_if(!ready, Health::Doubtful), found, advice)
}

fn leftovers(facts: &MachineFacts) -> Option<DoctorFinding> {
    let found = format!("{} expired objects of other installations", facts.abandoned);
    let advice =
        "They use memory and disk, such as those of CI jobs that were killed; `breakfix gc --orphaned` removes them.";
    (facts.abandoned > 0).then(|| finding("leftovers", Health::Doubtful, found, advice))
}

#[allow(clippy::cast_precision_loss)] // shown with one decimal
fn gib(bytes: u64) -> f64 {
    bytes as f64 / GIB as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> MachineFacts {
        let about = About {
            product: "Docker".into(),
            version: "28.2.2".into(),
            api_version: "1.50".into(),
            address: "unix:///var/run/docker.sock".into(),
            storage_driver: "overlay2".into(),
            runc_version: Some("1.3.0".into()),
            memory: 8 * GIB,
            cpus: 4,
            data_root: "/var/lib/docker".into(),
            architecture: "x86_64".into(),
            rootless: false,
        };
        MachineFacts {
            about: Ok(about),
            found_by: "default socket".into(),
            free_disk: Some(50 * GIB),
            inotify_instances: Some(1024),
            bootstrap: true,
            reaches_host: Some(false),
            current_images: vec!["gitlab".into(), "probe".into()],
            abandoned: 0,
        }
    }

    fn complaints(facts: &MachineFacts) -> Vec<(&'static str, Health)> {
        examine(facts)
            .into_iter()
            .filter(|finding| finding.health != Health::Good)
            .map(|finding| (finding.name, finding.health))
            .collect()
    }

    #[test]
    fn a_good_machine_has_no_complaints() {
        assert_eq!(complaints(&facts()), []);
    }

    #[test]
    fn without_an_engine_the_rest_is_told() {
        let mut poor = facts();
        poor.about = Err("it cannot be reached".into());
        poor.free_disk = Some(2 * GIB);
        poor.inotify_instances = Some(128);
        poor.bootstrap = false;
        let expected = [
            ("engine", Health::Bad),
            ("disk", Health::Doubtful),
            ("inotify", Health::Doubtful),
            ("images", Health::Doubtful),
        ];
        assert_eq!(complaints(&poor), expected);
        assert_eq!(examine(&poor)[0].found, "it cannot be reached");
    }

    #[test]
    fn each_shortcoming_is_told() {
        let mut poor = facts();
        let about = poor.about.as_mut().unwrap();
        about.api_version = "1.39".into();
        about.storage_driver = "fuse-overlayfs".into();
        about.runc_version = Some("1.1.5+ds1".into());
        about.memory = GIB / 2;
        poor.free_disk = Some(2 * GIB);
        poor.inotify_instances = Some(128);
        poor.reaches_host = Some(true);
        poor.current_images.clear();
        poor.abandoned = 6;
        let expected = [
            ("engine", Health::Bad),
            ("storage driver", Health::Doubtful),
            ("runc", Health::Doubtful),
            ("network", Health::Doubtful),
            ("memory", Health::Bad),
            ("disk", Health::Doubtful),
            ("inotify", Health::Doubtful),
            ("images", Health::Doubtful),
            ("leftovers", Health::Doubtful),
        ];
        assert_eq!(complaints(&poor), expected);
    }
}

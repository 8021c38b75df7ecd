//! The footprint of a fault: the files that it changed. Pure.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::FileFacts;

/// A file or folder as a fault left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint {
    /// Absolute path in GitLab's container.
    pub path: String,
    /// Mode, owner, group and, of a file, the digest of its content.
    mark: String,
}

impl Footprint {
    /// Reads a list of entries with zero bytes between them: `d 755 0 0 /path`, `f 644 0 0 /path`, and
    /// `digest  /path` of each file. An entry that makes no sense is left out.
    #[must_use]
    pub fn parse(output: &[u8]) -> Vec<Self> {
        let entries: Vec<&str> =
            output.split(|byte| *byte == 0).filter_map(|entry| str::from_utf8(entry).ok()).collect();
        let digests: HashMap<&str, &str> = entries
            .iter()
            .filter_map(|entry| entry.split_at_checked(64))
            .filter_map(|(digest, path)| Some((path.strip_prefix("  ")?, digest)))
            .collect();
        let footprint = |entry: &&str| {
            let parts: Vec<&str> = entry.splitn(5, ' ').collect();
            let [kind, mode, uid, gid, path] = parts[..] else { return None };
            let digest = match kind {
                "d" => "-",
                "f" => digests.get(path)?,
                _ => return None,
            };
            Some(Self { path: path.into(), mark: format!("{mode} {uid} {gid} {digest}") })
        };
        entries.iter().filter_map(footprint).collect()
    }

    /// Whether it is a folder, whose content is not compared.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.mark.ends_with('-')
    }

    /// Whether the file is still as the fault left it.
    #[must_use]
    pub fn is_of(&self, facts: &FileFacts) -> bool {
        self.mark == mark(facts)
    }
}

fn mark(facts: &FileFacts) -> String {
    let digest = || Sha256::digest(&facts.content).iter().map(|byte| format!("{byte:02x}")).collect();
    let digest: String = if facts.directory { "-".into() } else { digest() };
    format!("{:o} {} {} {digest}", facts.mode, facts.uid, facts.gid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(mode: u32, directory: bool, content: &str) -> FileFacts {
        FileFacts { directory, mode, uid: 0, gid: 998, content: content.into() }
    }

    #[test]
    fn what_the_container_says_is_what_the_engine_says() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let said = format!("d 2770 0 998 /a b\0f 640 0 998 /a b/c d\0f 600 0 0 /without\0{digest}  /a b/c d\0");
        let footprints = Footprint::parse(said.as_bytes());
        let paths: Vec<&str> = footprints.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["/a b", "/a b/c d"]);
        assert!(footprints[0].is_of(&facts(0o2770, true, "")));
        assert!(footprints[1].is_of(&facts(0o640, false, "abc")));
        assert!(!footprints[1].is_of(&facts(0o640, false, "abd")));
    }

    #[test]
    fn nonsense_is_no_footprint() {
        assert_eq!(Footprint::parse(b"\0\0x 1 2 3 4\0d 755\0\xff\xfe\0"), []);
    }
}

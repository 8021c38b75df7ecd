//! A tree without problems becomes a [`Lab`]. What validation has established is not checked again: a value that
//! cannot be missing is simply taken.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::model::{
    Check, CheckId, ConfigCheck, Fault, FaultId, FileCheck, Hint, HttpCheck, InspectCheck, Lab, LabId, LabPath, Level,
    Limits, Platform, Probe, Scheme, Variable, WrongFix,
};
use crate::yaml::tree::Node;

/// Seconds a check may take where it does not say.
const TIMEOUT: u64 = 15;

/// Makes a lab of a valid tree, its text and the contents of the files it names.
pub(super) fn lab(root: &Node, text: &str, contents: BTreeMap<String, String>) -> Lab {
    Lab {
        id: LabId(string(root, "id")),
        title: string(root, "title"),
        level: level(root),
        topics: strings(root, "topics"),
        minutes: number(root, "minutes"),
        runs_on: root.list("runs_on").iter().map(platform).collect(),
        address: scheme(root, "address").unwrap_or_default(),
        limits: Limits { data_mib: root.get("limits").and_then(|limits| limits.get("data_mib")).map(to_number) },
        variables: dict(root, "variables", variable),
        seed: scripts(root, "seed"),
        faults: root.list("faults").iter().map(fault).collect(),
        hints: root.list("hints").iter().map(hint).collect(),
        checks: root.list("checks").iter().map(check).collect(),
        solution: path(root, "solution"),
        wrong_fixes: root.list("wrong_fixes").iter().map(wrong_fix).collect(),
        also_fixes: scripts(root, "also_fixes"),
        cheats: scripts(root, "cheats"),
        may_change: strings(root, "may_change"),
        ticket: path(root, "ticket"),
        debrief: path(root, "debrief"),
        digest: digest(text, &contents),
        files: contents.into_iter().map(|(path, text)| (LabPath(path), text)).collect(),
    }
}

/// Over the lab file and every file, by path; each part preceded by its length.
fn digest(text: &str, contents: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for part in std::iter::once(text).chain(contents.iter().flat_map(|(path, text)| [path.as_str(), text.as_str()])) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn string(node: &Node, key: &str) -> String {
    node.text_at(key).unwrap_or_default().to_owned()
}

fn optional(node: &Node, key: &str) -> Option<String> {
    node.text_at(key).map(str::to_owned)
}

fn strings(node: &Node, key: &str) -> Vec<String> {
    node.list(key).iter().filter_map(Node::text).map(str::to_owned).collect()
}

fn checks(node: &Node, key: &str) -> Vec<CheckId> {
    strings(node, key).into_iter().map(CheckId).collect()
}

fn path(node: &Node, key: &str) -> LabPath {
    LabPath(string(node, key))
}

/// Of a list of mappings that each name a script.
fn scripts(root: &Node, key: &str) -> Vec<LabPath> {
    root.list(key).iter().map(|item| path(item, "script")).collect()
}

fn to_number(node: &Node) -> u32 {
    node.number().and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

fn number(node: &Node, key: &str) -> u32 {
    node.get(key).map_or(0, to_number)
}

fn flag(node: &Node, key: &str) -> Option<bool> {
    node.get(key).and_then(Node::flag)
}

fn dict<T>(node: &Node, key: &str, value: impl Fn(&Node) -> T) -> BTreeMap<String, T> {
    let entries = node.get(key).map_or(&[][..], Node::entries);
    entries.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect()
}

fn level(root: &Node) -> Level {
    match root.text_at("level") {
        Some("staff") => Level::Staff,
        Some("senior") => Level::Senior,
        _ => Level::Junior,
    }
}

fn platform(node: &Node) -> Platform {
    if node.text() == Some("gitlab-ce") { Platform::GitlabCe } else { Platform::Light }
}

fn scheme(node: &Node, key: &str) -> Option<Scheme> {
    node.text_at(key).map(|scheme| if scheme == "https" { Scheme::Https } else { Scheme::Http })
}

fn variable(node: &Node) -> Variable {
    match node.get("word") {
        Some(word) => Variable::Word(u8::try_from(to_number(word)).unwrap_or_default()),
        None => Variable::Pick(node.list("pick").iter().filter_map(Node::scalar).map(str::to_owned).collect()),
    }
}

fn fault(node: &Node) -> Fault {
    Fault { id: FaultId(string(node, "id")), script: path(node, "script"), breaks: checks(node, "breaks") }
}

fn hint(node: &Node) -> Hint {
    Hint { cost: number(node, "cost"), text: string(node, "text") }
}

fn wrong_fix(node: &Node) -> WrongFix {
    WrongFix { script: path(node, "script"), still_fails: checks(node, "still_fails") }
}

fn check(node: &Node) -> Check {
    Check {
        id: CheckId(string(node, "id")),
        title: string(node, "title"),
        points: number(node, "points"),
        needs: checks(node, "needs"),
        after_restart: node.get("after").is_some(),
        timeout: Duration::from_secs(node.get("timeout").map_or(TIMEOUT, |timeout| u64::from(to_number(timeout)))),
        probe: probe(node),
    }
}

fn probe(node: &Node) -> Probe {
    if let Some(http) = node.get("http") {
        Probe::Http(http_check(http))
    } else if node.get("probe").is_some() {
        Probe::Outside(path(node, "probe"))
    } else if let Some(inspect) = node.get("inspect") {
        Probe::Inspect(InspectCheck {
            running: flag(inspect, "running"),
            file: inspect.get("file").map(file_check),
            only_root_writes: strings(inspect, "only_root_writes"),
        })
    } else if let Some(config) = node.get("config") {
        Probe::Config(config_check(config))
    } else {
        Probe::Look(path(node, "look"))
    }
}

fn http_check(node: &Node) -> HttpCheck {
    HttpCheck {
        method: optional(node, "method").unwrap_or_else(|| "GET".into()),
        path: string(node, "path"),
        scheme: scheme(node, "scheme"),
        headers: dict(node, "headers", |value| value.text().unwrap_or_default().to_owned()),
        body: optional(node, "body"),
        status: node.get("status").and_then(|status| u16::try_from(to_number(status)).ok()),
        contains: optional(node, "contains"),
        lacks: optional(node, "lacks"),
    }
}

fn config_check(node: &Node) -> ConfigCheck {
    ConfigCheck {
        setting: string(node, "setting"),
        equals: optional(node, "equals"),
        least: node.get("least").map(to_number),
        most: node.get("most").map(to_number),
    }
}

fn file_check(node: &Node) -> FileCheck {
    FileCheck {
        path: string(node, "path"),
        exists: flag(node, "exists"),
        contains: optional(node, "contains"),
        lacks: optional(node, "lacks"),
        lacks_setting: optional(node, "lacks_setting"),
        mode: node.text_at("mode").and_then(|mode| u32::from_str_radix(mode, 8).ok()),
    }
}

//! From a class file and its roster to a class without problems: no I/O but through the given reader.

use std::path::Path;

use super::format::CLASS;
use super::model::{Class, Late, Person, Policy, Work};
use super::people::{Cell, People, Row};
use super::roster;
use crate::diagnostic::{Diagnostic, Problems, Source, did_you_mean, quote, utf8};
use crate::environment::MachineLimits;
use crate::text::printable;
use crate::yaml::check::Checker;
use crate::yaml::reader;
use crate::yaml::tree::Node;

/// Reads a file that the class file names, by its path as the user can open it. What the system says otherwise.
pub type Open<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// Reads a class: all its problems, or the class and its people. `file` is how the user can open it; `labs` are the
/// names of all labs.
pub fn read(
    file: &str,
    bytes: Vec<u8>,
    labs: &[String],
    open: Open<'_>,
) -> Result<(Class, Vec<Person>), Vec<Diagnostic>> {
    let mut problems = Problems::default();
    let read = utf8(bytes, file, "class file", &mut problems)
        .and_then(|text| examine(Source { file, text: &text, what: "class" }, labs, open, &mut problems));
    read.filter(|_| problems.is_empty()).ok_or_else(|| problems.into_sorted(file))
}

fn examine(
    source: Source<'_>,
    labs: &[String],
    open: Open<'_>,
    problems: &mut Problems,
) -> Option<(Class, Vec<Person>)> {
    let root = reader::read(source, problems)?;
    Checker { source, problems, templates: Vec::new() }.check(&CLASS, &root, "class.yaml", "format: 1");
    known_labs(&root, source, labs, problems);
    title(&root, source, problems);
    late(&root, source, problems);
    cpus(&root, source, problems);
    let people = people(&root, source, open, problems);
    problems.is_empty().then(|| (class(&root), people))
}

fn known_labs(root: &Node, source: Source<'_>, labs: &[String], problems: &mut Problems) {
    let known: Vec<&str> = labs.iter().map(String::as_str).collect();
    for lab in root.list("labs").iter().chain(root.list("path")) {
        if let Some(id) = lab.text().filter(|id| !known.contains(id)) {
            problems.add(source, lab.place, format!("there is no lab {}", quote(id)), did_you_mean(id, &known));
        }
    }
}

/// It is shown on terminals and pages.
fn title(root: &Node, source: Source<'_>, problems: &mut Problems) {
    if let Some(title) = root.get("title").filter(|title| title.text().is_some_and(|text| printable(text) != text)) {
        problems.add(source, title.place, "the title holds characters that cannot be seen", "write it anew, by hand");
    }
}

fn late(root: &Node, source: Source<'_>, problems: &mut Problems) {
    let Some(late) = root.get("late") else { return };
    if root.get("minutes").is_none() {
        problems.add(source, late.place, "nothing can be late without a time", "add `minutes: 60`, or remove `late`");
    }
    match (late.text_at("policy"), late.get("percent")) {
        (Some("deduct"), None) => {
            problems.add(source, late.place, "how much is deducted is not said", "add `percent: 20`");
        }
        (Some("accept" | "refuse"), Some(percent)) => {
            let help = "remove `percent`, or write `policy: deduct`";
            problems.add(source, percent.place, "`percent` belongs to the policy `deduct`", help);
        }
        _ => {}
    }
}

/// The engine takes hundredths, and none would be without a limit.
fn cpus(root: &Node, source: Source<'_>, problems: &mut Problems) {
    let cpus = root.get("limits").and_then(|limits| limits.get("cpus"));
    if let Some(node) = cpus.filter(|node| node.decimal().is_some_and(|number| (0.0..0.1).contains(&number))) {
        problems.add(source, node.place, "a box cannot work with so little of a processor", "write at least 0.1");
    }
}

fn people(root: &Node, source: Source<'_>, open: Open<'_>, problems: &mut Problems) -> Vec<Person> {
    if let Some(roster) = root.get("roster").filter(|roster| roster.text().is_some_and(|path| !path.trim().is_empty()))
    {
        let path = roster.text().unwrap_or_default();
        let shown = Path::new(source.file).parent().unwrap_or(Path::new("")).join(path).display().to_string();
        return match open(&shown) {
            Ok(bytes) => roster::read(bytes, &shown, problems),
            Err(why) => {
                let help = "its path is relative to the class file";
                problems.add(source, roster.place, format!("the roster {} cannot be read: {why}", quote(path)), help);
                vec![]
            }
        };
    }
    let entries = root.list("trainees");
    if entries.is_empty() {
        return vec![];
    }
    People::new(source, problems).check(entries.iter().filter_map(row).collect())
}

/// One of the wrong shape has been told.
fn row(node: &Node) -> Option<Row> {
    let cell = |key| {
        let value: &Node = node.get(key)?;
        Some(Cell { text: value.scalar()?.to_owned(), place: value.place })
    };
    Some(Row { name: cell("name").filter(|cell| !cell.text.trim().is_empty())?, email: cell("email"), id: cell("id") })
}

fn class(root: &Node) -> Class {
    let text = |key| root.text_at(key).map(str::to_owned);
    let names = |key| -> Vec<String> { root.list(key).iter().filter_map(Node::text).map(str::to_owned).collect() };
    let limits = root.get("limits");
    let limit = |key| limits.and_then(|limits| limits.get(key));
    Class {
        id: text("id").unwrap_or_default(),
        title: text("title").unwrap_or_default(),
        work: if root.get("path").is_some() { Work::Path(names("path")) } else { Work::Labs(names("labs")) },
        secret: text("secret"),
        limits: MachineLimits {
            memory_mib: limit("memory_mib").and_then(number),
            cpu_percent: limit("cpus").and_then(Node::decimal).map(percent),
            processes: limit("processes").and_then(number),
            file_mib: limit("file_mib").and_then(number),
        },
        minutes: root.get("minutes").and_then(number),
        late: root.get("late").map(late_policy).unwrap_or_default(),
        listen: text("listen").and_then(|text| text.parse().ok()).unwrap_or_else(|| [127, 0, 0, 1].into()),
        address: text("address"),
        ssh: root.get("ssh").and_then(number).and_then(|port| u16::try_from(port).ok()),
        pool: root.get("pool").and_then(number).unwrap_or_default(),
    }
}

fn late_policy(node: &Node) -> Late {
    let percent = node.get("percent").and_then(number).unwrap_or_default();
    let policy = match node.text_at("policy") {
        Some("deduct") => Policy::Deduct(percent),
        Some("refuse") => Policy::Refuse,
        _ => Policy::Accept,
    };
    Late { policy, grace_minutes: node.get("grace_minutes").and_then(number).unwrap_or_default() }
}

fn number(node: &Node) -> Option<u32> {
    node.number().and_then(|number| u32::try_from(number).ok())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0.1 to 64
fn percent(cpus: f64) -> u32 {
    (cpus * 100.0).round() as u32
}

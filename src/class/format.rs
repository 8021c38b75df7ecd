//! Format 1 of class files: every key, once. Decoding, the JSON Schema and its descriptions come from here.

use std::net::IpAddr;

use serde_json::Value;

use super::model::{Class, Late, Policy, Work};
use crate::diagnostic::Place;
use crate::environment::MachineLimits;
use crate::id::{ClassId, LabId};
use crate::lab::LAB_ID;
use crate::roster::{Cell, Row};
use crate::secret::Secret;
use crate::text::printable;
use crate::yaml::Language;
use crate::yaml::collection::{Items, List, or_empty, whole};
use crate::yaml::decode::{Decoded, Spanned};
use crate::yaml::form::{Constraints, Form, Map, Record, key, map};
use crate::yaml::shape::{Choice, Decimal, Format, Located, Scalar, Text, Whole};
use crate::yaml::text::{BROKEN, Complaint, EMPTY, LINE, NAME, TextKind, fits, has_break};

/// The language of class files.
pub(super) static LANGUAGE: Language = Language { name: "class", begin: "`docs/class.md` begins with a small one" };

/// A whole class file.
pub(super) const CLASS: Map<ClassDraft> = map();

/// The JSON Schema (draft 2020-12) of `class.yaml`.
#[must_use]
pub fn schema() -> Value {
    crate::yaml::schema::schema(&CLASS, "breakfix class, format 1", "Who works on which labs, and on what terms")
}

/// A file, wherever it lies.
static FILE: TextKind<String> = TextKind::plain(r"^[^\n]*\S[^\n]*$", |text| {
    if has_break(text) { Err(BROKEN) } else { fits(text, !text.trim().is_empty(), EMPTY) }
});
/// IP address to listen on.
static IP: TextKind<IpAddr> = TextKind::plain("^[0-9a-fA-F:.]{2,45}$", |text| {
    let help = "write 0.0.0.0 for every address of this machine, 127.0.0.1 for itself alone";
    text.parse().map_err(|_| ("is not the IP address of a machine", help))
});
/// Name or IP address of a machine.
static HOST: TextKind<String> = TextKind::plain(r"^[A-Za-z0-9:.-]{1,253}$", host);
/// The secret from which values are drawn.
static SECRET: TextKind<String> = TextKind::plain(r"^\S{8,200}$", |text| {
    let good = (8..=200).contains(&text.chars().count()) && !text.contains(char::is_whitespace);
    fits(text, good, ("is not a secret", "write 8 to 200 characters without blanks, or leave it out"))
});

fn host(text: &str) -> Result<String, Complaint> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let named = !text.is_empty() && text.len() <= 253 && !text.starts_with(['-', '.']) && text.chars().all(allowed);
    let complaint = ("is not the name or address of a machine", "write it without scheme and port: lab.example.org");
    fits(text, named || text.parse::<IpAddr>().is_ok(), complaint)
}

/// A class file as it was decoded, perhaps with problems.
pub(super) struct ClassDraft {
    format: Option<()>,
    id: Option<String>,
    title: Option<String>,
    trainer: Decoded<Option<String>>,
    pub labs: Items<Spanned<LabId>>,
    pub path: Decoded<Items<Spanned<LabId>>>,
    pub roster: Option<Spanned<String>>,
    pub trainees: Items<Row>,
    secret: Decoded<Option<String>>,
    limits: Option<MachineLimits>,
    minutes: Decoded<Option<u32>>,
    late: Option<Late>,
    listen: Decoded<Option<IpAddr>>,
    address: Decoded<Option<String>>,
    ssh: Decoded<Option<u16>>,
    pool: Option<u32>,
}

const LABS: List<Located<Text<LabId>>> = List::distinct(1, Located(Text(&LAB_ID)));

impl Record for ClassDraft {
    const CONSTRAINTS: Constraints =
        Constraints { one_of: &[&["labs", "path"], &["roster", "trainees"]], ..Constraints::of("a class") };

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let draft = Self {
            format: form.required(key("format", "format: 1", "version of the class language"), Format),
            id: form.required(key("id", "id: spring", "name of the class in commands, labels and reports"), Text(&NAME)),
            title: form.required(key("title", "title: Spring training", "one line for people"), Text(&LINE)),
            trainer: form.optional(key("trainer", "trainer: Grace Hopper", "who trains, for hand-outs, reports and certificates"), Text(&LINE)),
            labs: or_empty(form.optional(key("labs", "labs: [nginx-502, disk-full]", "labs that every trainee gets at once, side by side"), LABS)),
            path: form.optional(key("path", "path: [nginx-502, disk-full]", "labs that every trainee gets one after the other"), LABS),
            roster: form.optional(key("roster", "roster: roster.csv", "CSV file or workbook with the trainees, relative to the class file"), Located(Text(&FILE))).flatten(),
            trainees: or_empty(form.optional(key("trainees", "trainees: [ { name: Ada Lovelace } ]", "the trainees, if they are few"), List::of(map()))),
            secret: form.optional(key("secret", "secret: a-long-word-of-yours", "what every trainee's seed is drawn from; default: random"), Text(&SECRET)),
            limits: or_empty(form.optional(key("limits", "limits: { memory_mib: 768, cpus: 1 }", "what each container may use"), map())),
            minutes: form.optional(key("minutes", "minutes: 60", "time a trainee has for a lab, from the hand-over"), Whole { least: 5, most: 1440 }),
            late: or_empty(form.optional(key("late", "late: { policy: deduct, percent: 20 }", "what becomes of a repair that comes after that time"), map())),
            listen: form.optional(key("listen", "listen: 0.0.0.0", "address of this machine that ports are bound to; default 127.0.0.1"), Text(&IP)),
            address: form.optional(key("address", "address: lab.example.org", "name or address by which trainees reach this machine"), Text(&HOST)),
            ssh: form.optional(key("ssh", "ssh: 2222", "port on which trainees reach their container over SSH; default: none"), Whole { least: 1, most: 65_535 }),
            pool: or_empty(form.optional(key("pool", "pool: 2", "suspended environments for late joiners"), Whole { least: 0, most: 100 })),
        };
        draft.visible(form);
        timed(form);
        Some(draft)
    }
}

/// A policy for late repairs needs a time limit.
fn timed(form: &mut Form<'_, '_, '_>) {
    if let (Some(late), None) = (form.value_place("late"), form.value_place("minutes")) {
        form.wrong(late, "nothing can be late without a time limit", "add `minutes: 60`, or remove `late`");
    }
}

impl ClassDraft {
    /// Title and trainer are shown on terminals and pages.
    fn visible(&self, form: &mut Form<'_, '_, '_>) {
        let trainer = self.trainer.as_ref().and_then(Option::as_ref);
        for (name, text) in [("title", self.title.as_ref()), ("trainer", trainer)] {
            let hidden = text.is_some_and(|text| printable(text) != *text);
            if let Some(place) = form.value_place(name).filter(|_| hidden) {
                form.wrong(place, format!("the {name} contains invisible characters"), "type it again");
            }
        }
    }

    /// The class; `None` if a part of it is missing.
    pub fn finish(self) -> Option<Class> {
        self.format?;
        let names = |labs| Some(whole(labs)?.into_iter().map(|lab: Spanned<LabId>| lab.value).collect());
        Some(Class {
            id: ClassId::new(self.id?),
            title: self.title?,
            trainer: self.trainer?,
            work: match self.path? {
                Some(path) => Work::Path(names(Some(path))?),
                None => Work::Labs(names(self.labs)?),
            },
            secret: self.secret?.map(Secret::new),
            limits: self.limits?,
            minutes: self.minutes?,
            late: self.late?,
            listen: self.listen?.unwrap_or_else(|| [127, 0, 0, 1].into()),
            address: self.address?,
            ssh: self.ssh?,
            pool: self.pool?,
        })
    }
}

impl Record for Row {
    const CONSTRAINTS: Constraints = Constraints::of("a trainee");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let name = form.required(key("name", "name: Ada Lovelace", "name, as it stands in reports"), Located(Text(&LINE)));
        let email = form.optional(key("email", "email: ada@example.org", "e-mail address, for gradebooks"), Located(Text(&LINE)));
        let id = form.optional(key("id", "id: 4711", "identifier in the learning management system"), Located(Scalar));
        let cell = |text: Spanned<String>| Cell { text: text.value, place: text.place };
        // A problem of one value must not hide a problem of another.
        Some(Self::of(cell(name?), email.flatten().map(cell), id.flatten().map(cell)))
    }
}

impl Record for MachineLimits {
    const CONSTRAINTS: Constraints = Constraints::of("`limits`");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let memory_mib = form.optional(key("memory_mib", "memory_mib: 768", "memory in MiB; default 1024"), Whole { least: 512, most: 65_536 });
        let cpus = form.optional(key("cpus", "cpus: 1.5", "processors; default: all"), Decimal { least: 0, most: 64 });
        let processes = form.optional(key("processes", "processes: 1024", "processes and threads; default 2048"), Whole { least: 256, most: 32_768 });
        let file_mib = form.optional(key("file_mib", "file_mib: 1024", "maximum size of a file in MiB; default 4096"), Whole { least: 64, most: 1_048_576 });
        if let (Some(Some(cpus)), Some(place)) = (cpus, form.value_place("cpus")) {
            enough(form, place, cpus);
        }
        Some(Self { memory_mib: memory_mib?, cpu_percent: cpus?.map(percent), processes: processes?, file_mib: file_mib? })
    }
}

/// The engine takes hundredths of a processor, and 0 would mean no limit.
fn enough(form: &mut Form<'_, '_, '_>, place: Place, cpus: f64) {
    if cpus < 0.1 {
        form.wrong(place, "a container cannot work with so little of a processor", "write at least 0.1");
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0.1 to 64
fn percent(cpus: f64) -> u32 {
    (cpus * 100.0).round() as u32
}

/// The policies for a late repair, as class files write them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Accept,
    Deduct,
    Refuse,
}

const POLICIES: Choice<Written> =
    Choice(&[("accept", Written::Accept), ("deduct", Written::Deduct), ("refuse", Written::Refuse)]);

impl Record for Late {
    const CONSTRAINTS: Constraints = Constraints::of("`late`");

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let written = form.required(key("policy", "policy: deduct", "count it, count it for less, or not at all"), POLICIES);
        let percent = form.optional(key("percent", "percent: 20", "part of the score that is deducted"), Whole { least: 1, most: 100 });
        let grace_minutes = or_empty(form.optional(key("grace_minutes", "grace_minutes: 5", "how long after the time is over a repair still is in time"), Whole { least: 0, most: 1440 }));
        let (late, given) = (form.place(), form.value_place("percent"));
        let policy = match (written?, given) {
            (Written::Accept, None) => Policy::Accept,
            (Written::Refuse, None) => Policy::Refuse,
            (Written::Deduct, Some(_)) => Policy::Deduct(percent??),
            (Written::Deduct, None) => {
                form.wrong(late, "the deduction is missing", "add `percent: 20`");
                return None;
            }
            (Written::Accept | Written::Refuse, Some(place)) => {
                let help = "remove `percent`, or write `policy: deduct`";
                form.wrong(place, "`percent` belongs to the policy `deduct`", help);
                return None;
            }
        };
        Some(Self { policy, grace_minutes: grace_minutes? })
    }
}

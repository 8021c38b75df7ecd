//! Format 1 of class files: every key, once. The validator and the JSON Schema come from here.

use serde_json::Value;

use crate::yaml::shape::{Fields, Key, Shape};
use crate::yaml::words::Text;

/// A whole class file.
pub(super) static CLASS: Shape =
    Shape::Map(&Fields { what: "a class", keys: CLASS_KEYS, one_of: &[WORK, PEOPLE], any_of: &[] });

const WORK: &[&str] = &["labs", "path"];
const PEOPLE: &[&str] = &["roster", "trainees"];
/// What becomes of a repair that comes too late.
pub(super) const POLICIES: &[&str] = &["accept", "deduct", "refuse"];

/// The JSON Schema (draft 2020-12) of `class.yaml`.
#[must_use]
pub fn schema() -> Value {
    crate::yaml::schema::schema(&CLASS, "breakfix class, format 1", "Who works on which labs, and on what terms")
}

const fn required(name: &'static str, shape: Shape, example: &'static str, doc: &'static str) -> Key {
    Key { name, required: true, shape, doc, example }
}

const fn optional(name: &'static str, shape: Shape, example: &'static str, doc: &'static str) -> Key {
    Key { name, required: false, shape, doc, example }
}

const LABS: Shape = Shape::List { of: &Shape::Text(Text::Id), least: 1, distinct: true };

#[rustfmt::skip]
const CLASS_KEYS: &[Key] = &[
    required("format", Shape::Format, "format: 1", "version of the class language"),
    required("id", Shape::Text(Text::Id), "id: spring", "name of the class in commands, labels and reports"),
    required("title", Shape::Text(Text::Line), "title: Spring training", "one line for people"),
    optional("labs", LABS, "labs: [nginx-502, disk-full]", "labs that every trainee gets at once, side by side"),
    optional("path", LABS, "path: [nginx-502, disk-full]", "labs that every trainee gets one after the other"),
    optional("roster", Shape::Text(Text::File), "roster: roster.csv", "CSV file with the trainees, relative to the class file"),
    optional("trainees", Shape::List { of: &Shape::Map(&TRAINEE), least: 1, distinct: false }, "trainees: [ { name: Ada Lovelace } ]", "the trainees, where they are few"),
    optional("secret", Shape::Text(Text::Secret), "secret: a-long-word-of-yours", "what every trainee's seed is drawn from; by chance where left out"),
    optional("limits", Shape::Map(&LIMITS), "limits: { memory_mib: 768, cpus: 1 }", "what each box may use"),
    optional("minutes", Shape::Number { least: 5, most: 1440 }, "minutes: 60", "time a trainee has for a lab, from the hand-over"),
    optional("late", Shape::Map(&LATE), "late: { policy: deduct, percent: 20 }", "what becomes of a repair that comes after that time"),
    optional("listen", Shape::Text(Text::Ip), "listen: 0.0.0.0", "address of this machine that ports are bound to; 127.0.0.1 where left out"),
    optional("address", Shape::Text(Text::Host), "address: lab.example.org", "name or address by which trainees reach this machine"),
    optional("ssh", Shape::Number { least: 1, most: 65_535 }, "ssh: 2222", "port on which trainees reach their box over SSH; nowhere where left out"),
    optional("pool", Shape::Number { least: 0, most: 100 }, "pool: 2", "environments kept asleep for late joiners"),
];

const TRAINEE: Fields = Fields {
    what: "a trainee",
    keys: &[
        required("name", Shape::Text(Text::Line), "name: Ada Lovelace", "name, as it stands in reports"),
        optional("email", Shape::Text(Text::Line), "email: ada@example.org", "e-mail address, for gradebooks"),
        optional("id", Shape::Word, "id: 4711", "identifier in the learning management system"),
    ],
    one_of: &[],
    any_of: &[],
};

const LIMITS: Fields = Fields {
    what: "`limits`",
    keys: &[
        optional(
            "memory_mib",
            Shape::Number { least: 512, most: 65_536 },
            "memory_mib: 768",
            "memory in MiB; 1024 where left out",
        ),
        optional("cpus", Shape::Decimal { least: 0, most: 64 }, "cpus: 1.5", "processors; all where left out"),
        optional(
            "processes",
            Shape::Number { least: 256, most: 32_768 },
            "processes: 1024",
            "processes and threads; 2048 where left out",
        ),
        optional(
            "file_mib",
            Shape::Number { least: 64, most: 1_048_576 },
            "file_mib: 1024",
            "what a file may grow to, in MiB; 4096 where left out",
        ),
    ],
    one_of: &[],
    any_of: &[],
};

const LATE: Fields = Fields {
    what: "`late`",
    keys: &[
        required("policy", Shape::Choice(POLICIES), "policy: deduct", "count it, count it for less, or not at all"),
        optional("percent", Shape::Number { least: 1, most: 100 }, "percent: 20", "part of the score that is deducted"),
        optional(
            "grace_minutes",
            Shape::Number { least: 0, most: 1440 },
            "grace_minutes: 5",
            "how long after the time is over a repair still is in time",
        ),
    ],
    one_of: &[],
    any_of: &[],
};

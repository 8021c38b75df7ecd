//! Format 1 of lab files: every key, once. The validator, the JSON Schema and its descriptions come from here.

use crate::yaml::shape::{Fields, Key, Shape};
use crate::yaml::words::Text;

/// Request methods of a check.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// The kinds of check, strongest first.
pub(super) const KINDS: &[&str] = &["http", "probe", "look", "config", "inspect"];

/// Numbers that a check compares a setting with.
const LARGEST_SETTING: i64 = 4_000_000_000;

/// A whole lab file.
pub(super) static LAB: Shape = Shape::Map(&Fields { what: "a lab", keys: LAB_KEYS, one_of: &[], any_of: &[] });

const fn required(name: &'static str, shape: Shape, example: &'static str, doc: &'static str) -> Key {
    Key { name, required: true, shape, doc, example }
}

const fn optional(name: &'static str, shape: Shape, example: &'static str, doc: &'static str) -> Key {
    Key { name, required: false, shape, doc, example }
}

const fn list(of: &'static Shape) -> Shape {
    Shape::List { of, least: 1, distinct: false }
}

const fn names(least: usize) -> Shape {
    Shape::List { of: &Shape::Text(Text::Id), least, distinct: true }
}

const fn map(fields: &'static Fields) -> Shape {
    Shape::Map(fields)
}

const SCRIPT: Shape = Shape::Text(Text::Script);
const TEMPLATE: Shape = Shape::Text(Text::Template);

#[rustfmt::skip]
const LAB_KEYS: &[Key] = &[
    required("format", Shape::Format, "format: 1", "version of the lab language"),
    required("id", Shape::Text(Text::Id), "id: nginx-502", "name of the lab; the same as its folder's"),
    required("title", Shape::Text(Text::Line), "title: Bad gateway after the maintenance window", "one line for lists"),
    required("level", Shape::Choice(&["junior", "senior", "staff"]), "level: junior", "whom it is for"),
    required("topics", Shape::List { of: &Shape::Text(Text::Topic), least: 1, distinct: true }, "topics: [nginx, puma]", "words to find it by"),
    required("minutes", Shape::Number { least: 5, most: 240 }, "minutes: 20", "expected time to repair; the ticket's SLA"),
    required("runs_on", Shape::List { of: &Shape::Choice(&["light", "gitlab-ce"]), least: 1, distinct: true }, "runs_on: [light]", "images it is made for"),
    optional("address", Shape::Choice(&["http", "https"]), "address: https", "how a browser reaches GitLab; `http` where left out"),
    optional("limits", map(&LIMITS), "limits: { data_mib: 300 }", "where the box may use less than usual"),
    optional("variables", Shape::Dict { key: Text::Variable, of: &Shape::Map(&VARIABLE) }, "variables: { port: { pick: [8181, 8282] } }", "values that differ from trainee to trainee; `{{port}}` in scripts, texts, hints and checks"),
    optional("seed", list(&Shape::Map(&SEED)), "seed: [ { script: seed/project.sh } ]", "scripts that prepare the healthy world, in order; run as root in the box"),
    required("faults", list(&Shape::Map(&FAULT)), "faults: [ { id: upstream-moved, script: fault.sh, breaks: [sign-in] } ]", "what breaks the world, in order"),
    required("hints", list(&Shape::Map(&HINT)), "hints: [ { cost: 5, text: \"Who listens on that socket?\" } ]", "nudges, in the order in which they are given out"),
    required("checks", list(&Shape::Map(&CHECK)), "checks: [ { id: sign-in, title: People can sign in, points: 100, http: { path: /users/sign_in, status: 200 } } ]", "what must hold once it is repaired; points add up to 100"),
    required("solution", SCRIPT, "solution: solution.sh", "the reference repair; run as root in the box by `prove`"),
    optional("also_fixes", list(&Shape::Map(&ALSO_FIX)), "also_fixes: [ { script: also/other-way.sh } ]", "other correct repairs, which must pass as well"),
    required("wrong_fixes", list(&Shape::Map(&WRONG_FIX)), "wrong_fixes: [ { script: wrong/restart-only.sh, still_fails: [sign-in] } ]", "tempting repairs that must not pass"),
    optional("cheats", list(&Shape::Map(&CHEAT)), "cheats: [ { script: cheats/fake-answers.sh } ]", "what somebody with root in the box does instead of a repair; none may score more than doing nothing"),
    optional("may_change", Shape::List { of: &Shape::Text(Text::BoxPath), least: 1, distinct: true }, "may_change: [ /opt/gitlab/embedded/bin/gitaly-hooks ]", "programs of the image, or folders of them, whose owner and mode a repair has to touch; their content stays the image's"),
    required("ticket", Shape::Text(Text::Prose), "ticket: ticket.md", "the customer's words; all that the trainee is told"),
    required("debrief", Shape::Text(Text::Prose), "debrief: debrief.md", "shown once solved: cause, evidence, prevention"),
];

const LIMITS: Fields = Fields {
    what: "`limits`",
    keys: &[optional(
        "data_mib",
        Shape::Number { least: 50, most: 102_400 },
        "data_mib: 300",
        "Size of `/var/opt/gitlab` in MiB, for labs about a full disk",
    )],
    one_of: &[],
    any_of: &[],
};

const VARIABLE: Fields = Fields {
    what: "a variable",
    keys: &[
        optional(
            "pick",
            Shape::List { of: &Shape::Word, least: 2, distinct: true },
            "pick: [8181, 8282, 9090]",
            "One of these, by the seed",
        ),
        optional(
            "word",
            Shape::Number { least: 4, most: 32 },
            "word: 8",
            "That many letters and digits, by the seed; begins with a letter",
        ),
    ],
    one_of: &[&["pick", "word"]],
    any_of: &[],
};

const SEED: Fields = Fields {
    what: "a seed",
    keys: &[required("script", SCRIPT, "script: seed/project.sh", "Script that prepares the healthy world")],
    one_of: &[],
    any_of: &[],
};

const FAULT: Fields = Fields {
    what: "a fault",
    keys: &[
        required("id", Shape::Text(Text::Id), "id: upstream-moved", "name of the fault"),
        required("script", SCRIPT, "script: fault.sh", "script that breaks the world; run as root in the box"),
        required(
            "breaks",
            names(1),
            "breaks: [sign-in]",
            "Checks that must not pass once it is in; all others must still pass",
        ),
    ],
    one_of: &[],
    any_of: &[],
};

const HINT: Fields = Fields {
    what: "a hint",
    keys: &[
        required("cost", Shape::Number { least: 0, most: 99 }, "cost: 5", "points taken off the score"),
        required("text", Shape::Text(Text::Hint), "text: \"Who listens on that socket?\"", "the nudge; a template"),
    ],
    one_of: &[],
    any_of: &[],
};

const WRONG_FIX: Fields = Fields {
    what: "a wrong fix",
    keys: &[
        required(
            "script",
            SCRIPT,
            "script: wrong/restart-only.sh",
            "Script of a repair that tempts; run as root in the box",
        ),
        required("still_fails", names(1), "still_fails: [sign-in]", "each check that fails outright after it"),
    ],
    one_of: &[],
    any_of: &[],
};

const ALSO_FIX: Fields = Fields {
    what: "another repair",
    keys: &[required(
        "script",
        SCRIPT,
        "script: also/other-way.sh",
        "Script of a correct repair; run as root in the box",
    )],
    one_of: &[],
    any_of: &[],
};

const CHEAT: Fields = Fields {
    what: "a cheat",
    keys: &[required("script", SCRIPT, "script: cheats/fake-answers.sh", "Script of a cheat; run as root in the box")],
    one_of: &[],
    any_of: &[],
};

#[rustfmt::skip]
const CHECK: Fields = Fields {
    what: "a check",
    keys: &[
        required("id", Shape::Text(Text::Id), "id: sign-in", "name of the check"),
        required("title", Shape::Text(Text::Line), "title: People can sign in", "what a trainee reads, as a fact that should hold"),
        required("points", Shape::Number { least: 1, most: 100 }, "points: 50", "its share of 100"),
        optional("needs", names(0), "needs: [sign-in]", "checks that must pass first, or this one is blocked"),
        optional("after", Shape::Choice(&["restart"]), "after: restart", "run it only after the box was restarted"),
        optional("timeout", Shape::Number { least: 1, most: 120 }, "timeout: 30", "seconds it may take; 15 where left out"),
        optional("http", map(&HTTP), "http: { path: /users/sign_in, status: 200 }", "a request from the trusted probe container"),
        optional("probe", SCRIPT, "probe: checks/nothing-lost.sh", "a script in the trusted probe container: exit 0 passes, 1 fails"),
        optional("inspect", map(&INSPECT), "inspect: { running: true }", "facts from the engine, without running anything in the box"),
        optional("look", SCRIPT, "look: checks/modes.sh", "a script in the probe container that may read the box's volumes: exit 0 passes, 1 fails"),
        optional("config", map(&CONFIG), "config: { setting: gitlab_rails.backup_keep_time, least: 86400 }", "a setting as the image's own GitLab reads it from the box's gitlab.rb"),
    ],
    one_of: &[KINDS],
    any_of: &[],
};

#[rustfmt::skip]
const HTTP: Fields = Fields {
    what: "`http`",
    keys: &[
        required("path", Shape::Text(Text::UrlPath), "path: /users/sign_in", "path of the request; a template"),
        optional("method", Shape::Choice(METHODS), "method: POST", "method; `GET` where left out"),
        optional("scheme", Shape::Choice(&["http", "https"]), "scheme: https", "the lab's `address` where left out"),
        optional("headers", Shape::Dict { key: Text::HeaderName, of: &Shape::Text(Text::HeaderValue) }, "headers: { Private-Token: \"{{root_token}}\" }", "headers of the request; values are templates"),
        optional("body", TEMPLATE, "body: \"title=x\"", "body of the request; a template"),
        optional("status", Shape::Number { least: 100, most: 599 }, "status: 200", "expected status"),
        optional("contains", TEMPLATE, "contains: Username", "text that the answer's body must hold; a template"),
        optional("lacks", TEMPLATE, "lacks: Bad Gateway", "text that the answer's body must not hold; a template"),
    ],
    one_of: &[],
    any_of: &["status", "contains", "lacks"],
};

#[rustfmt::skip]
const CONFIG: Fields = Fields {
    what: "`config`",
    keys: &[
        required("setting", Shape::Text(Text::Setting), "setting: gitlab_rails.backup_keep_time", "name of the setting in gitlab.rb, its keys with dots between them"),
        optional("equals", TEMPLATE, "equals: \"{{port}}\"", "what it must be, as text; a template"),
        optional("least", Shape::Number { least: 0, most: LARGEST_SETTING }, "least: 86400", "the smallest number that it may be"),
        optional("most", Shape::Number { least: 0, most: LARGEST_SETTING }, "most: 604800", "the largest number that it may be"),
    ],
    one_of: &[],
    any_of: &["equals", "least", "most"],
};

const INSPECT: Fields = Fields {
    what: "`inspect`",
    keys: &[
        optional("running", Shape::Bool, "running: true", "whether the box must be running"),
        optional("file", map(&FILE), "file: { path: /etc/gitlab/gitlab.rb, exists: true }", "a file of the box"),
        optional(
            "only_root_writes",
            Shape::List { of: &Shape::Text(Text::BoxPath), least: 1, distinct: true },
            "only_root_writes: [ /opt/gitlab/embedded/bin/gitaly-hooks ]",
            "files and folders that must be there, belong to root, and be writable for nobody else",
        ),
    ],
    one_of: &[],
    any_of: &["running", "file", "only_root_writes"],
};

#[rustfmt::skip]
const FILE: Fields = Fields {
    what: "`file`",
    keys: &[
        required("path", Shape::Text(Text::BoxPath), "path: /etc/gitlab/gitlab.rb", "absolute path in the box"),
        optional("exists", Shape::Bool, "exists: true", "whether it must be there"),
        optional("contains", TEMPLATE, "contains: external_url", "text it must hold; a template"),
        optional("lacks", TEMPLATE, "lacks: listen_port", "text it must not hold; a template"),
        optional("lacks_setting", TEMPLATE, "lacks_setting: StrictModes no", "words that no line may begin with, in whatever case, with whatever blanks, `=` or quotes; a template"),
        optional("mode", Shape::Text(Text::Mode), "mode: \"0640\"", "permission bits in octal, in quotes"),
    ],
    one_of: &[],
    any_of: &["exists", "contains", "lacks", "lacks_setting", "mode"],
};

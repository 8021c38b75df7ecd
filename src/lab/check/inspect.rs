//! Checks of facts that the engine knows.

use crate::lab::words::{CONTAINER_PATH, MODE, TEMPLATE};
use crate::yaml::collection::{List, or_empty, whole};
use crate::yaml::form::{Constraints, Form, Key, Record, key, map};
use crate::yaml::shape::{Flag, Text};

pub(super) const KEY: Key =
    key("inspect", "inspect: { running: true }", "facts from the engine, without running anything in the container");

/// Facts the engine knows. At least one expectation is set.
#[derive(Clone, Debug, Default)]
pub struct InspectCheck {
    /// Whether the container must be running.
    pub running: Option<bool>,
    /// A file of the container, read through the engine.
    pub file: Option<FileCheck>,
    /// Files and folders of the container that must exist, belong to root, and be writable for nobody else.
    pub only_root_writes: Vec<String>,
}

impl Record for InspectCheck {
    const CONSTRAINTS: Constraints =
        Constraints { any_of: &["running", "file", "only_root_writes"], ..Constraints::of("`inspect`") };

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let running = form.optional(key("running", "running: true", "whether the container must be running"), Flag);
        let file = form.optional(key("file", "file: { path: /etc/gitlab/gitlab.rb, exists: true }", "a file of the container"), map::<FileCheck>());
        let only_root_writes = form.optional(key("only_root_writes", "only_root_writes: [ /opt/gitlab/embedded/bin/gitaly-hooks ]", "files and folders that must be there, belong to root, and be writable for nobody else"), List::distinct(1, Text(&CONTAINER_PATH)));
        Some(Self { running: running?, file: file?, only_root_writes: whole(or_empty(only_root_writes))? })
    }
}

/// The expected state of a file of the container. At least one expectation is set.
#[derive(Clone, Debug, Default)]
pub struct FileCheck {
    /// Absolute path in the container.
    pub path: String,
    /// Whether the file must exist; implied `true` by all others.
    pub exists: Option<bool>,
    /// Text it must hold; a template.
    pub contains: Option<String>,
    /// Text it must not hold; a template.
    pub lacks: Option<String>,
    /// Words that no line may begin with, in whatever case; a template.
    pub lacks_setting: Option<String>,
    /// Permission bits, octal: `0o640`.
    pub mode: Option<u32>,
}

impl Record for FileCheck {
    const CONSTRAINTS: Constraints =
        Constraints { any_of: &["exists", "contains", "lacks", "lacks_setting", "mode"], ..Constraints::of("`file`") };

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let path = form.required(key("path", "path: /etc/gitlab/gitlab.rb", "absolute path in the container"), Text(&CONTAINER_PATH));
        let exists = form.optional(key("exists", "exists: true", "whether it must be there"), Flag);
        let contains = form.optional(key("contains", "contains: external_url", "text it must hold; a template"), Text(&TEMPLATE));
        let lacks = form.optional(key("lacks", "lacks: listen_port", "text it must not hold; a template"), Text(&TEMPLATE));
        let lacks_setting = form.optional(key("lacks_setting", "lacks_setting: StrictModes no", "words that no line may begin with, in whatever case, with whatever blanks, `=` or quotes; a template"), Text(&TEMPLATE));
        let mode = form.optional(key("mode", "mode: \"0640\"", "permission bits in octal, in quotes"), Text(&MODE));
        if exists == Some(Some(false)) {
            nothing_in_it(form);
        }
        Some(Self { path: path?, exists: exists?, contains: contains?, lacks: lacks?, lacks_setting: lacks_setting?, mode: mode? })
    }
}

fn nothing_in_it(form: &mut Form<'_, '_, '_>) {
    for key in ["contains", "lacks", "lacks_setting", "mode"] {
        if let Some(place) = form.value_place(key) {
            let message = format!("a file that must not exist cannot have `{key}`");
            form.wrong(place, message, format!("remove `exists: false` or `{key}`"));
        }
    }
}

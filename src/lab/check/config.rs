//! Checks of a setting as the image's own GitLab reads it.

use crate::lab::words::{SETTING, TEMPLATE};
use crate::yaml::form::{Constraints, Form, Key, Record, key};
use crate::yaml::shape::{Text, Whole};

pub(super) const KEY: Key = key(
    "config",
    "config: { setting: gitlab_rails.backup_keep_time, least: 86400 }",
    "a setting as the image's own GitLab reads it from the container's gitlab.rb",
);

/// The expected value of a setting. At least one expectation is set.
#[derive(Clone, Debug, Default)]
pub struct ConfigCheck {
    /// The setting's keys with dots between them: `gitlab_rails.backup_keep_time`.
    pub setting: String,
    /// The value as text; a template.
    pub equals: Option<String>,
    /// The smallest number.
    pub least: Option<u32>,
    /// The largest number.
    pub most: Option<u32>,
}

/// Numbers that a setting is compared with.
const NUMBER: Whole<u32> = Whole { least: 0, most: 4_000_000_000 };

impl Record for ConfigCheck {
    const CONSTRAINTS: Constraints =
        Constraints { any_of: &["equals", "least", "most"], ..Constraints::of("`config`") };

    #[rustfmt::skip]
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self> {
        let setting = form.required(key("setting", "setting: gitlab_rails.backup_keep_time", "name of the setting in gitlab.rb, its keys with dots between them"), Text(&SETTING));
        let equals = form.optional(key("equals", "equals: \"{{port}}\"", "what it must be, as text; a template"), Text(&TEMPLATE));
        let least = form.optional(key("least", "least: 86400", "the smallest number that it may be"), NUMBER);
        let most = form.optional(key("most", "most: 604800", "the largest number that it may be"), NUMBER);
        Some(Self { setting: setting?, equals: equals?, least: least?, most: most? })
    }
}

//! Values that every script and text may use besides the lab's own variables.

/// A value that the program supplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// The name between the braces.
    pub name: &'static str,
    /// A description for the documentation.
    pub doc: &'static str,
    /// Whether only checks have the value.
    pub checks_only: bool,
}

const fn everywhere(name: &'static str, doc: &'static str) -> BuiltIn {
    BuiltIn { name, doc, checks_only: false }
}

/// All built-in values.
pub const BUILT_INS: &[BuiltIn] = &[
    everywhere("url", "GitLab's address as the trainee opens it, without a slash at the end"),
    everywhere("host", "Name of the container on the environment's network, for probes"),
    everywhere("scheme", "`http` or `https`, as the lab's `address` says"),
    everywhere("root_password", "Password of GitLab's user root, drawn for this attempt"),
    everywhere("root_token", "Personal access token of GitLab's user root, drawn for this attempt"),
    everywhere("trainee", "Name of the trainee"),
    everywhere("attempt", "Id of the attempt"),
    BuiltIn { name: "nonce", doc: "Random for each grading, so that an answer cannot be prepared", checks_only: true },
];

/// Words that mean something to handlebars.
pub(super) const RESERVED: &[&str] = &[
    "this",
    "true",
    "false",
    "null",
    "undefined",
    "else",
    "as",
    "if",
    "unless",
    "each",
    "with",
    "lookup",
    "log",
    "raw",
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "and",
    "or",
    "not",
    "len",
];

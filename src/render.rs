//! Templates: only `{{name}}` in scripts and texts.
//!
//! They are handlebars in strict mode, restricted to plain variables: a script with loops and conditions in two languages
//! would be hard to read, and every value is plain text. `\{{` writes two literal braces. Only the program's own pages
//! use more of handlebars ([`page`]).

mod page;
mod scan;

use std::collections::BTreeMap;

use handlebars::Handlebars;

use crate::error::{Error, Result};

pub use page::page;
pub use scan::{TemplateProblem, variables_used};

/// The values of variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(pub BTreeMap<String, String>);

impl Values {
    /// Sets a value; a later value replaces an earlier one.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}

impl From<BTreeMap<String, String>> for Values {
    fn from(values: BTreeMap<String, String>) -> Self {
        Self(values)
    }
}

/// The escaping of a value in the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// As exactly one word of a shell. Always quoted, even if it need not be: a mistake in a template then shows with
    /// every value rather than with a rare one.
    Shell,
    /// As text in HTML.
    Html,
    /// As it is.
    None,
}

/// Inserts values into a template; `name` is its name in errors. Labs are validated, so a failure here is a bug of the
/// program, except for a value that no shell can hold.
pub fn render(template: &str, name: &str, values: &Values, escape: Escape) -> Result<String> {
    check(template, name, values)?;
    if escape == Escape::Shell {
        no_nul(values)?;
    }
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(match escape {
        Escape::Shell => shell_word,
        Escape::Html => handlebars::html_escape,
        Escape::None => handlebars::no_escape,
    });
    // Renders line by line: for each variable, handlebars counts all lines before it again, which is very slow in a
    // large text.
    let mut filled = String::with_capacity(template.len());
    for line in template.split_inclusive('\n') {
        if line.contains("{{") {
            let failed = |error| Error::bug(format!("could not fill in {name}")).because(error);
            filled += &handlebars.render_template(line, &values.0).map_err(failed)?;
        } else {
            filled += line;
        }
    }
    Ok(filled)
}

fn check(template: &str, name: &str, values: &Values) -> Result<()> {
    let used = variables_used(template).map_err(|problems| {
        let first = &problems[0];
        Error::bug(format!("{name}:{}:{}: {}", first.line, first.column, first.message))
    })?;
    match used.iter().find(|(used, ..)| !values.0.contains_key(used)) {
        Some((unknown, line, column)) => {
            Err(Error::bug(format!("{name}:{line}:{column}: there is no value for `{unknown}`")))
        }
        None => Ok(()),
    }
}

fn no_nul(values: &Values) -> Result<()> {
    match values.0.iter().find(|(_, value)| value.contains('\0')) {
        Some((name, _)) => Err(Error::invalid(format!("the value of `{name}` holds a NUL, which no shell can take"))),
        None => Ok(()),
    }
}

fn shell_word(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(template: &str, value: &str) -> String {
        render(template, "t", &Values::default().with("x", value), Escape::Shell).unwrap()
    }

    #[test]
    fn every_value_is_one_shell_word() {
        for value in ["", "8181", "a b", "it's", "$(reboot)", "`id`", "a\nb", "\\", "*", "'\"'", "ä {{x}}", "-n"] {
            let words = shlex::split(&shell("echo {{x}} {{ x }}", value)).unwrap();
            assert_eq!(words, ["echo", value, value]);
        }
    }

    #[test]
    fn a_real_shell_agrees() {
        let script = shell("printf %s {{x}}", "it's $HOME `id` \\ \"\n*");
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "it's $HOME `id` \\ \"\n*");
    }

    #[test]
    fn other_escapes() {
        let values = Values::default().with("x", "<b> & 'c'");
        assert_eq!(render("{{x}}", "t", &values, Escape::None).unwrap(), "<b> & 'c'");
        assert_eq!(render("{{x}}", "t", &values, Escape::Html).unwrap(), "&lt;b&gt; &amp; &#x27;c&#x27;");
    }

    #[test]
    fn the_text_around_is_kept_to_the_letter() {
        let template = "#!/bin/sh\r\n\t{{x}}  \n\n  {{x}}\n$${a[@]} }} {x} \\n \\{{x}} \\{{ \\{{{{ é\n\n";
        let expected = "#!/bin/sh\r\n\t'1'  \n\n  '1'\n$${a[@]} }} {x} \\n {{x}} {{ {{{{ é\n\n";
        assert_eq!(shell(template, "1"), expected);
    }

    #[test]
    fn an_unknown_variable_is_an_error_with_its_place() {
        let error = render("a\n b {{y}}", "seed.sh", &Values::default(), Escape::Shell).unwrap_err();
        assert_eq!(error.to_string(), "seed.sh:2:4: there is no value for `y`");
    }

    #[test]
    fn unquoted_values_are_refused() {
        let error = render("a {{{x}}}", "seed.sh", &Values::default().with("x", "1"), Escape::Shell).unwrap_err();
        assert_eq!(error.to_string(), "seed.sh:1:3: `{{{name}}}` would put a value in without quoting it");
    }

    #[test]
    fn a_nul_cannot_be_put_into_a_script() {
        let error = render("{{x}}", "t", &Values::default().with("x", "a\0"), Escape::Shell).unwrap_err();
        assert_eq!(error.to_string(), "the value of `x` holds a NUL, which no shell can take");
    }
}

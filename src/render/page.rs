//! Whole pages from the program's own templates, which may have lists and conditions; labs' templates may not.

use handlebars::Handlebars;
use serde::Serialize;

use crate::error::{Error, Result};

/// Renders the part called `name`; `parts` are templates by name, and each may include others with `{{> name}}`.
/// A value that is missing from `data` is an error (handlebars tolerates only missing conditions and lists), and every
/// value is escaped for HTML.
pub fn page(name: &str, parts: &[(&str, &str)], data: &impl Serialize) -> Result<String> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.set_prevent_indent(true);
    handlebars.register_escape_fn(handlebars::html_escape);
    let failed = |cause: &dyn std::fmt::Display| Error::bug(format!("could not fill in {name}")).because(cause);
    for (part, template) in parts {
        handlebars.register_template_string(part, template).map_err(|cause| failed(&cause))?;
    }
    handlebars.render(name, data).map_err(|cause| failed(&cause))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_put_together_and_values_escaped() {
        let parts = [("list", "{{#each names}}{{> item}}{{/each}}"), ("item", "<li title=\"{{this}}\">")];
        let html = page("list", &parts, &json!({ "names": ["a", "\"><script>'"] })).unwrap();
        assert_eq!(html, "<li title=\"a\"><li title=\"&quot;&gt;&lt;script&gt;&#x27;\">");
    }

    #[test]
    fn what_is_missing_is_an_error() {
        assert!(page("p", &[("p", "{{nobody}}")], &json!({})).is_err());
        assert!(page("p", &[("p", "{{> nowhere}}")], &json!({})).is_err());
    }
}

//! Hand-outs: one page per trainee, as HTML and as Markdown, and a page with all trainees for the trainer. No I/O.

use handlebars::{Handlebars, html_escape};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::id::{LabId, TraineeId};
use crate::text::markdown_escaped;

const PAGE_HTML: &str = include_str!("../../templates/handout/page.html.hbs");
const PAGE_MD: &str = include_str!("../../templates/handout/page.md.hbs");
const INDEX_HTML: &str = include_str!("../../templates/handout/index.html.hbs");

/// One trainee's page.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// Title of the class.
    pub class: String,
    /// The trainee's name.
    pub name: String,
    /// Name of its files.
    pub slug: TraineeId,
    /// How to ask for a hint, as a sentence.
    pub ask: String,
    /// The labs.
    pub labs: Vec<LabPage>,
}

/// One lab on a trainee's page.
#[derive(Clone, Debug, Serialize)]
pub struct LabPage {
    /// Its id.
    pub lab: LabId,
    /// One line.
    pub title: String,
    /// The customer's words, in Markdown.
    pub ticket: String,
    /// GitLab's address.
    pub url: String,
    /// Password of GitLab's `root`.
    pub password: String,
    /// How to reach a shell in the container, where trainees can.
    pub shell: Option<Shell>,
    /// When the time is over, as people read it.
    pub due: Option<String>,
    /// How many hints there are.
    pub hints: usize,
}

/// The way to a shell in a container.
#[derive(Clone, Debug, Serialize)]
pub struct Shell {
    /// What the trainee types.
    pub command: String,
    /// The password that the command asks for.
    pub password: String,
}

/// Files by name: everybody's page, and one with all of them.
pub fn handouts(class: &str, pages: &[Page]) -> Result<Vec<(String, String)>> {
    let mut files =
        vec![("index.html".into(), html(INDEX_HTML, &serde_json::json!({ "class": class, "pages": pages }))?)];
    for page in pages {
        files.push((format!("{}.html", page.slug), html(PAGE_HTML, page)?));
        files.push((format!("{}.md", page.slug), markdown(PAGE_MD, page)?));
    }
    Ok(files)
}

fn html(template: &str, data: &impl Serialize) -> Result<String> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(html_escape);
    render(&handlebars, template, data)
}

fn markdown(template: &str, data: &impl Serialize) -> Result<String> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(markdown_escaped);
    render(&handlebars, template, data)
}

fn render(handlebars: &Handlebars<'_>, template: &str, data: &impl Serialize) -> Result<String> {
    handlebars
        .render_template(template, data)
        .map_err(|cause| Error::bug("a handout cannot be written").caused_by(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(shell: Option<Shell>) -> Page {
        Page {
            class: "Spring <training>".into(),
            name: "Ada <script>alert(1)</script> *Lovelace*".into(),
            slug: "ada".into(),
            ask: "ask your trainer".into(),
            labs: vec![LabPage {
                lab: "nginx-502".into(),
                title: "Bad gateway".into(),
                ticket: "Hello,\n\n* it says **502** & nothing else".into(),
                url: "http://192.0.2.7:8080".into(),
                password: "Secret7".into(),
                due: shell.as_ref().map(|_| "15:30 UTC".into()),
                shell,
                hints: 3,
            }],
        }
    }

    fn files(shell: Option<Shell>) -> Vec<(String, String)> {
        handouts("Spring <training>", &[page(shell)]).unwrap()
    }

    #[test]
    fn names_cannot_put_anything_into_a_page() {
        let shell = Shell { command: "ssh -p 2222 ada@192.0.2.7".into(), password: "Door7".into() };
        for (name, text) in files(Some(shell)) {
            assert!(!text.contains("<script>") && !text.contains("<training>"), "{name}: {text}");
            let markdown = std::path::Path::new(&name).extension().is_some_and(|ending| ending == "md");
            assert!(!markdown || !text.contains(" *Lovelace*"), "{text}");
        }
    }

    #[test]
    fn what_there_is_stands_in_it_and_nothing_else() {
        let names: Vec<String> = files(None).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["index.html", "ada.html", "ada.md"]);
        let expected = "\
# Spring \\<training\\>

For Ada \\<script\\>alert\\(1\\)\\</script\\> \\*Lovelace\\*. Keep this page to yourself: whoever has it has your containers.

## Bad gateway

Hello,

* it says **502** & nothing else

| | |
|---|---|
| GitLab | <http://192.0.2.7:8080> |
| User | `root` |
| Password | `Secret7` |
| Hints | 3 in all, each for points: ask your trainer |
";
        assert_eq!(files(None)[2].1, expected);
    }

    #[test]
    fn a_shell_and_a_time_limit_are_told_where_there_are_any() {
        let shell = Shell { command: "ssh -p 2222 ada@192.0.2.7".into(), password: "Door7".into() };
        for (name, text) in files(Some(shell)) {
            assert!(text.contains("ssh -p 2222 ada@192.0.2.7") && text.contains("Door7"), "{name}: {text}");
            assert!(text.contains("15:30 UTC"), "{name}: {text}");
        }
    }
}

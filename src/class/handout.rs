//! Hand-outs: one page per trainee, as HTML and as Markdown, all of them in one document to print, and a page with all
//! trainees for the trainer. No I/O.

mod terms;
mod ticket;

use handlebars::Handlebars;
use serde::Serialize;

pub use terms::{hints, place, points, time};
pub use ticket::TicketText;

use crate::error::{Error, Result};
use crate::id::{LabId, TraineeId};
use crate::render;
use crate::text::markdown_escaped;

/// The pages' parts, by the names under which they include each other.
const PARTS: [(&str, &str); 6] = [
    ("style", include_str!("../../templates/handout/style.css")),
    ("head", include_str!("../../templates/handout/head.html.hbs")),
    ("sheet", include_str!("../../templates/handout/sheet.html.hbs")),
    ("page", include_str!("../../templates/handout/page.html.hbs")),
    ("print", include_str!("../../templates/handout/print.html.hbs")),
    ("index", include_str!("../../templates/handout/index.html.hbs")),
];
const PAGE_MD: &str = include_str!("../../templates/handout/page.md.hbs");

/// One trainee's page.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// Title of the class.
    pub class: String,
    /// Who trains.
    pub trainer: Option<String>,
    /// The trainee's name.
    pub name: String,
    /// The trainee's e-mail address.
    pub email: Option<String>,
    /// Name of its files.
    pub slug: TraineeId,
    /// Fingerprint of the host key that a shell's server shows, where it is known.
    pub fingerprint: Option<String>,
    /// The labs.
    pub labs: Vec<LabPage>,
}

impl Page {
    /// Name of its HTML file.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.html", self.slug)
    }
}

/// One lab on a trainee's page.
#[derive(Clone, Debug, Serialize)]
pub struct LabPage {
    /// Its id.
    pub lab: LabId,
    /// One line.
    pub title: String,
    /// The customer's words.
    pub ticket: TicketText,
    /// GitLab's address.
    pub url: String,
    /// Password of GitLab's `root`.
    pub password: String,
    /// How to reach a shell in the container, where trainees can.
    pub shell: Option<Shell>,
    /// When the time is over, as people read it.
    pub due: Option<String>,
    /// Until when it is worked on, and what follows.
    pub time: String,
    /// Its points.
    pub points: String,
    /// Its hints and their price.
    pub hints: String,
    /// Its place on the path.
    pub place: Option<String>,
}

/// The way to a shell in a container.
#[derive(Clone, Debug, Serialize)]
pub struct Shell {
    /// What the trainee types.
    pub command: String,
    /// The password that the command asks for.
    pub password: String,
}

/// Name of the page with all trainees.
pub const INDEX: &str = "index.html";
/// Name of the document with all pages.
pub const PRINT: &str = "print.html";

/// Files by name: everybody's page, and one with all trainees.
pub fn handouts(class: &str, pages: &[Page]) -> Result<Vec<(String, String)>> {
    let mut files = vec![(INDEX.into(), of_class("index", class, pages)?)];
    for page in pages {
        files.push((page.file(), render::page("page", &PARTS, page)?));
        files.push((format!("{}.md", page.slug), markdown(page)?));
    }
    Ok(files)
}

/// All pages in one document, each on a sheet of its own.
pub fn print(class: &str, pages: &[Page]) -> Result<String> {
    of_class("print", class, pages)
}

fn of_class(part: &str, class: &str, pages: &[Page]) -> Result<String> {
    render::page(part, &PARTS, &serde_json::json!({ "class": class, "pages": pages }))
}

fn markdown(page: &Page) -> Result<String> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(markdown_escaped);
    handlebars
        .render_template(PAGE_MD, page)
        .map_err(|cause| Error::bug("a hand-out cannot be written").caused_by(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(shell: Option<Shell>) -> Page {
        Page {
            class: "Spring <training>".into(),
            trainer: Some("Grace <i>Hopper".into()),
            name: "Ada <script>alert(1)</script> *Lovelace*".into(),
            email: None,
            slug: "ada".into(),
            fingerprint: shell.as_ref().map(|_| "SHA256:abc".into()),
            labs: vec![LabPage {
                lab: "nginx-502".into(),
                title: "Bad gateway".into(),
                ticket: TicketText::new("Hello,\n\n* it says **502** & nothing else".into()),
                url: "http://192.0.2.7:8080".into(),
                password: "Secret7".into(),
                due: shell.as_ref().map(|_| "15:30 UTC".into()),
                shell,
                time: "Until 15:30 UTC. A later grading does not count.".into(),
                points: "100 in all, for 4 checks".into(),
                hints: "There are 2, in this order for 5 and 10 points.".into(),
                place: Some("Lab 1 of 3. Solving it starts the next.".into()),
            }],
        }
    }

    fn over_ssh() -> Shell {
        Shell { command: "ssh -p 2222 ada@192.0.2.7".into(), password: "Door7".into() }
    }

    fn files(shell: Option<Shell>) -> Vec<(String, String)> {
        let pages = [page(shell)];
        let mut files = handouts("Spring <training>", &pages).unwrap();
        files.push((PRINT.into(), print("Spring <training>", &pages).unwrap()));
        files
    }

    #[test]
    fn names_cannot_put_anything_into_a_page() {
        for (name, text) in files(Some(over_ssh())) {
            assert!(
                !text.contains("<script>") && !text.contains("<training>") && !text.contains("<i>"),
                "{name}: {text}"
            );
            let markdown = std::path::Path::new(&name).extension().is_some_and(|ending| ending == "md");
            assert!(!markdown || !text.contains(" *Lovelace*"), "{text}");
        }
    }

    #[test]
    fn credentials_come_first_and_the_ticket_last() {
        let names: Vec<String> = files(None).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["index.html", "ada.html", "ada.md", "print.html"]);
        let expected = "\
# Spring \\<training\\>

For Ada \\<script\\>alert\\(1\\)\\</script\\> \\*Lovelace\\*. Trainer: Grace \\<i\\>Hopper.

Keep this page to yourself: whoever has it can enter your containers.

## Bad gateway

Lab 1 of 3. Solving it starts the next.

| | |
|---|---|
| Shell | `ssh -p 2222 ada@192.0.2.7` |
| Its password | `Door7` |
| Its host key | `SHA256:abc`: compare it with what ssh shows when you connect for the first time |
| GitLab | <http://192.0.2.7:8080> |
| User | `root` |
| Password | `Secret7` |
| Done | You are done when `ssh -p 2222 ada@192.0.2.7 grade` says *solved*. Grade as often as you like: the best grading counts. |
| Time | Until 15:30 UTC. A later grading does not count. |
| Points | 100 in all, for 4 checks |
| Hints | There are 2, in this order for 5 and 10 points. The same command with `hint` takes the next one. |

### The ticket

Hello,

* it says **502** & nothing else
";
        assert_eq!(files(Some(over_ssh()))[2].1, expected);
    }

    #[test]
    fn without_a_shell_the_trainer_grades() {
        for (name, text) in files(None).into_iter().filter(|(name, _)| name != INDEX) {
            assert!(text.contains("Tell your trainer when to grade"), "{name}: {text}");
            assert!(!text.contains("ssh"), "{name}: {text}");
        }
    }

    #[test]
    fn who_has_no_lab_is_told_so() {
        let idle = Page { labs: vec![], ..page(None) };
        for (name, text) in handouts("Spring", &[idle]).unwrap().into_iter().filter(|(name, _)| name != INDEX) {
            assert!(text.contains("There is no lab for you at the moment."), "{name}: {text}");
        }
    }
}

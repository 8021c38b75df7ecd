//! CSV for mail merge: a line for each trainee. No I/O.

use std::path::Path;

use super::gradebook::{cell, written};
use crate::class::handout::{LabPage, Page, Shell};

/// Columns of the table.
const HEADS: [&str; 6] = ["name", "email", "login", "link", "password", "page"];

/// Who gets which login, address and page. `folder` has the pages. Several labs are separated by semicolons.
#[must_use]
pub fn class_mail_merge(pages: &[Page], folder: &Path) -> String {
    let heads = HEADS.map(String::from).to_vec();
    let table: Vec<Vec<String>> = std::iter::once(heads).chain(pages.iter().map(|page| row(page, folder))).collect();
    written(&table)
}

fn row(page: &Page, folder: &Path) -> Vec<String> {
    let each = |of: &dyn Fn(&LabPage) -> Option<&str>| {
        let mut texts: Vec<&str> = page.labs.iter().filter_map(of).collect();
        texts.dedup();
        cell(&texts.join("; "))
    };
    let shell = |of: fn(&Shell) -> &str| each(&|lab| lab.shell.as_ref().map(of));
    vec![
        cell(&page.name),
        page.email.as_deref().map(cell).unwrap_or_default(),
        shell(|shell| &shell.command),
        each(&|lab| Some(&lab.url)),
        shell(|shell| &shell.password),
        cell(&folder.join(page.file()).display().to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::handout::TicketText;

    fn lab(name: &str, port: u16) -> LabPage {
        LabPage {
            lab: name.into(),
            title: String::new(),
            ticket: TicketText::new(String::new()),
            url: format!("http://192.0.2.7:{port}"),
            password: "Secret7".into(),
            shell: Some(Shell { command: format!("ssh -p 2222 {name}@192.0.2.7"), password: "Door7".into() }),
            due: None,
            time: String::new(),
            points: String::new(),
            hints: String::new(),
            place: None,
        }
    }

    #[test]
    fn each_trainee_has_a_line_and_no_cell_is_a_formula() {
        let page = |name: &str, slug: &str, labs| Page {
            class: "Spring".into(),
            trainer: None,
            name: name.into(),
            email: Some(format!("{slug}@example.org")),
            slug: slug.into(),
            fingerprint: None,
            labs,
        };
        let pages =
            [page("Lovelace, Ada", "ada", vec![lab("one", 8080), lab("two", 8081)]), page("=1+1", "bob", vec![])];
        let expected = "name,email,login,link,password,page\r\n\
            \"Lovelace, Ada\",ada@example.org,ssh -p 2222 one@192.0.2.7; ssh -p 2222 two@192.0.2.7,\
            http://192.0.2.7:8080; http://192.0.2.7:8081,Door7,/out/ada.html\r\n\
            '=1+1,bob@example.org,,,,/out/bob.html\r\n";
        assert_eq!(class_mail_merge(&pages, Path::new("/out")), expected);
    }
}

//! Markdown for merge requests and job logs, as GitHub and GitLab render it.

use super::{score, verdict};
use crate::grade::{CheckResult, Grade, Outcome};
use crate::text::{harmless, markdown_escaped as escaped};

/// A heading, a table of checks, the score.
#[must_use]
pub fn markdown(grade: &Grade) -> String {
    let heading = format!("### {}: {}, {}", escaped(&grade.lab), escaped(&grade.trainee), verdict(grade));
    let rows: Vec<_> = grade.checks.iter().map(row).collect();
    let table = format!("| Check | Outcome | Points | Found |\n| --- | --- | ---: | --- |\n{}", rows.join("\n"));
    format!("{heading}\n\n{table}\n\n{}**{}**\n", changed(grade), score(grade))
}

/// Changed programs, because of which no check counts as passed.
fn changed(grade: &Grade) -> String {
    let found: String = grade.integrity.iter().map(|finding| format!("- {}\n", code(&finding.sentence()))).collect();
    if found.is_empty() { found } else { format!("No check counts while this is so:\n\n{found}\n") }
}

fn row(check: &CheckResult) -> String {
    let (outcome, earned) = match check.outcome {
        Outcome::Pass => ("pass", check.points),
        Outcome::Fail => ("**fail**", 0),
        Outcome::Error => ("could not run", 0),
        Outcome::Blocked => ("blocked", 0),
    };
    let title = escaped(&check.title);
    format!("| {title} | {outcome} | {earned}/{} | {} |", check.points, code(&check.message))
}

/// Inline code: mentions, links, quick actions and tags have no effect in it.
pub(super) fn code(text: &str) -> String {
    let text = harmless(text).replace('\n', " ").replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if text.trim().is_empty() { String::new() } else { format!("{fence} {text} {fence}") }
}

/// A code block.
pub(super) fn fenced(text: &str) -> String {
    let text = harmless(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn nothing_in_it_breaks_the_table() {
        let expected = "\
### nginx-502: ada, incomplete

| Check | Outcome | Points | Found |
| --- | --- | ---: | --- |
| People can sign in again | pass | 40/40 |  |
| The \\<b\\>banner\\</b\\> \\| is \\*gone\\* | **fail** | 0/30 | `` got <&>]]> `x` \\| y `` |
| It survives a restart | could not run | 0/20 | ` no answer within 10 s ` |
| People can clone | blocked | 0/10 | ` needs sign-in ` |

**35 of 100 points (40 less 5 for hints)**
";
        assert_eq!(markdown(&example::grade()), expected);
    }
}

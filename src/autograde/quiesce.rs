//! After a submission has ended: what it left running outside of the supervised services ends as well.
//!
//! Supervised is what lives below the processes that the container's first one had as children before the submission came.
//! Our own shell does the work inside; the engine, which nothing in the container can lie to, says whether it is done.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::app::App;
use crate::engine::Process;
use crate::environment::{Environment, Toolbox};
use crate::error::{Context, Result};
use crate::text::clean_line;

const PROCESSES: &str = include_str!("../../templates/autograde/processes.sh");
const SUPERVISED: &str = include_str!("../../templates/autograde/supervised.sh");
const QUIESCE: &str = include_str!("../../templates/autograde/quiesce.sh");
/// How long ending everything may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Looks at the engine's list, and the time between them: a process that was ended is listed until it is reaped.
const LOOKS: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(100);
/// Names that are told.
const NAMES: usize = 8;

/// What is supervised, as seen from inside and by the engine.
pub(super) struct Supervised {
    inside: Vec<String>,
    outside: BTreeSet<u32>,
}

/// What became of the strays.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Quiet {
    /// All gone; the names of those that had to be ended.
    Yes(Vec<String>),
    /// Something cannot be ended.
    No,
}

impl Supervised {
    /// Looks before the submission comes.
    pub async fn look(app: &App, environment: &Environment) -> Result<Self> {
        let tools = Toolbox::bring(app, environment).await?;
        let output = tools.run_alone(format!("{PROCESSES}{SUPERVISED}"), LIMIT).await;
        let output = output.context(|| "the container's processes cannot be listed".into())?;
        tools.remove().await?;
        Ok(Self { inside: pairs(&output.stdout), outside: children(&listed(app, environment).await?) })
    }

    /// Ends everything else. What cannot be done here is no error: the container is then restarted.
    pub async fn restore(&self, app: &App, environment: &Environment, folder: &str) -> Quiet {
        let Ok(ended) = self.end_strays(app, environment, folder).await else { return Quiet::No };
        for _ in 0..LOOKS {
            match listed(app, environment).await {
                Ok(listing) if listing.strays(&self.outside).is_empty() => return Quiet::Yes(ended),
                Ok(_) => tokio::time::sleep(BETWEEN).await,
                Err(_) => return Quiet::No,
            }
        }
        Quiet::No
    }

    async fn end_strays(&self, app: &App, environment: &Environment, folder: &str) -> Result<Vec<String>> {
        let tools = Toolbox::bring(app, environment).await?;
        let script = format!("known='{}'\nrm -rf {folder}\n{PROCESSES}{QUIESCE}", self.inside.join(" "));
        let output = tools.run_alone(script, LIMIT).await.context(|| "processes cannot be ended".into())?;
        tools.remove().await?;
        if output.exit_code != 0 {
            return Err(crate::error::Error::environment("processes cannot be ended"));
        }
        Ok(names(&output.stdout))
    }
}

/// `number:start` pairs of digits, and nothing else.
fn pairs(output: &[u8]) -> Vec<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_pair = |word: &&str| word.split_once(':').is_some_and(|(number, start)| digits(number) && digits(start));
    String::from_utf8_lossy(output).split_whitespace().filter(is_pair).map(String::from).collect()
}

/// Each name once, in alphabetical order, with a word about those left out.
fn names(output: &[u8]) -> Vec<String> {
    let all: BTreeSet<String> = String::from_utf8_lossy(output).lines().map(clean_line).collect();
    let more = all.len().saturating_sub(NAMES);
    let named = all.into_iter().filter(|name| !name.is_empty()).take(NAMES);
    named.chain((more > 0).then(|| format!("{more} more"))).collect()
}

/// The container's processes as the engine sees them.
struct Listing {
    init: u32,
    processes: Vec<Process>,
}

async fn listed(app: &App, environment: &Environment) -> Result<Listing> {
    let name = environment.gitlab();
    let unseen = || "the container's processes cannot be listed".to_string();
    let facts = app.engine.inspect(&name).await.context(unseen)?;
    let processes = app.engine.processes(&name).await.context(unseen)?;
    Ok(Listing { init: facts.init.unwrap_or_default(), processes })
}

fn children(listing: &Listing) -> BTreeSet<u32> {
    let below = listing.processes.iter().filter(|process| process.parent == listing.init);
    below.map(|process| process.number).collect()
}

impl Listing {
    fn strays(&self, known: &BTreeSet<u32>) -> Vec<u32> {
        let numbers = self.processes.iter().map(|process| process.number);
        numbers.filter(|number| self.is_stray(*number, known)).collect()
    }

    /// Follows its parents. A program that the engine started has one outside of the container.
    fn is_stray(&self, mut number: u32, known: &BTreeSet<u32>) -> bool {
        for _ in &self.processes {
            if number == self.init || known.contains(&number) {
                return false;
            }
            match self.processes.iter().find(|process| process.number == number) {
                Some(process) if process.parent == self.init => return true,
                Some(process) => number = process.parent,
                None => return true,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(pairs: &[(u32, u32)]) -> Listing {
        let processes =
            pairs.iter().map(|&(number, parent)| Process { number, parent, ..Process::default() }).collect();
        Listing { init: 100, processes }
    }

    #[test]
    fn what_lives_below_a_known_child_is_supervised() {
        let before = listing(&[(100, 7), (101, 100), (102, 101)]);
        let known = children(&before);
        assert_eq!(known, BTreeSet::from([101]));
        let after = listing(&[(100, 7), (101, 100), (110, 101), (111, 110)]);
        assert_eq!(after.strays(&known), [0; 0]);
    }

    #[test]
    fn a_new_child_of_the_first_process_and_a_program_of_the_engine_are_strays_with_all_below() {
        let after = listing(&[(100, 7), (101, 100), (120, 100), (121, 120), (130, 9), (131, 130)]);
        assert_eq!(after.strays(&BTreeSet::from([101])), [120, 121, 130, 131]);
    }

    #[test]
    fn only_pairs_of_numbers_reach_the_script() {
        assert_eq!(pairs(b"12:345\n$(x):1 7: :8 1:2:3 '9:1'\n13:99"), ["12:345", "13:99"]);
    }

    #[test]
    fn names_are_few_and_clean() {
        assert_eq!(names(b"nc\nevil\x1b[31m\nnc\n"), ["evil", "nc"]);
        let many: String = (10..30).map(|number| format!("p{number}\n")).collect();
        assert_eq!(names(many.as_bytes()).last().unwrap(), "12 more");
    }
}

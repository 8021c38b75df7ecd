//! Ends processes that a submission has left running outside of the supervised services.
//!
//! A process is supervised if it descends from a process that was a child of the container's init before the submission
//! ran. A trusted shell ends the others from inside of the container, and the engine's process list, which nothing in the
//! container can forge, shows whether they are gone.

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
/// Time limit for ending all leftover processes.
const LIMIT: Duration = Duration::from_secs(30);
/// Number of queries of the engine's process list, and the interval between them: a process is listed until it is reaped.
const POLLS: u32 = 10;
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Largest number of names in a note.
const NAMES: usize = 8;

/// The supervised processes, by their numbers inside and outside of the container.
pub(super) struct Supervised {
    inside: Vec<String>,
    outside: BTreeSet<u32>,
}

/// Outcome for the leftover processes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Leftovers {
    /// None is left; the names of those that were ended.
    Ended(Vec<String>),
    /// At least one could not be ended.
    Remaining,
}

impl Supervised {
    /// Lists the supervised processes before the submission runs.
    pub async fn look(app: &App, environment: &Environment) -> Result<Self> {
        let tools = Toolbox::bring(app, environment).await?;
        let output = tools.run_alone(format!("{PROCESSES}{SUPERVISED}"), LIMIT).await;
        let output = output.context(|| "the container's processes cannot be listed".into())?;
        tools.remove().await?;
        Ok(Self { inside: pairs(&output.stdout), outside: children(&listed(app, environment).await?) })
    }

    /// Ends all other processes. A failure is not an error: the container is then restarted.
    pub async fn restore(&self, app: &App, environment: &Environment, folder: &str) -> Leftovers {
        let Ok(ended) = self.end_leftovers(app, environment, folder).await else { return Leftovers::Remaining };
        for _ in 0..POLLS {
            match listed(app, environment).await {
                Ok(listing) if listing.leftovers(&self.outside).is_empty() => return Leftovers::Ended(ended),
                Ok(_) => tokio::time::sleep(POLL_INTERVAL).await,
                Err(_) => return Leftovers::Remaining,
            }
        }
        Leftovers::Remaining
    }

    async fn end_leftovers(&self, app: &App, environment: &Environment, folder: &str) -> Result<Vec<String>> {
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

/// Parses pairs of process number and start time, and drops everything else.
fn pairs(output: &[u8]) -> Vec<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_pair = |word: &&str| word.split_once(':').is_some_and(|(number, start)| digits(number) && digits(start));
    String::from_utf8_lossy(output).split_whitespace().filter(is_pair).map(String::from).collect()
}

/// Distinct names in alphabetical order, and the number of omitted ones.
fn names(output: &[u8]) -> Vec<String> {
    let all: BTreeSet<String> = String::from_utf8_lossy(output).lines().map(clean_line).collect();
    let more = all.len().saturating_sub(NAMES);
    let named = all.into_iter().filter(|name| !name.is_empty()).take(NAMES);
    named.chain((more > 0).then(|| format!("{more} more"))).collect()
}

/// The processes of the container in the engine's list.
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
    fn leftovers(&self, known: &BTreeSet<u32>) -> Vec<u32> {
        let numbers = self.processes.iter().map(|process| process.number);
        numbers.filter(|number| self.is_leftover(*number, known)).collect()
    }

    /// Follows the parents of a process. The parent of a program that the engine started is outside of the container.
    fn is_leftover(&self, mut number: u32, known: &BTreeSet<u32>) -> bool {
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
    fn descendants_of_a_known_child_are_supervised() {
        let before = listing(&[(100, 7), (101, 100), (102, 101)]);
        let known = children(&before);
        assert_eq!(known, BTreeSet::from([101]));
        let after = listing(&[(100, 7), (101, 100), (110, 101), (111, 110)]);
        assert_eq!(after.leftovers(&known), [0; 0]);
    }

    #[test]
    fn new_children_of_init_and_programs_of_the_engine_are_leftovers_with_their_descendants() {
        let after = listing(&[(100, 7), (101, 100), (120, 100), (121, 120), (130, 9), (131, 130)]);
        assert_eq!(after.leftovers(&BTreeSet::from([101])), [120, 121, 130, 131]);
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

//! Text and numbers for the page.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::class::results::TraineeResults;
use crate::grade::Outcome;
use crate::text::printable;
pub use crate::text::{count, duration};

/// Text from a roster, a lab or a container, in one line.
pub fn line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A position on an axis in percent of the width, for SVG.
pub fn percent(part: f64, whole: f64) -> String {
    let share = if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    format!("{:.2}%", share * 100.0)
}

/// The median; between two numbers, their mean rounded down.
pub fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(lower + (upper - lower) / 2)
}

/// The median, in whole seconds.
pub fn median_time(times: impl Iterator<Item = SignedDuration>) -> Option<SignedDuration> {
    median(times.map(|time| time.as_secs()).collect()).map(SignedDuration::from_secs)
}

/// Trainees' names in roster order. Equal names are followed by identifier, e-mail address or slug.
pub fn names(trainees: &[TraineeResults]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for trainee in trainees {
        *seen.entry(&trainee.name).or_default() += 1;
    }
    let name = |trainee: &TraineeResults| {
        if seen[trainee.name.as_str()] == 1 {
            return line(&trainee.name);
        }
        let mark = trainee.id.as_deref().or(trainee.email.as_deref()).unwrap_or(&trainee.slug);
        format!("{} ({})", line(&trainee.name), line(mark))
    };
    trainees.iter().map(name).collect()
}

/// Text for a check's outcome.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "passed",
        Outcome::Fail => "failed",
        Outcome::Error => "could not be run",
        Outcome::Blocked => "blocked",
    }
}

/// CSS class of an outcome.
pub fn style(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Error => "error",
        Outcome::Blocked => "blocked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_short_as_their_size_allows() {
        let texts = [0, 45, 60, 719, 3600, 3900, 172_800, 183_600].map(|s| duration(SignedDuration::from_secs(s)));
        assert_eq!(texts, ["0 s", "45 s", "1 min", "11 min", "1 h 00 min", "1 h 05 min", "2 d 00 h", "2 d 03 h"]);
    }

    #[test]
    fn nothing_leaves_its_axis() {
        assert_eq!([percent(1.0, 3.0), percent(4.0, 3.0), percent(1.0, 0.0)], ["33.33%", "100.00%", "0.00%"]);
    }

    #[test]
    fn the_middle_one_is_the_median() {
        assert_eq!((median(vec![3, 1, 2]), median(vec![40, 10]), median(vec![])), (Some(2), Some(25), None));
    }
}

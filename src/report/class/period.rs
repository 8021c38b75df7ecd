//! When a class was held.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use super::words::duration;
use crate::class::results::{AttemptResults, Phase, Results};

/// The days and hours of a class, and how long it took; empty if nothing was started.
pub fn period(results: &Results, zone: &TimeZone) -> String {
    let Some(from) = begin(results) else { return String::new() };
    let to = end(results).max(from);
    let (begin, end) = (from.to_zoned_datetime(zone.clone()), to.to_zoned_datetime(zone.clone()));
    let took = duration(to.duration_since(from));
    match results.phase {
        Phase::Running => format!("since {}, for {took} so far", begin.strftime("%-d %B %Y, %H:%M %Z")),
        Phase::Over => format!("{}, {took}", span(&begin, &end)),
    }
}

/// The days on which a class was held.
pub fn days(results: &Results, zone: &TimeZone) -> String {
    let from = begin(results).unwrap_or(results.generated);
    let (begin, end) = (from.to_zoned_datetime(zone.clone()), end(results).max(from).to_zoned_datetime(zone.clone()));
    let (first, last) = (begin.strftime("%-d %B %Y").to_string(), end.strftime("%-d %B %Y").to_string());
    if first == last { first } else { format!("{first} to {last}") }
}

fn span(begin: &ZonedDateTime, end: &ZonedDateTime) -> String {
    let same_day = begin.date() == end.date();
    let to = end.strftime(if same_day { "%H:%M %Z" } else { "%-d %B %Y, %H:%M %Z" });
    format!("{} to {to}", begin.strftime("%-d %B %Y, %H:%M"))
}

fn attempts(results: &Results) -> impl Iterator<Item = &AttemptResults> {
    results.trainees.iter().flat_map(|trainee| &trainee.attempts)
}

fn begin(results: &Results) -> Option<Timestamp> {
    results.started.or_else(|| attempts(results).map(|attempt| attempt.started).min())
}

/// The last thing that happened in a class that is over.
fn end(results: &Results) -> Timestamp {
    let happened = attempts(results).flat_map(|attempt| attempt.timeline.iter().map(|event| event.at));
    let graded = attempts(results).flat_map(|attempt| attempt.gradings.iter().map(|one| one.grade.at));
    let last = happened.chain(graded).max().filter(|_| results.phase == Phase::Over);
    last.unwrap_or(results.generated)
}

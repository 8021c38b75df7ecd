//! When each attempt was started, handed over, helped along, graded and solved.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::times::Tick;
use super::words::{count, duration, line, names, percent};
use crate::attempt::State;
use crate::class::results::{AttemptResults, Results, TraineeResults};

/// The plot: everybody on one axis.
#[derive(Serialize)]
pub struct Timeline {
    zone: String,
    ticks: Vec<Tick>,
    rows: Vec<TimelineRow>,
    /// Whether it takes more than a sheet of paper.
    long: bool,
}

#[derive(Serialize)]
struct TimelineRow {
    name: String,
    /// Pixels.
    height: usize,
    lanes: Vec<Lane>,
}

/// One attempt.
#[derive(Serialize)]
struct Lane {
    description: String,
    /// Pixels from the top to its bar.
    y: usize,
    /// Pixels from the top to its middle.
    middle: usize,
    making: Span,
    working: Option<Span>,
    hints: Vec<Mark>,
    gradings: Vec<Mark>,
    solved: Option<Mark>,
}

#[derive(Serialize)]
struct Span {
    x: String,
    width: String,
}

#[derive(Serialize)]
struct Mark {
    x: String,
    y: usize,
}

/// Pixels an attempt.
const LANE: usize = 18;
/// Pixels of all rows that fit on a sheet of paper.
const SHEET: usize = 100 * LANE;

/// From the first start to the last thing that happened.
struct Axis {
    from: Timestamp,
    length: f64,
}

impl Axis {
    fn at(&self, time: Timestamp) -> String {
        percent(time.duration_since(self.from).as_secs_f64(), self.length)
    }

    fn span(&self, from: Timestamp, to: Timestamp) -> Span {
        Span { x: self.at(from), width: percent(to.duration_since(from).as_secs_f64(), self.length) }
    }
}

/// Plots the timeline; `None` if nothing was started.
pub fn timeline(results: &Results, zone: &TimeZone) -> Option<Timeline> {
    let attempts = || results.trainees.iter().flat_map(|trainee| &trainee.attempts);
    let from = attempts().map(|attempt| attempt.started).min()?;
    let to = attempts().map(|attempt| end(attempt, results.generated)).max()?;
    let axis = Axis { from, length: to.duration_since(from).as_secs_f64().max(60.0) };
    let trainees = results.trainees.iter().zip(names(&results.trainees));
    let rows: Vec<TimelineRow> = trainees.map(|(trainee, name)| row(trainee, name, results, &axis)).collect();
    let long = rows.iter().map(|row| row.height).sum::<usize>() > SHEET;
    let name = from.to_zoned_datetime(zone.clone()).strftime("%Z").to_string();
    Some(Timeline { zone: name, ticks: ticks(&axis, zone), rows, long })
}

/// Time of the last event of an attempt; a running attempt lasts until now.
fn end(attempt: &AttemptResults, now: Timestamp) -> Timestamp {
    let latest = attempt.timeline.iter().map(|event| event.at).chain(attempt.last().map(|last| last.grade.at)).max();
    let runs = !matches!(attempt.state, State::Stopped | State::Failed);
    if runs { now.max(attempt.started) } else { latest.unwrap_or(attempt.started).max(attempt.started) }
}

fn row(trainee: &TraineeResults, name: String, results: &Results, axis: &Axis) -> TimelineRow {
    let spans: Vec<_> =
        trainee.attempts.iter().map(|attempt| (attempt.started, end(attempt, results.generated))).collect();
    let places = side_by_side(&spans);
    let height = places.iter().max().map_or(1, |last| last + 1) * LANE;
    let lanes = places.into_iter().zip(&trainee.attempts);
    TimelineRow { name, height, lanes: lanes.map(|(place, attempt)| lane(place, attempt, results, axis)).collect() }
}

/// The lane of each attempt: attempts that follow each other, as on a path, share one.
fn side_by_side(spans: &[(Timestamp, Timestamp)]) -> Vec<usize> {
    let mut ends: Vec<Timestamp> = vec![];
    let place = |(from, to): &(Timestamp, Timestamp)| {
        let free = ends.iter().position(|end| end <= from).unwrap_or(ends.len());
        match ends.get_mut(free) {
            Some(end) => *end = *to,
            None => ends.push(*to),
        }
        free
    };
    spans.iter().map(place).collect()
}

fn lane(index: usize, attempt: &AttemptResults, results: &Results, axis: &Axis) -> Lane {
    let (y, end) = (index * LANE + 4, end(attempt, results.generated));
    let middle = y + 5;
    let mark = |time: Timestamp| Mark { x: axis.at(time), y: middle };
    let gradings = attempt.gradings.iter().map(|one| one.grade.at).filter(|at| Some(*at) != attempt.solved_at);
    Lane {
        description: description(attempt, results),
        y,
        middle,
        making: axis.span(attempt.started, attempt.handed_over.unwrap_or(end)),
        working: attempt.handed_over.map(|from| axis.span(from, attempt.solved_at.unwrap_or(end).max(from))),
        hints: attempt.hints().map(mark).collect(),
        gradings: gradings.map(mark).collect(),
        solved: attempt.solved_at.map(mark),
    }
}

fn description(attempt: &AttemptResults, results: &Results) -> String {
    let lab = results.labs.iter().find(|lab| lab.id == attempt.lab);
    let title = line(lab.map_or(attempt.lab.as_str(), |lab| &lab.title));
    let solved = match (attempt.time_to_solve(), attempt.problem.as_deref(), attempt.handed_over) {
        (Some(time), ..) => format!("solved after {}", duration(time)),
        (None, Some(problem), _) => format!("environment: {}", line(problem)),
        (None, None, Some(_)) => "not solved".into(),
        (None, None, None) => "not handed over".into(),
    };
    let (hints, gradings) = (count(attempt.hints_taken, "hint"), count(attempt.tries(), "grading"));
    format!("{title}: {solved}, {hints}, {gradings}")
}

fn ticks(axis: &Axis, zone: &TimeZone) -> Vec<Tick> {
    let minutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080, 40320];
    let step = minutes.into_iter().find(|step| axis.length / (f64::from(*step) * 60.0) <= 6.0).unwrap_or(525_600);
    let format = if axis.length > 86_400.0 { "%-d %b %H:%M" } else { "%H:%M" };
    let step = SignedDuration::from_mins(i64::from(step));
    let first = first_tick(axis.from, step, zone);
    let times = std::iter::successors(Some(first), |time| time.checked_add(step).ok());
    let inside = times.take_while(|time| time.duration_since(axis.from).as_secs_f64() <= axis.length);
    let place = |time: Timestamp| time.duration_since(axis.from).as_secs_f64() / axis.length;
    let tick = |time: Timestamp| Tick {
        x: axis.at(time),
        label: time.to_zoned_datetime(zone.clone()).strftime(format).to_string(),
        anchor: if place(time) < 0.05 {
            "start"
        } else if place(time) > 0.95 {
            "end"
        } else {
            "middle"
        },
    };
    inside.map(tick).collect()
}

/// The first round time of day at or after `from`, as clocks of the zone show it.
fn first_tick(from: Timestamp, step: SignedDuration, zone: &TimeZone) -> Timestamp {
    let offset = i64::from(zone.to_offset(from).seconds());
    let local = from.as_second() + offset;
    let rest = local.rem_euclid(step.as_secs());
    let round = if rest == 0 { local } else { local - rest + step.as_secs() };
    Timestamp::from_second(round - offset).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_share_a_lane_unless_they_overlap() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let places = |spans: &[(i64, i64)]| {
            side_by_side(&spans.iter().map(|(from, to)| (at(*from), at(*to))).collect::<Vec<_>>())
        };
        assert_eq!(places(&[(0, 5), (5, 9), (9, 12)]), [0, 0, 0]);
        assert_eq!(places(&[(0, 5), (1, 9), (6, 12), (7, 8)]), [0, 1, 0, 2]);
        assert_eq!(places(&[]), [0; 0]);
    }
}

//! The plot of the time to solve each lab: one dot for each trainee on an axis in minutes.

use jiff::SignedDuration;
use serde::Serialize;

use super::words::{count, duration, line, median_time, names, percent};
use crate::class::results::{LabFacts, Results};

/// One lab's plot.
#[derive(Serialize)]
pub struct Times {
    lab: String,
    description: String,
    /// Pixels.
    height: u32,
    /// Pixels from the top to the axis.
    floor: u32,
    dots: Vec<Dot>,
    ticks: Vec<Tick>,
    expected: String,
    expected_minutes: u32,
    median: Option<String>,
}

#[derive(Serialize)]
struct Dot {
    x: String,
    y: u32,
    description: String,
}

/// A number under an axis.
#[derive(Serialize)]
pub struct Tick {
    /// Position in percent of the width.
    pub x: String,
    /// Text of the label.
    pub label: String,
    /// SVG `text-anchor`: `start`, `middle` or `end`. Keeps the outermost labels on the page.
    pub anchor: &'static str,
}

/// Dots that are closer than this, as a fraction of the axis, are stacked.
const COLUMNS: f64 = 40.0;
/// Tallest stack of dots, in pixels.
const TALLEST: u32 = 150;
/// Space below the axis, in pixels.
const FOOT: u32 = 22;
/// Space above the dots for the labels of the lines, in pixels.
const HEAD: u32 = 18;

/// Plots the times of each lab.
pub fn times(results: &Results) -> Vec<Times> {
    results.labs.iter().map(|lab| plot(lab, results)).collect()
}

fn plot(lab: &LabFacts, results: &Results) -> Times {
    let mut solved: Vec<(SignedDuration, String)> = results
        .trainees
        .iter()
        .zip(names(&results.trainees))
        .filter_map(|(trainee, name)| Some((trainee.counted(&lab.id)?.time_to_solve()?, name)))
        .collect();
    solved.sort();
    let expected = SignedDuration::from_mins(i64::from(lab.minutes));
    let longest = solved.last().map_or(expected, |(time, _)| expected.max(*time));
    let (end, step) = axis(longest);
    let (stacks, step_y) = stacked(&solved, end);
    let tallest = stacks.iter().map(|(_, level)| level + 1).max().unwrap_or(1);
    let floor = HEAD + tallest * step_y + 4;
    let dots = solved.iter().zip(stacks).map(|((time, name), (x, level))| Dot {
        x,
        y: floor - 8 - level * step_y,
        description: format!("{name}: {}", duration(*time)),
    });
    let middle = median_time(solved.iter().map(|(time, _)| *time));
    Times {
        lab: line(&lab.title),
        description: description(solved.len(), results.trainees.len(), middle, lab.minutes),
        height: floor + FOOT,
        floor,
        dots: dots.collect(),
        ticks: ticks(end, step),
        expected: percent(expected.as_secs_f64(), end),
        expected_minutes: lab.minutes,
        median: middle.map(|time| percent(time.as_secs_f64(), end)),
    }
}

fn description(solved: usize, of: usize, middle: Option<SignedDuration>, expected: u32) -> String {
    match middle {
        None => format!("Nobody has solved it yet; expected {expected} min."),
        Some(middle) => format!(
            "{} of {} solved it; median {}, expected {expected} min.",
            solved,
            count(of, "trainee"),
            duration(middle)
        ),
    }
}

/// End of the axis and distance of its ticks, in seconds: at most seven ticks.
fn axis(longest: SignedDuration) -> (f64, u32) {
    let minutes = longest.as_secs_f64() / 60.0;
    let steps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080];
    let step = steps.into_iter().find(|step| minutes / f64::from(*step) <= 6.0).unwrap_or(40320);
    (f64::from(step * 60) * (minutes / f64::from(step)).ceil().max(1.0), step)
}

fn ticks(end: f64, step: u32) -> Vec<Tick> {
    let at = |number: u32| f64::from(number * step * 60);
    let numbers = (0..=8).filter(|number| at(*number) <= end);
    let label = |minutes: u32| duration(SignedDuration::from_mins(i64::from(minutes)));
    let tick = |number: u32| Tick {
        x: percent(at(number), end),
        label: if number == 0 { "0".into() } else { label(number * step) },
        anchor: if number == 0 {
            "start"
        } else if at(number) >= end {
            "end"
        } else {
            "middle"
        },
    };
    numbers.map(tick).collect()
}

/// The position of each dot on the axis and its level, and the distance of two levels in pixels.
fn stacked(solved: &[(SignedDuration, String)], end: f64) -> (Vec<(String, u32)>, u32) {
    let column = |time: SignedDuration| (time.as_secs_f64() / end * COLUMNS).round();
    let mut places: Vec<(String, u32)> = Vec::new();
    let (mut last, mut level) = (-1.0, 0);
    for (time, _) in solved {
        let here = column(*time);
        #[allow(clippy::float_cmp)] // both are whole numbers
        let same = here == last;
        level = if same { level + 1 } else { 0 };
        last = here;
        places.push((percent(here.clamp(0.5, COLUMNS - 0.5), COLUMNS), level));
    }
    let tallest = places.iter().map(|(_, level)| level + 1).max().unwrap_or(1);
    (places, (TALLEST / tallest).clamp(3, 12))
}

//! One page that holds everything it needs: no script, no font, no address of anything.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::words::{count, line};
use super::{checks, facts, hints, overview, people, period, remarks, scores, timeline, times, trouble, verdict};
use crate::class::results::{Order, Results};
use crate::error::Result;
use crate::render;

/// The page's parts, by the names under which they include each other.
const PARTS: [(&str, &str); 10] = [
    ("page", include_str!("../../../templates/report/page.html.hbs")),
    ("style", include_str!("../../../templates/report/style.css")),
    ("trouble", include_str!("../../../templates/report/trouble.html.hbs")),
    ("scores", include_str!("../../../templates/report/scores.html.hbs")),
    ("times", include_str!("../../../templates/report/times.html.hbs")),
    ("checks", include_str!("../../../templates/report/checks.html.hbs")),
    ("hints", include_str!("../../../templates/report/hints.html.hbs")),
    ("timeline", include_str!("../../../templates/report/timeline.html.hbs")),
    ("people", include_str!("../../../templates/report/people.html.hbs")),
    ("overview", include_str!("../../../templates/report/overview.html.hbs")),
];

#[derive(Serialize)]
struct Page {
    title: String,
    class: String,
    /// What came of it, in one sentence.
    verdict: String,
    generated: String,
    /// When it was held; empty if nothing was started.
    period: String,
    trainer: String,
    size: String,
    order: &'static str,
    labs: Vec<Lab>,
    facts: Vec<facts::Fact>,
    remarks: Vec<remarks::Remark>,
    trouble: Option<trouble::Trouble>,
    scores: scores::Scores,
    times: Vec<times::Times>,
    checks: Vec<checks::Checks>,
    hints: Vec<hints::Hints>,
    timeline: Option<timeline::Timeline>,
    people: Vec<people::Person>,
    overview: overview::Overview,
}

#[derive(Serialize)]
struct Lab {
    id: String,
    title: String,
    level: &'static str,
    minutes: u32,
    topics: String,
}

/// Renders the page with times in `zone`.
pub fn class_html(results: &Results, zone: &TimeZone) -> Result<String> {
    let (trainees, labs) = (results.trainees.len(), results.labs.len());
    let page = Page {
        title: line(&results.title),
        class: line(&results.class),
        verdict: verdict::verdict(results),
        period: period::period(results, zone),
        trainer: results.trainer.as_deref().map(line).unwrap_or_default(),
        generated: results.generated.to_zoned_datetime(zone.clone()).strftime("%-d %B %Y, %H:%M %Z").to_string(),
        size: format!("{}, {}", count(trainees, "trainee"), count(labs, "lab")),
        order: match results.order {
            Order::SideBySide => "side by side",
            Order::Path => "one after the other",
        },
        labs: results.labs.iter().map(lab).collect(),
        facts: facts::facts(results),
        remarks: remarks::remarks(results),
        trouble: trouble::trouble(results),
        scores: scores::scores(results),
        times: times::times(results),
        checks: checks::checks(results),
        hints: hints::hints(results),
        timeline: timeline::timeline(results, zone),
        people: people::people(results, zone),
        overview: overview::overview(results),
    };
    render::page("page", &PARTS, &page)
}

fn lab(lab: &crate::class::results::LabFacts) -> Lab {
    Lab {
        id: line(&lab.id),
        title: line(&lab.title),
        level: lab.level.as_str(),
        minutes: lab.minutes,
        topics: line(&lab.topics.join(", ")),
    }
}

//! Whatever happens in a class, every view of it gives the same points.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use super::watch::facts::{AttemptDetails, BoardRow, rows};
use crate::attempt::{Attempt, State, Workspace, tests::workspace};
use crate::class::results::{Results, Standing, TraineeResults};
use crate::class::tests::class;
use crate::class::{Class, Course, Joined, Late, Member, Person, Policy, Work};
use crate::grade::{CheckResult, Grade, GradedBy, Outcome};
use crate::id::LabId;
use crate::lab::library::Library;
use crate::ops::class::{ClassStatus, results, status};
use crate::ops::results::{achieved, attempt_results};
use crate::report;
use crate::secret::Secret;
use crate::store::Store;

const LABS: [&str; 2] = ["nginx-502", "disk-full"];
const DUE: i64 = 60;

/// What happens at one lab: gradings, each with its minute, who asked for it, and which checks pass.
type History = Vec<(i64, GradedBy, Vec<Outcome>)>;

/// A class of one: the histories of the labs that were started, and what the class file says.
#[derive(Clone, Debug)]
struct Case {
    work: Work,
    late: Late,
    histories: Vec<Option<History>>,
    is_over: bool,
}

fn histories() -> impl Strategy<Value = History> {
    use Outcome::{Blocked, Error, Fail, Pass};
    let by = prop::sample::select(vec![GradedBy::Trainee, GradedBy::Trainer, GradedBy::Deadline]);
    let outcomes = prop::collection::vec(prop::sample::select(vec![Pass, Pass, Pass, Fail, Error, Blocked]), 2);
    prop::collection::vec((1..2 * DUE, by, outcomes), 0..4)
}

fn cases() -> impl Strategy<Value = Case> {
    let labs = || LABS.map(LabId::from).to_vec();
    let work = prop::sample::select(vec![Work::Labs(labs()), Work::Path(labs())]);
    let policy = prop::sample::select(vec![Policy::Accept, Policy::Deduct(30), Policy::Refuse]);
    let late = (policy, 0..10_u32).prop_map(|(policy, grace_minutes)| Late { policy, grace_minutes });
    let histories = prop::collection::vec(prop::option::of(histories()), LABS.len());
    (work, late, histories, any::<bool>()).prop_map(|(work, late, histories, is_over)| Case {
        work,
        late,
        histories,
        is_over,
    })
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

/// A store in which all that has happened.
struct Scene {
    _folder: tempfile::TempDir,
    store: Store,
    course: Course,
}

fn ada() -> Member {
    let person =
        Person { name: "Ada".into(), email: Some("ada@example.org".into()), id: Some("7".into()), ..Person::default() };
    Member { person, slug: "ada".into(), joined: Joined::ByRoster }
}

impl Scene {
    fn new(case: &Case) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let class = Class { work: case.work.clone(), late: case.late, minutes: Some(60), ..class() };
        let handouts = folder.path().join("pages");
        let secret = Secret::new("s");
        let (labs_dir, image, address, paused) = (None, None, None, None);
        let course = Course { class, secret, labs_dir, image, address, handouts, started: minute(0), paused };
        store.keep_class(&course).unwrap();
        store.keep_members("spring", &[ada()]).unwrap();
        for (lab, history) in LABS.iter().zip(&case.histories) {
            if let Some(history) = history {
                happen(&store, lab, history);
            }
        }
        if case.is_over {
            store.close_class("spring").unwrap();
        }
        Self { _folder: folder, store, course }
    }
}

fn happen(store: &Store, lab: &str, history: &History) {
    let Workspace { attempt, environment } = workspace(&format!("{lab}-ada-aaaa"));
    let (class, due) = (Some("spring".into()), Some(minute(DUE)));
    let attempt = Attempt { lab: lab.into(), class, due, ..attempt };
    store.insert(&Workspace { attempt: attempt.clone(), environment }).unwrap();
    store.advance(&attempt.id, State::Running, minute(0)).unwrap();
    let mut history = history.clone();
    history.sort_by_key(|(at, ..)| *at);
    for (at, by, outcomes) in &history {
        store.keep_grade(&grade(&attempt, *at, *by, outcomes)).unwrap();
    }
}

fn grade(attempt: &Attempt, at: i64, by: GradedBy, outcomes: &[Outcome]) -> Grade {
    let lab = Library::new(None).load(&attempt.lab).unwrap();
    let check = |(place, check): (usize, &crate::lab::Check)| CheckResult {
        outcome: outcomes[place.min(outcomes.len() - 1)],
        id: check.id.clone(),
        title: check.title.clone(),
        points: check.points,
        message: String::new(),
        milliseconds: 1,
    };
    let checks = lab.checks.iter().enumerate().map(check).collect();
    let (attempt, trainee, lab) = (attempt.id.clone(), attempt.trainee.clone(), attempt.lab.clone());
    let whole = crate::grade::tests::graded(&[], 0);
    Grade { at: minute(at), attempt, trainee, lab, by, checks, ..whole }
}

/// Points and whether it is solved, by lab, as one view has it; `None` where the view has no such lab or no points.
type Points = BTreeMap<String, Option<u32>>;

fn of_status(status: &ClassStatus) -> Points {
    status.members[0].attempts.iter().map(|one| (one.lab.to_string(), one.score)).collect()
}

fn board(scene: &Scene) -> Vec<BoardRow> {
    let entries = scene.store.class_attempts("spring").unwrap();
    let details = entries.iter().map(|entry| {
        let results = attempt_results(&scene.store, scene.course.class.late, entry).unwrap();
        (entry.attempt.id.clone(), AttemptDetails { results: Some(results), ..AttemptDetails::default() })
    });
    rows(&scene.course, &[ada()], &entries, &details.collect())
}

fn of_csv(text: &str, results: &Results) -> Points {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let row = rows.iter().find(|row| row.iter().any(|cell| cell == "7"));
    let column = |title: &str| heads.iter().position(|head| head == title).unwrap();
    let cell = |title: &str| row.and_then(|row| row[column(title)].parse().ok());
    results.labs.iter().map(|lab| (lab.id.to_string(), cell(&lab.title))).collect()
}

fn of_json(report: &Value) -> Points {
    let counted = report["trainees"][0]["counted"].as_array().unwrap();
    let points = |value: &Value| value.as_u64().map(|points| u32::try_from(points).unwrap());
    counted.iter().map(|one| (one["lab"].as_str().unwrap().into(), points(&one["score"]))).collect()
}

fn of_junit(text: &str) -> Points {
    let suites = junit_parser::from_reader(text.as_bytes()).unwrap().suites;
    let score = |properties: &junit_parser::Properties| properties.hashmap.get("score")?.parse().ok();
    let lab = |name: &str| name.strip_suffix(".ada").unwrap().to_string();
    suites.iter().map(|suite| (lab(&suite.name), score(&suite.properties))).collect()
}

fn agree(case: &Case) {
    let scene = Scene::new(case);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let status = runtime.block_on(status(&scene.store, None, &scene.course)).unwrap();
    let all = runtime.block_on(results(&scene.store, None, &scene.course, None)).unwrap();
    let ada: &TraineeResults = &all.trainees[0];
    let expected: Points = all.labs.iter().map(|lab| (lab.id.to_string(), ada.points(&lab.id))).collect();
    let is_final = |lab: &str| ada.is_final(lab);
    let is_final: Points =
        expected.iter().map(|(lab, points)| (lab.clone(), points.filter(|_| is_final(lab)))).collect();
    let solved = |lab: &str| ada.standing(lab) == Standing::Solved;

    for (lab, score) in of_status(&status) {
        assert_eq!(score, expected[&lab], "status of {lab}");
    }
    for row in board(&scene).iter().filter(|row| row.lab.is_some()) {
        let lab = row.lab.as_deref().unwrap();
        assert_eq!((row.score, row.solved), (expected[lab], solved(lab)), "board row of {lab}");
    }
    for entry in scene.store.class_attempts("spring").unwrap() {
        let lab = &entry.attempt.lab;
        let own = achieved(&scene.store, &entry).unwrap();
        assert_eq!(own.map(|own| own.score), expected[lab.as_str()], "what the trainee is told of {lab}");
        assert_eq!(own.is_some_and(|own| own.solved), solved(lab), "what the trainee is told of {lab}");
    }
    assert_eq!(of_json(&report::class_json(&all)), expected, "JSON");
    assert_eq!(of_junit(&report::class_junit(&all)), expected, "JUnit");
    assert_eq!(of_csv(&report::class_canvas(&all), &all), is_final, "Canvas");
    assert_eq!(of_csv(&report::class_moodle(&all), &all), is_final, "Moodle");
    gradescope_agrees(&all, &expected);
}

/// The sum, and of which whole: a lab that was not come to is a part of it.
fn gradescope_agrees(all: &Results, expected: &Points) {
    let ada = &all.trainees[0];
    let report: Value = serde_json::from_str(&report::class_gradescope(all, ada)).unwrap();
    let sum: u32 = expected.values().flatten().sum();
    assert_eq!(report["score"], sum, "Gradescope");
    let most: u64 = report["tests"].as_array().unwrap().iter().map(|test| test["max_score"].as_u64().unwrap()).sum();
    assert_eq!(most, 200, "Gradescope");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_view_of_a_class_gives_the_same_points(case in cases()) {
        agree(&case);
    }
}

#[test]
fn half_a_path_is_half_the_points_once_it_is_over() {
    let pass = vec![Outcome::Pass];
    let first = |outcomes: Vec<Outcome>| vec![(5, GradedBy::Trainee, outcomes)];
    let work = Work::Path(LABS.map(LabId::from).to_vec());
    let second = vec![(9, GradedBy::Deadline, vec![Outcome::Fail])];
    let histories = vec![Some(first(pass)), Some(second)];
    let case = Case { work, late: Late::default(), histories, is_over: true };
    let scene = Scene::new(&case);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let all = runtime.block_on(results(&scene.store, None, &scene.course, None)).unwrap();
    assert_eq!(of_csv(&report::class_canvas(&all), &all).into_values().collect::<Vec<_>>(), [Some(0), Some(100)]);
    let none = Case { histories: vec![Some(first(vec![Outcome::Fail])), None], ..case };
    let scene = Scene::new(&none);
    let all = runtime.block_on(results(&scene.store, None, &scene.course, None)).unwrap();
    assert_eq!(of_csv(&report::class_canvas(&all), &all).into_values().collect::<Vec<_>>(), [Some(0), Some(0)]);
    assert_eq!(all.standing(&all.trainees[0], LABS[1]), Standing::NotReached);
}

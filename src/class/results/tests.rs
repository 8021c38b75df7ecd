use super::*;
use crate::attempt::State;
use crate::class::{Late, Policy};
use crate::grade::tests::graded;
use crate::grade::{Grade, GradedBy, Outcome};
use crate::id::LabId;
use crate::lab::Level;

fn grade(minute: i64, outcomes: &[Outcome]) -> Grade {
    let outcomes: Vec<(u32, Outcome)> = outcomes.iter().map(|outcome| (25, *outcome)).collect();
    Grade { at: at(minute), ..graded(&outcomes, 0) }
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

pub fn attempt(id: &str, grades: Vec<Grade>) -> AttemptResults {
    AttemptResults {
        attempt: id.into(),
        lab: "l".into(),
        seed: "1".into(),
        lab_digest: String::new(),
        state: State::Running,
        started: at(0),
        handed_over: Some(at(1)),
        solved_at: None,
        hints_taken: 0,
        hints_cost: 0,
        gradings: grades.into_iter().map(|grade| Grading { grade, late_minutes: 0, late_deduction: 0 }).collect(),
        timeline: vec![],
        problem: None,
    }
}

fn trainee(attempts: Vec<AttemptResults>) -> TraineeResults {
    TraineeResults {
        name: "Ada".into(),
        email: None,
        id: None,
        login: None,
        origin: None,
        slug: "ada".into(),
        attempts,
        not_reached: BTreeSet::new(),
    }
}

use Outcome::{Error, Fail, Pass};

#[test]
fn the_best_grade_counts_and_not_the_last() {
    let attempt = attempt("a", vec![grade(1, &[Pass, Fail]), grade(2, &[Pass, Pass]), grade(3, &[Fail, Fail])]);
    assert_eq!(attempt.best().unwrap().grade.at, at(2));
    assert_eq!(attempt.last().unwrap().grade.at, at(3));
    assert_eq!((attempt.score(), attempt.standing()), (Some(50), Standing::Solved));
}

#[test]
fn of_equal_grades_the_first_whole_one_counts() {
    let grades = vec![grade(1, &[Pass, Error]), grade(2, &[Pass, Fail]), grade(3, &[Pass, Fail])];
    let attempt = attempt("a", grades);
    assert_eq!(attempt.best().unwrap().grade.at, at(2));
    assert_eq!(attempt.standing(), Standing::NotSolved);
}

#[test]
fn a_check_that_could_not_be_run_leaves_it_open() {
    let attempt = attempt("a", vec![grade(1, &[Fail, Fail]), grade(2, &[Pass, Error])]);
    assert_eq!((attempt.score(), attempt.standing()), (Some(25), Standing::Incomplete));
    assert!(!attempt.standing().is_final());
}

#[test]
fn lateness_is_weighed_with_the_points() {
    let mut late = attempt("a", vec![grade(1, &[Pass, Fail]), grade(2, &[Pass, Pass])]);
    late.gradings[1].late_deduction = 30;
    assert_eq!((late.score(), late.standing()), (Some(25), Standing::NotSolved));
    late.gradings[1].late_deduction = 20;
    assert_eq!((late.score(), late.standing()), (Some(30), Standing::Solved));
    late.gradings.iter_mut().for_each(|one| one.late_deduction = 90);
    assert_eq!(late.score(), Some(0));
}

#[test]
fn the_attempt_with_the_most_points_counts() {
    let poor = attempt("poor", vec![grade(1, &[Pass, Fail])]);
    let good = attempt("good", vec![grade(2, &[Pass, Pass])]);
    let again = attempt("again", vec![grade(3, &[Pass, Pass])]);
    let never = attempt("never", vec![]);
    let ada = trainee(vec![poor, good, again, never]);
    assert_eq!(ada.counted("l").unwrap().attempt, "good");
}

#[test]
fn what_was_never_graded_has_no_points() {
    let broken = AttemptResults { problem: Some("no disk".into()), ..attempt("a", vec![]) };
    assert_eq!(trainee(vec![broken.clone()]).standing("l"), Standing::EnvironmentFailed);
    assert_eq!(trainee(vec![broken, attempt("b", vec![])]).standing("l"), Standing::NotGraded);
    assert_eq!(trainee(vec![]).standing("l"), Standing::NotStarted);
    let lab = LabFacts {
        id: "l".into(),
        title: String::new(),
        level: Level::Junior,
        minutes: 20,
        topics: vec![],
        checks: vec![],
    };
    assert_eq!(trainee(vec![]).score(&[lab]), None);
}

#[test]
fn a_late_solution_that_is_refused_is_still_a_solution() {
    let mut late = attempt("a", vec![grade(1, &[Fail, Fail]), grade(2, &[Pass, Pass])]);
    late.gradings[1].late_deduction = 50;
    assert_eq!((late.score(), late.standing()), (Some(0), Standing::Solved));
}

#[test]
fn what_the_trainer_grades_is_no_try_of_the_trainee() {
    let by = |minute, by| Grade { by, ..grade(minute, &[Fail]) };
    let attempt = attempt("a", vec![by(1, GradedBy::Trainee), by(2, GradedBy::Trainer), by(3, GradedBy::Deadline)]);
    assert_eq!(attempt.tries(), 1);
}

#[test]
fn what_is_graded_at_the_end_is_in_time() {
    let late = Late { policy: Policy::Refuse, grace_minutes: 0 };
    let off = |by| Grading::new(Grade { by, ..grade(9, &[Pass]) }, late, Some(at(5))).late_deduction;
    assert_eq!([GradedBy::Trainee, GradedBy::Trainer, GradedBy::Deadline].map(off), [25, 25, 0]);
}

#[test]
fn what_a_path_did_not_come_to_counts_with_no_points() {
    let path = Work::Path(["l", "m", "n"].map(LabId::from).to_vec());
    let of = |outcome| not_reached(&path, &trainee(vec![attempt("a", vec![grade(1, &[outcome])])]));
    assert_eq!(of(Fail), ["m", "n"].map(LabId::from).into());
    assert_eq!(of(Pass), BTreeSet::new(), "the next could not be started, which is not the trainee's doing");
    assert_eq!(of(Error), BTreeSet::new());
    assert_eq!(not_reached(&path, &trainee(vec![])), BTreeSet::new());
    let ada = TraineeResults { not_reached: of(Fail), ..trainee(vec![]) };
    assert_eq!((ada.is_final("m"), ada.points("m"), ada.points("l")), (true, Some(0), None));
}

#[test]
fn what_comes_later_on_a_path_is_not_reached_rather_than_not_started() {
    let lab = |id: &str| LabFacts {
        id: id.into(),
        title: String::new(),
        level: Level::Junior,
        minutes: 20,
        topics: vec![],
        checks: vec![],
    };
    let mut results = Results {
        class: "c".into(),
        title: String::new(),
        trainer: None,
        started: None,
        generated: at(9),
        phase: Phase::Running,
        order: Order::Path,
        labs: ["l", "m", "n"].map(lab).to_vec(),
        trainees: vec![],
    };
    let standings = |results: &Results, who: &TraineeResults| ["l", "m", "n"].map(|lab| results.standing(who, lab));
    let (new, solved) = (trainee(vec![]), trainee(vec![attempt("a", vec![grade(1, &[Pass, Pass])])]));
    assert_eq!(standings(&results, &new), [Standing::NotStarted, Standing::NotReached, Standing::NotReached]);
    assert_eq!(standings(&results, &solved), [Standing::Solved, Standing::NotStarted, Standing::NotReached]);
    results.order = Order::SideBySide;
    assert_eq!(standings(&results, &solved), [Standing::Solved, Standing::NotStarted, Standing::NotStarted]);
}

#[test]
fn a_problem_later_on_takes_no_points_away() {
    let gone =
        AttemptResults { problem: Some("container is gone".into()), ..attempt("a", vec![grade(1, &[Pass, Fail])]) };
    assert_eq!((gone.score(), gone.standing()), (Some(25), Standing::NotSolved));
}

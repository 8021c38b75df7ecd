//! Results of a class, as plain values: every report of a class is made from them. No I/O.
//!
//! For one trainee and one lab, the attempt with the most points counts, and of an attempt its best grading: most points
//! after the deduction for lateness; among equals a solution; then one in which every check could be run; then the
//! earliest. A failing environment is never a wrong answer: the trainee's points are missing, not zero ([`Standing`]).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::model::{Late, Lateness, Work};
use crate::attempt::{State, TimelineEvent, timeline};
use crate::grade::{Grade, GradedBy};
use crate::id::{AttemptId, CheckId, ClassId, LabId, TraineeId};
use crate::lab::Level;
use crate::roster::Origin;

/// The results of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// Its id.
    pub class: ClassId,
    /// Its title.
    pub title: String,
    /// Who trains, if the class says it.
    #[serde(default)]
    pub trainer: Option<String>,
    /// When it was first started, if that is known.
    #[serde(default)]
    pub started: Option<Timestamp>,
    /// When these results were collected.
    pub generated: Timestamp,
    /// Whether more is to come.
    #[serde(default)]
    pub phase: Phase,
    /// How its labs follow each other.
    #[serde(default)]
    pub order: Order,
    /// The labs, in the class's order.
    pub labs: Vec<LabFacts>,
    /// In roster order.
    pub trainees: Vec<TraineeResults>,
}

/// Whether more results are to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The class is running.
    Running,
    /// The class was stopped.
    #[default]
    Over,
}

/// How the labs of a class follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Everybody has all of them at once.
    #[default]
    SideBySide,
    /// Everybody has one at a time: solving it starts the next.
    Path,
}

/// Facts about a lab for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabFacts {
    /// Lab id.
    pub id: LabId,
    /// Title, in one line.
    pub title: String,
    /// Level of its trainees.
    pub level: Level,
    /// Expected time to repair.
    pub minutes: u32,
    /// What it is about, in single words.
    #[serde(default)]
    pub topics: Vec<String>,
    /// In the lab's order.
    pub checks: Vec<CheckFacts>,
}

/// Facts about a check for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFacts {
    /// Name, unique in its lab.
    pub id: CheckId,
    /// Title, in one line.
    pub title: String,
    /// Its points.
    pub points: u32,
}

/// The results of one trainee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraineeResults {
    /// Name as in the roster.
    pub name: String,
    /// E-mail address, if the roster has one.
    pub email: Option<String>,
    /// Identifier in the learning management system, if the roster has one.
    pub id: Option<String>,
    /// Name with which the trainee signs in there, if the roster has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The trainee's line in the export of a system that takes grades back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Name in attempts' ids, unique in the class: lower-case letters, digits and dashes.
    pub slug: TraineeId,
    /// Oldest first; none of a lab that was never started.
    pub attempts: Vec<AttemptResults>,
    /// Labs of a path that was over before the trainee came to them: they count with no points.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub not_reached: BTreeSet<LabId>,
}

/// One attempt, from its start to now or to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptResults {
    /// Its id.
    pub attempt: AttemptId,
    /// Lab id.
    pub lab: LabId,
    /// What the lab's variables were drawn from.
    pub seed: String,
    /// SHA-256 of the lab's content at the start.
    pub lab_digest: String,
    /// Its state.
    pub state: State,
    /// When its start began.
    pub started: Timestamp,
    /// When it was handed over; `None` if it never was.
    pub handed_over: Option<Timestamp>,
    /// When a grading first found it solved.
    pub solved_at: Option<Timestamp>,
    /// Hints taken so far.
    pub hints_taken: usize,
    /// Cost of these hints in points.
    pub hints_cost: u32,
    /// Every grading, oldest first.
    pub gradings: Vec<Grading>,
    /// Timeline, oldest first.
    pub timeline: Vec<TimelineEvent>,
    /// What is wrong with its environment, in a sentence without a full stop.
    pub problem: Option<String>,
}

/// A grade with its deduction for lateness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grading {
    /// What the checks say.
    pub grade: Grade,
    /// Whole minutes after the time was over; 0 if it was in time.
    #[serde(default)]
    pub late_minutes: u32,
    /// Points deducted for lateness.
    pub late_deduction: u32,
}

impl Grading {
    /// A grade under the rule for lateness, for an attempt that was due at `due`. What is graded when the time is over
    /// is in time.
    #[must_use]
    pub fn new(grade: Grade, late: Late, due: Option<Timestamp>) -> Self {
        let lateness = match grade.by {
            GradedBy::Deadline => Lateness::IN_TIME,
            GradedBy::Trainee | GradedBy::Trainer => late.judge(due, grade.at),
        };
        let late_deduction = lateness.deduction(grade.score());
        Self { grade, late_minutes: lateness.minutes, late_deduction }
    }

    /// Points that count.
    #[must_use]
    pub fn score(&self) -> u32 {
        self.grade.score().saturating_sub(self.late_deduction)
    }
}

/// The standing of one trainee in one lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// There is no attempt.
    NotStarted,
    /// There is no attempt, because a lab before it on the path is not solved.
    NotReached,
    /// The environment failed before anything could be graded.
    EnvironmentFailed,
    /// Handed over, or about to be; never graded.
    NotGraded,
    /// A check could not be run in the grade that counts: the trainee may deserve more.
    Incomplete,
    /// Every check was run and one did not pass.
    NotSolved,
    /// Every check passes.
    Solved,
}

impl Standing {
    /// Every standing, the best first.
    pub const ALL: [Self; 7] = [
        Self::Solved,
        Self::NotSolved,
        Self::Incomplete,
        Self::NotGraded,
        Self::EnvironmentFailed,
        Self::NotStarted,
        Self::NotReached,
    ];

    /// As reports call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::NotReached => "not reached",
            Self::EnvironmentFailed => "environment failed",
            Self::NotGraded => "not graded yet",
            Self::Incomplete => "incomplete",
            Self::NotSolved => "not solved",
            Self::Solved => "solved",
        }
    }

    /// Whether its points are the trainee's final answer, fit for a gradebook.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::NotSolved | Self::Solved)
    }
}

impl Results {
    /// The standing of a trainee in a lab. On a path, a lab is not started only if the one before it is solved.
    #[must_use]
    pub fn standing(&self, trainee: &TraineeResults, lab: &str) -> Standing {
        let before = self.labs.iter().take_while(|one| one.id != lab).last();
        let waits = before.is_some_and(|before| trainee.standing(&before.id) != Standing::Solved);
        match trainee.standing(lab) {
            Standing::NotStarted if self.order == Order::Path && waits => Standing::NotReached,
            standing => standing,
        }
    }
}

impl LabFacts {
    /// Points that can be reached.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.checks.iter().map(|check| check.points).sum()
    }
}

impl TraineeResults {
    /// The attempt at a lab that counts: the first one with the most points, or the latest if none was graded.
    #[must_use]
    pub fn counted(&self, lab: &str) -> Option<&AttemptResults> {
        let attempts = || self.attempts.iter().filter(|attempt| attempt.lab == lab);
        let graded = attempts().rev().filter(|attempt| attempt.best().is_some());
        graded.max_by_key(|attempt| attempt.rank()).or(attempts().next_back())
    }

    /// The standing of this trainee in a lab.
    #[must_use]
    pub fn standing(&self, lab: &str) -> Standing {
        self.counted(lab).map_or(Standing::NotStarted, AttemptResults::standing)
    }

    /// Whether the points of a lab are final, fit for a gradebook.
    #[must_use]
    pub fn is_final(&self, lab: &str) -> bool {
        self.not_reached.contains(lab) || self.standing(lab).is_final()
    }

    /// The points of a lab that count; `None` if it was neither graded nor missed.
    #[must_use]
    pub fn points(&self, lab: &str) -> Option<u32> {
        match self.counted(lab) {
            Some(attempt) => attempt.score(),
            None => self.not_reached.contains(lab).then_some(0),
        }
    }

    /// Points of all labs together; `None` if nothing was graded.
    #[must_use]
    pub fn score(&self, labs: &[LabFacts]) -> Option<u32> {
        let scores = labs.iter().filter_map(|lab| self.points(&lab.id));
        scores.fold(None, |sum, score| Some(sum.unwrap_or(0) + score))
    }
}

impl AttemptResults {
    /// The grading that counts.
    #[must_use]
    pub fn best(&self) -> Option<&Grading> {
        let rank = |one: &&Grading| (Reverse(one.score()), !one.grade.solved(), one.grade.incomplete(), one.grade.at);
        self.gradings.iter().min_by_key(rank)
    }

    /// The latest grading.
    #[must_use]
    pub fn last(&self) -> Option<&Grading> {
        self.gradings.iter().max_by_key(|one| one.grade.at)
    }

    /// How often the trainee had it graded.
    #[must_use]
    pub fn tries(&self) -> usize {
        self.own_gradings().count()
    }

    /// The gradings that the trainee asked for, oldest first.
    pub fn own_gradings(&self) -> impl Iterator<Item = &Grading> {
        self.gradings.iter().filter(|one| one.grade.by == GradedBy::Trainee)
    }

    /// Points of the grading that counts; `None` if it was never graded.
    #[must_use]
    pub fn score(&self) -> Option<u32> {
        self.best().map(Grading::score)
    }

    /// The standing of this attempt.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.best().map(|best| &best.grade) {
            Some(grade) if grade.solved() => Standing::Solved,
            Some(grade) if grade.incomplete() => Standing::Incomplete,
            Some(_) => Standing::NotSolved,
            None if self.problem.is_some() || self.state == State::Failed => Standing::EnvironmentFailed,
            None => Standing::NotGraded,
        }
    }

    /// Whether the trainee still works on it: what does not hold may yet.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        self.state.is_handed_over() && self.standing() == Standing::NotSolved
    }

    /// Time from the hand-over until a grading found it solved.
    #[must_use]
    pub fn time_to_solve(&self) -> Option<SignedDuration> {
        Some(self.solved_at?.duration_since(self.handed_over?).max(SignedDuration::ZERO))
    }

    /// When each hint was taken.
    pub fn hints(&self) -> impl Iterator<Item = Timestamp> {
        timeline::hints(&self.timeline)
    }

    fn rank(&self) -> (Option<u32>, bool) {
        (self.score(), self.standing().is_final())
    }
}

/// The labs of a path, now that it is over, that came after one that was graded and not solved.
#[must_use]
pub fn not_reached(work: &Work, trainee: &TraineeResults) -> BTreeSet<LabId> {
    let Work::Path(labs) = work else { return BTreeSet::new() };
    let mut labs = labs.iter().skip_while(|lab| trainee.standing(lab) == Standing::Solved);
    let stopped_at = labs.next().map(|lab| trainee.standing(lab));
    let after = labs.filter(|lab| trainee.standing(lab) == Standing::NotStarted);
    if stopped_at == Some(Standing::NotSolved) { after.cloned().collect() } else { BTreeSet::new() }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::class::Policy;
    use crate::grade::Outcome;
    use crate::grade::tests::graded;

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
}

//! Exit codes: part of the program's interface.

use std::process::ExitCode;

use crate::autograde::{Autograded, Verdict};
use crate::error::Kind;
use crate::grade::Grade;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Solved, proven, or simply done.
    Done,
    /// Not solved or not proven.
    NotSolved,
    /// Wrong usage or an invalid lab.
    Usage,
    /// The environment could not be built or reached.
    Environment,
    /// A check could not be run.
    CheckError,
    /// Ours.
    Bug,
    /// Ctrl-C, or a signal that asks us to end.
    Interrupted,
    /// A program in the box ended with this code.
    Program(u8),
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NotSolved => 1,
            Self::Usage => 2,
            Self::Environment => 3,
            Self::CheckError => 4,
            Self::Bug => 70,
            Self::Interrupted => 130,
            Self::Program(code) => code,
        }
    }

    /// What a grade means: a check that could not be run outranks a wrong answer.
    #[must_use]
    pub fn of_grade(grade: &Grade) -> Self {
        if grade.incomplete() {
            Self::CheckError
        } else if grade.solved() {
            Self::Done
        } else {
            Self::NotSolved
        }
    }

    /// What submissions amount to: the one that says least about its trainee counts.
    #[must_use]
    pub fn of_autograde(all: &Autograded) -> Self {
        let verdicts = all.results.iter().map(|graded| graded.verdict(all.min_score));
        verdicts.max_by_key(|verdict| rank(*verdict)).map_or(Self::Done, |verdict| match verdict {
            Verdict::Passed => Self::Done,
            Verdict::NotPassed => Self::NotSolved,
            Verdict::Incomplete => Self::CheckError,
            Verdict::Failed(kind) => kind.into(),
        })
    }
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Passed => 0,
        Verdict::NotPassed => 1,
        Verdict::Incomplete => 2,
        Verdict::Failed(Kind::Environment) => 3,
        Verdict::Failed(Kind::Usage) => 4,
        Verdict::Failed(Kind::Bug) => 5,
        Verdict::Failed(Kind::Interrupted) => 6,
    }
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Usage => Self::Usage,
            Kind::Environment => Self::Environment,
            Kind::Interrupted => Self::Interrupted,
            Kind::Bug => Self::Bug,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autograde::{End, Graded};
    use crate::error::Error;

    fn exit(ends: Vec<End>) -> Exit {
        let one =
            |end| Graded { name: String::new(), trainee: String::new(), run: None, end, tries: 1, milliseconds: 0 };
        Exit::of_autograde(&Autograded {
            lab: String::new(),
            lab_digest: String::new(),
            seed: String::new(),
            image: String::new(),
            min_score: None,
            results: ends.into_iter().map(one).collect(),
        })
    }

    #[test]
    fn what_says_least_about_its_trainee_counts() {
        let refused = || End::Refused(String::new());
        assert_eq!(exit(vec![refused()]), Exit::NotSolved);
        assert_eq!(exit(vec![End::Failed(Error::environment("")), refused()]), Exit::Environment);
        assert_eq!(
            exit(vec![End::Failed(Error::interrupted()), End::Failed(Error::environment(""))]),
            Exit::Interrupted
        );
    }
}

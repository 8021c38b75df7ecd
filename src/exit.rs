//! Exit codes: part of the program's interface.

use std::process::ExitCode;

use crate::autograde::{Autograded, Verdict};
use crate::error::{Error, Kind};
use crate::grade::Grade;
use crate::prove::{Claim, inconclusive, proven};

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
    /// A bug in breakfix.
    Bug,
    /// Ctrl-C or another signal to end.
    Interrupted,
    /// A program in the container ended with this code.
    Program(u8),
}

impl Exit {
    /// The number of the exit code.
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

    /// Exit code of a grade. A check that could not be run outranks a wrong answer.
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

    /// Exit code of graded submissions.
    #[must_use]
    pub fn of_autograde(all: &Autograded) -> Self {
        Self::worst(all.results.iter().map(|graded| match graded.verdict(all.min_score) {
            Verdict::Passed => Self::Done,
            Verdict::NotPassed => Self::NotSolved,
            Verdict::Incomplete => Self::CheckError,
            Verdict::Failed(kind) => kind.into(),
        }))
    }

    /// Exit code of a proof.
    #[must_use]
    pub fn of_claims(claims: &[Claim]) -> Self {
        if proven(claims) {
            Self::Done
        } else if inconclusive(claims) {
            Self::Environment
        } else {
            Self::NotSolved
        }
    }

    /// Exit code of one failed task among several. The command line was valid, so usage errors count as environment errors.
    #[must_use]
    pub fn of_one(error: &Error) -> Self {
        match error.kind.into() {
            Self::Usage => Self::Environment,
            exit => exit,
        }
    }

    /// The most severe exit code. Failures outrank wrong answers.
    #[must_use]
    pub fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().max_by_key(|exit| exit.severity()).unwrap_or(Self::Done)
    }

    fn severity(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NotSolved | Self::Program(_) => 1,
            Self::CheckError => 2,
            Self::Environment => 3,
            Self::Usage => 4,
            Self::Bug => 5,
            Self::Interrupted => 6,
        }
    }
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Usage | Kind::Invalid | Kind::NotFound | Kind::Busy | Kind::Conflict => Self::Usage,
            Kind::Environment | Kind::Engine => Self::Environment,
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
    use crate::autograde::{End, GradedSubmission};
    use crate::id::{LabId, TraineeId};

    fn exit(ends: Vec<End>) -> Exit {
        let one = |end| GradedSubmission {
            name: String::new(),
            trainee: TraineeId::default(),
            run: None,
            end,
            tries: 1,
            milliseconds: 0,
        };
        Exit::of_autograde(&Autograded {
            lab: LabId::default(),
            lab_digest: String::new(),
            seed: String::new(),
            image: String::new(),
            min_score: None,
            results: ends.into_iter().map(one).collect(),
        })
    }

    #[test]
    fn failures_outrank_wrong_answers() {
        let refused = || End::Refused(String::new());
        assert_eq!(exit(vec![refused()]), Exit::NotSolved);
        assert_eq!(exit(vec![End::Failed(Error::environment("")), refused()]), Exit::Environment);
        assert_eq!(
            exit(vec![End::Failed(Error::interrupted()), End::Failed(Error::environment(""))]),
            Exit::Interrupted
        );
    }

    #[test]
    fn the_most_severe_exit_code_counts() {
        let all = [Exit::Done, Exit::NotSolved, Exit::CheckError, Exit::Environment, Exit::Usage, Exit::Bug];
        for (index, exit) in all.iter().enumerate() {
            assert_eq!(Exit::worst(all[..=index].iter().rev().copied()), *exit);
        }
        assert_eq!(Exit::of_one(&Error::busy("")), Exit::Environment);
        assert_eq!(Exit::of_one(&Error::interrupted()), Exit::Interrupted);
    }
}

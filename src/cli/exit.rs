//! Exit codes: part of the program's interface.

use std::process::ExitCode;

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

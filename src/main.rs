//! Parses the command line, runs it, and ends with its exit code.

use std::process::ExitCode;

use breakfix::cli::{Cli, run};
use clap::Parser;

fn main() -> ExitCode {
    run(&Cli::parse())
}

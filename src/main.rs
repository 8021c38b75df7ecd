//! Parses the command line, runs it, and ends with its exit code.

use std::process::ExitCode;

use breakfix::cli::{Cli, run, wrong_usage};
use clap::Parser;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => wrong_usage(&error),
    }
}

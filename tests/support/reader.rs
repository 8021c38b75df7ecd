//! Programs that are not ours, which read our reports.

use std::io::Write;
use std::process::{Command, Stdio};

/// What a program makes of a report on its standard input.
///
/// # Panics
///
/// When the program refuses the report, or is not installed.
pub fn read_by(program: &str, args: &[&str], report: &str) -> String {
    let command = Command::new(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = command.unwrap_or_else(|why| panic!("this test needs {program}: {why}"));
    child.stdin.take().unwrap().write_all(report.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} refuses it:\n{report}");
    String::from_utf8(output.stdout).unwrap()
}

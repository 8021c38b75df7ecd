//! Programs that are not ours, which read our reports.

use std::io::Write;
use std::process::{Command, Stdio};

/// What a program makes of a report on its standard input; `None`, said aloud, where there is no such program.
///
/// # Panics
///
/// When the program refuses the report, or is missing where `CI` is set.
pub fn read_by(program: &str, args: &[&str], report: &str) -> Option<String> {
    let command = Command::new(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = match command {
        Ok(child) => child,
        Err(why) if std::env::var_os("CI").is_some() => panic!("this test needs {program}: {why}"),
        Err(why) => {
            eprintln!("SKIPPED, for want of {program}: {why}");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(report.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} refuses it:\n{report}");
    Some(String::from_utf8(output.stdout).unwrap())
}

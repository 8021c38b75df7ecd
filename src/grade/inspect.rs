//! Facts from the engine: nothing runs in the box, so nothing in it can lie.

use super::http::filled;
use super::run::{Bench, Verdict};
use crate::engine::{EngineError, FileFacts};
use crate::error::Result;
use crate::lab::{FileCheck, InspectCheck};
use crate::render::Values;

/// Bytes of a file that are looked at.
const FILE_LIMIT: usize = 1024 * 1024;

pub(super) async fn run(bench: &Bench<'_>, check: &InspectCheck) -> Verdict {
    let name = bench.attempt.gitlab();
    if let Some(expected) = check.running {
        match bench.app.engine.inspect(&name).await {
            Ok(facts) if facts.running == expected => {}
            Ok(facts) if facts.running => return Verdict::fail("the container runs"),
            Ok(_) => return Verdict::fail("the container does not run"),
            Err(error) => return could_not(&error),
        }
    }
    let Some(file) = &check.file else { return Verdict::pass() };
    match bench.app.engine.read_file(&name, &file.path, FILE_LIMIT).await {
        Ok(found) => judge(file, found.filter(|found| !found.directory).as_ref(), &bench.values)
            .unwrap_or_else(|error| Verdict::error(error.to_string())),
        Err(error) => could_not(&error),
    }
}

fn could_not(error: &EngineError) -> Verdict {
    Verdict::error(error.to_string())
}

fn judge(check: &FileCheck, found: Option<&FileFacts>, values: &Values) -> Result<Verdict> {
    let path = &check.path;
    let Some(file) = found else {
        return Ok(if check.exists == Some(false) {
            Verdict::pass()
        } else {
            Verdict::fail(format!("{path} is not there"))
        });
    };
    if check.exists == Some(false) {
        return Ok(Verdict::fail(format!("{path} is still there")));
    }
    if let Some(mode) = check.mode.filter(|mode| *mode != file.mode) {
        return Ok(Verdict::fail(format!("{path} has mode {:04o}, not {mode:04o}", file.mode)));
    }
    let content = String::from_utf8_lossy(&file.content);
    if let Some(text) = &check.contains
        && !content.contains(&filled(text, values)?)
    {
        return Ok(Verdict::fail(format!("{path} does not say what it should")));
    }
    if let Some(text) = &check.lacks
        && content.contains(&filled(text, values)?)
    {
        return Ok(Verdict::fail(format!("{path} still says what it should not")));
    }
    Ok(Verdict::pass())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::Outcome;

    fn judged(check: &FileCheck, content: Option<&str>) -> Verdict {
        let file =
            content.map(|text| FileFacts { directory: false, mode: 0o640, uid: 0, gid: 0, content: text.into() });
        judge(check, file.as_ref(), &Values::default()).unwrap()
    }

    fn check() -> FileCheck {
        FileCheck { path: "/etc/x".into(), ..FileCheck::default() }
    }

    #[test]
    fn a_missing_file_passes_only_where_it_should_be_missing() {
        let absent = FileCheck { exists: Some(false), ..check() };
        assert_eq!(judged(&absent, None), Verdict::pass());
        assert_eq!(judged(&absent, Some("")), Verdict::fail("/etc/x is still there"));
        assert_eq!(judged(&check(), None), Verdict::fail("/etc/x is not there"));
    }

    #[test]
    fn content_and_mode_are_compared() {
        let expected =
            FileCheck { contains: Some("yes".into()), lacks: Some("no".into()), mode: Some(0o640), ..check() };
        assert_eq!(judged(&expected, Some("yes")).outcome, Outcome::Pass);
        assert_eq!(judged(&expected, Some("yes no")), Verdict::fail("/etc/x still says what it should not"));
        let strict = FileCheck { mode: Some(0o600), ..check() };
        assert_eq!(judged(&strict, Some("")), Verdict::fail("/etc/x has mode 0640, not 0600"));
    }
}

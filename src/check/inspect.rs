//! Checks on facts from the engine: nothing runs in the container, so nothing there can falsify them.

use super::bench::Bench;
use super::graded::Verdict;
use super::http::filled;
use crate::engine::{EngineError, FileFacts};
use crate::error::Result;
use crate::lab::{FileCheck, InspectCheck};
use crate::render::Values;

/// Most bytes of a file that are compared.
const FILE_LIMIT: usize = 1024 * 1024;

pub(super) async fn run(bench: &Bench<'_>, check: &InspectCheck) -> Verdict {
    let name = bench.workspace.environment.gitlab();
    if let Some(expected) = check.running {
        match bench.app.engine.inspect(&name).await {
            Ok(facts) if facts.running == expected => {}
            Ok(facts) if facts.running => return Verdict::fail("the container runs"),
            Ok(_) => return Verdict::fail("the container does not run"),
            Err(error) => return could_not(&error),
        }
    }
    for path in &check.only_root_writes {
        match bench.app.engine.read_file(&name, path, 0).await.map(|found| open_to_others(path, found.as_ref())) {
            Ok(None) => {}
            Ok(Some(why)) => return Verdict::fail(why),
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

/// Who besides root can change it, as what is wrong; root's group is root.
fn open_to_others(path: &str, found: Option<&FileFacts>) -> Option<String> {
    let Some(file) = found else { return Some(format!("{path} is not there")) };
    if file.uid != 0 {
        return Some(format!("{path} does not belong to root"));
    }
    let others = if file.gid == 0 { 0o002 } else { 0o022 };
    (file.mode & others != 0).then(|| format!("others than root can change {path}"))
}

/// The words of a line of a configuration file, to be compared: `StrictModes = "No"` is `strictmodes no`.
fn words(line: &str) -> Vec<String> {
    let word = |word: &str| word.trim_matches('"').to_lowercase();
    line.split(|c: char| c.is_whitespace() || c == '=').map(word).filter(|word| !word.is_empty()).collect()
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
    if let Some(setting) = &check.lacks_setting {
        let setting = words(&filled(setting, values)?);
        if content.lines().any(|line| words(line).starts_with(&setting)) {
            return Ok(Verdict::fail(format!("{path} still says what it should not")));
        }
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

    #[test]
    fn a_setting_is_found_however_it_is_written() {
        let check = FileCheck { lacks_setting: Some("StrictModes no".into()), ..check() };
        for text in ["StrictModes no\n", "Port 22\n\tstrictmodes = \"NO\" # for now\n", "STRICTMODES\t no"] {
            assert_eq!(judged(&check, Some(text)), Verdict::fail("/etc/x still says what it should not"), "{text}");
        }
        for text in ["", "StrictModes yes\n", "# StrictModes no\n", "StrictModesno\n"] {
            assert_eq!(judged(&check, Some(text)), Verdict::pass(), "{text}");
        }
    }

    #[test]
    fn what_only_root_may_write_is_root_s_and_nobody_else_s() {
        let file = |mode, uid, gid| FileFacts { directory: false, mode, uid, gid, content: vec![] };
        for (mode, gid) in [(0o755, 0), (0o750, 998), (0o775, 0)] {
            assert_eq!(open_to_others("/x", Some(&file(mode, 0, gid))), None);
        }
        for (found, why) in [
            (None, "/x is not there"),
            (Some(file(0o755, 998, 0)), "/x does not belong to root"),
            (Some(file(0o777, 0, 0)), "others than root can change /x"),
            (Some(file(0o770, 0, 998)), "others than root can change /x"),
        ] {
            assert_eq!(open_to_others("/x", found.as_ref()), Some(why.into()));
        }
    }
}

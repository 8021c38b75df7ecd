//! A setting as GitLab itself reads it: the image's own program evaluates the trainee's files in a container of ours.

use std::time::Duration;

use serde_json::Value;

use super::bench::Bench;
use super::graded::Verdict;
use super::http::filled;
use crate::engine::{Command, ContainerSpec, EngineError, ObjectKind, ObjectRef, Output, OutputLimit, Spec};
use crate::environment::plan;
use crate::error::Result;
use crate::lab::ConfigCheck;
use crate::random;
use crate::render::Values;
use crate::text::{clean_line, last_line};

/// Most bytes of settings that are read.
const OUTPUT_LIMIT: usize = 4 << 20;

pub(super) async fn run(bench: &Bench<'_>, check: &ConfigCheck, left: Duration) -> Verdict {
    match shown(bench, left).await {
        Ok(Ok(output)) => {
            judge(check, &output, &bench.values).unwrap_or_else(|error| Verdict::error(error.to_string()))
        }
        Ok(Err(EngineError::DeadlineExceeded { .. })) => {
            Verdict::fail(format!("GitLab does not finish reading its gitlab.rb within {} s", left.as_secs()))
        }
        Ok(Err(error)) => Verdict::error(error.to_string()),
        Err(error) => Verdict::error(error.to_string()),
    }
}

/// Runs `gitlab-ctl show-config`, which evaluates gitlab.rb. That file may run any program in this short-lived container.
async fn shown(bench: &Bench<'_>, left: Duration) -> Result<Result<Output, EngineError>> {
    let spec = plan::reader(&bench.workspace.environment, &bench.app.installation, &random::letters(8)?)?;
    let (engine, name) = (&bench.app.engine, spec.name.clone());
    let work = async {
        // The image that the container was created from, even if its tag has moved.
        let image = engine.inspect(&bench.workspace.environment.gitlab()).await?.image;
        engine.create(&Spec::Container(Box::new(ContainerSpec { image, ..spec }))).await?;
        engine.start(&name).await?;
        let command =
            Command::new(["/opt/gitlab/bin/gitlab-ctl", "show-config"], left, OutputLimit::First(OUTPUT_LIMIT))
                .user("0");
        engine.exec(&name, &command).await
    };
    let output = work.await;
    let object = ObjectRef { kind: ObjectKind::Container, id: name.clone(), name };
    // If this fails, the container ends by itself, and is removed with the attempt.
    engine.remove(&object).await.ok();
    Ok(output)
}

fn judge(check: &ConfigCheck, output: &Output, values: &Values) -> Result<Verdict> {
    if output.exit_code != 0 {
        let said = last_line(&output.stderr).or_else(|| last_line(&output.stdout)).unwrap_or_default();
        return Ok(Verdict::fail(format!("GitLab cannot read its gitlab.rb: {said}")));
    }
    let Some(settings) = settings(&output.stdout) else {
        return Ok(Verdict::fail("GitLab cannot read its gitlab.rb"));
    };
    let found = find(&settings, &check.setting);
    let setting = &check.setting;
    let told = found.map_or_else(|| "not set".into(), |value| format!("{:.80}", clean_line(&text(value))));
    if let Some(equals) = &check.equals
        && found.map(text) != Some(filled(equals, values)?)
    {
        return Ok(Verdict::fail(format!("{setting} is not what it should be: {told}")));
    }
    let number = found.and_then(|value| text(value).trim().parse::<f64>().ok());
    if check.least.is_some_and(|least| number.is_none_or(|number| number < f64::from(least))) {
        return Ok(Verdict::fail(format!("{setting} is too small: {told}")));
    }
    if check.most.is_some_and(|most| number.is_none_or(|number| number > f64::from(most))) {
        return Ok(Verdict::fail(format!("{setting} is too large: {told}")));
    }
    Ok(Verdict::pass())
}

/// gitlab.rb may print something first.
fn settings(output: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(output);
    let mut starts = text.match_indices("\n{").map(|(at, _)| at + 1).chain(text.starts_with('{').then_some(0));
    starts.find_map(|at| serde_json::from_str(&text[at..]).ok())
}

/// GitLab's own settings stand below `gitlab`, with dashes in newer versions.
fn find<'a>(settings: &'a Value, setting: &str) -> Option<&'a Value> {
    let mut keys = setting.split('.');
    let top = keys.next()?;
    let names = [top.to_string(), top.replace('_', "-")];
    let places = [settings.get("gitlab"), Some(settings)];
    let mut tops = places.into_iter().flatten().flat_map(|place| names.iter().filter_map(|name| place.get(name)));
    let top = tops.next()?;
    keys.try_fold(top, |value, key| value.get(key))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(check: &ConfigCheck, stdout: &str) -> Verdict {
        let output = Output { exit_code: 0, stdout: stdout.into(), ..Output::default() };
        judge(check, &output, &Values::default()).unwrap()
    }

    fn keep() -> ConfigCheck {
        ConfigCheck {
            setting: "gitlab_rails.backup_keep_time".into(),
            least: Some(86400),
            most: Some(604_800),
            equals: None,
        }
    }

    #[test]
    fn numbers_are_compared() {
        let settings = |keep: &str| format!(r#"{{"gitlab": {{"gitlab_rails": {{"backup_keep_time": {keep}}}}}}}"#);
        assert_eq!(judged(&keep(), &settings("604800")), Verdict::pass());
        assert_eq!(judged(&keep(), &settings("\"90000\"")), Verdict::pass());
        assert_eq!(judged(&keep(), &settings("60")), Verdict::fail("gitlab_rails.backup_keep_time is too small: 60"));
        assert_eq!(
            judged(&keep(), &settings("700000")),
            Verdict::fail("gitlab_rails.backup_keep_time is too large: 700000")
        );
        assert_eq!(judged(&keep(), "{}"), Verdict::fail("gitlab_rails.backup_keep_time is too small: not set"));
    }

    #[test]
    fn newer_names_and_what_is_printed_before_are_understood() {
        let text = "hello\n{ no\n{\"gitlab\": {\"gitlab-rails\": {\"backup_keep_time\": 86400}}}\n";
        assert_eq!(judged(&keep(), text), Verdict::pass());
    }

    #[test]
    fn a_configuration_that_cannot_be_read_is_a_wrong_answer() {
        let stderr = b"gitlab.rb:3: syntax error\n".to_vec();
        let output = Output { exit_code: 1, stderr, ..Output::default() };
        let verdict = judge(&keep(), &output, &Values::default()).unwrap();
        assert_eq!(verdict, Verdict::fail("GitLab cannot read its gitlab.rb: gitlab.rb:3: syntax error"));
        assert_eq!(judged(&keep(), "nothing"), Verdict::fail("GitLab cannot read its gitlab.rb"));
    }
}

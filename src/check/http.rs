//! HTTP checks: a request from the probe, and assertions on the response.

use std::fmt::Write as _;
use std::time::Duration;

use super::bench::Bench;
use super::graded::Verdict;
use crate::engine::{Command, EngineError, Output, OutputLimit};
use crate::environment::GITLAB_HOST;
use crate::environment::machines::PROBE_ACCOUNT;
use crate::error::Result;
use crate::lab::HttpCheck;
use crate::render::{Escape, Values, render};
use crate::text::last_line;

/// Most bytes of an answer that are compared.
const BODY_LIMIT: usize = 1024 * 1024;
/// Status and error message that curl prints.
const STATUS_MARK: &str = "breakfix-status:";

pub(super) async fn run(bench: &Bench<'_>, check: &HttpCheck, left: Duration) -> Verdict {
    let asked = match Asked::new(bench, check) {
        Ok(asked) => asked,
        Err(error) => return Verdict::error(error.to_string()),
    };
    let command =
        Command::new(["curl", "--config", "-"], left + Duration::from_secs(5), OutputLimit::First(BODY_LIMIT))
            .user(PROBE_ACCOUNT)
            .stdin(asked.config(left));
    match bench.in_probe(&command).await {
        Ok(output) => asked.judge(&output, left),
        Err(EngineError::DeadlineExceeded { .. }) => Verdict::error("the probe did not end in time"),
        Err(error) => Verdict::error(error.to_string()),
    }
}

/// A check with its templates filled in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    method: String,
    url: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    status: Option<u16>,
    contains: Option<String>,
    lacks: Option<String>,
}

impl Asked {
    fn new(bench: &Bench, check: &HttpCheck) -> Result<Self> {
        let fill = |text: &str| filled(text, &bench.values);
        let optional = |text: &Option<String>| text.as_deref().map(fill).transpose();
        let scheme = check.scheme.unwrap_or(bench.workspace.environment.spec.scheme).as_str();
        let path = fill(&check.path)?;
        Ok(Self {
            method: check.method.clone(),
            url: format!("{scheme}://{GITLAB_HOST}{path}"),
            path,
            headers: check
                .headers
                .iter()
                .map(|(name, value)| Ok((name.clone(), fill(value)?)))
                .collect::<Result<_>>()?,
            body: optional(&check.body)?,
            status: check.status,
            contains: optional(&check.contains)?,
            lacks: optional(&check.lacks)?,
        })
    }

    /// Configuration for curl, passed over standard input to keep secrets off the command line.
    fn config(&self, left: Duration) -> String {
        let mut config = format!(
            "silent\nshow-error\ninsecure\nmax-time = {}\nwrite-out = \"%{{stderr}}{STATUS_MARK}%{{http_code}}\"\n",
            left.as_secs().max(1)
        );
        let mut option = |name: &str, value: &str| {
            let _ = writeln!(config, "{name} = \"{}\"", quoted(value));
        };
        option("url", &self.url);
        option("request", &self.method);
        for (name, value) in &self.headers {
            option("header", &format!("{name}: {value}"));
        }
        if let Some(body) = &self.body {
            option("data-binary", body);
        }
        if self.method == "HEAD" {
            config.push_str("head\n");
        }
        config
    }

    fn judge(&self, output: &Output, left: Duration) -> Verdict {
        let said = String::from_utf8_lossy(&output.stderr);
        let status = said.rsplit(STATUS_MARK).next().and_then(|code| code.trim().parse::<u16>().ok());
        match (output.exit_code, status) {
            (0, Some(status)) => self.judge_answer(status, &String::from_utf8_lossy(&output.stdout)),
            (code, _) => match no_answer(code, left) {
                Some(why) => Verdict::fail(format!("{} {}: {why}", self.method, self.path)),
                None => Verdict::error(format!("curl could not be run (exit code {code}){}", words(output))),
            },
        }
    }

    fn judge_answer(&self, status: u16, body: &str) -> Verdict {
        let asked = format!("{} {}", self.method, self.path);
        match self {
            Self { status: Some(expected), .. } if *expected != status => {
                Verdict::fail(format!("{asked} answers {status}, not {expected}"))
            }
            Self { contains: Some(text), .. } if !body.contains(text.as_str()) => {
                Verdict::fail(format!("{asked} answers {status} without “{text}”"))
            }
            Self { lacks: Some(text), .. } if body.contains(text.as_str()) => {
                Verdict::fail(format!("{asked} still answers with “{text}”"))
            }
            _ => Verdict::pass(),
        }
    }
}

/// The message of curl or of the engine, after a colon.
fn words(output: &Output) -> String {
    let said = last_line(&output.stderr).or_else(|| last_line(&output.stdout));
    said.map(|line| format!(": {line}")).unwrap_or_default()
}

/// Exit codes of curl that no answer brings about: how it was asked, the probe's own resources, and a name that does not
/// lead to the container, which nobody in the container can bring about.
const OURS: [i64; 17] = [0, 2, 3, 4, 5, 6, 23, 26, 27, 41, 43, 45, 48, 53, 54, 58, 77];

/// Exit codes of curl that say something about the service; the others are failures of ours.
fn no_answer(code: i64, left: Duration) -> Option<String> {
    let why = match code {
        7 => "connection refused".into(),
        28 => format!("no answer within {} s", left.as_secs()),
        35 | 60 => "the TLS handshake fails".into(),
        52 => "an empty answer".into(),
        1 | 8 | 16 | 18 | 55 | 56 | 92 => "the answer is cut off".into(),
        code if OURS.contains(&code) || code > 125 => return None,
        _ => "the answer cannot be understood".into(),
    };
    Some(why)
}

/// Within double quotes of curl's configuration.
fn quoted(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted
}

/// A field of the lab file with its variables filled in.
pub(super) fn filled(text: &str, values: &Values) -> Result<String> {
    render(text, "a check", values, Escape::None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::Outcome;

    const LEFT: Duration = Duration::from_secs(10);

    fn asked() -> Asked {
        Asked {
            method: "GET".into(),
            url: "http://gitlab/users/sign_in".into(),
            path: "/users/sign_in".into(),
            status: Some(200),
            contains: Some("Username".into()),
            lacks: Some("Whoops".into()),
            ..Asked::default()
        }
    }

    fn judged(exit_code: i64, status: &str, body: &str) -> (Outcome, String) {
        let stderr = format!("curl: (7) noise\n{STATUS_MARK}{status}").into_bytes();
        let verdict = asked().judge(&Output { exit_code, stdout: body.into(), stderr, dropped: 0 }, LEFT);
        (verdict.outcome, verdict.message)
    }

    #[test]
    fn the_expected_answer_passes() {
        assert_eq!(judged(0, "200", "<label>Username</label>"), (Outcome::Pass, String::new()));
    }

    #[test]
    fn wrong_answers_say_what_came_instead() {
        let cases = [
            (judged(0, "502", ""), "GET /users/sign_in answers 502, not 200"),
            (judged(0, "200", "hello"), "GET /users/sign_in answers 200 without “Username”"),
            (judged(0, "200", "Username Whoops"), "GET /users/sign_in still answers with “Whoops”"),
            (judged(7, "000", ""), "GET /users/sign_in: connection refused"),
            (judged(28, "000", ""), "GET /users/sign_in: no answer within 10 s"),
        ];
        for (got, expected) in cases {
            assert_eq!(got, (Outcome::Fail, expected.into()));
        }
    }

    #[test]
    fn a_probe_without_curl_is_no_wrong_answer() {
        assert_eq!(judged(127, "", "").0, Outcome::Error);
        assert_eq!(judged(2, "", "").0, Outcome::Error);
        assert_eq!(judged(6, "000", "").0, Outcome::Error);
        assert_eq!(judged(100, "000", "").0, Outcome::Fail, "whatever is wrong with the answer");
    }

    #[test]
    fn data_cannot_leave_its_option() {
        let asked = Asked { headers: vec![("X".into(), "a\"\noutput = \"/etc/passwd".into())], ..asked() };
        let config = asked.config(LEFT);
        assert!(config.contains(r#"header = "X: a\"\noutput = \"/etc/passwd""#), "{config}");
    }
}

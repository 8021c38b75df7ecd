//! What every check script is given: it looks like one of the customer's people, another one each time.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const PRELUDE: &str =
    concat!(include_str!("../templates/checks/prelude.sh"), include_str!("../templates/checks/probe.sh"));

/// Runs a script as the probe does.
fn run(script: &str) -> Output {
    let text = format!("{PRELUDE}\n{script}").replace("{{host}}", "gitlab").replace("{{scheme}}", "http");
    let text = text.replace("{{root_token}}", "'glpat-0'");
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = bash.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(script: &str) -> String {
    let output = run(script);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn no_two_checks_use_one_name() {
    let names: Vec<String> = (0..20).map(|_| said("printf '%s\\n' \"$NAME\" \"$TITLE\"")).collect();
    let distinct: BTreeSet<&str> = names.iter().flat_map(|name| name.lines()).collect();
    assert_eq!(distinct.len(), 40, "{names:?}");
}

#[test]
fn names_suit_branches_files_and_projects() {
    let name = said("printf %s \"$NAME\"");
    let (number, words) = name.split_once('-').unwrap();
    assert!(number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit()), "{name}");
    assert!(words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
}

#[test]
fn nothing_that_a_check_sends_tells_that_it_is_one() {
    let sent = "printf '%s\\n' \"$NAME\" \"$TITLE\" \"$FULL_NAME\" \"$BROWSER\" \"$SCRIPT\"; env | grep ^GIT_";
    for _ in 0..5 {
        let sent = said(sent).to_lowercase();
        for word in ["check", "probe", "breakfix", "grad", "test-"] {
            assert!(!sent.contains(word), "{word} in {sent}");
        }
    }
}

#[test]
fn an_answer_of_another_shape_is_a_wrong_answer() {
    let wrong = "what answers for GitLab's API is not GitLab\n";
    for script in ["id=$(jq .id <<<'<html>')", "jq -r '.[].title' <<<'{\"id\": 1}' >/dev/null"] {
        let output = run(script);
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stdout).unwrap().as_str()),
            (Some(1), wrong),
            "{script}"
        );
    }
}

#[test]
fn a_question_with_the_answer_no_is_no_wrong_answer() {
    assert_eq!(said("jq -e .found <<<'{\"found\": false}' >/dev/null || echo no"), "no\n");
}

#[test]
fn a_mistake_in_a_script_is_no_wrong_answer() {
    assert_eq!(run("jq '.[' <<<'{}'").status.code(), Some(3));
}

/// What stands for GitLab, and keeps what `come_as` asks of it.
const STANDING_IN: &str = r#"
ssh_key() { echo "ssh key of $1"; }
user_token() { TOKEN=glpat-1; echo "token of $1"; }
"#;

#[test]
fn somebody_comes_with_credentials_of_their_own_by_either_way() {
    let script = format!("{STANDING_IN} come_as ada root/wiki; echo \"$remote\"");
    let seen: BTreeSet<String> = (0..40).map(|_| said(&script)).collect();
    let ways =
        ["ssh key of ada\ngit@gitlab:root/wiki.git\n", "token of ada\nhttp://ada:glpat-1@gitlab/root/wiki.git\n"];
    assert_eq!(seen, ways.map(String::from).into());
}

#[test]
fn a_check_goes_on_in_the_clone_of_whom_it_comes_as() {
    let script = format!(
        "{STANDING_IN} git init --quiet --bare \"$WORK/wiki\"; ssh_remote() {{ echo \"$WORK/wiki\"; }}; http_remote() {{ ssh_remote; }}
        clone_as ada root/wiki >/dev/null; [ \"$PWD\" = \"$WORK/ada\" ]; [ \"$(git remote get-url origin)\" = \"$remote\" ]"
    );
    assert_eq!(said(&script), "");
    let gone = format!(
        "{STANDING_IN} ssh_remote() {{ echo /nowhere; }}; http_remote() {{ ssh_remote; }}; clone_as ada root/wiki >&2"
    );
    let output = run(&gone);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("cannot clone root/wiki: "));
}

#[test]
fn a_line_of_work_names_no_ticket() {
    for _ in 0..10 {
        let line = said("work_line");
        assert!(line.trim_end().chars().all(|letter| letter.is_ascii_alphabetic() || letter == ' '), "{line}");
    }
}

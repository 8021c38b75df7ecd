//! All that an environment consists of, in every detail: what a container may do, sees and uses.

use std::fmt::Write as _;
use std::fs;

use breakfix::attempt::Attempt;
use breakfix::lab::Limits;
use breakfix::plan::{Place, examiner, plan, reader};
use serde_json::json;

const EXPECTED: &str = "tests/plan/expected.txt";

fn attempt() -> Attempt {
    let attempt = json!({
        "id": "nginx-502-ada-k3pq", "lab": "nginx-502", "labs_dir": null, "lab_digest": "d1", "trainee": "ada",
        "class": null, "seed": "s1", "image": "breakfix/gitlab:1", "platform": "light", "scheme": "http",
        "listen": "127.0.0.1", "port": 8080, "root_password": "secret", "root_token": "glpat-x",
        "created": "2026-01-01T00:00:00Z", "expires": "2026-01-02T00:00:00Z", "hints_taken": 0,
    });
    serde_json::from_value(attempt).unwrap()
}

/// `UPDATE_GOLDEN=1` writes what is planned now: read the difference before committing it.
#[test]
fn an_environment_is_planned_as_written_down() {
    let attempt = attempt();
    let place = Place { installation: "i", subnet: "10.213.0.16/28".parse().unwrap(), probe_image: "breakfix/probe:1" };
    let planned = plan(&attempt, &Limits { data_mib: Some(300) }, &place).unwrap();
    let mut said = format!("{planned:#?}\n");
    writeln!(said, "{:#?}", examiner(&attempt, "i", "examiner", &["ruby"])).unwrap();
    writeln!(said, "{:#?}", reader(&attempt, "i", "reader").unwrap()).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(EXPECTED, &said).unwrap();
    }
    assert_eq!(said, fs::read_to_string(EXPECTED).unwrap_or_default());
}

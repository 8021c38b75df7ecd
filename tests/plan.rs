//! All that an environment consists of, in every detail: what a container may do, sees and uses.

use std::fmt::Write as _;
use std::fs;

use breakfix::environment::machines::Allocation;
use breakfix::environment::plan::{examiner, plan, reader};
use breakfix::environment::{Environment, EnvironmentSpec, ImageSet};
use breakfix::platform::Platform;
use breakfix::secret::Secret;

const EXPECTED: &str = "tests/plan/expected.txt";

fn environment() -> Environment {
    let ours = [("probe".into(), "breakfix/probe:1".into())].into();
    let images = ImageSet { gitlab: "breakfix/gitlab:1".into(), platform: Platform::Light, ours };
    let spec = EnvironmentSpec { data_mib: Some(300), ..EnvironmentSpec::of(&images) };
    let [created, expires] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"].map(|at| at.parse().unwrap());
    let mut environment = Environment::draft("nginx-502-ada-k3pq".into(), spec, created, expires).unwrap();
    environment.port = 8080;
    environment.root.password = Secret::new("secret");
    environment.tags = [("lab", "nginx-502"), ("trainee", "ada")].map(|(name, tag)| (name.into(), tag.into())).into();
    environment
}

/// `UPDATE_GOLDEN=1` writes what is planned now: read the difference before committing it.
#[test]
fn an_environment_is_planned_as_written_down() {
    let environment = environment();
    let allocation = Allocation { installation: "i", subnet: "10.213.0.16/28".parse().unwrap() };
    let planned = plan(&environment, &allocation).unwrap();
    let mut said = format!("{planned:#?}\n");
    writeln!(said, "{:#?}", examiner(&environment, "i", "examiner", &["ruby"])).unwrap();
    writeln!(said, "{:#?}", reader(&environment, "i", "reader").unwrap()).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(EXPECTED, &said).unwrap();
    }
    assert_eq!(said, fs::read_to_string(EXPECTED).unwrap_or_default());
}

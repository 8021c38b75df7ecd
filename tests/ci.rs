//! The CI jobs that `breakfix new ci` writes: their very commands run here, in a folder and with a state of their own.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use support::desk::{Desk, Ran, finish};

/// A repository of a trainee's with a submission in it.
struct Checkout {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Checkout {
    fn new() -> Option<Self> {
        let desk = Desk::new()?;
        let folder = tempfile::tempdir().unwrap();
        let solution = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/nginx-502/solution.sh");
        std::fs::copy(solution, folder.path().join("fix.sh")).unwrap();
        Some(Self { desk, folder })
    }

    fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn new_ci(&self, forge: &str, file: &str) -> Value {
        let mut command = self.desk.command(&["new", "ci", forge]);
        command.current_dir(self.folder.path());
        finish(command).exits(0).says(&format!("Wrote {file}. Its first lines say what to set.\n"));
        serde_yaml::from_str(&std::fs::read_to_string(self.file(file)).unwrap()).unwrap()
    }

    /// Runs one command of a job as a runner does.
    fn run(&self, command: &str, variables: &Value) -> Ran {
        let program = Path::new(env!("CARGO_BIN_EXE_breakfix")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut bash = Command::new("bash");
        bash.args(["-e", "-o", "pipefail", "-c", command]).env_clear().current_dir(self.folder.path());
        let around = self.desk.command(&[]);
        bash.envs(around.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("PATH", path);
        bash.env_remove("BREAKFIX_LABS")
            .env("GITHUB_OUTPUT", self.file("output"))
            .env("GITHUB_STEP_SUMMARY", self.file("summary"));
        for (name, value) in variables.as_object().unwrap() {
            let here = self.folder.path().display().to_string();
            let value = value.as_str().unwrap().replace("$CI_PROJECT_DIR", &here);
            bash.env(name, value.replace("${{ github.workspace }}", &here));
        }
        bash.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        finish(bash).exits(0)
    }

    /// The reports are there, the images are kept, nothing else is left.
    fn assert_graded(&self) {
        let suites = junit_parser::from_reader(std::fs::read(self.file("breakfix.xml")).unwrap().as_slice()).unwrap();
        assert_eq!((suites.tests, suites.failures, suites.errors, suites.skipped), (4, 0, 0, 0));
        assert!(std::fs::read_to_string(self.file("breakfix.md")).unwrap().contains("### nginx-502: fix, solved"));
        let json: Value = serde_json::from_slice(&std::fs::read(self.file("breakfix.json")).unwrap()).unwrap();
        assert_eq!(json["submissions"][0]["verdict"], "passed");
        let kept = std::fs::read_dir(self.file(".breakfix/images")).unwrap();
        let mut kept: Vec<String> = kept.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        kept.sort();
        assert!(matches!(&kept[..], [one, two] if one.starts_with("gitlab-") && two.starts_with("probe-")), "{kept:?}");
    }
}

fn commands(job: &Value, section: &str) -> Vec<String> {
    job[section].as_array().unwrap().iter().map(|command| command.as_str().unwrap().to_string()).collect()
}

#[test]
fn the_job_for_gitlab_does_what_it_says() {
    let Some(checkout) = Checkout::new() else { return };
    let file = checkout.new_ci("--gitlab", ".gitlab-ci.yml");
    let job = &file[".grade"];
    let mut variables = file["variables"].clone();
    variables.as_object_mut().unwrap().extend(job["variables"].as_object().unwrap().clone());
    // The second time the images come from where the first one has kept them.
    for section in ["before_script", "before_script", "script", "after_script"] {
        for command in commands(job, section) {
            checkout.run(&command, &variables);
        }
    }
    checkout.assert_graded();
    assert_eq!(job["artifacts"]["reports"]["junit"], "breakfix.xml");
    let dind = &file["grade"];
    assert_eq!((&dind["extends"], &dind["variables"]["DOCKER_TLS_VERIFY"]), (&".grade".into(), &"1".into()));
    assert_eq!(file["grade-on-socket"]["extends"], ".grade");
}

#[test]
fn the_workflow_for_github_does_what_it_says() {
    let Some(checkout) = Checkout::new() else { return };
    let file = checkout.new_ci("--github", ".github/workflows/breakfix.yml");
    let steps = file["jobs"]["grade"]["steps"].as_array().unwrap();
    let commands: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert_eq!(commands.len(), 6);
    for command in commands {
        checkout.run(command, &file["env"]);
    }
    checkout.assert_graded();
    assert!(std::fs::read_to_string(checkout.file("output")).unwrap().starts_with("hash="));
    assert!(std::fs::read_to_string(checkout.file("summary")).unwrap().contains("### nginx-502"));
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let Some(checkout) = Checkout::new() else { return };
    std::fs::write(checkout.file(".gitlab-ci.yml"), "mine").unwrap();
    let mut command = checkout.desk.command(&["new", "ci", "--gitlab"]);
    command.current_dir(checkout.folder.path());
    let expected = "error: .gitlab-ci.yml exists already\ntry: Choose another file with --output.\n";
    finish(command).exits(2).complains(expected);
    assert_eq!(std::fs::read_to_string(checkout.file(".gitlab-ci.yml")).unwrap(), "mine");
}

#[test]
fn only_labs_that_a_change_concerns_are_proven() {
    let Some(desk) = Desk::new() else { return };
    let top = desk.state().parent().unwrap().to_path_buf();
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-C", top.to_str().unwrap()];
        let output = Command::new("git").args(identity).args(args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    std::fs::write(top.join(".gitignore"), "state\n").unwrap();
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "Begin"]);
    git(&["tag", "begin"]);
    let junit = top.join("state-proof.xml").display().to_string();
    let image = desk.image();
    let prove = |more: &[&str]| {
        let args = ["prove", "--changed", "--image", &image, "--seeds", "1", "--junit", &junit];
        desk.run(&[&args[..], more].concat())
    };
    prove(&[]).exits(0).says("Nothing to prove.\n").mentions("1 of 1 labs are left out");
    desk.edit("ticket.md", "Hello", "Good morning");
    git(&["commit", "--quiet", "--all", "--message", "Greet"]);
    prove(&[]).exits(0).says("Nothing to prove.\n");
    let proven = prove(&["--since", "begin"]).exits(0);
    proven.mentions("mini is proven, because of labs/mini/ticket.md").mentions("holds");
    prove(&["--since", "nowhere"]).exits(2).mentions("--since names one of its commits");
}

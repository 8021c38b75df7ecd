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

    /// A folder of the runner's, outside of the checkout.
    fn runner(&self) -> PathBuf {
        self.desk.state().parent().unwrap().join("runner")
    }

    /// Runs commands of a job in one shell, as a runner does.
    fn run(&self, commands: &str, variables: &Value) -> Ran {
        let program = Path::new(env!("CARGO_BIN_EXE_breakfix")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut bash = Command::new("bash");
        bash.args(["-e", "-o", "pipefail", "-c", commands]).env_clear().current_dir(self.folder.path());
        let around = self.desk.command(&[]);
        bash.envs(around.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("PATH", path);
        std::fs::create_dir_all(self.runner()).unwrap();
        bash.env_remove("BREAKFIX_LABS")
            .env_remove("BREAKFIX_STATE")
            .env("TMPDIR", self.runner())
            .env("CI_JOB_ID", "7")
            .env("RUNNER_TEMP", self.runner())
            .env("GITHUB_WORKSPACE", self.folder.path())
            .env("GITHUB_STEP_SUMMARY", self.runner().join("summary"));
        for (name, value) in variables.as_object().unwrap() {
            bash.env(name, value.as_str().unwrap());
        }
        bash.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        finish(bash)
    }

    /// A repository that wants to be graded by its own reports, state and images.
    fn hostile(self) -> Self {
        std::fs::write(self.file("fix.sh"), "#!/bin/sh\necho '::error::x'\n").unwrap();
        let forged = r#"{"submissions":[{"verdict":"passed","score":100}]}"#;
        std::fs::write(self.file(".breakfix"), "a file where a folder should be").unwrap();
        for folder in ["breakfix", "breakfix-7"] {
            std::fs::create_dir_all(self.file(folder)).unwrap();
            for name in ["breakfix.json", "breakfix.xml", "breakfix.md", "images.tar", "breakfix.sqlite"] {
                std::fs::write(self.file(folder).join(name), forged).unwrap();
                std::fs::write(self.file(name), forged).unwrap();
            }
        }
        self
    }

    /// What the job uploads, which this job has written and nothing else.
    fn reports(&self, folder: &Path) -> Value {
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.retain(|name| name != "state");
        files.sort();
        assert_eq!(files, ["breakfix.json", "breakfix.md", "breakfix.xml"]);
        let suites = junit_parser::from_reader(std::fs::read(folder.join("breakfix.xml")).unwrap().as_slice()).unwrap();
        assert_eq!(suites.tests, 4);
        self.desk.assert_nothing_left();
        serde_json::from_slice(&std::fs::read(folder.join("breakfix.json")).unwrap()).unwrap()
    }
}

fn commands(job: &Value, sections: &[&str]) -> String {
    let of =
        |section: &&str| job[section].as_array().unwrap().iter().map(|command| command.as_str().unwrap().to_string());
    sections.iter().flat_map(of).collect::<Vec<_>>().join("\n")
}

fn verdict(report: &Value) -> (&str, u64) {
    let submission = &report["submissions"][0];
    (submission["verdict"].as_str().unwrap(), submission["score"].as_u64().unwrap())
}

#[test]
fn the_job_for_gitlab_does_what_it_says() {
    let Some(checkout) = Checkout::new() else { return };
    let file = checkout.new_ci("--gitlab", ".gitlab-ci.yml");
    let job = &file[".grade"];
    let commands = commands(job, &["before_script", "script"]);
    checkout.run(&commands, &file["variables"]).exits(0).mentions("### nginx-502: fix, solved");
    let folder = job["artifacts"]["paths"][0].as_str().unwrap().replace("$CI_JOB_ID", "7");
    assert_eq!(verdict(&checkout.reports(&checkout.file(&folder))), ("passed", 100));
    let junit = job["artifacts"]["reports"]["junit"].as_str().unwrap().replace("$CI_JOB_ID", "7");
    assert_eq!(junit, format!("{folder}/breakfix.xml"));
    let dind = &file["grade"];
    assert_eq!((&dind["extends"], &dind["variables"]["DOCKER_TLS_VERIFY"]), (&".grade".into(), &"1".into()));
    assert_eq!(file["grade-on-socket"]["extends"], ".grade");

    let hostile = checkout.hostile();
    let ran = hostile.run(&commands, &file["variables"]).exits(1);
    assert!(!ran.stdout.contains("::error"), "{ran}");
    assert_eq!(verdict(&hostile.reports(&hostile.file(&folder))), ("not passed", 0));
    // Where nothing can be graded, nothing that was committed is uploaded.
    let variables = serde_json::json!({ "LAB": "nginx-502", "SUBMISSION": "fix.sh", "DOCKER_HOST": "unix:///nowhere" });
    let short = commands.replace("timeout 60", "timeout 1");
    hostile.run(&short, &variables).exits(3);
    assert_eq!(std::fs::read_dir(hostile.file(&folder)).unwrap().count(), 0);
}

#[test]
fn the_workflow_for_github_does_what_it_says() {
    let Some(checkout) = Checkout::new() else { return };
    let file = checkout.new_ci("--github", ".github/workflows/breakfix.yml");
    let steps = file["jobs"]["grade"]["steps"].as_array().unwrap();
    let commands: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert_eq!(commands.len(), 5);
    let grade = |checkout: &Checkout, codes: [i32; 5]| {
        for (command, code) in commands.iter().zip(codes) {
            checkout.run(command, &file["env"]).exits(code);
        }
    };
    grade(&checkout, [0; 5]);
    let folder = checkout.runner().join("breakfix");
    assert_eq!(verdict(&checkout.reports(&folder)), ("passed", 100));
    assert!(std::fs::read_to_string(checkout.runner().join("summary")).unwrap().contains("### nginx-502"));
    let hostile = checkout.hostile();
    grade(&hostile, [0, 0, 1, 0, 0]);
    assert_eq!(verdict(&hostile.reports(&folder)), ("not passed", 0));
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
        let args = ["prove", "--changed", "--image", &image, "--seeds", "1", "--cheats", "in-turn", "--junit", &junit];
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

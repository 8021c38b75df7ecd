//! The CI jobs that `breakfix new ci` writes: their very commands run here, in a folder and with a state of their own.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

use breakfix::engine::{Engine, ImageBuild, Images};
use breakfix::image::{BuildEnv, Known, ensure};
use futures_util::StreamExt;
use serde_json::{Value, json};
use support::desk::{Desk, Ran, finish};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What an earlier job has left in the cache: one for all tests of this file, since it has hundreds of megabytes.
fn cached(desk: &Desk, place: &Path) {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    let saved = CACHE.get_or_init(|| {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sealed-images");
        let mut command = desk.command(&["image", "save", file.to_str().unwrap()]);
        command.env("BREAKFIX_CACHE_KEY", SECRET);
        finish(command).exits(0).mentions("Saved breakfix/gitlab:");
        file
    });
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::remove_file(place).ok();
    std::fs::copy(saved, place).unwrap();
}

/// A repository of a trainee's with a submission in it.
struct Checkout {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Checkout {
    fn new() -> Self {
        let desk = Desk::new();
        let folder = tempfile::tempdir().unwrap();
        let solution = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/nginx-502/solution.sh");
        std::fs::copy(solution, folder.path().join("fix.sh")).unwrap();
        Self { desk, folder }
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
            .env("GITHUB_ENV", self.runner().join("env"))
            .env("TMPDIR", self.runner())
            .env("CI_JOB_ID", "7")
            .env("RUNNER_TEMP", self.runner())
            .env("GITHUB_WORKSPACE", self.folder.path())
            .env("GITHUB_STEP_SUMMARY", self.runner().join("summary"));
        let earlier = std::fs::read_to_string(self.runner().join("env")).unwrap_or_default();
        bash.envs(earlier.lines().filter_map(|line| line.split_once('=')));
        for (name, value) in variables.as_object().unwrap() {
            match value.as_str() {
                Some(value) => bash.env(name, value),
                None => bash.env_remove(name),
            };
        }
        bash.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        finish(bash)
    }

    /// A repository that wants to be graded by its own reports, state and images.
    fn hostile(self) -> Self {
        std::fs::create_dir_all(self.file("breakfix-images")).unwrap();
        std::fs::write(self.file("breakfix-images/sealed"), "images of the trainee's").unwrap();
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
        files.retain(|name| name != "state" && name != "images");
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
#[ignore = "needs a container engine"]
fn the_job_for_gitlab_does_what_it_says() {
    let checkout = Checkout::new();
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

    // What the cache gives is in the checkout.
    assert_eq!(file[".grade"]["cache"]["paths"], json!(["breakfix-images"]));
    let hostile = checkout.hostile();
    let with = |name: &str, value: Value| {
        let mut variables = file["variables"].clone();
        variables[name] = value;
        variables
    };
    let ran = hostile.run(&commands, &file["variables"]).exits(1);
    assert!(!ran.stdout.contains("::error"), "{ran}");
    assert!(!hostile.file("breakfix-images").exists(), "what has no seal is not kept");
    assert_eq!(verdict(&hostile.reports(&hostile.file(&folder))), ("not passed", 0));
    // What has a wrong seal is refused, made again and kept; the next job, which knows nothing, loads it.
    let hostile = hostile.hostile();
    let mut sealed = with("BREAKFIX_CACHE_KEY", SECRET.into());
    let refused = "error: breakfix-images/sealed was not made by `breakfix image save`\n";
    hostile.run(&commands, &sealed).exits(1).mentions(refused).mentions("Saved breakfix/gitlab:");
    sealed["BREAKFIX_KNOWN_IMAGES"] = Value::Null;
    let ran = hostile.run(&commands, &sealed).exits(1).mentions("Loaded breakfix/gitlab:");
    assert!(!ran.stderr.contains("Preparing image") && !ran.stdout.contains("Saved"), "{ran}");
    assert_eq!(verdict(&hostile.reports(&hostile.file(&folder))), ("not passed", 0));
    // Where nothing can be graded, nothing that was committed is uploaded.
    let variables = serde_json::json!({ "LAB": "nginx-502", "SUBMISSION": "fix.sh", "DOCKER_HOST": "unix:///nowhere" });
    let short = commands.replace("timeout 60", "timeout 1");
    hostile.run(&short, &variables).exits(3);
    assert_eq!(std::fs::read_dir(hostile.file(&folder)).unwrap().count(), 0);
}

#[test]
#[ignore = "needs a container engine"]
fn the_workflow_for_github_does_what_it_says() {
    let checkout = Checkout::new();
    let file = checkout.new_ci("--github", ".github/workflows/breakfix.yml");
    let steps = file["jobs"]["grade"]["steps"].as_array().unwrap();
    let commands: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert_eq!(commands.len(), 5);
    assert_eq!(file["jobs"]["grade"]["container"]["image"], "registry.example.com/breakfix:latest");
    let folder = checkout.runner().join("breakfix");
    // A secret that was not set is an empty text. What the cache has is there after the first step.
    let grade = |checkout: &Checkout, key: &str, codes: [i32; 5]| {
        let mut variables = file["env"].clone();
        variables["BREAKFIX_CACHE_KEY"] = key.into();
        let begun = checkout.run(commands[0], &variables).exits(codes[0]);
        if !key.is_empty() {
            variables["BREAKFIX_KNOWN_IMAGES"] = Value::Null;
            cached(&checkout.desk, &folder.join("images/sealed"));
        }
        let rest = commands[1..].iter().zip(&codes[1..]);
        let ran = rest.map(|(command, code)| checkout.run(command, &variables).exits(*code));
        std::iter::once(begun).chain(ran.collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    grade(&checkout, "", [0; 5]);
    assert_eq!(verdict(&checkout.reports(&folder)), ("passed", 100));
    assert!(std::fs::read_to_string(checkout.runner().join("summary")).unwrap().contains("### nginx-502"));
    let hostile = checkout.hostile();
    let ran = grade(&hostile, SECRET, [0, 0, 1, 0, 0]);
    assert!(ran[1].stdout.starts_with("Loaded breakfix/gitlab:"), "{}", ran[1]);
    assert_eq!(verdict(&hostile.reports(&folder)), ("not passed", 0));
    let paths: Vec<&Value> = steps.iter().map(|step| &step["with"]["path"]).filter(|path| !path.is_null()).collect();
    assert_eq!(paths[..2], [&json!("${{ env.FOLDER }}/images"); 2]);
}

/// A container of a CI image, made by hand as a runner makes it.
struct Runner<'a> {
    checkout: &'a Checkout,
    image: String,
    variables: Value,
}

impl Runner<'_> {
    /// Runs commands of a job in one shell of a new container that has the checkout and the engine's socket.
    fn run(&self, commands: &str) -> Ran {
        let address = support::here().unwrap().url;
        let socket = address.strip_prefix("unix://").expect("the engine's socket");
        let folder = self.checkout.folder.path().display();
        let mut env = vec!["CI_JOB_ID=7".to_string()];
        env.extend(
            self.variables
                .as_object()
                .unwrap()
                .iter()
                .filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?))),
        );
        let binds = vec![format!("{socket}:/var/run/docker.sock"), format!("{folder}:/builds")];
        let shell = ["bash", "-e", "-o", "pipefail", "-c", commands].map(String::from).to_vec();
        let (code, stdout, stderr) = self.checkout.desk.runtime.block_on(support::run(&self.image, shell, env, binds));
        Ran { args: vec!["in the CI image".into()], code: Some(code), stdout, stderr }
    }
}

/// Builds the image that `new ci --dockerfile` describes, on the base that the engine has; gives the base as well.
fn ci_image(checkout: &Checkout) -> (String, String) {
    let desk = &checkout.desk;
    let mut command = desk.command(&["new", "ci", "--dockerfile"]);
    command.current_dir(checkout.folder.path());
    finish(command).exits(0).says("Wrote Dockerfile. Its first lines say what to set.\n");
    let mut env = BuildEnv::new(desk.state(), &std::env::vars().collect());
    env.known = Known::at(support::known_images());
    let engine = Arc::new(desk.engine.clone());
    let base = desk.runtime.block_on(ensure(engine, &["base"], &env, &|_| {})).unwrap().remove("base").unwrap();
    let dockerfile = std::fs::read(checkout.file("Dockerfile")).unwrap();
    let program = std::fs::read(env!("CARGO_BIN_EXE_breakfix")).unwrap();
    let mut context = tar::Builder::new(vec![]);
    for (path, mode, content) in [("Dockerfile", 0o644, &dockerfile), ("breakfix", 0o755, &program)] {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_size(content.len() as u64);
        context.append_data(&mut header, path, content.as_slice()).unwrap();
    }
    let build = ImageBuild {
        reference: format!("breakfix-test-ci-{}:1", std::process::id()),
        context: context.into_inner().unwrap(),
        args: [("BASE".to_string(), base.clone())].into_iter().chain(env.proxies).collect(),
        labels: [(breakfix::engine::labels::IMAGE.to_string(), "test-ci".to_string())].into(),
    };
    desk.runtime.block_on(async {
        let mut lines = desk.engine.build_image(&build).await.unwrap();
        while let Some(line) = lines.next().await {
            line.unwrap();
        }
    });
    (build.reference, base)
}

#[test]
#[ignore = "needs a container engine with a socket on this machine"]
fn the_image_for_ci_runs_the_job_for_gitlab() {
    let checkout = Checkout::new();
    let url = support::here().unwrap().url;
    assert!(url.starts_with("unix://"), "this test needs an engine's socket to give to a job: {url}");
    let (image, base) = ci_image(&checkout);
    let file = checkout.new_ci("--gitlab", ".gitlab-ci.yml");
    let commands = commands(&file[".grade"], &["before_script", "script"]);
    // Their name tells this test's environments from others'.
    let name = format!("fix-{}", std::process::id());
    std::fs::rename(checkout.file("fix.sh"), checkout.file(&format!("{name}.sh"))).unwrap();
    cached(&checkout.desk, &checkout.file("breakfix-images/sealed"));
    let mut variables = file["variables"].clone();
    variables["SUBMISSION"] = format!("{name}.sh").into();
    variables["BREAKFIX_CACHE_KEY"] = SECRET.into();
    // The image's own apt sources are not this machine's.
    variables["BREAKFIX_BASE_IMAGE"] = base.into();

    let (checkout, outcome) = {
        let runner = Runner { checkout: &checkout, image: image.clone(), variables };
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let ran = runner.run(&commands);
            assert_eq!(ran.code, Some(0), "{ran}");
            let ran = ran.mentions("Loaded breakfix/gitlab:").mentions(&format!("### nginx-502: {name}, solved"));
            assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{ran}");
            assert_eq!(verdict(&checkout.reports(&checkout.file("breakfix-7"))), ("passed", 100));

            let hostile = "#!/bin/sh\ncat /proc/*/environ | tr '\\0' '\\n' | grep CACHE_KEY\necho '::error::x'\n";
            std::fs::write(checkout.file(&format!("{name}.sh")), hostile).unwrap();
            let ran = runner.run(&commands);
            assert_eq!(ran.code, Some(1), "{ran}");
            assert!(!ran.stdout.contains("::error") && !ran.stdout.contains("CACHE_KEY"), "{ran}");
            let report = checkout.reports(&checkout.file("breakfix-7"));
            assert_eq!(verdict(&report), ("not passed", 0));
            assert!(!report.to_string().contains(SECRET), "{report:#}");
        }));
        (&checkout, outcome)
    };
    let desk = &checkout.desk;
    desk.runtime.block_on(async {
        let others = desk.engine.list_others("nobody").await.unwrap();
        let of_us = |object: &&breakfix::engine::Object| {
            object.owner.as_ref().is_some_and(|owner| owner.tags.get("trainee").is_some_and(|trainee| trainee == &name))
        };
        let left: Vec<_> = others.iter().filter(of_us).collect();
        for object in left.iter().chain(&left) {
            desk.engine.remove(&object.reference).await.ok();
        }
        desk.engine.remove_image(&image).await.unwrap();
        if outcome.is_ok() {
            assert_eq!(left, Vec::<&breakfix::engine::Object>::new(), "left in the engine");
        }
    });
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[test]
#[ignore = "needs a container engine"]
fn only_labs_that_a_change_concerns_are_proven() {
    let desk = Desk::new();
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
        let args = ["prove", "--changed", "--image", &image, "--seeds", "1", "--turn", "0", "--junit", &junit];
        desk.run(&[&args[..], more].concat())
    };
    prove(&[]).exits(0).says("Nothing to prove.\n").mentions("1 of 1 labs are left out");
    desk.edit("ticket.md", "Hello", "Good morning");
    git(&["commit", "--quiet", "--all", "--message", "Greet"]);
    prove(&[]).exits(0).says("Nothing to prove.\n");
    let proven = prove(&["--since", "begin"]).exits(0);
    let proven = proven.mentions("mini is proven, because of labs/mini/ticket.md");
    let sum = proven.stdout.lines().last().and_then(|line| line.strip_suffix(" claims hold.")?.split_once(" of "));
    assert!(sum.is_some_and(|(held, all)| held == all && all != "0"), "{proven}");
    prove(&["--since", "nowhere"]).exits(2).mentions("--since names one of its commits");
}

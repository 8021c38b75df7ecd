//! A desk: one installation of breakfix with its built program, and the promise that nothing of it is left.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use breakfix::engine::docker::Docker;
use breakfix::engine::{Command as InContainer, Engine, Object, OutputLimit};
use breakfix::store::Store;
use serde_json::Value;
use tempfile::TempDir;

use super::contract;

/// No command of these tests takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_mins(3);

/// What an environment consists of in the engine: a network, three volumes, three containers.
pub const OBJECTS: usize = 7;

/// A state folder and labs of its own on the shared engine.
pub struct Desk {
    pub engine: Docker,
    pub runtime: tokio::runtime::Runtime,
    folder: TempDir,
    address: String,
}

/// What a command left.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub args: Vec<String>,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    /// # Panics
    ///
    /// When no engine answers.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let engine = runtime.block_on(super::engine());
        let folder = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labs"), &folder.path().join("labs"));
        let address = super::here().unwrap().url;
        Self { engine, runtime, folder, address }
    }

    /// Brings a further folder of labs along.
    pub fn bring(&self, labs: &Path) {
        copy(labs, &self.folder.path().join("labs"));
    }

    /// A file of the lab `mini`, of which every desk has a copy of its own.
    pub fn lab_file(&self, path: &str) -> PathBuf {
        self.folder.path().join("labs/mini").join(path)
    }

    /// Changes the lab `mini`.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.lab_file(path);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{} has no {from:?}", path.display());
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    /// A well-behaved image that keeps GitLab's contract.
    pub fn image(&self) -> String {
        contract::image(&self.engine, &self.runtime, None)
    }

    /// One that misbehaves.
    pub fn misbehaving(&self, behaviour: &str) -> String {
        contract::image(&self.engine, &self.runtime, Some(behaviour))
    }

    /// What a program in a container says; `environment` names its objects.
    pub fn in_container(&self, environment: &str, lines: &str) -> String {
        let command = InContainer {
            argv: ["/bin/bash", "-c", lines].map(String::from).to_vec(),
            env: std::collections::BTreeMap::new(),
            stdin: vec![],
            user: Some("root".into()),
            deadline: Duration::from_secs(30),
            output_limit: OutputLimit::First(1 << 20),
        };
        let name = format!("breakfix-{environment}-gitlab");
        let output = self.runtime.block_on(self.engine.exec(&name, &command)).unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// The program, with nothing of ours in its environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_breakfix"));
        command.args(args).env_clear().current_dir(self.folder.path());
        for name in ["PATH", "BREAKFIX_BASE_IMAGE", "http_proxy", "https_proxy", "no_proxy"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("HOME", self.folder.path()).env("USER", "ada").env("DOCKER_HOST", &self.address);
        command.env("BREAKFIX_KNOWN_IMAGES", super::known_images());
        command.env("BREAKFIX_STATE", self.state()).env("BREAKFIX_LABS", self.folder.path().join("labs"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        finish(self.command(args))
    }

    /// Runs the program with something on its standard input.
    pub fn feed(&self, args: &[&str], input: &str) -> Ran {
        let path = self.folder.path().join("input");
        std::fs::write(&path, input).unwrap();
        let mut command = self.command(args);
        command.stdin(std::fs::File::open(path).unwrap());
        finish(command)
    }

    /// Starts the lab `mini`; gives the answer.
    pub fn start(&self, more: &[&str]) -> Value {
        let image = self.image();
        let args = [&["--json", "start", "mini", "--image", &image, "--seed", "s"], more].concat();
        self.run(&args).exits(0).json()
    }

    /// Repairs the lab in the way its solution does, by hand.
    pub fn repair(&self, attempt: &str) {
        let solution = std::fs::read_to_string(self.lab_file("solution.sh")).unwrap();
        self.feed(&["exec", "--attempt", attempt, "--", "bash", "-s"], &solution).exits(0);
    }

    /// Everything of this installation that the engine has.
    pub fn objects(&self) -> Vec<Object> {
        let store = Store::open(&self.state()).unwrap();
        self.runtime.block_on(self.engine.list(store.installation())).unwrap()
    }

    /// Asserts that the engine has nothing of this installation.
    pub fn assert_nothing_left(&self) {
        let left: Vec<String> = self.objects().into_iter().map(|object| object.reference.name).collect();
        assert!(left.is_empty(), "left in the engine: {left:?}");
    }

    fn clear(&self) {
        for object in self.objects() {
            self.runtime.block_on(self.engine.remove(&object.reference)).ok();
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Once more: networks go only after their containers have gone.
            self.clear();
            self.clear();
        } else {
            self.assert_nothing_left();
        }
    }
}

/// Runs a command to its end.
///
/// # Panics
///
/// When it hangs.
pub fn finish(mut command: Command) -> Ran {
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let child = command.spawn().unwrap();
    ran(args, await_end(child))
}

/// Waits for a program's end without looking again and again.
pub fn await_end(child: Child) -> Output {
    let id = rustix::process::Pid::from_child(&child);
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
    receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        rustix::process::kill_process(id, rustix::process::Signal::KILL).ok();
        panic!("a command hangs: {:?}", receiver.recv())
    })
}

pub fn ran(args: Vec<String>, output: Output) -> Ran {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { args, code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Ran {
    /// Asserts the exit code.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Asserts the whole of standard output.
    pub fn says(self, expected: &str) -> Self {
        assert_eq!(self.stdout, expected, "{self}");
        self
    }

    /// Asserts the words of standard output, in whatever columns they stand.
    pub fn says_words(self, expected: &str) -> Self {
        assert_eq!(self.stdout.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{self}");
        self
    }

    /// Asserts the error: what is said from the first `error:` on.
    pub fn complains(self, expected: &str) -> Self {
        let from = self.stderr.find("error:").unwrap_or_else(|| panic!("no error in {self}"));
        assert_eq!(&self.stderr[from..], expected, "{self}");
        self
    }

    /// Asserts that a text stands somewhere in what was said.
    pub fn mentions(self, text: &str) -> Self {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "no {text:?} in {self}");
        self
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { args, code, stdout, stderr } = self;
        write!(f, "breakfix {} ended with {code:?}\n--- stdout\n{stdout}--- stderr\n{stderr}---", args.join(" "))
    }
}

/// Text of a JSON value.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// A JSON value with types in the place of what differs from time to time: numbers, and texts under these keys.
pub fn redacted(value: &Value, keys: &[&str]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| redacted(item, keys)).collect(),
        Value::Object(fields) => {
            let one = |(key, value): (&String, &Value)| {
                let hidden = keys.contains(&key.as_str()) && !value.is_null();
                (key.clone(), if hidden { Value::from("…") } else { redacted(value, keys) })
            };
            Value::Object(fields.iter().map(one).collect())
        }
        other => other.clone(),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

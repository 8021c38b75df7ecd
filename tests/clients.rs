//! Real clients prove the light image: git, GitLab's own CLI, python-gitlab, curl and a browser on a computer of their
//! own in the environment's network. What they are told is compared in full with the transcripts in `tests/clients`;
//! `UPDATE_GOLDEN=1` writes them anew: read the diff. Pictures of the pages are left in `target/screenshots/pages`.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use breakfix::engine::{Command, ContainerSpec, Engine, EngineError, Output, OutputLimit, Role, Spec};
use support::contract;
use support::desk::{Desk, text};

const MIB: u64 = 1024 * 1024;
/// Where GitLab is for them, and where they find their scripts.
const ADDRESS: &str = "http://gitlab";
const SCRIPTS: &str = "/home/ada/clients";
/// No script takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_mins(10);

/// Clients whose whole conversation is known.
const TRANSCRIPTS: [&str; 5] = ["git.sh", "hooks.sh", "glab.sh", "library.py", "http.sh"];

#[test]
#[ignore = "needs a container engine"]
fn real_clients_find_a_gitlab() {
    let desk = Desk::new();
    let site = Site::open(&desk);
    let mut trouble: Vec<String> = TRANSCRIPTS.iter().filter_map(|script| site.transcript(script).err()).collect();
    trouble.extend(site.pages().err());
    trouble.extend(site.gitaly_goes_away().err());
    desk.run(&["stop"]).exits(0);
    assert!(trouble.is_empty(), "{}", trouble.join("\n"));
}

/// An environment with a client in it.
struct Site<'a> {
    desk: &'a Desk,
    client: String,
    gitlab: String,
}

impl<'a> Site<'a> {
    fn open(desk: &'a Desk) -> Self {
        let image = contract::client(&desk.engine, &desk.runtime);
        desk.bring(&here().join("labs"));
        let started = desk.run(&["--json", "start", "clients"]).exits(0).json();
        let name = format!("breakfix-{}", text(&started["attempt"]));
        let site = Self { desk, client: format!("{name}-client"), gitlab: format!("{name}-gitlab") };
        site.bring_client(&name, image);
        site.inside(&["bash", "-c", READY]);
        let password = text(&started["password"]);
        site.client(&["setup.sh"], &[("ROOT_PASSWORD", password)]).unwrap();
        site
    }

    /// It belongs to the attempt: whatever removes that removes the client as well.
    fn bring_client(&self, network: &str, image: String) {
        let owner = self.desk.objects().into_iter().find_map(|object| object.owner).expect("an owner");
        let spec = ContainerSpec {
            name: self.client.clone(),
            image,
            hostname: "client".into(),
            network: network.into(),
            no_new_privileges: true,
            memory: 1536 * MIB,
            shm: 64 * MIB,
            pids: 1024,
            owner: owner.with_role(Role::Probe),
            ..Default::default()
        };
        let engine = &self.desk.engine;
        self.desk.runtime.block_on(async {
            engine.create(&Spec::Container(Box::new(spec))).await.unwrap();
            engine.start(&self.client).await.unwrap();
            engine.write_archive(&self.client, "/home/ada", scripts()).await.unwrap();
        });
    }

    /// Runs a script on the client's computer; an error is all that it said.
    fn client(&self, script: &[&str], env: &[(&str, &str)]) -> Result<String, String> {
        let began = Instant::now();
        let mut argv = vec![format!("{SCRIPTS}/{}", script[0])];
        argv.extend(script[1..].iter().map(ToString::to_string));
        let mut env: BTreeMap<_, _> = env.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        env.insert("GITLAB".into(), ADDRESS.into());
        let output = self.exec(&self.client, argv, env);
        eprintln!("{} took {:.1} s", script[0], began.elapsed().as_secs_f32());
        said(script[0], &output.map_err(|error| format!("{}: {error}", script[0]))?)
    }

    /// Runs a program in the container.
    fn inside(&self, argv: &[&str]) -> String {
        let argv = argv.iter().map(ToString::to_string).collect();
        let output = self.exec(&self.gitlab, argv, BTreeMap::new()).unwrap();
        said("in the container", &output).unwrap_or_else(|what| panic!("{what}"))
    }

    fn exec(&self, container: &str, argv: Vec<String>, env: BTreeMap<String, String>) -> Result<Output, EngineError> {
        let (stdin, output_limit) = (vec![], OutputLimit::First(1 << 20));
        let command = Command { argv, env, stdin, user: None, deadline: PATIENCE, output_limit };
        self.desk.runtime.block_on(self.desk.engine.exec(container, &command))
    }

    fn transcript(&self, script: &str) -> Result<(), String> {
        let path = here().join(script).with_extension("txt");
        if script == "hooks.sh" {
            self.inside(&["bash", "-c", FRIDAY]);
        }
        let said = self.client(&[script], &[])?;
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &said).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if said == expected { Ok(()) } else { Err(difference(script, &expected, &said)) }
    }

    /// A browser; its pictures are kept, however it ends.
    fn pages(&self) -> Result<(), String> {
        let ended = self.client(&["pages.py"], &[]);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots/pages");
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir_all(&folder).unwrap();
        for name in self.client(&["pictures.sh"], &[])?.lines() {
            let path = format!("/home/ada/screenshots/{name}");
            let picture = self
                .desk
                .runtime
                .block_on(self.desk.engine.read_file(&self.client, &path, 8 << 20))
                .unwrap()
                .expect("a picture");
            std::fs::write(folder.join(name), picture.content).unwrap();
        }
        ended.map(drop)
    }

    /// A large push goes through without being kept in memory; one that Gitaly leaves in the middle is told so, leaves
    /// nothing behind, and goes through when it is tried again.
    fn gitaly_goes_away(&self) -> Result<(), String> {
        self.client(&["large.sh", "push"], &[])?;
        let largest: u64 = self.inside(&["bash", "-c", LARGEST]).trim().parse().unwrap();
        if largest > 150 {
            return Err(format!("a push of 200 MB took {largest} MB of memory"));
        }
        let interrupted = std::thread::scope(|scope| {
            let push = scope.spawn(|| self.client(&["large.sh", "interrupted"], &[]));
            self.inside(&["bash", "-c", STOP_GITALY]);
            push.join().unwrap()
        });
        self.inside(&["gitlab-ctl", "start", "gitaly"]);
        self.inside(&["bash", "-c", READY]);
        interrupted?;
        self.client(&["large.sh", "again"], &[]).map(drop)
    }
}

/// A custom hook for all repositories, as an administrator writes it.
const FRIDAY: &str = "\
cd /var/opt/gitlab/gitaly && mkdir -p custom_hooks/pre-receive.d && cat >custom_hooks/pre-receive.d/friday <<'HOOK'
#!/bin/sh
while read -r old new ref; do
  case $ref in refs/heads/friday*) echo \"GL-HOOK-ERR: $GL_USERNAME, not on Fridays\"; exit 1 ;; esac
done
HOOK
chmod 755 custom_hooks/pre-receive.d/friday && chown -R git: custom_hooks";

/// The most memory that Workhorse, Gitaly or Puma ever had, in MB.
const LARGEST: &str = "\
for service in gitlab-workhorse gitaly puma; do
  grep VmHWM /proc/$(cat /opt/gitlab/service/$service/supervise/pid)/status
done |
  awk '{ if ($2 > most) most = $2 } END { print int(most / 1000) }'";

/// Waits until the push is well on its way.
const STOP_GITALY: &str = "\
end=$((SECONDS + 120))
until find /var/opt/gitlab/git-data -name 'tmp_pack_*' -size +40M 2>/dev/null | grep -q .; do
  [ $SECONDS -lt $end ] || { echo 'no push is on its way'; exit 1; }
  sleep 0.05
done
gitlab-ctl stop gitaly";

/// Waits until GitLab says that all of it is there.
const READY: &str = "\
end=$((SECONDS + 120))
until curl -sf 'http://localhost/-/readiness?all=1' >/dev/null; do
  [ $SECONDS -lt $end ] || { curl -s 'http://localhost/-/readiness?all=1'; exit 1; }
  sleep 0.2
done";

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// The scripts as an archive: those that begin with `#!` can be run.
fn scripts() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for entry in std::fs::read_dir(here()).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            continue;
        }
        let content = std::fs::read(entry.path()).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(if content.starts_with(b"#!") { 0o755 } else { 0o644 });
        let path = Path::new("clients").join(entry.file_name());
        archive.append_data(&mut header, path, content.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Standard output of a success; everything of a failure.
fn said(what: &str, output: &Output) -> Result<String, String> {
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if output.exit_code == 0 {
        return Ok(stdout);
    }
    Err(format!("{what} ended with {}\n--- stdout\n{stdout}--- stderr\n{stderr}---", output.exit_code))
}

/// The first line that is not as it was, and all that was said.
fn difference(script: &str, expected: &str, said: &str) -> String {
    let same = expected.lines().zip(said.lines()).take_while(|(one, other)| one == other).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").to_string();
    let mut account = format!("{script} says something else, first in line {}\n", same + 1);
    writeln!(account, "expected: {}\n     got: {}", line(expected), line(said)).unwrap();
    write!(account, "--- all that it said\n{said}---").unwrap();
    account
}

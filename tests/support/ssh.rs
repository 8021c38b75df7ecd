//! A gate and OpenSSH's own client in front of it.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;

use super::desk::{Desk, Ran, finish, text};

/// A gate that runs by itself until this is dropped.
pub struct Gate<'a> {
    desk: &'a Desk,
    pub port: u16,
    pub pid: i32,
}

/// Where somebody logs in, and with what.
#[derive(Clone)]
pub struct Login {
    pub name: String,
    pub password: String,
}

impl Login {
    /// From the answer of `start`.
    pub fn of(started: &Value) -> Self {
        Self { name: text(&started["ssh"]["login"]).into(), password: text(&started["ssh"]["password"]).into() }
    }

    pub fn with_password(&self, password: &str) -> Self {
        Self { password: password.into(), ..self.clone() }
    }

    /// Their container.
    pub fn container(&self) -> String {
        format!("breakfix-{}-gitlab", self.name)
    }
}

impl<'a> Gate<'a> {
    /// # Panics
    ///
    /// Without OpenSSH's client: nothing is skipped silently where an engine is there.
    pub fn new(desk: &'a Desk, more: &[&str]) -> Self {
        Self::at(desk, 0, more)
    }

    fn at(desk: &'a Desk, port: u16, more: &[&str]) -> Self {
        let client = Command::new("ssh").arg("-V").stderr(Stdio::null()).status();
        assert!(client.is_ok_and(|status| status.success()), "this test needs OpenSSH's client: openssh-client");
        let folder = desk.state().parent().unwrap().to_path_buf();
        let ask = folder.join("askpass");
        std::fs::write(&ask, "#!/bin/sh\nprintf '%s\\n' \"$SECRET\"\n").unwrap();
        std::fs::set_permissions(&ask, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut gate = Self { desk, port, pid: 0 };
        gate.open(more);
        gate
    }

    /// The gate that a class has opened on this port.
    pub fn of_class(desk: &'a Desk, port: u16) -> Self {
        Self::at(desk, port, &[])
    }

    /// Starts it again, where it was before.
    pub fn open(&mut self, more: &[&str]) {
        let listen = format!("127.0.0.1:{}", self.port);
        let answer =
            self.desk.run(&[&["--json", "gate", "--detach", "--listen", &listen], more].concat()).exits(0).json();
        let info = &answer["gate"];
        self.port = text(&info["address"]).rsplit(':').next().unwrap().parse().unwrap();
        self.pid = i32::try_from(info["pid"].as_i64().unwrap()).unwrap();
        let known = format!("[127.0.0.1]:{} {}\n", self.port, text(&info["host_key"]));
        std::fs::write(self.file("known_hosts"), known).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.desk.state().parent().unwrap().join(name)
    }

    /// What every client is told: nothing of this machine's configuration, the gate's host key and no other, one try.
    fn options(&self) -> Vec<String> {
        let known = format!("UserKnownHostsFile={}", self.file("known_hosts").display());
        ["StrictHostKeyChecking=yes", "NumberOfPasswordPrompts=1", "LogLevel=ERROR", "IdentityAgent=none", &known]
            .iter()
            .fold(vec!["-F".to_string(), "none".to_string()], |mut all, option| {
                all.extend(["-o".to_string(), (*option).to_string()]);
                all
            })
    }

    fn client(&self, program: &str, login: &Login) -> Command {
        let mut command = Command::new(program);
        command.args(self.options()).current_dir(self.desk.state().parent().unwrap());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.file("nowhere"));
        command.env("SSH_ASKPASS", self.file("askpass")).env("SSH_ASKPASS_REQUIRE", "force");
        command.env("SECRET", &login.password).env("LANG", "de_DE.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// `ssh` with options of its own and a command.
    pub fn command(&self, login: &Login, options: &[&str], words: &[&str]) -> Command {
        let mut command = self.client("ssh", login);
        command.args(options).args(["-p", &self.port.to_string()]);
        command.arg(format!("{}@127.0.0.1", login.name)).args(words);
        command
    }

    /// Runs `ssh` to its end.
    pub fn ssh(&self, login: &Login, words: &[&str]) -> Ran {
        finish(self.command(login, &[], words))
    }

    /// Runs `scp` in the way that needs nothing but `scp` in the container.
    pub fn scp(&self, login: &Login, from: &str, to: &str) -> Ran {
        let mut command = self.client("scp", login);
        command.args(["-O", "-P", &self.port.to_string(), from]).arg(format!("{}@127.0.0.1:{to}", login.name));
        finish(command)
    }

    /// `ssh` on a terminal.
    pub fn terminal(&self, login: &Login, words: &[&str]) -> Terminal {
        Terminal::new(&self.command(login, &[], words))
    }
}

impl Drop for Gate<'_> {
    fn drop(&mut self) {
        let stopped = self.desk.run(&["gate", "--stop"]);
        if !std::thread::panicking() {
            stopped.exits(0);
        }
    }
}

/// A program on a terminal of its own, and somebody who reads and types.
pub struct Terminal {
    pub child: Child,
    ours: std::fs::File,
    screen: std::sync::mpsc::Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn new(program: &Command) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let theirs = ptsname(&ours, vec![]).unwrap().into_string().unwrap();
        let open = || std::fs::File::options().read(true).write(true).open(&theirs).unwrap();
        // Its terminal must be its controlling one, for window changes and Ctrl-C.
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(program.get_program()).args(program.get_args()).env_clear().env("TERM", "vt220");
        command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(program.get_current_dir().unwrap());
        let ours = std::fs::File::from(ours);
        tcsetwinsize(&ours, window(100, 30)).unwrap();
        let child = command.stdin(open()).stdout(open()).stderr(open()).spawn().unwrap();
        let (sender, screen) = std::sync::mpsc::channel();
        let mut reader = ours.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, ours, screen, seen: String::new() }
    }

    /// Types.
    pub fn types(&mut self, keys: &str) {
        self.ours.write_all(keys.as_bytes()).unwrap();
    }

    /// The window gets another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        tcsetwinsize(&self.ours, window(columns, rows)).unwrap();
    }

    /// Waits until something is on the screen; gives what came before it.
    ///
    /// # Panics
    ///
    /// When it does not come.
    pub fn sees(&mut self, what: &str) -> String {
        let end = Instant::now() + Duration::from_mins(1);
        while !self.seen.contains(what) {
            let more = self.screen.recv_timeout(end.saturating_duration_since(Instant::now()));
            let more = more.unwrap_or_else(|why| panic!("no {what:?} on the screen ({why}): {}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&more));
        }
        let (before, after) = self.seen.split_once(what).unwrap();
        let (before, after) = (before.to_string(), after.to_string());
        self.seen = after;
        before
    }
}

fn window(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 }
}

//! The gate, with OpenSSH's client, on a real engine.

mod support;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use support::desk::{Desk, Ran, await_end, finish, ran, text};
use support::ssh::{Gate, Login};

/// Processes of a container that a gate started.
fn programs(desk: &Desk, login: &Login) -> usize {
    let count = "grep -lsz ^BREAKFIX_SESSION= /proc/[0-9]*/environ | wc -l";
    desk.in_container(&login.name, count).trim().parse().unwrap()
}

/// How long what a gate does by itself may take.
const BOUND: Duration = Duration::from_secs(30);

fn docker(args: &[&str]) {
    assert!(Command::new("docker").args(args).stdout(Stdio::null()).status().unwrap().success(), "docker {args:?}");
}

fn ssh_keygen(path: &std::path::Path) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path).stdin(Stdio::null());
    finish(command).exits(0);
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn a_login_leads_into_its_own_container_and_nowhere_else() {
    let desk = Desk::new();
    let key = desk.state().parent().unwrap().join("key");
    ssh_keygen(&key);
    let (key, public) = (key.display().to_string(), format!("{}.pub", key.display()));
    let gate = Gate::new(&desk, &[]);
    // Later than the gate, and found all the same.
    let ada = Login::of(&desk.start(&[]));
    let bob = Login::of(&desk.start(&["--trainee", "bob", "--ssh-key", &public]));
    desk.in_container(&ada.name, "echo ada >/whose");
    desk.in_container(&bob.name, "echo bob >/whose");

    let whose = |login: &Login| gate.ssh(login, &["cat /whose; id -u; pwd; echo aside >&2; exit 7"]);
    for (login, name) in [(&ada, "ada"), (&bob, "bob")] {
        let ran = whose(login).exits(7).says(&format!("{name}\n0\n/tmp\n"));
        assert_eq!(ran.stderr, "aside\n");
    }
    for (login, password) in [(&ada, "wrong"), (&ada, bob.password.as_str()), (&ada, "")] {
        whose(&login.with_password(password)).exits(255).says("").mentions("Permission denied (publickey,password)");
    }
    let nobody = Login { name: "mini-nobody-aaaa".into(), password: ada.password.clone() };
    whose(&nobody).exits(255).says("").mentions("Permission denied (publickey,password)");

    let with_key = |login: &Login| {
        let options = ["-i", key.as_str(), "-o", "PasswordAuthentication=no"];
        finish(gate.command(login, &options, &["cat /whose"]))
    };
    with_key(&bob.with_password("")).exits(0).says("bob\n");
    with_key(&ada).exits(255).says("");

    let timeline = desk.run(&["--json", "status", &bob.name]).json()[0]["timeline"].to_string();
    assert!(timeline.contains("login over SSH from 127.0.0.1 with a password"), "{timeline}");
    assert!(timeline.contains("login over SSH from 127.0.0.1 with a key"), "{timeline}");

    nothing_else_is_to_be_had(&gate, &ada);
    desk.run(&["stop", &bob.name]).exits(0);
    whose(&bob)
        .exits(3)
        .says("")
        .mentions(&format!("Attempt {} is over and its container is gone. Its grades are kept.", bob.name));
    desk.run(&["stop", "--all"]).exits(0);
}

fn nothing_else_is_to_be_had(gate: &Gate, ada: &Login) {
    let with = |options: &[&str], words: &[&str]| finish(gate.command(ada, options, words));
    let environment = with(
        &["-A", "-o", "SetEnv=PATH=/evil BASH_ENV=/evil LC_EVIL=1", "-o", "SendEnv=LANG"],
        &["echo \"$PATH|$BASH_ENV|$LC_EVIL|$LANG|$SSH_AUTH_SOCK|$HOME\""],
    );
    let path = "/opt/gitlab/embedded/bin:/opt/gitlab/bin:/assets:/usr/sbin:/usr/bin:/sbin:/bin";
    environment.exits(0).says(&format!("{path}|||C.UTF-8||/tmp\n"));
    with(&["-W", "127.0.0.1:80"], &[]).exits(255).mentions("stdio forwarding failed");
    with(&["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:80"], &["true"])
        .exits(255)
        .mentions("remote port forwarding failed");
    with(&["-s"], &["internal"]).exits(255).mentions("subsystem request failed");
    with(&["-X"], &["echo \"<$DISPLAY>\""]).says("<>\n");
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn the_whole_job_can_be_done_from_outside() {
    let desk = Desk::new();
    let gate = Gate::new(&desk, &[]);
    let started = desk.start(&[]);
    let ada = Login::of(&started);
    let ssh = format!("ssh -p {} {}@127.0.0.1", gate.port, ada.name);
    let help = format!(
        "From a terminal of your own:\n  {ssh}\n\
        gives a root shell in your container, or runs the command that you add. These words are answered from outside of it:
  ticket   the ticket again, with address and credentials
  hint     the next hint; it costs points (hint --again shows those taken)
  grade    grade the repair; it can be repeated
  status   time left, hints taken, score
  ask      a question to your trainer: ask \"...\"
  key      from then on, this key opens the login as well: key \"$(cat ~/.ssh/id_ed25519.pub)\"
Files go with scp -O, from and to {}@127.0.0.1:/path.\n",
        ada.name
    );
    gate.ssh(&ada, &["help"]).exits(0).says(&help);
    let (ticket, url, password) = (text(&started["ticket"]), text(&started["url"]), text(&started["password"]));
    let expected = format!("{ticket}\n\nGitLab   {url}   user root, password {password}\n\n{help}");
    gate.ssh(&ada, &["ticket"]).exits(0).says(&expected);
    gate.ssh(&ada, &["hint", "--again"]).exits(0).says("Hints taken cost 0 points so far.\n");
    let hint = desk.run(&["hint"]).exits(0).stdout;
    gate.ssh(&ada, &["hint", "--again"]).exits(0).says(&hint);
    gate.ssh(&ada, &["hint", "5"]).exits(2).says("").mentions("error: `hint` takes nothing or --again");
    let grade = desk.run(&["grade"]).exits(1).stdout;
    gate.ssh(&ada, &["grade"]).exits(1).says(&grade).mentions("Running the checks ...");

    let solution = std::fs::read(desk.lab_file("solution.sh")).unwrap();
    feed(gate.command(&ada, &[], &["bash -s"]), &solution).exits(0);
    let solved = "\
pass            40  People can sign in
pass            10  Nothing says closed any more
pass            10  Jobs are worked on
pass            20  The project is there
pass            20  It lasts

95 of 100 points (100 less 5 for hints), solved

Somebody had written the word in gitlab.rb.
";
    gate.ssh(&ada, &["grade"]).exits(0).says(solved);
    let status = gate.ssh(&ada, &["status"]).exits(0);
    let expected = "Hints taken: 1\nScore: 95 points, solved\n";
    assert_eq!(status.stdout.split_once('\n').unwrap().1, expected);
    desk.run(&["status", "--all"]).mentions(&ada.name);
    desk.run(&["stop", "--all"]).exits(0);
    gate.ssh(&ada, &["grade"]).exits(2).mentions(&format!("error: attempt {} is stopped", ada.name));
}

fn feed(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A client that ends early is what the exit code tells.
    std::thread::spawn(move || stdin.write_all(&input).ok());
    ran(vec!["ssh".into()], await_end(child))
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn much_goes_in_and_comes_out_unchanged() {
    let desk = Desk::new();
    let gate = Gate::new(&desk, &[]);
    let ada = Login::of(&desk.start(&[]));
    let file = desk.state().parent().unwrap().join("much");
    let much: Vec<u8> =
        (0..50_000_000_u32 / 4).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    std::fs::write(&file, &much).unwrap();
    // To the program and back at the same time; its error output apart.
    let mut command = gate.command(&ada, &[], &["tee /dev/stderr"]);
    let output = desk.state().parent().unwrap().join("out");
    command.stdin(std::fs::File::open(&file).unwrap()).stdout(std::fs::File::create(&output).unwrap());
    let answer = await_end(command.spawn().unwrap());
    assert_eq!(answer.status.code(), Some(0));
    assert!(std::fs::read(&output).unwrap() == much, "standard output differs");
    assert!(answer.stderr == much, "standard error differs");
    // A reader that takes its time.
    let slow = "exec 3<\"$2\"; shift 2; \"$@\" <&3 | { sleep 2; cat; }";
    let client = gate.command(&ada, &[], &["cat"]);
    let mut command = Command::new("sh");
    command.args(["-c", slow, "sh", "in"]).arg(&file).arg(client.get_program()).args(client.get_args());
    command.envs(client.get_envs().filter_map(|(name, value)| Some((name, value?)))).stdout(Stdio::piped());
    let answer = await_end(command.spawn().unwrap());
    assert!(answer.stdout == much, "it differs for a slow reader: {} bytes", answer.stdout.len());

    let path = file.display().to_string();
    gate.scp(&ada, &path, "copy").exits(0);
    assert_eq!(desk.in_container(&ada.name, "wc -c </tmp/copy").trim(), "50000000");
    // The program reads nothing of it.
    feed(gate.command(&ada, &[], &["exit 4"]), &much).exits(4);
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn a_shell_is_a_terminal_and_outlives_its_container() {
    let desk = Desk::new();
    let gate = Gate::new(&desk, &[]);
    let ada = Login::of(&desk.start(&[]));
    let mut shell = gate.terminal(&ada, &[]);
    let greeting = shell.sees(" help:\r\n");
    assert!(greeting.contains("The sign-in page greets nobody\r\n"), "{greeting}");
    let ask = |what: &str| format!("echo '<'{what}'>'\n");
    shell.types(&ask("$TERM,$(stty size)"));
    shell.sees("<vt220,30 100>");
    shell.resize(132, 50);
    // The change and the question travel apart.
    support::eventually(BOUND, "a window of another size", || {
        desk.in_container(&ada.name, "for tty in /dev/pts/[0-9]*; do stty size <$tty; done").contains("50 132")
    });
    shell.types("sleep 1000; echo '<'interrupted'>'\n");
    support::eventually(BOUND, "a program", || {
        desk.in_container(&ada.name, "cat /proc/[0-9]*/comm").contains("sleep\n") && programs(&desk, &ada) == 2
    });
    shell.types("\u{3}");
    shell.types(&ask("still here: $?"));
    shell.sees("<still here: 130>");

    let second = gate.terminal(&ada, &["tty; sleep 1000"]);
    support::eventually(BOUND, "two sessions", || programs(&desk, &ada) >= 2);
    docker(&["restart", "--time", "5", &ada.container()]);
    shell.sees(" help:\r\n");
    shell.types(&ask("after: $(cat /proc/1/comm)"));
    shell.sees("<after: init-container>");
    let mut second = second;
    second.sees("Your container was stopped or restarted meanwhile.");
    assert_eq!(second.child.wait().unwrap().code(), Some(255));
    shell.types("exit 9\n");
    assert_eq!(shell.child.wait().unwrap().code(), Some(9));
    support::eventually(BOUND, "nothing of them in the container", || programs(&desk, &ada) == 0);
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn a_container_that_is_away_is_waited_for() {
    let desk = Desk::new();
    let gate = Gate::new(&desk, &[]);
    let ada = Login::of(&desk.start(&[]));
    docker(&["pause", &ada.container()]);
    let mut shell = gate.terminal(&ada, &["echo '<'in'>'"]);
    shell.sees("Your container is paused; waiting for it ...");
    docker(&["unpause", &ada.container()]);
    shell.sees("<in>");
    docker(&["stop", "--time", "5", &ada.container()]);
    let mut shell = gate.terminal(&ada, &["echo '<'in'>'"]);
    shell.sees("Your container is not running; waiting for it ...");
    docker(&["start", &ada.container()]);
    shell.sees("<in>");
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn whoever_goes_away_leaves_nothing_behind() {
    let desk = Desk::new();
    let mut gate = Gate::new(&desk, &["--idle", "3s"]);
    let ada = Login::of(&desk.start(&[]));
    let shell = |gate: &Gate| {
        let mut shell = gate.terminal(&ada, &[]);
        shell.sees("# ");
        shell.types("sleep 1000 | cat\n");
        support::eventually(BOUND, "a program", || programs(&desk, &ada) == 3);
        shell
    };
    // The client.
    let mut left = shell(&gate);
    left.child.kill().unwrap();
    left.child.wait().unwrap();
    support::eventually(BOUND, "nothing in the container", || programs(&desk, &ada) == 0);
    // Nobody types, and nothing is said.
    let mut idle = shell(&gate);
    idle.sees("The session was idle for too long and was closed.");
    assert_eq!(idle.child.wait().unwrap().code(), Some(255));
    support::eventually(BOUND, "nothing in the container", || programs(&desk, &ada) == 0);
    // The gate, killed: its programs go when the next one comes, which is the same to its clients.
    let mut orphan = gate.command(&ada, &[], &["sleep 1000 | cat"]).spawn().unwrap();
    support::eventually(BOUND, "a program", || programs(&desk, &ada) == 3);
    kill_process(Pid::from_raw(gate.pid).unwrap(), Signal::KILL).unwrap();
    assert_eq!(orphan.wait().unwrap().code(), Some(255));
    support::eventually(BOUND, "no gate", || desk.run(&["gate", "--status"]).code == Some(1));
    gate.open(&[]);
    support::eventually(BOUND, "nothing in the container", || programs(&desk, &ada) == 0);
    gate.ssh(&ada, &["echo again"]).exits(0).says("again\n");
    // The gate, stopped: those inside are told.
    let mut inside = gate.terminal(&ada, &[]);
    inside.sees("# ");
    desk.run(&["gate", "--stop"]).exits(0).says("The gate is closed.\n");
    inside.sees("The gate is closing. Your container keeps running; log in again later.");
    assert_eq!(programs(&desk, &ada), 0);
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn there_is_one_gate_and_it_runs_by_itself() {
    let desk = Desk::new();
    desk.run(&["gate", "--status"]).exits(1).says("No gate runs.\n");
    let gate = Gate::new(&desk, &[]);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", gate.pid)).unwrap();
    let session = stat.rsplit(')').next().unwrap().split_whitespace().nth(3).unwrap();
    assert_eq!(session, gate.pid.to_string(), "it hangs on our terminal");
    let status = desk.run(&["--json", "gate", "--status"]).exits(0).json();
    assert_eq!(status["gate"]["pid"], gate.pid);
    let again = format!("127.0.0.1:{}", gate.port);
    let found = desk.run(&["--json", "gate", "--detach", "--listen", &again]).exits(0).json();
    assert_eq!(found, status);
    desk.run(&["gate", "--listen", "127.0.0.1:0"]).exits(2).complains(
        "error: a gate of this state folder is already running\n\
        try: `breakfix gate --status` says where; `breakfix gate --stop` ends it.\n",
    );
    desk.run(&["gate", "--detach", "--listen", "127.0.0.2:0"])
        .exits(2)
        .mentions(&format!("listens on {again}, not on 127.0.0.2:0"));
    // A port that another program has.
    let other = Desk::new();
    let ran = other.run(&["gate", "--detach", "--listen", &again]).exits(3);
    ran.mentions(&format!("the gate did not start on {again}")).mentions("Address already in use");
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn guessing_takes_long() {
    let desk = Desk::new();
    let gate = Gate::new(&desk, &[]);
    let ada = Login::of(&desk.start(&[]));
    for _ in 0..5 {
        gate.ssh(&ada.with_password("wrong"), &["true"]).exits(255);
    }
    // The right one is not looked at either, and works a little later.
    gate.ssh(&ada, &["true"]).exits(255).mentions("Permission denied");
    support::eventually(BOUND, "a login", || gate.ssh(&ada, &["true"]).code == Some(0));
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn idle_connections_keep_nobody_out() {
    let desk = Desk::new();
    let gate = Gate::new(&desk, &[]);
    let ada = Login::of(&desk.start(&[]));
    let idle: Vec<_> = (0..100).map(|_| std::net::TcpStream::connect(("127.0.0.1", gate.port)).unwrap()).collect();
    gate.ssh(&ada, &["echo in"]).exits(0).says("in\n");
    drop(idle);
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn a_trainee_adds_a_key_and_asks_the_trainer() {
    let desk = Desk::new();
    let key = desk.state().parent().unwrap().join("key");
    ssh_keygen(&key);
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let gate = Gate::new(&desk, &[]);
    let ada = Login::of(&desk.start(&[]));
    gate.ssh(&ada, &["key", "ssh-rsa", "AAAA"]).exits(2).mentions("RSA is not taken");
    gate.ssh(&ada, &["key", public.trim()]).exits(0).says("From now on, this key opens your login as well.\n");
    let key = key.display().to_string();
    let with_key = gate.command(&ada.with_password(""), &["-i", &key, "-o", "PasswordAuthentication=no"], &["echo in"]);
    finish(with_key).exits(0).says("in\n");
    gate.ssh(&ada, &["ask", "is this", "on purpose?"]).exits(0).says("Your trainer sees it on the board.\n");
    let timeline = desk.run(&["--json", "status", &ada.name]).json()[0]["timeline"].to_string();
    assert!(timeline.contains("asked: is this on purpose?"), "{timeline}");
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn a_file_that_holds_no_public_keys_is_refused() {
    let desk = Desk::new();
    let key = desk.state().parent().unwrap().join("key");
    ssh_keygen(&key);
    let path = key.display().to_string();
    desk.run(&["start", "mini", "--image", &desk.image(), "--ssh-key", &path]).exits(2).says("").complains(&format!(
        "error: no public keys can be taken from {path}\n  \
        because: line 1 is not an Ed25519 or ECDSA public key without options\n\
        try: `ssh-keygen -t ed25519` makes a pair; the public half is in the file that ends in .pub.\n"
    ));
}

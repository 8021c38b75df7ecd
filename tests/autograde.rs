//! Submissions graded without a trainee at the keyboard, honest ones and others, on a real engine.

mod support;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use support::desk::{Desk, Ran, finish, redacted, text};
use support::proxy::{Cue, Proxy, Trouble};

/// A file or a folder that somebody hands in.
fn hand_in(desk: &Desk, path: &str, content: &str) -> PathBuf {
    let path = desk.state().parent().unwrap().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path
}

fn script(desk: &Desk, name: &str, lines: &str) -> String {
    hand_in(desk, &format!("in/{name}.sh"), &format!("#!/bin/bash\n{lines}\n")).display().to_string()
}

fn lines_of_solution(desk: &Desk) -> String {
    std::fs::read_to_string(desk.lab_file("solution.sh")).unwrap()
}

fn solution(desk: &Desk) -> String {
    desk.lab_file("solution.sh").display().to_string()
}

/// Grades submissions of the lab `mini`.
fn autograde(desk: &Desk, more: &[&str]) -> Ran {
    let image = desk.image();
    desk.run(&[&["autograde", "mini", "--image", &image], more].concat())
}

/// The only submission of an answer in JSON.
fn only(ran: &Ran) -> Value {
    ran.json()["submissions"][0].clone()
}

fn notes(submission: &Value) -> String {
    submission["run"]["notes"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join("; ")
}

#[test]
#[ignore = "needs a container engine"]
fn a_good_submission_passes_and_leaves_nothing() {
    let desk = Desk::new();
    let expected = "\
The submission ended with exit code 0.

pass            40  People can sign in
pass            10  Nothing says closed any more
pass            10  Jobs are worked on
pass            20  The project is there
pass            20  It lasts

100 of 100 points, solved
";
    autograde(&desk, &["--submission", &solution(&desk)]).exits(0).says(expected);
    desk.assert_nothing_left();
    assert_eq!(desk.run(&["--json", "status", "--all"]).json(), json!([]));
}

#[test]
#[ignore = "needs a container engine"]
fn a_folder_and_a_configuration_are_submissions_too() {
    let desk = Desk::new();
    let configuration = hand_in(&desk, "carol/gitlab.rb", "greeting 'Username'\n");
    let part = std::fs::read_to_string(solution(&desk)).unwrap();
    let entry = hand_in(&desk, "dave/fix.sh", "#!/bin/bash\necho in $PWD; bash lib/part.sh\n");
    hand_in(&desk, "dave/lib/part.sh", &part);
    let paths = [configuration, entry].map(|path| path.parent().unwrap().display().to_string());
    let ran = autograde(&desk, &["--json", "--submission", &paths[0], &paths[1]]).exits(0);
    let answer = ran.json();
    assert_eq!(answer["submissions"][0]["name"], "carol");
    assert!(text(&answer["submissions"][1]["run"]["output"]).starts_with("in /root/submission-"), "{ran}");
}

/// As they come from Windows, from a desktop that packs, and from everywhere.
#[test]
#[ignore = "needs a container engine"]
fn submissions_are_taken_as_people_hand_them_in() {
    let desk = Desk::new();
    let lines = lines_of_solution(&desk);
    let windows = lines.replace('\n', "\r\n");
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(vec![], flate2::Compression::default()));
    for (path, text) in [("李/fix.sh", "#!/bin/bash\r\n. lib/part.sh\r\n"), ("李/lib/part.sh", &windows)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let archive = hand_in(&desk, "in/李小龙.tar.gz", "");
    std::fs::write(&archive, tar.into_inner().unwrap().finish().unwrap()).unwrap();
    let marked = hand_in(&desk, "in/-dash.sh", &format!("\u{feff}{windows}"));
    let rows = format!("\u{feff}Name;Path\r\n李小龙;{}\r\n李小龍;{}\r\n", archive.display(), marked.display());
    let roster = hand_in(&desk, "in/roster.csv", &rows).display().to_string();
    let answer = autograde(&desk, &["--json", "--roster", &roster]).exits(0).json();
    let said = |place: usize| {
        let one = &answer["submissions"][place];
        (text(&one["name"]).to_string(), one["verdict"].clone(), notes(one))
    };
    let both = "it had Windows line ends, which were removed; it began with a byte order mark, which was removed";
    let folder = "fix.sh, lib/part.sh had Windows line ends, which were removed";
    assert_eq!(said(0), ("李小龙".into(), json!("passed"), folder.into()));
    assert_eq!(said(1), ("李小龍".into(), json!("passed"), both.into()));
    assert_ne!(answer["submissions"][0]["trainee"], answer["submissions"][1]["trainee"]);
}

#[test]
#[ignore = "needs a container engine"]
fn nobody_waits_for_one_that_hangs() {
    let desk = Desk::new();
    let report = desk.state().parent().unwrap().join("out.json");
    let path = report.display().to_string();
    let hangs = script(&desk, "hangs", "sleep 1000");
    let good = solution(&desk);
    let image = desk.image();
    let args =
        ["autograde", "mini", "--image", &image, "--jobs", "2", "--timeout", "1h", "--json", &path, "--submission"];
    let mut command = desk.command(&[&args[..], &[&hangs, &good, &good]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let verdicts = || -> Vec<Value> {
        let Ok(report) = std::fs::read(&report) else { return vec![] };
        let report: Value = serde_json::from_slice(&report).unwrap();
        report["submissions"].as_array().unwrap().iter().map(|one| one["verdict"].clone()).collect()
    };
    let all_but_one = || verdicts() == ["not graded", "passed", "passed"];
    support::eventually(Duration::from_mins(5), "the others are reported", all_but_one);
    assert!(child.try_wait().unwrap().is_none(), "one hangs");
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    desk.assert_nothing_left();
    desk.run(&["gc"]).exits(0);
}

/// Submissions that want points which they have not earned; what is said about them.
const HOSTILE: [(&str, &str, &str); 9] = [
    ("idle", "exit 0", ""),
    (
        "liar",
        "for place in / /root /tmp /run; do echo '{\"score\": 100, \"solved\": true}' >$place/results.json; done",
        "",
    ),
    // Tools that agree with everything, found first by whoever looks for them in the container.
    (
        "forger",
        "for tool in curl grep cat sh; do printf '#!/bin/true\\n' >/opt/gitlab/bin/$tool; \
        chmod 755 /opt/gitlab/bin/$tool; done; echo /tmp/none.so >/etc/ld.so.preload",
        "",
    ),
    (
        "impostor",
        "mkdir -p /tmp/f/users; echo Username >/tmp/f/users/sign_in; until busybox httpd -p 80 -h /tmp/f 2>/dev/null; \
        do kill $(cat /var/opt/gitlab/nginx.pid) 2>/dev/null; done",
        "were ended: busybox",
    ),
    (
        "haunter",
        "setsid bash -c 'trap \"\" HUP TERM; while :; do echo Username >/var/opt/gitlab/www/users/sign_in; \
        sleep 0.1; done' >/dev/null 2>&1 & sleep 0.3; rm /var/opt/gitlab/www/users/sign_in",
        "were ended: bash",
    ),
    ("endless", "trap '' TERM HUP INT; exec yes", "did not end within 5 s"),
    ("killer", "kill -TERM 1; sleep 30", "it stopped the container, which was started again"),
    ("filler", "truncate --size 3G /tmp/huge; head -c 2000000000 /dev/zero >/dev/null; echo still here", ""),
    ("hopper", "hop() { sleep 0.003; hop & exit; }; hop & exit 0", "it left running"),
];

#[test]
#[ignore = "needs a container engine"]
fn a_hostile_submission_earns_nothing_that_it_has_not_repaired() {
    let desk = Desk::new();
    let paths: Vec<String> = HOSTILE.iter().map(|(name, lines, _)| script(&desk, name, lines)).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let good = solution(&desk);
    let args = [&["--json", "--jobs", "4", "--timeout", "5s", "--submission"], paths.as_slice(), &[&good]].concat();
    let ran = autograde(&desk, &args).exits(1);
    let answer = ran.json();
    let all = answer["submissions"].as_array().unwrap();
    for ((name, _, note), submission) in HOSTILE.iter().zip(all) {
        assert_eq!(submission["name"], *name);
        assert_eq!(submission["verdict"], "not passed", "{name}: {submission:#}");
        let outcomes: Vec<&Value> =
            submission["grade"]["checks"].as_array().unwrap().iter().map(|check| &check["outcome"]).collect();
        assert!(!outcomes.contains(&&json!("error")), "{name}: {submission:#}");
        assert!(notes(submission).contains(note), "{name}: {submission:#}");
    }
    assert_eq!(all.last().unwrap()["verdict"], "passed", "a neighbour: {ran}");
}

#[test]
#[ignore = "needs a container engine"]
fn a_submission_that_forks_without_end_ends() {
    let desk = Desk::new();
    let bomb = script(&desk, "bomb", "bomb() { bomb | bomb & }; bomb; sleep 100");
    let submission = only(&autograde(&desk, &["--json", "--timeout", "3s", "--submission", &bomb]).exits(1));
    assert!(notes(&submission).contains("it left running"), "{submission:#}");
}

#[test]
#[ignore = "needs a container engine"]
fn a_submission_sees_nothing_of_the_lab() {
    let desk = Desk::new();
    // Words of a check, of the solution, of the fault and of a hint, in pieces so that it does not find itself.
    let words =
        [("the project is ano", "ther one"), ("closed/d; ", "/^sidekiq"), ("Close", "d %s"), ("has the la", "st word")];
    let look: String = words
        .iter()
        .map(|(one, two)| {
            format!(
                "word='{one}''{two}'; grep -rlIF \"$word\" / --exclude-dir=proc --exclude-dir=sys 2>/dev/null\n\
                 grep -laF \"$word\" /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null\n"
            )
        })
        .collect();
    let looker = script(&desk, "looker", &format!("{look}ls /var/run/docker.sock 2>/dev/null; echo done"));
    let submission = only(&autograde(&desk, &["--json", "--submission", &looker]).exits(1));
    assert_eq!(submission["run"]["output"], "done");
}

#[test]
#[ignore = "needs a container engine"]
fn what_it_prints_is_cut_and_harmless() {
    let desk = Desk::new();
    let rude = script(&desk, "rude", "head -c 300000000 /dev/zero | tr '\\0' x\nprintf '\\nthe end\\n'\nexit 1");
    let submission = only(&autograde(&desk, &["--json", "--submission", &rude]).exits(1));
    let expected = format!("[299996008 bytes that it printed before are not shown]\n{}\nthe end", "x".repeat(3992));
    assert_eq!(submission["run"]["output"], expected);
    assert_eq!(submission["run"]["exit_code"], 1);
    let rude = script(&desk, "rude", r"printf '\033[2J]]></system-out><testsuite>\302\233\0\376```\n'; exit 1");
    let reports = desk.state().parent().unwrap().join("rude.xml").display().to_string();
    autograde(&desk, &["--submission", &rude, "--junit", &reports])
        .exits(1)
        .mentions("    ]]></system-out><testsuite>");
    let suites = junit_parser::from_reader(std::fs::read(reports).unwrap().as_slice()).unwrap();
    assert_eq!((suites.suites.len(), suites.suites[0].cases.len()), (1, 5));
    let commands = "echo '::error::x'; echo 'x ##[error]x ##vso[task.x]'; echo '[[ATTACHMENT|/etc/passwd]]'; exit 1";
    let rude = script(&desk, "rude", commands);
    let harmless = "    : :error::x\n    x # #[error]x # #vso[task.x]\n    [ [ATTACHMENT|/etc/passwd]]\n";
    autograde(&desk, &["--submission", &rude]).exits(1).mentions(harmless);
    let ran = autograde(&desk, &["--json", "--submission", &rude]).exits(1);
    assert_eq!(only(&ran)["run"]["output"], "::error::x\nx ##[error]x ##vso[task.x]\n[[ATTACHMENT|/etc/passwd]]");
    assert!(!ran.to_string().contains("##"), "{ran}");
}

#[test]
#[ignore = "needs a container engine"]
fn a_class_is_graded_in_its_order_and_one_broken_submission_stops_nobody() {
    let desk = Desk::new();
    std::fs::copy(solution(&desk), hand_in(&desk, "in/good.sh", "")).unwrap();
    std::fs::copy(desk.lab_file("wrong/hand-edit.sh"), hand_in(&desk, "in/half.sh", "")).unwrap();
    hand_in(&desk, "in/text.sh", "please give me points\n");
    let rows: String = (1..=20)
        .map(|number| {
            let file = ["good.sh", "half.sh", "missing.sh", "text.sh"][number % 4];
            format!("\"Trainee, {number}\",{file}\n")
        })
        .collect();
    let roster = hand_in(&desk, "in/roster.csv", &format!("name,path\n{rows}")).display().to_string();
    let ran = autograde(&desk, &["--roster", &roster, "--jobs", "4", "--min-score", "60"]).exits(1);
    let expected: String = (1..=20)
        .map(|number| match number % 4 {
            0 => format!("passed      100  Trainee, {number}\n"),
            1 => format!("passed       60  Trainee, {number}: configured, jobs, after-restart\n"),
            2 => format!("not passed    0  Trainee, {number}: there is no submission\n"),
            _ => format!(
                "not passed    0  Trainee, {number}: text.sh is not a script: its first line must be #! and an interpreter, \
                 such as #!/bin/bash\n"
            ),
        })
        .collect();
    ran.says(&expected);
}

#[test]
#[ignore = "needs a container engine"]
fn the_pass_mark_decides() {
    let desk = Desk::new();
    let half = desk.lab_file("wrong/hand-edit.sh").display().to_string();
    autograde(&desk, &["--submission", &half, "--min-score", "60"]).exits(0).mentions("Pass mark 60: passed.");
    autograde(&desk, &["--submission", &half, "--min-score", "61"]).exits(1).mentions("Pass mark 61: not passed.");
    autograde(&desk, &["--submission", &half]).exits(1);
}

/// Keeps the processors busy until it is dropped.
struct Load(Vec<Child>);

impl Load {
    fn new() -> Self {
        let busy = || Command::new("sh").args(["-c", "while :; do :; done"]).stdin(Stdio::null()).spawn().unwrap();
        Self((0..4).map(|_| busy()).collect())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        for child in &mut self.0 {
            child.kill().and_then(|()| child.wait()).ok();
        }
    }
}

#[test]
#[ignore = "needs a container engine"]
fn the_same_submission_on_the_same_seed_gets_the_same_verdict() {
    let desk = Desk::new();
    let half = desk.lab_file("wrong/hand-edit.sh").display().to_string();
    let _load = Load::new();
    let hidden = ["attempt", "at", "milliseconds"];
    let grade =
        || redacted(&autograde(&desk, &["--json", "--seed", "7", "--submission", &half]).exits(1).json(), &hidden);
    let first = grade();
    assert_eq!((&first["seed"], text(&first["lab_digest"]).len()), (&json!("7"), 64));
    for run in 2..=10 {
        assert_eq!(grade(), first, "run {run}");
    }
}

#[test]
#[ignore = "needs a container engine"]
fn reports_are_written_side_by_side_even_where_nothing_could_be_built() {
    let desk = Desk::new();
    let folder = desk.state().parent().unwrap().join("out");
    std::fs::create_dir(&folder).unwrap();
    let file = |name: &str| folder.join(name).display().to_string();
    let reports = ["r.xml", "r.json", "r.md", "results.json", "r.tap"].map(file);
    let [junit, json_file, markdown, gradescope, tap] = reports.each_ref().map(String::as_str);
    let args =
        ["--junit", junit, "--json", json_file, "--markdown", markdown, "--gradescope", gradescope, "--tap", tap];
    let good = solution(&desk);
    let image = desk.misbehaving("dies");
    let base = ["autograde", "mini", "--image", &image, "--submission", &good];
    desk.run(&[&base[..], &args].concat())
        .exits(3)
        .mentions("The submission could not be graded: GitLab did not come up");
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let why = "GitLab did not come up: its container ended with exit code 7";
    for path in &reports {
        assert!(read(path).contains("GitLab did not come up"), "{path}: {}", read(path));
    }
    let suites = junit_parser::from_reader(read(junit).as_bytes()).unwrap();
    let case = &suites.suites[0].cases[0];
    assert!(case.status.is_error() && case.status.error_as_ref().text.contains(why), "{case:?}");
    assert_eq!(serde_json::from_str::<Value>(&read(json_file)).unwrap()["submissions"][0]["tries"], 2);

    let mut away = desk.command(&[&base[..], &args].concat());
    away.env("DOCKER_HOST", "unix:///nonexistent");
    finish(away).exits(3).mentions("error: the container engine cannot be used");
    for path in &reports {
        assert!(read(path).contains("the container engine cannot be used"), "{path}: {}", read(path));
    }
}

#[test]
#[ignore = "needs a container engine"]
fn an_engine_in_trouble_is_no_wrong_answer_and_is_tried_again() {
    let desk = Desk::new();
    let proxy = Proxy::new(&desk.runtime, &support::here().unwrap().url);
    let image = desk.image();
    let good = solution(&desk);
    let grade = |cue: Cue| {
        proxy.set(cue.clone());
        let mut command = desk.command(&["--json", "autograde", "mini", "--image", &image, "--submission", &good]);
        command.env("DOCKER_HOST", proxy.address());
        let ran = finish(command);
        assert_ne!(proxy.heal(), [""; 0], "{cue:?} never came: {ran}");
        ran
    };
    for (method, path, nth) in [
        ("POST", "/containers/create", 1),
        ("GET", "/top", 1),
        ("PUT", "/archive", 3),
        ("GET", "/top", 2),
        ("POST", "/restart", 1),
    ] {
        for trouble in [Trouble::Close, Trouble::LoseAnswer] {
            let ran = grade(Cue { method, path, nth, lasting: false, trouble }).exits(0);
            desk.assert_nothing_left();
            assert_eq!(only(&ran)["verdict"], "passed", "{ran}");
        }
    }
    let ran = grade(Cue { method: "POST", path: "/start", nth: 1, lasting: true, trouble: Trouble::Close }).exits(3);
    assert_eq!((only(&ran)["verdict"].clone(), only(&ran)["tries"].clone()), (json!("not graded"), json!(2)));
    desk.run(&["gc"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn wrong_usage_is_told_before_anything_is_made() {
    let desk = Desk::new();
    let good = solution(&desk);
    let roster = hand_in(&desk, "in/roster.csv", "who,where\nada,x\n").display().to_string();
    let cases: [(&[&str], &str); 6] = [
        (&["autograde", "mimi", "--submission", &good], "error: there is no lab named `mimi`"),
        (&["autograde", "mini", "--submission", "none.sh"], "error: there is no submission none.sh"),
        (&["autograde", "mini", "--roster", &roster], "roster.csv:1:1: the roster has no column `name`\n"),
        (&["autograde", "mini", "--submission", &good, "--timeout", "soon"], "write a time such as 90s or 10m"),
        (
            &["autograde", "mini", "--submission", &good, &good, "--gradescope", "r.json"],
            "error: Gradescope's results.json holds one submission",
        ),
        (&["labs", "--json=labs.json"], "error: this command does not write its answer into labs.json"),
    ];
    for (args, complaint) in cases {
        desk.run(args).exits(2).says("").mentions(complaint);
    }
}

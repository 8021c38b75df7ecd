//! What a trainee of a class has all day: one login, one clock, one result. On a real engine, with OpenSSH's client.

mod support;

use std::process::Command;
use std::time::Duration;

use breakfix::id::AttemptId;
use breakfix::store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};
use support::desk::{Desk, Ran, finish, text};
use support::ssh::{Gate, Login};

/// A class of Ada and Bob.
struct Class {
    desk: Desk,
    image: String,
    port: u16,
}

impl Class {
    /// `work` is the line with its labs, `more` are further lines of the class file.
    fn new(work: &str, more: &str) -> Self {
        let desk = Desk::new();
        let second = desk.lab_file("").with_file_name("second");
        assert!(Command::new("cp").arg("-r").arg(desk.lab_file("")).arg(&second).status().unwrap().success());
        let lab = std::fs::read_to_string(second.join("lab.yaml")).unwrap();
        let lab = lab.replace("id: mini", "id: second").replace("greets nobody", "greets nobody again");
        std::fs::write(second.join("lab.yaml"), lab).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let class = Self { image: desk.image(), desk, port };
        class.write(work, more, &["Ada", "Bob"]);
        class
    }

    fn write(&self, work: &str, more: &str, names: &[&str]) {
        let people: Vec<String> = names.iter().map(|name| format!("{{ name: {name} }}")).collect();
        let (people, port) = (people.join(", "), self.port);
        let file = format!(
            "format: 1\nid: spring\ntitle: Spring training\n{work}\ntrainees: [ {people} ]\nssh: {port}\n{more}"
        );
        std::fs::write(self.desk.state().parent().unwrap().join("class.yaml"), file).unwrap();
    }

    fn start(&self) -> Ran {
        self.desk.run(&["--json", "class", "start", "class.yaml", "--image", &self.image]).exits(0)
    }

    fn gate(&self) -> Gate<'_> {
        Gate::of_class(&self.desk, self.port)
    }

    /// The newest attempt of a member, as `class status` has it.
    fn attempt(&self, place: usize) -> Value {
        let status = self.desk.run(&["--json", "class", "status"]).exits(0).json();
        status["members"][place]["attempts"].as_array().unwrap().last().cloned().unwrap_or_default()
    }

    fn due(&self, place: usize) -> Timestamp {
        text(&self.attempt(place)["due"]).parse().unwrap()
    }

    /// The login on somebody's page.
    fn login(&self, name: &str) -> Login {
        let table = self.desk.state().parent().unwrap().join("mail.csv");
        self.desk.run(&["class", "pages", "--csv", &table.display().to_string()]).exits(0);
        let mut reader = csv::Reader::from_path(&table).unwrap();
        let heads = reader.headers().unwrap().clone();
        let place = |head: &str| heads.iter().position(|one| one == head).unwrap();
        let row = reader.records().map(Result::unwrap).find(|row| &row[place("name")] == name).unwrap();
        let command = row[place("login")].to_string();
        let name = command.rsplit(' ').next().unwrap().split('@').next().unwrap().to_string();
        Login { name, password: row[place("password")].to_string() }
    }

    fn stop(&self) {
        self.desk.run(&["class", "stop", "--no-grade"]).exits(0);
        self.desk.assert_nothing_left();
    }
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn one_login_leads_through_a_path_and_through_resets() {
    let class = Class::new("path: [mini, second]", "minutes: 60\n");
    class.start();
    let (gate, ada) = (class.gate(), class.login("Ada"));
    assert_eq!(ada.name, "ada");
    let whose = || gate.ssh(&ada, &["cat /whose 2>/dev/null; true"]).exits(0).stdout;
    let first = class.attempt(0);
    class.desk.in_container(text(&first["attempt"]), "echo first >/whose");
    assert_eq!(whose(), "first\n");
    let of_attempt = Login { name: text(&first["attempt"]).into(), ..ada.clone() };
    assert_eq!(gate.ssh(&of_attempt, &["cat /whose"]).exits(0).stdout, "first\n");
    let left = gate.ssh(&ada, &["status"]).exits(0).stdout;
    assert!(left.contains("59 min left") || left.contains("1 h 0 min left"), "{left}");

    gate.ssh(&ada, &["ask", "what now?"]).exits(0);
    let problem =
        || class.desk.run(&["--json", "class", "watch", "--once"]).exits(0).json()["rows"][0]["problem"].clone();
    assert_eq!(problem(), "asks: what now?");

    class.desk.run(&["class", "reset", "ada"]).exits(0);
    assert_eq!(whose(), "", "the same login leads to the new container");

    class.desk.repair(text(&class.attempt(0)["attempt"]));
    let graded = gate.ssh(&ada, &["grade"]).exits(0);
    assert!(graded.stdout.contains("100 of 100 points, solved"), "{graded}");
    assert!(graded.stdout.contains("Your next lab: The sign-in page greets nobody again"), "{graded}");
    let second = class.attempt(0);
    assert_eq!((&second["lab"], &second["state"]), (&json!("second"), &json!("running")));
    class.desk.in_container(text(&second["attempt"]), "echo second >/whose");
    assert_eq!(whose(), "second\n");
    assert_eq!(gate.ssh(&of_attempt, &["cat /whose"]).exits(0).stdout, "second\n", "so does the old name");
    assert_eq!(class.attempt(1)["lab"], "mini", "nobody else goes on");

    class.desk.repair(text(&second["attempt"]));
    let last = gate.ssh(&ada, &["grade"]).exits(0);
    assert!(last.stdout.contains("You have solved every lab of this class."), "{last}");
    gate.ssh(&ada, &["true"]).exits(3).mentions("You have solved every lab of this class. Your grades are kept.");
    let status = gate.ssh(&ada, &["status"]).exits(0).stdout;
    let lines: Vec<&str> = status.lines().filter(|line| line.contains(": solved, 100 of 100 points")).collect();
    assert_eq!(lines.len(), 2, "{status}");
    class.stop();
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn a_trainee_whose_next_lab_is_missing_gets_it_by_logging_in() {
    let class = Class::new("labs: [mini, second]", "");
    class.start();
    let gate = class.gate();
    let login = class.login("Bob");
    assert!(["bob+mini", "bob+second"].contains(&login.name.as_str()), "{}", login.name);
    let bob = |lab: &str| Login { name: format!("bob{lab}"), ..login.clone() };
    let second = text(&class.attempt(1)["attempt"]).to_string();
    class.desk.in_container(&second, "echo second >/whose");
    gate.ssh(&bob("+second"), &["cat /whose"]).exits(0).says("second\n");
    gate.ssh(&bob("+mini"), &["cat /whose"]).exits(1);
    gate.ssh(&bob(""), &["cat /whose"]).exits(1).says("");
    gate.ssh(&bob("+third"), &["true"]).exits(255).mentions("Permission denied");

    class.desk.run(&["stop", &second]).exits(0);
    gate.ssh(&bob("+second"), &["cat /whose; exit 7"]).exits(7).mentions("Your next lab is being started");
    assert_eq!(class.attempt(1)["state"], "running");
    class.stop();
}

#[test]
#[ignore = "needs a container engine and OpenSSH's client"]
fn everybody_is_graded_when_the_time_is_over_and_every_view_says_so() {
    let class = Class::new("labs: [mini]", "minutes: 60\nlate: { policy: refuse }\n");
    class.start();
    let (gate, bob) = (class.gate(), class.login("Bob"));
    class.desk.repair(text(&class.attempt(0)["attempt"]));
    let store = Store::open(&class.desk.state()).unwrap();
    for place in [0, 1] {
        let id = AttemptId::from(text(&class.attempt(place)["attempt"]));
        store.update(&id, |record| record.due = Some(Timestamp::now())).unwrap();
    }
    let graded = || class.attempt(0)["score"] == 100 && class.attempt(1)["score"] == 0;
    support::eventually(Duration::from_mins(3), "everybody is graded at the end", graded);
    assert_eq!((&class.attempt(0)["late_minutes"], &class.attempt(0)["solved"]), (&json!(0), &json!(true)));

    class.desk.repair(text(&class.attempt(1)["attempt"]));
    let late = gate.ssh(&bob, &["grade"]).exits(0);
    assert!(late.stdout.contains("late: 100 points off. 0 points count."), "{late}");
    let status = class.attempt(1);
    assert_eq!(
        (&status["score"], &status["solved"], &status["late_deduction"]),
        (&json!(0), &json!(true), &json!(100))
    );
    gate.ssh(&bob, &["status"])
        .exits(0)
        .says(&format!("{}: running, over\nHints taken: 0\nScore: 0 points, solved\n", text(&status["attempt"])));
    let board = class.desk.run(&["--json", "class", "watch", "--once"]).exits(0).json();
    assert_eq!((&board["rows"][1]["score"], &board["rows"][1]["solved"]), (&json!(0), &json!(true)));
    let report = class.desk.run(&["--json", "class", "report"]).exits(0).json();
    let counted = |place: usize| report["trainees"][place]["counted"][0].clone();
    assert_eq!([counted(0)["score"].clone(), counted(1)["score"].clone()], [json!(100), json!(0)]);
    assert_eq!(counted(1)["standing"], "solved");
    class.stop();
}

#[test]
#[ignore = "needs a container engine"]
fn a_break_costs_nobody_time_and_an_edited_class_file_acts() {
    let class = Class::new("labs: [mini]", "minutes: 60\n");
    class.start();
    let before = class.due(0);
    class.desk.run(&["class", "pause"]).exits(0);
    assert_eq!(class.attempt(0)["container"], "paused");
    class.desk.run(&["class", "continue"]).exits(0);
    assert_eq!(class.attempt(0)["container"], "up");
    let after = class.due(0);
    assert!(after > before, "{before} {after}");

    class.write("labs: [mini]", "minutes: 90\n", &["Ada"]);
    let lost = text(&class.attempt(0)["attempt"]).to_string();
    let mut remove = Command::new("docker");
    remove.args(["rm", "--force", &format!("breakfix-{lost}-gitlab")]).stdout(std::process::Stdio::piped());
    finish(remove).exits(0);
    let again = class.start();
    for line in [
        "`minutes` was 60 and is 90: everybody's time moves with it.",
        "Bob is not on the roster any more and gets nothing new; `breakfix class remove bob` removes them.",
        "The environment of Ada: mini is gone and is created again.",
    ] {
        assert!(again.stderr.contains(line), "{again}");
    }
    assert_eq!(again.json()["started"][0]["attempt"], lost);
    assert_eq!(class.attempt(0)["container"], "up");
    assert_eq!(class.due(0).duration_since(after).as_mins(), 30);

    class.desk.run(&["class", "remove", "bob"]).exits(0);
    let status = class.desk.run(&["--json", "class", "status"]).exits(0).json();
    assert_eq!(status["members"].as_array().unwrap().len(), 1);
    class.stop();
}

//! A class at a desk: small, with the contract image.

use breakfix::engine::Role;
use serde_json::Value;

use super::desk::{Desk, Ran, text};

/// A class whose trainees are `ada`, `bob` and so on.
pub struct Room {
    pub desk: Desk,
    pub image: String,
    names: Vec<String>,
}

impl Room {
    /// `more` are lines of the class file.
    pub fn new(names: &[&str], more: &str) -> Self {
        let desk = Desk::new();
        let image = desk.image();
        let room = Self { desk, image, names: names.iter().map(ToString::to_string).collect() };
        room.write(more);
        room
    }

    /// Writes the class file.
    pub fn write(&self, more: &str) {
        let people: Vec<String> = self.names.iter().map(|name| format!("{{ name: {name} }}")).collect();
        let people = people.join(", ");
        let file =
            format!("format: 1\nid: spring\ntitle: Spring training\nlabs: [mini]\ntrainees: [ {people} ]\n{more}");
        std::fs::write(self.desk.state().parent().unwrap().join("class.yaml"), file).unwrap();
    }

    /// The command that starts the class.
    pub fn start_args(&self) -> [&str; 6] {
        ["--json", "class", "start", "class.yaml", "--image", &self.image]
    }

    pub fn start(&self) -> Ran {
        self.desk.run(&self.start_args())
    }

    /// Everybody's newest attempt, in roster order.
    pub fn attempts(&self) -> Vec<Value> {
        let answer = self.desk.run(&["--json", "class", "status"]).exits(0).json();
        let newest = |member: &Value| member["attempts"].as_array().unwrap().last().cloned().unwrap_or_default();
        answer["members"].as_array().unwrap().iter().map(newest).collect()
    }

    /// The id of somebody's newest attempt.
    pub fn id(&self, place: usize) -> String {
        text(&self.attempts()[place]["attempt"]).to_owned()
    }

    /// Grades these, and gives the scores in roster order.
    pub fn scores(&self, names: &[&str]) -> Vec<u64> {
        let ran = self.desk.run(&[&["--json", "class", "grade"], names].concat());
        let answer = ran.json();
        assert_eq!(answer["failed"].as_array().unwrap().len(), 0, "{ran}");
        answer["graded"].as_array().unwrap().iter().map(|row| row["score"].as_u64().unwrap()).collect()
    }

    /// Ends all containers at once, as an engine that was killed does.
    pub fn kill_all(&self) {
        for object in self.desk.objects() {
            if object.owner.as_ref().is_some_and(|owner| [Role::Gitlab, Role::Probe, Role::Relay].contains(&owner.role))
            {
                self.desk.runtime.block_on(super::kill(&object.reference.name));
            }
        }
    }

    /// Ends the class; nothing is left.
    pub fn stop(&self) {
        self.desk.run(&["class", "stop", "--no-grade"]).exits(0);
        self.desk.assert_nothing_left();
    }
}

/// The texts under a key, of a list.
pub fn texts(list: &Value, key: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| text(&row[key]).to_owned()).collect()
}

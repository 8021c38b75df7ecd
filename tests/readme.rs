//! What the README tells trainers to type works word for word, on a real engine and the training image.

mod support;

use std::process::{Command, Stdio};

use support::desk::{Desk, finish, text};

const README: &str = include_str!("../README.md");
const CLASSES: &str = include_str!("../docs/class.md");

/// The first block of that language after a heading.
fn block<'a>(text: &'a str, heading: &str, language: &str) -> &'a str {
    let section = text.split_once(heading).unwrap().1;
    let block = section.split_once(&format!("```{language}\n")).unwrap().1;
    block.split_once("```").unwrap().0
}

/// The words of a command without its comment; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let line = line.split_once(" #").map_or(line, |(command, _)| command);
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(index, part)| match index % 2 {
        0 => part.split_whitespace().map(String::from).collect(),
        _ => vec![part.to_string()],
    });
    words.collect()
}

#[test]
#[ignore = "needs a container engine and the training image"]
fn a_trainer_who_types_what_the_readme_says_gets_through_the_day() {
    let desk = Desk::new();
    let folder = desk.state().parent().unwrap().to_path_buf();
    std::fs::write(folder.join("class.yaml"), block(README, "## For a trainer", "yaml")).unwrap();
    std::fs::write(folder.join("roster.csv"), block(CLASSES, "## The roster", "csv")).unwrap();
    for line in block(README, "## For a trainer", "sh").lines() {
        let words = words(line);
        let mut args: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        if args[1] == "watch" {
            args.push("--once");
        }
        // Nobody has repaired anything.
        desk.run(&args).exits(i32::from(args[1] == "grade"));
    }
    desk.assert_nothing_left();
}

#[test]
fn a_new_class_file_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_breakfix"));
        command.args(args).current_dir(folder.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        finish(command)
    };
    run(&["class", "new", "autumn", "--into", "here"]).exits(0);
    let checked = run(&["--json", "class", "check", "here/class.yaml"]).exits(0).json();
    let names: Vec<&str> = checked["people"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
    assert_eq!(names, ["Ada Lovelace", "Müller, Jürgen"]);
    run(&["class", "new", "autumn", "--into", "here"]).exits(2).mentions("here/class.yaml exists already");
    run(&["class", "new", "Autumn"]).exits(2).mentions("lower-case letter");
}

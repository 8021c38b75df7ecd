//! The CI files that `breakfix new ci` writes are what GitLab and GitHub read, as the schemas that they publish say.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use support::desk::{Ran, finish};

/// Runs `breakfix new ci` in a folder.
fn new_ci(folder: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_breakfix"));
    command.args(["new", "ci"]).args(args).current_dir(folder).env("BREAKFIX_STATE", folder.join("state"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    finish(command)
}

/// Asserts that the schema accepts a forge's file, and refuses it once it has this mistake.
fn keeps_to_its_schema(forge: &str, schema: &str, mistake: [&str; 2]) {
    let folder = tempfile::tempdir().unwrap();
    new_ci(folder.path(), &[forge, "--output", "ci.yml"]).exits(0);
    let text = fs::read_to_string(folder.path().join("ci.yml")).unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/ci_files").join(schema);
    let schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let complaints = |text: &str| -> Vec<String> {
        let file: Value = serde_yaml::from_str(text).unwrap();
        validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect()
    };
    assert_eq!(complaints(&text), [""; 0]);
    let mistaken = text.replace(mistake[0], mistake[1]);
    assert_ne!(mistaken, text);
    assert_ne!(complaints(&mistaken), [""; 0], "{mistake:?} is not found");
}

#[test]
fn the_file_for_gitlab_keeps_to_its_schema() {
    keeps_to_its_schema("--gitlab", "gitlab-ci.json", ["when: always", "when: sometimes"]);
}

#[test]
fn the_file_for_github_keeps_to_its_schema() {
    keeps_to_its_schema("--github", "github-workflows.json", ["runs-on:", "runs-at:"]);
}

#[test]
fn a_name_of_an_image_is_checked_before_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let new = |image: &str| new_ci(folder.path(), &["--github", "--image", image]);
    let refused =
        "error: \"x\\n  evil: y\" is not the name of an image\ntry: An example: ghcr.io/example/breakfix:latest\n";
    new("x\n  evil: y").exits(2).complains(refused);
    new("ghcr.io/acme/breakfix:1").exits(0);
    let text = fs::read_to_string(folder.path().join(".github/workflows/breakfix.yml")).unwrap();
    let file: Value = serde_yaml::from_str(&text).unwrap();
    assert_eq!(file["jobs"]["grade"]["container"]["image"], "ghcr.io/acme/breakfix:1");
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".gitlab-ci.yml"), "mine").unwrap();
    let expected = "error: .gitlab-ci.yml exists already\ntry: Choose another file with --output.\n";
    new_ci(folder.path(), &["--gitlab"]).exits(2).complains(expected);
    assert_eq!(fs::read_to_string(folder.path().join(".gitlab-ci.yml")).unwrap(), "mine");
}

//! What trainees hand in: a script, a folder with an entry point, or a `gitlab.rb`.
//!
//! It comes from people who may want to see more than they should: links are not followed, sizes are bounded.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::grade::text::clean_line;

/// Entry points of a folder, in the order in which they are looked for.
pub const ENTRIES: [&str; 2] = ["fix.sh", "run"];
/// The file that configures GitLab.
pub const GITLAB_RB: &str = "gitlab.rb";
/// Bytes of a submission, and files of a folder.
const LIMIT: u64 = 16 * 1024 * 1024;
const FILES: usize = 1000;
/// Characters of a trainee's name that are kept.
const NAME: usize = 30;

/// Where somebody's submission lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// As the reports call it.
    pub name: String,
    /// The trainee that the lab's variables are drawn for.
    pub trainee: String,
    /// File or folder.
    pub path: PathBuf,
}

/// What is brought into the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Files of a folder of its own, and which of them is run.
    Files {
        /// Paths below the folder, with contents.
        files: Vec<(String, Vec<u8>)>,
        /// One of the paths.
        entry: String,
    },
    /// Configuration that is put in place.
    GitlabRb(Vec<u8>),
}

/// Submissions from paths, each named after its file or folder.
#[must_use]
pub fn from_paths(paths: &[PathBuf]) -> Vec<Submission> {
    let name = |path: &PathBuf| {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let stem = if whole.is_dir() { whole.file_name() } else { whole.file_stem() };
        stem.map_or_else(|| "submission".into(), |stem| stem.to_string_lossy().into_owned())
    };
    named(paths.iter().map(|path| (name(path), path.clone())))
}

/// Submissions from a CSV file with the columns `name` and `path`; paths are relative to `folder`, that of the file.
pub fn from_roster(text: &str, folder: &Path) -> Result<Vec<Submission>> {
    let bad = |why: String| {
        Error::usage("the roster cannot be read").because(why).hint("Its first line names the columns: name,path")
    };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().map_err(|why| bad(why.to_string()))?;
    let column = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let (Some(name), Some(path)) = (column("name"), column("path")) else {
        return Err(bad("it lacks a column".into()));
    };
    let mut rows: Vec<(String, PathBuf)> = vec![];
    for record in reader.records() {
        let record = record.map_err(|why| bad(why.to_string()))?;
        let cell = |column: usize| record.get(column).filter(|cell| !cell.is_empty());
        let (Some(name), Some(path)) = (cell(name), cell(path)) else {
            let line = record.position().map_or(0, csv::Position::line);
            return Err(bad(format!("line {line} lacks a name or a path")));
        };
        if rows.iter().any(|(other, _)| other == name) {
            return Err(bad(format!("it names {name} twice")));
        }
        rows.push((name.into(), folder.join(path)));
    }
    Ok(named(rows.into_iter()))
}

/// Reports tell submissions apart by their names, so those that are the same get a number.
fn named(all: impl Iterator<Item = (String, PathBuf)>) -> Vec<Submission> {
    let (mut names, mut trainees) = (BTreeSet::new(), BTreeSet::new());
    let one = |(name, path): (String, PathBuf)| {
        let name = numbered(&clean_line(&name), &mut names);
        let trainee = numbered(&trainee(&name), &mut trainees);
        Submission { name, trainee, path }
    };
    all.map(one).collect()
}

fn numbered(name: &str, taken: &mut BTreeSet<String>) -> String {
    let others = (2..).map(|number| format!("{name}-{number}"));
    let free = std::iter::once(name.to_string()).chain(others).find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// A name in the alphabet of trainees: small letters, digits and dashes, a letter first.
fn trainee(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let all: String = name.chars().map(plain).collect();
    let words: Vec<&str> = all.split('-').filter(|word| !word.is_empty()).collect();
    let joined: String = words.join("-").chars().take(NAME - 4).collect();
    let joined = joined.trim_end_matches('-');
    if joined.starts_with(|c: char| c.is_ascii_lowercase()) { joined.into() } else { format!("t-{joined}") }
}

/// Reads a submission; or why there is nothing that could be handed in, in words for the trainee.
pub fn read(path: &Path) -> Result<Content, String> {
    let kind = fs::symlink_metadata(path).map_err(|_| "there is no submission".to_string())?.file_type();
    if kind.is_dir() {
        return read_folder(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = read_file(path, &name, LIMIT)?;
    if name == GITLAB_RB {
        return Ok(Content::GitlabRb(bytes));
    }
    check_script(&name, &bytes)?;
    Ok(Content::Files { entry: "submission".into(), files: vec![("submission".into(), bytes)] })
}

fn read_folder(folder: &Path) -> Result<Content, String> {
    let mut files = vec![];
    let mut left = LIMIT;
    gather(folder, folder, &mut files, &mut left)?;
    files.sort();
    let has = |name: &&&str| files.iter().any(|(path, _)| path == **name);
    let Some(entry) = ENTRIES.iter().find(has).map(|name| (*name).to_string()) else {
        return match files.into_iter().find(|(path, _)| path == GITLAB_RB) {
            Some((_, bytes)) => Ok(Content::GitlabRb(bytes)),
            None => Err(format!("the folder has none of {}, {GITLAB_RB}", ENTRIES.join(", "))),
        };
    };
    for (path, bytes) in files.iter().filter(|(path, _)| path == &entry) {
        check_script(path, bytes)?;
    }
    Ok(Content::Files { files, entry })
}

fn gather(folder: &Path, root: &Path, files: &mut Vec<(String, Vec<u8>)>, left: &mut u64) -> Result<(), String> {
    let unreadable = |why: std::io::Error| format!("the folder cannot be read: {why}");
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, name) = (entry.path(), entry.file_name());
        if name == ".git" {
            continue;
        }
        let below = path.strip_prefix(root).ok().and_then(Path::to_str).ok_or("a file's name is no text")?.to_string();
        if entry.file_type().map_err(unreadable)?.is_dir() {
            gather(&path, root, files, left)?;
            continue;
        }
        if files.len() == FILES {
            return Err(format!("the folder has more than {FILES} files"));
        }
        let bytes = read_file(&path, &below, *left)?;
        *left -= bytes.len() as u64;
        files.push((below, bytes));
    }
    Ok(())
}

/// A regular file, looked at before it is opened: a pipe would never answer, a link leads elsewhere.
fn read_file(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, String> {
    let name = clean_line(name);
    let unreadable = |why: std::io::Error| format!("{name} cannot be read: {why}");
    let kind = fs::symlink_metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_file() {
        return Err(format!("{name} is {}", if kind.is_symlink() { "a link" } else { "no regular file" }));
    }
    let mut bytes = vec![];
    File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(format!("it is larger than {} MiB", LIMIT >> 20));
    }
    Ok(bytes)
}

fn check_script(name: &str, bytes: &[u8]) -> Result<(), String> {
    if bytes.starts_with(b"#!") {
        return Ok(());
    }
    Err(format!("{} is no script: it must begin with #! and an interpreter", clean_line(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(all: &[Submission]) -> Vec<(&str, &str)> {
        all.iter().map(|one| (one.name.as_str(), one.trainee.as_str())).collect()
    }

    #[test]
    fn a_path_names_its_submission_and_the_trainee() {
        let folder = folder(&[("Ada Lovelace.sh", ""), ("bob/fix.sh", ""), ("x/bob.sh", ""), ("3.rb", "")]);
        let paths = ["Ada Lovelace.sh", "bob", "x/bob.sh", "3.rb"].map(|path| folder.path().join(path));
        let expected = [("Ada Lovelace", "ada-lovelace"), ("bob", "bob"), ("bob-2", "bob-2"), ("3", "t-3")];
        assert_eq!(names(&from_paths(&paths)), expected);
    }

    #[test]
    fn a_roster_gives_names_and_paths_in_its_order() {
        let text = "\u{feff}Path,Name\n\"a,b/fix.sh\",\"Lovelace, Ada\"\n bob.sh , Bob \n";
        let all = from_roster(text, Path::new("/in")).unwrap();
        assert_eq!(names(&all), [("Lovelace, Ada", "lovelace-ada"), ("Bob", "bob")]);
        assert_eq!(all[0].path, Path::new("/in/a,b/fix.sh"));
    }

    #[test]
    fn what_is_wrong_with_a_roster_is_told() {
        for (text, why) in [
            ("", "it lacks a column"),
            ("name,file\n", "it lacks a column"),
            ("name,path\nada,\n", "line 2 lacks a name or a path"),
            ("name,path\nada,a\nada,b\n", "it names ada twice"),
        ] {
            assert_eq!(from_roster(text, Path::new(".")).unwrap_err().causes, [why], "{text:?}");
        }
    }

    #[test]
    fn a_script_is_a_file_with_an_interpreter() {
        let folder = folder(&[("ada.py", "#!/usr/bin/python3\n"), ("bob.sh", "echo\n"), ("gitlab.rb", "x 1\n")]);
        let read = |name| read(&folder.path().join(name));
        let files = vec![("submission".to_string(), b"#!/usr/bin/python3\n".to_vec())];
        assert_eq!(read("ada.py"), Ok(Content::Files { files, entry: "submission".into() }));
        assert_eq!(read("bob.sh"), Err("bob.sh is no script: it must begin with #! and an interpreter".into()));
        assert_eq!(read("gitlab.rb"), Ok(Content::GitlabRb(b"x 1\n".to_vec())));
        assert_eq!(read("carol.sh"), Err("there is no submission".into()));
    }

    #[test]
    fn a_folder_has_an_entry_point() {
        let script = "#!/bin/sh\n";
        let whole = folder(&[("run", script), ("lib/a", "1"), (".git/config", "")]);
        let files = vec![("lib/a".to_string(), b"1".to_vec()), ("run".into(), script.into())];
        assert_eq!(read(whole.path()), Ok(Content::Files { files, entry: "run".into() }));
        assert_eq!(read(folder(&[("gitlab.rb", "x")]).path()), Ok(Content::GitlabRb(b"x".to_vec())));
        assert_eq!(read(folder(&[("a", "")]).path()), Err("the folder has none of fix.sh, run, gitlab.rb".into()));
    }

    #[test]
    fn links_pipes_and_large_files_are_refused() {
        let folder = folder(&[("run", "#!/bin/sh\n")]);
        let path = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("/etc/passwd", path("secret")).unwrap();
        assert_eq!(read(folder.path()), Err("secret is a link".into()));
        assert_eq!(read(&path("secret")), Err("secret is a link".into()));
        fs::remove_file(path("secret")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, path("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert_eq!(read(folder.path()), Err("pipe is no regular file".into()));
        fs::remove_file(path("pipe")).unwrap();
        File::create(path("large")).unwrap().set_len(LIMIT + 1).unwrap();
        assert_eq!(read(folder.path()), Err("it is larger than 16 MiB".into()));
    }
}

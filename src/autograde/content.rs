//! Reads submissions: a script, a folder with an entry point, an archive of one, or a `gitlab.rb`.
//!
//! Submissions are untrusted: links are not followed, and sizes are limited.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::archive;
use super::files::{Files, MAX_BYTES, MAX_FILES, check_path, too_large, too_many};
use super::script::{Normalizer, Subject, check_interpreter, is_script};
use crate::text::clean_line;

/// Entry points of a folder, in order of precedence.
pub const ENTRIES: [&str; 2] = ["fix.sh", "run"];
/// The file that configures GitLab.
pub const GITLAB_RB: &str = "gitlab.rb";
/// What is copied into the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Files of a folder, and the file to run.
    Files {
        /// Paths below the folder, with contents.
        files: Vec<(String, Vec<u8>)>,
        /// The path of the file to run.
        entry: String,
    },
    /// GitLab's configuration file.
    GitlabRb(Vec<u8>),
}

/// The content of a submission, normalized, with notes for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// What is copied into the container.
    pub content: Content,
    /// Remarks about normalized files, as sentences without a full stop.
    pub notes: Vec<String>,
}

/// Reads a submission. The error is a message for the trainee.
pub fn read(path: &Path) -> Result<Prepared, String> {
    let kind = fs::symlink_metadata(path).map_err(|_| "there is no submission".to_string())?.file_type();
    if kind.is_dir() {
        return of_folder(files_below(path)?, "the folder");
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = read_file(path, &name, MAX_BYTES)?;
    if name == GITLAB_RB {
        return gitlab_rb(bytes);
    }
    match archive::unpack(&name, &bytes)? {
        Some(files) => of_archive(files, &name),
        None => script(&name, bytes),
    }
}

/// Prepares a single script, which gets a fixed name in the container.
fn script(name: &str, bytes: Vec<u8>) -> Result<Prepared, String> {
    let mut normalizer = Normalizer::default();
    let bytes = normalizer.normalize(name, bytes)?;
    check_interpreter(name, &bytes)?;
    let content = Content::Files { entry: "submission".into(), files: vec![("submission".into(), bytes)] };
    Ok(Prepared { content, notes: normalizer.notes(Subject::It) })
}

fn gitlab_rb(bytes: Vec<u8>) -> Result<Prepared, String> {
    let mut normalizer = Normalizer::default();
    let bytes = normalizer.normalize(GITLAB_RB, bytes)?;
    Ok(Prepared { content: Content::GitlabRb(bytes), notes: normalizer.notes(Subject::It) })
}

fn entry(files: &Files) -> Option<&'static str> {
    ENTRIES.into_iter().chain([GITLAB_RB]).find(|name| files.iter().any(|(path, _)| path == name))
}

/// Prepares the files of an archive, which may be in one top-level folder, or a single script.
fn of_archive(mut files: Files, name: &str) -> Result<Prepared, String> {
    while entry(&files).is_none() && lift(&mut files) {}
    match files.as_mut_slice() {
        [(path, bytes)] if !ENTRIES.contains(&path.as_str()) && path != GITLAB_RB => {
            script(&format!("{path} in {name}"), std::mem::take(bytes))
        }
        _ => of_folder(files, &clean_line(name)),
    }
}

/// Removes the top-level folder that all files are in; returns whether there was one.
fn lift(files: &mut Files) -> bool {
    let Some(folder) = files.first().and_then(|(path, _)| path.split_once('/')).map(|(top, _)| format!("{top}/"))
    else {
        return false;
    };
    let shared = files.iter().all(|(path, _)| path.starts_with(&folder));
    if shared {
        for (path, _) in files {
            path.drain(..folder.len());
        }
    }
    shared
}

/// Prepares the files of a folder; `whole` is its name in messages.
fn of_folder(files: Files, whole: &str) -> Result<Prepared, String> {
    let Some(entry) = entry(&files) else {
        return Err(format!("{whole} has none of {}, {GITLAB_RB}", ENTRIES.join(", ")));
    };
    if entry == GITLAB_RB {
        return gitlab_rb(files.into_iter().find(|(path, _)| path == GITLAB_RB).unwrap_or_default().1);
    }
    let mut normalizer = Normalizer::default();
    let mut normalize = |(path, bytes): (String, Vec<u8>)| {
        let bytes = if path == entry || is_script(&path, &bytes) { normalizer.normalize(&path, bytes)? } else { bytes };
        Ok((path, bytes))
    };
    let files: Files = files.into_iter().map(&mut normalize).collect::<Result<_, String>>()?;
    for (path, bytes) in files.iter().filter(|(path, _)| path == entry) {
        check_interpreter(path, bytes)?;
    }
    Ok(Prepared { content: Content::Files { files, entry: entry.into() }, notes: normalizer.notes(Subject::Names) })
}

fn files_below(folder: &Path) -> Result<Files, String> {
    let mut files = vec![];
    let mut left = MAX_BYTES;
    gather(folder, folder, &mut files, &mut left)?;
    files.sort();
    Ok(files)
}

fn gather(folder: &Path, root: &Path, files: &mut Files, left: &mut u64) -> Result<(), String> {
    let unreadable = |why: std::io::Error| format!("the folder cannot be read: {why}");
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, name) = (entry.path(), entry.file_name());
        if name == ".git" {
            continue;
        }
        let below =
            path.strip_prefix(root).ok().and_then(Path::to_str).ok_or("a file name is not valid text")?.to_string();
        if entry.file_type().map_err(unreadable)?.is_dir() {
            gather(&path, root, files, left)?;
            continue;
        }
        check_path(&below, "the folder")?;
        if files.len() == MAX_FILES {
            return Err(too_many("the folder"));
        }
        let bytes = read_file(&path, &below, *left)?;
        *left -= bytes.len() as u64;
        files.push((below, bytes));
    }
    Ok(())
}

/// Reads a regular file. Its type is checked before it is opened, because opening a pipe would block.
fn read_file(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, String> {
    let name = clean_line(name);
    let unreadable = |why: std::io::Error| format!("{name} cannot be read: {why}");
    let kind = fs::symlink_metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_file() {
        return Err(format!("{name} is {}", if kind.is_symlink() { "a link" } else { "not a regular file" }));
    }
    let mut bytes = vec![];
    File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "#!/bin/sh\n";

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn file(name: &str, bytes: &[u8]) -> Result<Prepared, String> {
        read(&folder(&[(name, bytes)]).path().join(name))
    }

    /// A prepared folder with these files and entry point.
    fn files(files: &[(&str, &str)], entry: &str, notes: &[&str]) -> Prepared {
        let files = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
        let content = Content::Files { files, entry: entry.into() };
        Prepared { content, notes: notes.iter().map(|note| (*note).into()).collect() }
    }

    fn tar(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(vec![]);
        for (path, text) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            builder.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn a_script_is_a_file_with_an_interpreter() {
        assert_eq!(
            file("ada.py", b"#!/usr/bin/python3\n"),
            Ok(files(&[("submission", "#!/usr/bin/python3\n")], "submission", &[]))
        );
        for (bytes, name) in [(b"echo\n".as_slice(), "bob.sh"), (b"", "empty"), (b"\x7fELF\0\r\n", "program")] {
            let why =
                format!("{name} is not a script: its first line must be #! and an interpreter, such as #!/bin/bash");
            assert_eq!(file(name, bytes), Err(why));
        }
        assert_eq!(read(Path::new("/nonexistent/carol.sh")), Err("there is no submission".into()));
    }

    #[test]
    fn windows_line_ends_and_marks_go_with_a_note() {
        let line_ends = "it had Windows line ends, which were removed";
        let mark = "it began with a byte order mark, which was removed";
        let expected = Ok(files(&[("submission", "#!/bin/sh\nexit\n")], "submission", &[line_ends, mark]));
        assert_eq!(file("ada.sh", b"\xef\xbb\xbf#!/bin/sh\r\nexit\r\n"), expected);
        let content = Content::GitlabRb(b"a 1\nb 2\n".to_vec());
        assert_eq!(file("gitlab.rb", b"a 1\r\nb 2\r\n"), Ok(Prepared { content, notes: vec![line_ends.into()] }));
        let utf16: Vec<u8> = "\u{feff}#!/bin/sh\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(file("ada", &utf16), Err("ada is UTF-16, which no interpreter reads: save it as UTF-8".into()));
    }

    #[test]
    fn a_folder_has_an_entry_point() {
        let whole = folder(&[("run", SCRIPT.as_bytes()), ("lib/a", b"1"), (".git/config", b"")]);
        assert_eq!(read(whole.path()), Ok(files(&[("lib/a", "1"), ("run", SCRIPT)], "run", &[])));
        let content = Content::GitlabRb(b"x".to_vec());
        assert_eq!(read(folder(&[("gitlab.rb", b"x")]).path()), Ok(Prepared { content, notes: vec![] }));
        assert_eq!(read(folder(&[("a", b"")]).path()), Err("the folder has none of fix.sh, run, gitlab.rb".into()));
    }

    #[test]
    fn only_scripts_of_a_folder_are_normalized() {
        let picture = b"\x89PNG\r\n\x1a\n\0";
        let whole = folder(&[
            ("run", b"#!/bin/sh\r\n. lib/a.sh\r\n"),
            ("lib/a.sh", b"\xef\xbb\xbfexit\r\n"),
            ("lib/tool", b"#!/bin/sh\r\n"),
            ("lib/page.html", b"<p>\r\n"),
            ("picture", picture),
        ]);
        let Prepared { content: Content::Files { files, entry }, notes } = read(whole.path()).unwrap() else {
            panic!()
        };
        let expected: Files = vec![
            ("lib/a.sh".into(), b"exit\n".to_vec()),
            ("lib/page.html".into(), b"<p>\r\n".to_vec()),
            ("lib/tool".into(), SCRIPT.into()),
            ("picture".into(), picture.to_vec()),
            ("run".into(), b"#!/bin/sh\n. lib/a.sh\n".to_vec()),
        ];
        assert_eq!((files, entry.as_str()), (expected, "run"));
        let expected = [
            "lib/a.sh, lib/tool, run had Windows line ends, which were removed",
            "lib/a.sh began with a byte order mark, which was removed",
        ];
        assert_eq!(notes, expected);
    }

    #[test]
    fn archives_are_taken_as_people_pack_them() {
        let run = Ok(files(&[("lib/a", "1"), ("run", SCRIPT)], "run", &[]));
        assert_eq!(file("a.tar", &tar(&[("run", SCRIPT), ("lib/a", "1")])), run);
        assert_eq!(file("a.tar", &tar(&[("ada/run", SCRIPT), ("ada/lib/a", "1")])), run);
        assert_eq!(file("a.tar", &tar(&[("in/ada/run", SCRIPT), ("in/ada/lib/a", "1")])), run);
        assert_eq!(file("a", &tar(&[("ada.sh", SCRIPT)])), Ok(files(&[("submission", SCRIPT)], "submission", &[])));
        assert_eq!(file("a", &tar(&[("in/ada.sh", SCRIPT)])), Ok(files(&[("submission", SCRIPT)], "submission", &[])));
        let content = Content::GitlabRb(b"x".to_vec());
        assert_eq!(file("a", &tar(&[("in/gitlab.rb", "x")])), Ok(Prepared { content, notes: vec![] }));
        let why = "ada.sh in a is not a script: its first line must be #! and an interpreter, such as #!/bin/bash";
        assert_eq!(file("a", &tar(&[("ada.sh", "echo")])), Err(why.into()));
        assert_eq!(file("a", &tar(&[("a", ""), ("b", "")])), Err("a has none of fix.sh, run, gitlab.rb".into()));
        assert_eq!(
            file("a", &tar(&[("x/a", ""), ("y/run", SCRIPT)])),
            Err("a has none of fix.sh, run, gitlab.rb".into())
        );
    }

    #[test]
    fn links_pipes_large_files_and_strange_names_are_refused() {
        let folder = folder(&[("run", SCRIPT.as_bytes())]);
        let path = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("/etc/passwd", path("secret")).unwrap();
        assert_eq!(read(folder.path()), Err("secret is a link".into()));
        assert_eq!(read(&path("secret")), Err("secret is a link".into()));
        fs::remove_file(path("secret")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, path("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert_eq!(read(folder.path()), Err("pipe is not a regular file".into()));
        fs::remove_file(path("pipe")).unwrap();
        File::create(path("large")).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert_eq!(read(folder.path()), Err("it is larger than 16 MiB".into()));
        fs::remove_file(path("large")).unwrap();
        File::create(path("a\nb")).unwrap();
        assert_eq!(read(folder.path()), Err("the folder holds a file whose name cannot be used: a b".into()));
    }
}

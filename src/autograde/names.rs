//! Names of submissions, and the trainees that the lab's variables are drawn for. Names are unique and depend neither on the
//! order of files nor on other submissions. Pure, except that paths are made absolute.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::id::TraineeId;
use crate::slug::{letters, slug, told_apart};
use crate::text::clean_line;

/// Longest name that is not shortened, in characters.
const WHOLE: usize = 26;
/// Letters that are appended to a name to make it unique; more if they are not enough.
const LETTERS: usize = 4;
const MOST_LETTERS: usize = 20;

/// A submission and its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Name in reports.
    pub name: String,
    /// The trainee that the lab's variables are drawn for.
    pub trainee: TraineeId,
    /// File or folder.
    pub path: PathBuf,
}

/// Submissions from paths, each named after its file or folder; equal names get more of their path.
#[must_use]
pub fn from_paths(paths: &[PathBuf]) -> Vec<Submission> {
    let whole: Vec<PathBuf> = paths.iter().map(|path| std::path::absolute(path).unwrap_or(path.clone())).collect();
    let mut alike: BTreeMap<String, Vec<&Path>> = BTreeMap::new();
    for path in &whole {
        alike.entry(stem(path)).or_default().push(path);
    }
    let name = |path: &PathBuf| match &alike[&stem(path)][..] {
        [_] => stem(path),
        several => below(path, shared_folder(several)),
    };
    let names = numbered(whole.iter().map(name));
    named(names.into_iter().zip(paths.iter().cloned()).collect())
}

/// Creates submissions from pairs of a unique name and a path.
pub(super) fn named(all: Vec<(String, PathBuf)>) -> Vec<Submission> {
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let trainees = trainees(&names);
    let one = |((name, path), trainee)| Submission { name, trainee: TraineeId::new(trainee), path };
    all.into_iter().zip(trainees).map(one).collect()
}

/// The name of a folder, or of a file without its extension.
fn stem(path: &Path) -> String {
    let stem = if path.is_dir() { path.file_name() } else { path.file_stem() };
    let stem = stem.map_or_else(|| "submission".into(), shown);
    clean_line(stem.strip_suffix(".tar").unwrap_or(&stem))
}

/// Names that are not valid UTF-8 stay distinct.
fn shown(name: &OsStr) -> String {
    name.to_str().map_or_else(|| name.as_encoded_bytes().escape_ascii().to_string(), String::from)
}

/// The innermost folder that contains all paths.
fn shared_folder<'a>(paths: &[&'a Path]) -> &'a Path {
    let folders = paths.iter().filter_map(|path| path.parent());
    let shared = folders.reduce(|one, other| one.ancestors().find(|folder| other.starts_with(folder)).unwrap_or(one));
    shared.unwrap_or(Path::new("/"))
}

fn below(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).iter().map(shown);
    clean_line(&parts.collect::<Vec<_>>().join("/"))
}

/// Numbers equal names: a path that is given twice is graded twice.
fn numbered(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut one = |name: String| {
        let others = (2..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(others).find(|name| !taken.contains(name)).unwrap_or(name);
        taken.insert(free.clone());
        free
    };
    names.map(&mut one).collect()
}

/// Converts distinct names to trainees, in the same order. A trainee gets a suffix if the conversion loses characters of the
/// name, or if another trainee would be the same.
fn trainees(names: &[&str]) -> Vec<String> {
    let mut counts: Vec<usize> = names.iter().map(|name| if fits(name) { 0 } else { LETTERS }).collect();
    loop {
        let all: Vec<String> = names.iter().zip(&counts).map(|(name, count)| trainee(name, *count)).collect();
        let taken = |place: usize| all.iter().filter(|other| **other == all[place]).count() > 1;
        // A name that needs no conversion keeps its trainee.
        let gives_way = |place: &usize| taken(*place) && all[*place] != names[*place] && counts[*place] < MOST_LETTERS;
        let giving_way: Vec<usize> = (0..all.len()).filter(gives_way).collect();
        if giving_way.is_empty() {
            return all;
        }
        for place in giving_way {
            counts[place] += LETTERS;
        }
    }
}

/// Whether the conversion of a name to a trainee loses nothing that distinguishes it.
fn fits(name: &str) -> bool {
    let plain = plain(name);
    let own = plain.strip_prefix("t-").unwrap_or(&plain);
    name.is_ascii() && name.contains(|c: char| c.is_ascii_alphanumeric()) && own.len() <= WHOLE
}

fn plain(name: &str) -> String {
    slug(&name.replace(['\'', '`'], " "))
}

fn trainee(name: &str, own: usize) -> String {
    let plain = plain(name);
    if own == 0 { plain } else { told_apart(&plain, &letters(name, own)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        folder
    }

    /// Names and trainees of these, in this order.
    fn named(paths: &[&str]) -> Vec<(String, String)> {
        let folder = folder(&["bob/fix.sh"]);
        let paths: Vec<PathBuf> = paths.iter().map(|path| folder.path().join(path)).collect();
        from_paths(&paths).into_iter().map(|one| (one.name, one.trainee.to_string())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, trainee)| ((*name).into(), (*trainee).into())).collect()
    }

    #[test]
    fn a_path_names_its_submission_and_the_trainee() {
        let paths = ["Ada Lovelace.sh", "bob", "3.rb", "D'Arcy_O'Neill.sh", "-dash.sh", "eve.tar.gz", "a.b.zip"];
        let expected = [
            ("Ada Lovelace", "ada-lovelace"),
            ("bob", "bob"),
            ("3", "t-3"),
            ("D'Arcy_O'Neill", "d-arcy-o-neill"),
            ("-dash", "dash"),
            ("eve", "eve"),
            ("a.b", "a-b"),
        ];
        assert_eq!(named(&paths), pairs(&expected));
    }

    #[test]
    fn paths_of_one_name_are_called_after_what_tells_them_apart_in_any_order() {
        let paths = ["in/alice/fix.sh", "in/bob/fix.sh", "in/bob/fix.py", "in/carol.sh"];
        let expected = [
            ("alice/fix.sh", "alice-fix-sh"),
            ("bob/fix.sh", "bob-fix-sh"),
            ("bob/fix.py", "bob-fix-py"),
            ("carol", "carol"),
        ];
        assert_eq!(named(&paths), pairs(&expected));
        let turned: Vec<_> = paths.into_iter().rev().collect();
        assert_eq!(named(&turned), pairs(&expected).into_iter().rev().collect::<Vec<_>>());
        assert_eq!(named(&["bob", "x/bob.sh"]), pairs(&[("bob", "bob"), ("x/bob.sh", "x-bob-sh")]));
        assert_eq!(named(&["bob", "bob"]), pairs(&[("bob", "bob"), ("bob-2", "bob-2")]));
    }

    #[test]
    fn plain_names_are_kept_and_the_others_have_letters_of_their_own() {
        let one = |name: &str| trainees(&[name]).remove(0);
        for (name, expected) in [
            ("Ada Lovelace", "ada-lovelace"),
            ("Lovelace, Ada", "lovelace-ada"),
            ("4711", "t-4711"),
            ("abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz"),
            ("12345678901234567890123456", "t-12345678901234567890123456"),
            ("abcdefghijklmnopqrstuvwxyz1", "abcdefghijklmnopqrstuvwxy-pati"),
            ("Müller, Jürgen", "muller-jurgen-qqbh"),
            ("李小龙", "li-xiao-long-ffgk"),
            ("---", "trainee-vlpf"),
            ("🦀", "crab-kkpg"),
        ] {
            assert_eq!(one(name), expected, "{name}");
        }
    }

    #[test]
    fn everybody_is_somebody_else_whoever_is_there() {
        let names = [
            "李",
            "黎",
            "力",
            "张伟",
            "章薇",
            "Ada Lovelace",
            "ada-lovelace",
            "Ada_Lovelace",
            "Müller",
            "Muller",
            "mueller",
            "",
            "-",
            "--",
            "🦀",
            "🦞",
            "Иван",
            "ivan",
            "Ἰωάννης",
            "محمد علي",
            "עדה",
            "a".repeat(27).as_str(),
            "a".repeat(28).as_str(),
            "\u{301}",
            "\u{10ffff}",
            "ALICE",
            "alice",
            "t-1",
            "1",
            "\\xff",
            "\u{fffd}",
        ]
        .map(String::from);
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let called = trainees(&all);
        for (name, trainee) in all.iter().zip(&called) {
            assert!(crate::slug::is_trainee(trainee) && !trainee.ends_with('-'), "{name}: {trainee}");
        }
        assert_eq!(called.iter().collect::<BTreeSet<_>>().len(), all.len(), "{called:?}");
        // The order does not matter.
        for turn in 0..all.len() {
            let turned: Vec<&str> = all.iter().cycle().skip(turn).take(all.len()).copied().collect();
            let mut again = trainees(&turned);
            again.rotate_right(turn);
            assert_eq!(again, called);
        }
        // Other submissions do not matter either, except for those with the same trainee.
        for (name, trainee) in all.iter().zip(&called).filter(|(name, _)| !name.is_ascii()) {
            assert_eq!(&trainees(&[name])[0], trainee, "{name}");
        }
    }

    #[test]
    fn who_takes_the_name_that_somebody_else_was_given_keeps_it_and_both_have_one() {
        let given = trainees(&["张伟"]).remove(0);
        let both = trainees(&["张伟", &given]);
        assert_eq!((both[1].as_str(), both[0].len() > given.len()), (given.as_str(), true));
    }
}

//! The files of a folder, as a lab that lives in memory has them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Adds the files of the folder and of those below it, by their paths in it.
pub fn read(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    read_below(folder, Path::new(""), files);
}

fn read_below(folder: &Path, below: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let path = below.join(entry.unwrap().file_name());
        if folder.join(&path).is_dir() {
            read_below(folder, &path, files);
        } else {
            files.insert(path.to_str().unwrap().to_owned(), fs::read(folder.join(&path)).unwrap());
        }
    }
}

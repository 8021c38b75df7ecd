//! Unpacks archives in memory. Archives are untrusted: reading is bounded, and links and paths that lead outside are refused.
//! Pure.

use std::collections::BTreeMap;
use std::io::{self, Cursor, ErrorKind, Read};

use super::files::{Files, MAX_BYTES, MAX_FILES, check_path, too_large, too_many};
use crate::text::clean_line;

/// Bytes of a tar archive beyond its files: headers, folders, and long names.
const AROUND: u64 = 4 * 1024 * 1024;
/// Most entries of a zip archive, including folders and ignored files.
const ENTRIES: usize = 4 * MAX_FILES;
/// Files that desktops and tools add to archives.
const LEFT_OUT: [&str; 5] = ["__MACOSX", ".git", ".DS_Store", "Thumbs.db", "desktop.ini"];

/// First bytes of unsupported archive formats, and their names.
const OTHERS: [(&[u8], &str); 6] = [
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"PK\x07\x08", "a part of a zip archive"),
];

/// The files of an archive; `None` if the file is not an archive. The error is a message for the trainee.
pub(super) fn unpack(name: &str, bytes: &[u8]) -> Result<Option<Files>, String> {
    let name = clean_line(name);
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(format!("{name} is {what}, which is not unpacked here: hand in a .zip or a .tar.gz"));
    }
    let mut unpacked = Unpacked { name, files: BTreeMap::new(), left: MAX_BYTES };
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        unpacked.zip(bytes)?;
    } else if bytes.starts_with(b"\x1f\x8b") {
        unpacked.tar(flate2::read::MultiGzDecoder::new(bytes))?;
    } else if bytes.get(257..262) == Some(b"ustar") {
        unpacked.tar(bytes)?;
    } else {
        return Ok(None);
    }
    unpacked.done().map(Some)
}

struct Unpacked {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
    left: u64,
}

impl Unpacked {
    fn zip(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|why| self.damaged(&why))?;
        if archive.len() > ENTRIES {
            return Err(too_many(&self.name));
        }
        for place in 0..archive.len() {
            let mut entry = match archive.by_index(place) {
                Ok(entry) => entry,
                Err(zip::result::ZipError::UnsupportedArchive(why)) => return Err(self.not_read(why)),
                Err(why) => return Err(self.damaged(&why)),
            };
            if entry.is_dir() {
                continue;
            }
            // Old Windows tools write backslashes.
            let path = entry.name().map_err(|why| self.damaged(&why))?.replace('\\', "/");
            let kind = entry.unix_mode().map_or(0, |mode| mode & 0o170_000);
            if kind != 0 && kind != 0o100_000 {
                return Err(self.no_file(&path));
            }
            self.add(&path, &mut entry)?;
        }
        Ok(())
    }

    fn tar(&mut self, reader: impl Read) -> Result<(), String> {
        let mut archive = tar::Archive::new(Bounded { reader, left: MAX_BYTES + AROUND });
        let entries = archive.entries().map_err(|why| self.unreadable(&why))?;
        for entry in entries {
            let mut entry = entry.map_err(|why| self.unreadable(&why))?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            match entry.header().entry_type() {
                // Old formats mark a folder only by a trailing slash.
                _ if path.ends_with('/') => {}
                kind if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() => {
                    self.add(&path, &mut entry)?;
                }
                kind if kind.is_dir() || kind.is_pax_global_extensions() => {}
                _ => return Err(self.no_file(&path)),
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &str, reader: &mut impl Read) -> Result<(), String> {
        let Some(path) = self.plain(path)? else { return Ok(()) };
        if self.files.len() == MAX_FILES {
            return Err(too_many(&self.name));
        }
        let mut bytes = vec![];
        reader.take(self.left + 1).read_to_end(&mut bytes).map_err(|why| self.unreadable(&why))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(too_large)?;
        self.files.insert(path, bytes);
        Ok(())
    }

    /// A path below the archive's root; `None` for files that desktops and tools have added.
    fn plain(&self, path: &str) -> Result<Option<String>, String> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if path.starts_with('/') || parts.contains(&"..") {
            return Err(format!("{} holds {}, which leads out of it", self.name, clean_line(path)));
        }
        if parts.iter().any(|part| LEFT_OUT.contains(part) || part.starts_with("._")) {
            return Ok(None);
        }
        let path = parts.join("/");
        check_path(&path, &self.name)?;
        Ok(Some(path))
    }

    /// The files, sorted.
    fn done(self) -> Result<Files, String> {
        if self.files.is_empty() {
            return Err(format!("{} holds no files", self.name));
        }
        let folder = |path: &str| path.match_indices('/').any(|(end, _)| self.files.contains_key(&path[..end]));
        if let Some(path) = self.files.keys().find(|path| folder(path)) {
            return Err(format!("{} holds {} below a file of that name", self.name, clean_line(path)));
        }
        Ok(self.files.into_iter().collect())
    }

    fn no_file(&self, path: &str) -> String {
        format!("{} holds {}, which is a link or not a regular file", self.name, clean_line(path))
    }

    fn not_read(&self, why: &str) -> String {
        let how = if why == zip::result::ZipError::PASSWORD_REQUIRED { "without a password" } else { "as usual" };
        format!("{} cannot be unpacked ({}): pack it again {how}, or as .tar.gz", self.name, clean_line(why))
    }

    fn damaged(&self, why: &dyn std::fmt::Display) -> String {
        let why = clean_line(&why.to_string());
        format!("{} cannot be unpacked ({why}): it may be damaged, so pack it again as .zip or .tar.gz", self.name)
    }

    fn unreadable(&self, why: &io::Error) -> String {
        if why.kind() == ErrorKind::FileTooLarge { too_large() } else { self.damaged(why) }
    }
}

/// Limits the bytes that are read: compressed data may be endless, and headers are read whole.
struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or(ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use proptest::test_runner::{Config, RngSeed};

    use super::*;

    /// A tar archive with these entries: kind, and target for links.
    fn tar_of(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(vec![]);
        for (path, kind, bytes) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            // `tar::Builder` refuses such paths.
            header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
            if kind.is_symlink() || kind.is_hard_link() {
                header.set_link_name("/etc/passwd").unwrap();
            }
            header.set_cksum();
            builder.append(&header, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn tar(paths: &[&str]) -> Vec<u8> {
        let entries: Vec<_> = paths.iter().map(|path| (*path, tar::EntryType::Regular, b"x".as_slice())).collect();
        tar_of(&entries)
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zip(paths: &[&str], bytes: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
        for path in paths {
            let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
            writer.start_file(*path, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn paths(bytes: &[u8]) -> Result<Vec<String>, String> {
        Ok(unpack("a", bytes)?.expect("an archive").into_iter().map(|(path, _)| path).collect())
    }

    #[test]
    fn archives_are_known_by_their_content() {
        let expected = ["fix.sh", "lib/a"];
        for bytes in [tar(&expected), gz(&tar(&expected)), zip(&expected, b"x")] {
            assert_eq!(paths(&bytes), Ok(expected.map(String::from).to_vec()));
            assert_eq!(unpack("a", &bytes).unwrap().unwrap()[0].1, b"x");
        }
        for bytes in [b"".as_slice(), b"#!/bin/sh\n", b"PK", &[0; 1024]] {
            assert_eq!(unpack("a", bytes), Ok(None));
        }
    }

    #[test]
    fn what_desktops_leave_is_left_out() {
        let all =
            ["__MACOSX/._fix.sh", ".DS_Store", "x/._a", "x/Thumbs.db", ".git/config", "./x//fix.sh", "x/y/desktop.ini"];
        assert_eq!(paths(&tar(&all)), Ok(vec!["x/fix.sh".into()]));
        assert_eq!(paths(&zip(&["x\\fix.sh", "x/.DS_Store"], b"x")), Ok(vec!["x/fix.sh".into()]));
        let folder = (tar::EntryType::Directory, b"".as_slice());
        let old = tar_of(&[
            ("x/", folder.0, b""),
            ("y/", tar::EntryType::Regular, b""),
            ("y/a", tar::EntryType::Regular, b""),
        ]);
        assert_eq!(paths(&old), Ok(vec!["y/a".into()]));
    }

    #[test]
    fn nothing_leads_out_and_nothing_is_a_link() {
        let out = |path: &str| Err(format!("a holds {path}, which leads out of it"));
        for path in ["../x", "a/../../x", "/etc/passwd", ".."] {
            assert_eq!(paths(&tar(&[path])), out(path));
        }
        assert_eq!(paths(&zip(&["..\\x"], b"")), out("../x"));
        for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Fifo, tar::EntryType::Char] {
            let why = Err("a holds x, which is a link or not a regular file".to_string());
            assert_eq!(paths(&tar_of(&[("x", kind, b"")])), why, "{kind:?}");
        }
        let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
        writer.add_symlink("x", "/etc/passwd", zip::write::SimpleFileOptions::default()).unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        assert_eq!(paths(&bytes), Err("a holds x, which is a link or not a regular file".into()));
    }

    #[test]
    fn what_could_not_be_written_is_refused() {
        let cannot = |path: &str| Err(format!("a holds a file whose name cannot be used: {path}"));
        assert_eq!(paths(&tar(&["x\ny"])), cannot("x y"));
        assert_eq!(paths(&zip(&["x\0y"], b"")), cannot("xy"));
        let long = "x".repeat(256);
        assert_eq!(paths(&zip(&[&long], b"")), cannot(&long));
        assert_eq!(paths(&tar(&["x", "x/y/z"])), Err("a holds x/y/z below a file of that name".into()));
        assert_eq!(paths(&tar(&[".DS_Store"])), Err("a holds no files".into()));
        assert_eq!(paths(&zip(&[], b"")), Err("a holds no files".into()));
    }

    #[test]
    fn what_is_packed_is_bounded_while_it_is_read() {
        let large = vec![0; usize::try_from(MAX_BYTES).unwrap() + 1];
        let half = vec![0; large.len() / 2 + 1];
        let file = tar::EntryType::Regular;
        for bytes in [
            gz(&tar_of(&[("x", file, &large)])),
            gz(&tar_of(&[("x", file, &half), ("y", file, &half)])),
            zip(&["x"], &large),
            zip(&["x", "y"], &half),
            // A long name is read whole.
            gz(&tar_of(&[("x", tar::EntryType::GNULongName, &[large.as_slice(), &large].concat())])),
            // Ignored files are read as well.
            gz(&tar_of(&[(".git/x", file, &[large.as_slice(), &large].concat())])),
        ] {
            assert!(bytes.len() < 1 << 20);
            assert_eq!(paths(&bytes), Err("it is larger than 16 MiB".into()));
        }
        let many: Vec<String> = (0..=MAX_FILES).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for bytes in [tar(&many), zip(&many, b"")] {
            assert_eq!(paths(&bytes), Err("a has more than 1000 files".into()));
        }
        let folders: Vec<String> = (0..=ENTRIES).map(|number| format!("{number}/")).collect();
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        assert_eq!(paths(&zip(&folders, b"")), Err("a has more than 1000 files".into()));
    }

    #[test]
    fn what_cannot_be_unpacked_says_what_to_do() {
        for (bytes, what) in [
            (b"BZh91AY".as_slice(), "a bzip2 archive"),
            (b"\xfd7zXZ\0\0", "an xz archive"),
            (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
            (b"Rar!\x1a\x07", "a RAR archive"),
            (b"\x28\xb5\x2f\xfd", "a zstd archive"),
        ] {
            let why = format!("a is {what}, which is not unpacked here: hand in a .zip or a .tar.gz");
            assert_eq!(unpack("a", bytes), Err(why));
        }
        let anew = "it may be damaged, so pack it again as .zip or .tar.gz";
        let whole = zip(&["fix.sh"], &[b'x'; 4000]);
        for bytes in [&whole[..whole.len() / 2], b"PK\x03\x04", &gz(b"#!/bin/sh\n"), &gz(&tar(&["a"]))[..30]] {
            let why = paths(bytes).unwrap_err();
            assert!(why.starts_with("a cannot be unpacked (") && why.ends_with(anew), "{why}");
        }
        // The flag of encrypted files.
        let mut locked = whole;
        let central = locked.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
        (locked[6], locked[central + 8]) = (locked[6] | 1, locked[central + 8] | 1);
        assert!(paths(&locked).unwrap_err().ends_with("pack it again without a password, or as .tar.gz"));
    }

    proptest! {
        #![proptest_config(Config { cases: 3000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() })]

        /// Reading any bytes terminates without a panic.
        #[test]
        fn no_archive_is_too_strange(
            archive in 0..3_usize,
            changes in vec((any::<Index>(), prop_oneof![select(&[0, 0xff, 0x7f, b'/'][..]), any::<u8>()]), 1..=6),
            kept in prop_oneof![Just(None), any::<Index>().prop_map(Some)],
        ) {
            let mut bytes = match archive {
                0 => tar(&["fix.sh", "lib/a"]),
                1 => gz(&tar(&["fix.sh"])),
                _ => zip(&["fix.sh", "lib/a"], &[b'x'; 300]),
            };
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            bytes.truncate(kept.map_or(bytes.len(), |kept| kept.index(bytes.len())));
            if let Ok(Some(files)) = unpack("a", &bytes) {
                let leaves = |path: &str| path.starts_with('/') || path.split('/').any(|part| part == "..");
                prop_assert!(!files.iter().any(|(path, _)| leaves(path)));
            }
        }
    }
}

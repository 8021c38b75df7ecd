//! Archives of images that are stored in untrusted places, such as the cache of a CI job. Grades depend on the images, so
//! an archive has a seal that only the owner of the key can make.
//!
//! An archive consists of a title line, a line with the id of each image, the engine's own archive, and the seal: an
//! HMAC-SHA256 of all bytes before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::AsyncReadExt;

use super::{BuildEnv, ImageState, inventory};
use crate::engine::{ByteStream, FileStream, Images};
use crate::error::{Context as _, Error, Result};

const TITLE: &[u8] = b"breakfix images 1\n";
const SEAL_BYTES: u64 = 32;
/// Smallest number of characters of a key.
const KEY_LENGTH: usize = 32;
/// Largest size of the line of image names, in bytes.
const NAMES_LIMIT: usize = 64 * 1024;
const CHUNK: usize = 256 * 1024;

/// Image ids by reference.
pub type Names = BTreeMap<String, String>;

/// Receives the number of bytes done, and the total if it is known.
pub type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// Key of the seals.
pub struct Key(Hmac<Sha256>);

/// An archive with a valid seal.
#[derive(Debug)]
pub struct Opened {
    /// Images in the archive.
    pub names: Names,
    path: PathBuf,
    file: File,
    start: u64,
    length: u64,
}

impl Key {
    /// Creates a key from the value of `BREAKFIX_CACHE_KEY`.
    pub fn new(secret: Option<&str>) -> Result<Self> {
        let hint = "Set it to a secret of at least 32 characters, the same one where images are saved and where they are \
                    loaded. `openssl rand -hex 32` makes one.";
        let secret = secret.ok_or_else(|| Error::invalid("BREAKFIX_CACHE_KEY is not set").hint(hint))?;
        let length = secret.chars().count();
        if length < KEY_LENGTH {
            return Err(Error::invalid(format!("BREAKFIX_CACHE_KEY is too short: {length} characters")).hint(hint));
        }
        let keyed = Hmac::new_from_slice(secret.as_bytes());
        Ok(Self(keyed.map_err(|why| Error::bug("HMAC takes a key of any length").because(why))?))
    }
}

/// Writes images that this installation has built to a file. The file is complete or does not appear.
pub async fn save(
    engine: &dyn Images,
    env: &BuildEnv,
    references: &[String],
    key: &Key,
    file: &Path,
    progress: &Progress,
) -> Result<Names> {
    let mut names = Names::new();
    for reference in references {
        match env.image_state(engine, reference).await? {
            ImageState::Ours(id) => names.insert(reference.clone(), id),
            _ => return Err(super::known::unknown(reference)),
        };
    }
    let images = engine.save_images(references).await.context(|| "the images cannot be saved".into())?;
    let unwritable = || format!("{} cannot be written", file.display());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut made = tempfile::NamedTempFile::new_in(folder).context(unwritable)?;
    write(made.as_file_mut(), &names, images, key, progress).await.context(unwritable)?;
    made.persist(file).map_err(|error| error.error).context(unwritable)?;
    Ok(names)
}

async fn write(file: &mut File, names: &Names, mut images: ByteStream, key: &Key, progress: &Progress) -> Result<()> {
    let mut mac = key.0.clone();
    let mut done = 0;
    let mut put = |file: &mut File, bytes: &[u8]| -> Result<()> {
        mac.update(bytes);
        done += bytes.len() as u64;
        file.write_all(bytes).context(|| "the file cannot be written".into())?;
        progress(done, None);
        Ok(())
    };
    put(file, &head(names)?)?;
    while let Some(chunk) = images.next().await {
        put(file, &chunk.context(|| "the engine did not send all of it".into())?)?;
    }
    let seal = mac.finalize().into_bytes();
    file.write_all(&seal).and_then(|()| file.sync_all()).context(|| "the file cannot be written".into())
}

fn head(names: &Names) -> Result<Vec<u8>> {
    let names = serde_json::to_vec(names).map_err(|why| Error::bug("names cannot be written").because(why))?;
    Ok([TITLE, &names, b"\n"].concat())
}

/// Verifies the seal of an archive and opens it.
pub fn open(path: &Path, key: &Key, progress: &Progress) -> Result<Opened> {
    let unreadable = |why: io::Error| Error::not_found(format!("{} cannot be read", path.display())).caused_by(why);
    // Opening a pipe would block until it has a writer.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Error::invalid(format!("{} is not a regular file", path.display())));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let (head, right) = verify(&mut file, size, key, progress, &unreadable)?;
    if !head.starts_with(TITLE) {
        return Err(Error::invalid(format!("{} was not made by `breakfix image save`", path.display())));
    }
    let names = head[TITLE.len()..].split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    // Content without a valid seal is not parsed.
    let read = right.then(|| serde_json::from_slice(names).ok()).flatten();
    let names_length = names.len();
    let names = read.ok_or_else(|| {
        Error::invalid(format!("the seal of {} is wrong", path.display()))
            .because("it was cut off or changed, or sealed with another BREAKFIX_CACHE_KEY")
            .hint("`breakfix image build` builds the images, `breakfix image save` saves them again.")
    })?;
    let start = (TITLE.len() + names_length) as u64;
    Ok(Opened { names, path: path.into(), file, start, length: size - start - SEAL_BYTES })
}

/// Reads the whole file. Returns its beginning, and whether its seal is valid.
fn verify(
    file: &mut File,
    size: u64,
    key: &Key,
    progress: &Progress,
    unreadable: &dyn Fn(io::Error) -> Error,
) -> Result<(Vec<u8>, bool)> {
    let mut mac = key.0.clone();
    let mut head = vec![];
    let mut chunk = vec![0; CHUNK];
    let mut left = size.saturating_sub(SEAL_BYTES);
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let count = file.read(&mut chunk[..most]).map_err(unreadable)?;
        if count == 0 {
            return Ok((head, false));
        }
        mac.update(&chunk[..count]);
        let wanted = (NAMES_LIMIT - head.len()).min(count);
        head.extend_from_slice(&chunk[..wanted]);
        if head.len() >= TITLE.len() && !head.starts_with(TITLE) {
            return Ok((head, false));
        }
        left -= count as u64;
        progress(size - left, Some(size));
    }
    let mut seal = vec![];
    // One byte more than a seal shows that the file has grown.
    file.take(SEAL_BYTES + 1).read_to_end(&mut seal).map_err(unreadable)?;
    Ok((head, mac.verify_slice(&seal).is_ok()))
}

impl Opened {
    /// Fails if the archive has an image that this version does not use.
    fn check_usable(&self, used: &BTreeSet<String>) -> Result<()> {
        match self.names.keys().find(|reference| !used.contains(*reference)) {
            None => Ok(()),
            Some(other) => Err(Error::conflict(format!(
                "{} holds {other}, which this version does not start from",
                self.path.display()
            ))
            .hint("`breakfix image build` builds the images, `breakfix image save` saves them again.")),
        }
    }

    /// Loads the images into the engine, unless it has all of them, and records them as known.
    pub async fn load(self, engine: &dyn Images, env: &BuildEnv, progress: &Progress) -> Result<Names> {
        self.check_usable(&inventory::current(env)?)?;
        let names = self.names.clone();
        if differing(engine, &names).await?.is_none() {
            env.known.record(&names.clone().into_iter().collect::<Vec<_>>())?;
            return Ok(names);
        }
        let failed = || "the images cannot be loaded".to_string();
        let images = self.bytes(progress.clone()).context(failed)?;
        engine.load_images(images).await.context(failed)?;
        if let Some(other) = differing(engine, &names).await? {
            return Err(Error::environment(format!("the engine did not keep {other} as it was saved"))
                .because("it may store images in another way than the engine that they come from")
                .hint("`breakfix image build` builds them on this engine."));
        }
        env.known.record(&names.clone().into_iter().collect::<Vec<_>>())?;
        Ok(names)
    }

    fn bytes(mut self, progress: Progress) -> io::Result<FileStream> {
        self.file.seek(SeekFrom::Start(self.start))?;
        let (file, length) = (tokio::fs::File::from_std(self.file).take(self.length), self.length);
        let chunks = futures_util::stream::try_unfold((file, 0), move |(mut file, done)| {
            let progress = progress.clone();
            async move {
                let mut chunk = bytes::BytesMut::with_capacity(CHUNK);
                let count = file.read_buf(&mut chunk).await?;
                let done = done + count as u64;
                progress(done, Some(length));
                Ok((count > 0).then(|| (chunk.freeze(), (file, done))))
            }
        });
        Ok(Box::pin(chunks))
    }
}

/// The first image that is missing in the engine or has another id there.
async fn differing(engine: &dyn Images, names: &Names) -> Result<Option<String>> {
    for (reference, id) in names {
        let found = engine.find_image(reference).await;
        let found = found.context(|| format!("the image {reference} cannot be looked up"))?;
        if found.is_none_or(|image| image.id != *id) {
            return Ok(Some(reference.clone()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures_util::stream;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "fedcba9876543210fedcba9876543210";

    fn key(secret: &str) -> Key {
        Key::new(Some(secret)).unwrap()
    }

    fn nobody() -> Progress {
        Arc::new(|_, _| {})
    }

    fn names() -> Names {
        Names::from([("breakfix/probe:1".to_string(), "sha256:a".to_string())])
    }

    fn parts() -> [Vec<u8>; 3] {
        [b"begin".to_vec(), vec![7; 600_000], b"end".to_vec()]
    }

    /// An archive of 600 kB.
    async fn sealed(folder: &Path) -> PathBuf {
        let path = folder.join("images");
        let chunks: Vec<_> = parts().into_iter().map(|chunk| Ok(Bytes::from(chunk))).collect();
        let mut file = File::create(&path).unwrap();
        write(&mut file, &names(), stream::iter(chunks).boxed(), &key(SECRET), &nobody()).await.unwrap();
        path
    }

    fn opened(path: &Path, secret: &str) -> Result<Opened> {
        open(path, &key(secret), &nobody())
    }

    fn refused(path: &Path, secret: &str) -> String {
        let error = opened(path, secret).unwrap_err();
        assert_eq!(crate::error::Kind::NotFound == error.kind, error.message.ends_with("cannot be read"), "{error}");
        error.to_string().replace(&path.display().to_string(), "FILE")
    }

    #[tokio::test]
    async fn what_was_sealed_comes_out_again() {
        let folder = tempfile::tempdir().unwrap();
        let opened = opened(&sealed(folder.path()).await, SECRET).unwrap();
        assert_eq!(opened.names, names());
        let chunks: Vec<_> = opened.bytes(nobody()).unwrap().collect().await;
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect();
        assert_eq!(bytes, parts().concat());
    }

    #[tokio::test]
    async fn whatever_else_is_refused() {
        const WRONG: &str =
            "the seal of FILE is wrong: it was cut off or changed, or sealed with another BREAKFIX_CACHE_KEY";
        let folder = tempfile::tempdir().unwrap();
        let path = sealed(folder.path()).await;
        assert_eq!(refused(&path, OTHER), WRONG);
        let whole = std::fs::read(&path).unwrap();
        for cut in [whole.len() - 1, whole.len() - 32, 300_000, TITLE.len() + 32, TITLE.len() + 33] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(refused(&path, SECRET), WRONG, "{cut}");
        }
        std::fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
        assert_eq!(refused(&path, SECRET), WRONG);
        for place in [TITLE.len() + 2, 500_000, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            std::fs::write(&path, changed).unwrap();
            assert_eq!(refused(&path, SECRET), WRONG, "{place}");
        }
        for other in ["", "breakfix", "a tar, say, which is somewhat longer than a seal alone would be"] {
            std::fs::write(&path, other).unwrap();
            assert_eq!(refused(&path, SECRET), "FILE was not made by `breakfix image save`", "{other:?}");
        }
        assert_eq!(refused(folder.path(), SECRET), "FILE is not a regular file");
        let missing = folder.path().join("missing");
        assert_eq!(refused(&missing, SECRET), "FILE cannot be read: No such file or directory (os error 2)");
    }

    #[tokio::test]
    async fn other_images_than_are_used_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = sealed(folder.path()).await;
        let opened = opened(&path, SECRET).unwrap();
        opened.check_usable(&["breakfix/probe:1".to_string()].into()).unwrap();
        let error = opened.check_usable(&["breakfix/probe:2".to_string()].into()).unwrap_err();
        let expected = format!("{} holds breakfix/probe:1, which this version does not start from", path.display());
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_key_that_can_be_guessed_is_refused() {
        let refused = |secret| Key::new(secret).err().unwrap().to_string();
        assert_eq!(refused(None), "BREAKFIX_CACHE_KEY is not set");
        assert_eq!(refused(Some(&SECRET[1..])), "BREAKFIX_CACHE_KEY is too short: 31 characters");
    }
}

//! Random secrets and names.

use crate::error::{Error, Result};

const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const WORD: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

/// Random letters for a name, without letters that look alike.
pub fn letters(length: usize) -> Result<String> {
    of(LETTERS, length)
}

/// Random letters and digits for a secret: safe in any quoting, almost 6 bits each.
pub fn secret(length: usize) -> Result<String> {
    of(WORD, length)
}

/// A random number.
pub fn number() -> Result<u64> {
    getrandom::u64().map_err(|cause| Error::bug("the system gives no random numbers").caused_by(cause))
}

fn of(alphabet: &[u8], length: usize) -> Result<String> {
    (0..length)
        .map(|_| Ok(char::from(alphabet[usize::try_from(number()? % alphabet.len() as u64).unwrap_or(0)])))
        .collect()
}

//! Secrets and names by chance.

use crate::error::{Error, Result};

const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const WORD: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

/// Letters for a name, without those that are easily mistaken.
pub fn letters(length: usize) -> Result<String> {
    of(LETTERS, length)
}

/// Letters and digits for a secret: safe in any quoting, a little under 6 bits each.
pub fn secret(length: usize) -> Result<String> {
    of(WORD, length)
}

/// Any number.
pub fn number() -> Result<u64> {
    getrandom::u64().map_err(|cause| Error::bug("the system gives no random numbers").caused_by(cause))
}

fn of(alphabet: &[u8], length: usize) -> Result<String> {
    (0..length)
        .map(|_| Ok(char::from(alphabet[usize::try_from(number()? % alphabet.len() as u64).unwrap_or(0)])))
        .collect()
}

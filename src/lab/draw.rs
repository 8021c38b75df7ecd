//! Values that differ from trainee to trainee, drawn from a secret.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Lab, Variable};

/// Draws a lab's variables for a trainee.
///
/// Every number is the first eight bytes of HMAC-SHA256(secret, purpose, lab, trainee, variable, index), each part
/// preceded by its length. The same secret gives the same lab again; the values of one trainee reveal nothing about
/// another's. Changing this changes every drawn lab, so the purpose carries a version.
#[must_use]
pub fn draw(lab: &Lab, secret: &[u8], trainee: &str) -> BTreeMap<String, String> {
    let value = |name: &str, variable: &Variable| {
        let number = |index: u64, below: usize| number(secret, &[lab.id.as_str(), trainee, name], index, below);
        match variable {
            Variable::Pick(values) => values.get(number(0, values.len())).cloned().unwrap_or_default(),
            Variable::Word(length) => word(usize::from(*length), number),
        }
    };
    lab.variables.iter().map(|(name, variable)| (name.clone(), value(name, variable))).collect()
}

/// A trainee's own seed, drawn from a class's secret: 16 hexadecimal digits that reveal nothing about the secret.
#[must_use]
pub fn seed(secret: &str, trainee: &str) -> String {
    let bytes = mac(secret.as_bytes(), &["breakfix seed 1", trainee]).finalize().into_bytes();
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A word that begins with a letter, and may therefore name a user, a database or a host.
fn word(length: usize, number: impl Fn(u64, usize) -> usize) -> String {
    const CHARACTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    (0..length).map(|index| CHARACTERS[number(index as u64, if index == 0 { 26 } else { 36 })] as char).collect()
}

/// A number below a small limit; the remainder's bias is below 2^-50.
fn number(secret: &[u8], parts: &[&str], index: u64, below: usize) -> usize {
    let mut mac = mac(secret, &[&["breakfix draw 1"], parts].concat());
    mac.update(&index.to_be_bytes());
    let bytes = mac.finalize().into_bytes();
    let number = bytes.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    usize::try_from(number % below.max(1) as u64).unwrap_or(0)
}

/// HMAC over parts, each preceded by its length.
fn mac(secret: &[u8], parts: &[&str]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::lab::{Lab, MemoryFiles, load, scaffold};

    fn lab(variables: &str) -> Lab {
        let mut files: std::collections::BTreeMap<String, Vec<u8>> =
            scaffold::files("mine").unwrap().into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        let text = String::from_utf8(files["lab.yaml"].clone()).unwrap();
        let text = text.replace("  port: { pick: [8081, 8088, 8090] }", &format!("  port: {variables}"));
        files.insert("lab.yaml".into(), text.into_bytes());
        load(&MemoryFiles { folder: "mine".into(), files }, "labs/mine").unwrap()
    }

    fn port(lab: &Lab, secret: &str, trainee: &str) -> String {
        draw(lab, secret.as_bytes(), trainee)["port"].clone()
    }

    /// Released values: a change would give a class other labs after an update.
    #[test]
    fn the_same_secret_draws_the_same_for_ever() {
        let (pick, word) = (lab("{ pick: [8081, 8088, 8090] }"), lab("{ word: 8 }"));
        let drawn =
            [port(&pick, "1", "kim"), port(&pick, "2", "kim"), port(&word, "1", "kim"), port(&word, "2", "kim")];
        assert_eq!(drawn, ["8090", "8090", "rcafxyw4", "yuo52kyg"]);
    }

    #[test]
    fn seeds_belong_to_a_secret_and_a_trainee_for_ever() {
        let seeds = [("1", "kim"), ("1", "sam"), ("2", "kim")].map(|(secret, trainee)| super::seed(secret, trainee));
        assert_eq!(seeds, ["f4d564cfac59e3c2", "084a63f0fdf683b9", "ec1fb7e86738909b"]);
    }

    #[test]
    fn neighbours_secrets_and_labs_differ() {
        let lab = lab("{ word: 12 }");
        let mut other = lab.clone();
        other.title = "the title does not matter".into();
        assert_eq!(port(&lab, "1", "kim"), port(&other, "1", "kim"));
        assert_ne!(port(&lab, "1", "kim"), port(&lab, "1", "sam"));
        assert_ne!(port(&lab, "1", "kim"), port(&lab, "2", "kim"));
    }

    #[test]
    fn a_word_can_name_a_user() {
        let lab = lab("{ word: 32 }");
        for number in 0..200 {
            let word = port(&lab, "secret", &format!("trainee-{number}"));
            assert!(word.len() == 32 && word.starts_with(|c: char| c.is_ascii_lowercase()), "{word}");
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{word}");
        }
    }

    #[test]
    fn every_value_is_drawn_about_as_often() {
        let lab = lab("{ pick: [a, b, c, d] }");
        let drawn: Vec<String> = (0..2000).map(|number| port(&lab, "secret", &number.to_string())).collect();
        for value in ["a", "b", "c", "d"] {
            let count = drawn.iter().filter(|drawn| *drawn == value).count();
            assert!((400..600).contains(&count), "{value}: {count}");
        }
    }
}

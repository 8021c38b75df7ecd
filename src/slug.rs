//! Converts names in any script to the alphabet of ids: lower-case letters, digits and dashes, a letter first. Pure.

use sha2::{Digest, Sha256};

/// Most characters of a trainee's name.
pub const LONGEST: usize = 30;

/// A name in the alphabet of ids, however long: `jurgen-muller`.
#[must_use]
pub fn slug(name: &str) -> String {
    let ascii = deunicode::deunicode(name).to_lowercase().replace(['\'', '`'], "");
    let words: Vec<&str> = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug = words.join("-");
    match slug.chars().next() {
        None => "trainee".into(),
        Some(first) if first.is_ascii_digit() => format!("t-{slug}"),
        Some(_) => slug,
    }
}

/// Whether a text may be a trainee's name: in the alphabet of ids, and not too long for them.
#[must_use]
pub fn is_trainee(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= LONGEST && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(fits)
}

/// A name as a trainee's.
#[must_use]
pub fn trainee(name: &str) -> String {
    cut(&slug(name), LONGEST).into()
}

/// The beginning of a slug, which does not end in a dash.
#[must_use]
pub fn cut(slug: &str, longest: usize) -> &str {
    slug[..slug.len().min(longest)].trim_end_matches('-')
}

/// A slug with a suffix that makes it unique, within the length of a trainee's name.
#[must_use]
pub fn told_apart(slug: &str, own: &str) -> String {
    format!("{}-{own}", cut(slug, LONGEST.saturating_sub(own.len() + 1)))
}

/// Letters derived from the digest of a text, 32 at most.
#[must_use]
pub fn letters(text: &str, count: usize) -> String {
    Sha256::digest(text).iter().take(count).map(|byte| char::from(b'a' + byte % 26)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_the_world_fit() {
        let cases = [
            ("Ada Lovelace", "ada-lovelace"),
            ("Müller, Jürgen", "muller-jurgen"),
            ("Łukasz Żółw", "lukasz-zolw"),
            ("D'Arcy O’Neill", "darcy-oneill"),
            ("李小龙", "li-xiao-long"),
            ("4711", "t-4711"),
            ("...", "trainee"),
            ("", "trainee"),
            ("Wolfeschlegelsteinhausen Bergerdorff", "wolfeschlegelsteinhausen-bergerdorff"),
        ];
        for (name, expected) in cases {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn a_slug_is_cut_to_leave_room() {
        assert_eq!(cut("ada-lovelace", 4), "ada");
        assert_eq!(cut("ada", 4), "ada");
        let long = told_apart(&"a".repeat(40), "abcd");
        assert_eq!((long.len(), long.ends_with("a-abcd")), (LONGEST, true));
    }

    #[test]
    fn letters_belong_to_their_text() {
        assert_eq!((letters("a", 4), letters("a", 8).len()), ("uvzs".into(), 8));
        assert_ne!(letters("a", 4), letters("b", 4));
    }
}

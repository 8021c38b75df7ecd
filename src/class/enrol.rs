//! People become members: each gets a name that fits attempts' ids. Pure.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::model::{Member, Person};

/// Room for what tells two people of one name apart, within the 30 characters of a trainee's name.
const LONGEST: usize = 24;

/// The members of a class: those of the roster in its order, then those that are in the class without being in the
/// roster. Who is known keeps their slug, so that a changed roster changes nobody's attempts. The same roster gives
/// the same slugs, also to a class that nobody is in yet; lines added at its end change none before them.
#[must_use]
pub fn enrol(people: &[Person], known: &[Member]) -> Vec<Member> {
    let mut taken: BTreeSet<String> = known.iter().map(|member| member.slug.clone()).collect();
    let mut rest: Vec<&Member> = known.iter().collect();
    let mut members: Vec<Member> = people
        .iter()
        .map(|person| {
            let old = rest.iter().position(|member| same(&member.person, person)).map(|place| rest.remove(place));
            let slug = old.map_or_else(|| free_slug(person, &taken), |member| member.slug.clone());
            taken.insert(slug.clone());
            Member { person: person.clone(), slug }
        })
        .collect();
    members.extend(rest.into_iter().cloned());
    members
}

/// Whether two lines mean one person: by what identifies them best.
fn same(one: &Person, other: &Person) -> bool {
    match ((&one.id, &other.id), (&one.email, &other.email)) {
        ((Some(one), Some(other)), _) => one == other,
        (_, (Some(one), Some(other))) => one.to_lowercase() == other.to_lowercase(),
        _ => one.name == other.name,
    }
}

fn free_slug(person: &Person, taken: &BTreeSet<String>) -> String {
    let plain = slug(&person.name);
    let free = |slug: &String| !taken.contains(slug);
    if free(&plain) {
        return plain;
    }
    let own = person.id.as_ref().or(person.email.as_ref()).map(|own| format!("{plain}-{}", letters(own)));
    own.into_iter().chain((2..=taken.len() + 2).map(|number| format!("{plain}-{number}"))).find(free).unwrap_or(plain)
}

/// A name in the alphabet of ids: `jurgen-muller`.
#[must_use]
pub fn slug(name: &str) -> String {
    let ascii = deunicode::deunicode(name).to_lowercase().replace(['\'', '`'], "");
    let words: Vec<&str> = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut slug = words.join("-");
    if slug.is_empty() {
        return "trainee".into();
    }
    if slug.starts_with(|c: char| c.is_ascii_digit()) {
        slug.insert_str(0, "t-");
    }
    slug.truncate(LONGEST);
    slug.trim_end_matches('-').to_owned()
}

/// Four letters that belong to a text.
fn letters(text: &str) -> String {
    Sha256::digest(text.to_lowercase()).iter().take(4).map(|byte| char::from(b'a' + byte % 26)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, id: Option<&str>) -> Person {
        Person { name: name.into(), email: None, id: id.map(Into::into) }
    }

    fn slugs(members: &[Member]) -> Vec<&str> {
        members.iter().map(|member| member.slug.as_str()).collect()
    }

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
            ("Wolfeschlegelsteinhausen Bergerdorff", "wolfeschlegelsteinhausen"),
        ];
        for (name, expected) in cases {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn every_slug_is_a_trainees_name_and_belongs_to_one() {
        let names = ["Ada", "ada", "ADA", "Ada!", "", "ß", "🦀", "A".repeat(200).as_str(), "-", "1"].map(String::from);
        let people: Vec<Person> = names.iter().map(|name| person(name, None)).collect();
        let members = enrol(&people, &[]);
        let distinct: BTreeSet<&str> = slugs(&members).into_iter().collect();
        assert_eq!(distinct.len(), names.len());
        for slug in distinct {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(slug.len() <= 30 && slug.chars().all(fits) && slug.starts_with(|c: char| c.is_ascii_lowercase()));
        }
    }

    #[test]
    fn two_of_one_name_are_told_apart_by_what_is_their_own() {
        let two = [person("Kim Lee", Some("1")), person("Kim Lee", Some("2"))];
        let members = enrol(&two, &[]);
        assert_eq!(slugs(&members)[0], "kim-lee");
        let more = [two[0].clone(), person("Kim Lee", Some("3")), two[1].clone()];
        assert_eq!(enrol(&more, &[])[2], members[1], "it does not depend on the lines between");
        assert_eq!(slugs(&enrol(&[person("Kim", None), person("Kim", None)], &[])), ["kim", "kim-2"]);
    }

    #[test]
    fn who_is_known_keeps_their_slug() {
        let known = enrol(&[person("Kim Lee", Some("1")), person("Kim Lee", Some("2"))], &[]);
        let changed = [person("Kim Lee", Some("3")), person("Kim Lee-Park", Some("2")), person("Kim Lee", Some("1"))];
        let members = enrol(&changed, &known);
        assert_eq!(slugs(&members)[1..], [slugs(&known)[1], slugs(&known)[0]]);
    }

    #[test]
    fn who_is_not_in_the_roster_any_more_stays_at_the_end() {
        let known = enrol(&[person("Late", None), person("Ada", None)], &[]);
        assert_eq!(slugs(&enrol(&[person("Ada", None)], &known)), ["ada", "late"]);
    }
}

//! Enrols people: each member gets a name that fits attempts' ids. Pure.

use std::collections::BTreeSet;

use super::model::{Joined, Member, Person};
use crate::id::TraineeId;
use crate::slug::{cut, letters, slug, told_apart};

/// Characters that are reserved for a suffix that distinguishes people of the same name.
const LONGEST: usize = 24;

/// The members of a class, and those who are no longer on its roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Those on the roster in its order, then those who were added by hand.
    pub members: Vec<Member>,
    /// Known members who came by the roster and are not on it any more.
    pub gone: Vec<Member>,
}

/// Enrols the people on a roster. Known members keep their slug, so a changed roster does not affect attempts. The same
/// roster always gives the same slugs; lines added at its end change none before them.
#[must_use]
pub fn enrol(people: &[Person], known: &[Member]) -> Enrolled {
    let mut taken: BTreeSet<TraineeId> = known.iter().map(|member| member.slug.clone()).collect();
    let mut rest: Vec<&Member> = known.iter().collect();
    let mut members: Vec<Member> = people
        .iter()
        .map(|person| {
            let old = rest.iter().position(|member| same(&member.person, person)).map(|place| rest.remove(place));
            let slug = old.map_or_else(|| free_slug(person, &taken), |member| member.slug.clone());
            taken.insert(slug.clone());
            Member { person: person.clone(), slug, joined: Joined::ByRoster }
        })
        .collect();
    let (added, gone): (Vec<&Member>, Vec<&Member>) =
        rest.into_iter().partition(|member| member.joined == Joined::ByHand);
    members.extend(added.into_iter().cloned());
    Enrolled { members, gone: gone.into_iter().cloned().collect() }
}

/// Adds people to a class by hand, behind its members.
#[must_use]
pub fn join(people: &[Person], known: &[Member]) -> Vec<Member> {
    let mut all = known.to_vec();
    for person in people {
        let taken = all.iter().map(|member| member.slug.clone()).collect();
        all.push(Member { person: person.clone(), slug: free_slug(person, &taken), joined: Joined::ByHand });
    }
    all
}

/// Whether two lines mean one person: by what identifies them best.
fn same(one: &Person, other: &Person) -> bool {
    match ((&one.id, &other.id), (&one.email, &other.email)) {
        ((Some(one), Some(other)), _) => one == other,
        (_, (Some(one), Some(other))) => one.to_lowercase() == other.to_lowercase(),
        _ => one.name == other.name,
    }
}

fn free_slug(person: &Person, taken: &BTreeSet<TraineeId>) -> TraineeId {
    let whole = slug(&person.name);
    let plain = TraineeId::new(cut(&whole, LONGEST));
    let free = |slug: &TraineeId| !taken.contains(slug);
    if free(&plain) {
        return plain;
    }
    let own = person.id.as_ref().or(person.email.as_ref()).map(|own| letters(&own.to_lowercase(), 4));
    let numbers = (2..=taken.len() + 2).map(|number| number.to_string());
    own.into_iter().chain(numbers).map(|own| TraineeId::new(told_apart(&plain, &own))).find(free).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, id: Option<&str>) -> Person {
        Person { name: name.into(), id: id.map(Into::into), ..Person::default() }
    }

    fn slugs(members: &[Member]) -> Vec<&str> {
        members.iter().map(|member| member.slug.as_str()).collect()
    }

    #[test]
    fn a_long_name_is_cut() {
        let name = "Wolfeschlegelsteinhausen Bergerdorff";
        assert_eq!(slugs(&enrol(&[person(name, None)], &[]).members), ["wolfeschlegelsteinhausen"]);
    }

    #[test]
    fn every_slug_is_a_trainees_name_and_belongs_to_one() {
        let names = ["Ada", "ada", "ADA", "Ada!", "", "ß", "🦀", "A".repeat(200).as_str(), "-", "1"].map(String::from);
        let people: Vec<Person> = names.iter().map(|name| person(name, None)).collect();
        let members = enrol(&people, &[]).members;
        let distinct: BTreeSet<&str> = slugs(&members).into_iter().collect();
        assert_eq!(distinct.len(), names.len());
        for slug in distinct {
            assert!(crate::slug::is_trainee(slug), "{slug}");
        }
    }

    #[test]
    fn two_of_one_name_are_told_apart_by_what_is_their_own() {
        let two = [person("Kim Lee", Some("1")), person("Kim Lee", Some("2"))];
        let members = enrol(&two, &[]).members;
        assert_eq!(slugs(&members)[0], "kim-lee");
        let more = [two[0].clone(), person("Kim Lee", Some("3")), two[1].clone()];
        assert_eq!(enrol(&more, &[]).members[2], members[1], "it does not depend on the lines between");
        assert_eq!(slugs(&enrol(&[person("Kim", None), person("Kim", None)], &[]).members), ["kim", "kim-2"]);
    }

    #[test]
    fn who_is_known_keeps_their_slug() {
        let known = enrol(&[person("Kim Lee", Some("1")), person("Kim Lee", Some("2"))], &[]).members;
        let changed = [person("Kim Lee", Some("3")), person("Kim Lee-Park", Some("2")), person("Kim Lee", Some("1"))];
        let members = enrol(&changed, &known).members;
        assert_eq!(slugs(&members)[1..], [slugs(&known)[1], slugs(&known)[0]]);
    }

    #[test]
    fn who_is_not_on_the_roster_any_more_is_gone_unless_added_by_hand() {
        let known = join(&[person("Late", None)], &enrol(&[person("Bob", None), person("Ada", None)], &[]).members);
        assert_eq!(slugs(&known), ["bob", "ada", "late"]);
        let Enrolled { members, gone } = enrol(&[person("Ada", None)], &known);
        assert_eq!((slugs(&members), slugs(&gone)), (vec!["ada", "late"], vec!["bob"]));
    }
}

//! What has changed in a class file since the class was started. Pure.

use super::model::{Class, Work};
use crate::id::LabId;

/// A change of a class file, by what it affects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Takes effect everywhere; the key.
    Everywhere(&'static str),
    /// The time of everybody who is at work moves with it.
    Minutes {
        /// Minutes before; unlimited if `None`.
        from: Option<u32>,
        /// Minutes now; unlimited if `None`.
        to: Option<u32>,
    },
    /// Takes effect only for environments that are created from now on; the key.
    NewEnvironments(&'static str),
    /// A lab that everybody gets, side by side or in its turn.
    LabAdded(LabId),
    /// Nobody gets this lab any more; environments of it stay.
    LabRemoved(LabId),
    /// The labs are the same, in another order or no longer side by side.
    Order,
}

/// What has changed from one class file to the other.
#[must_use]
pub fn changes(old: &Class, new: &Class) -> Vec<Change> {
    let minutes = Change::Minutes { from: old.minutes, to: new.minutes };
    let keys = [
        (old.title != new.title, Change::Everywhere("title")),
        (old.trainer != new.trainer, Change::Everywhere("trainer")),
        (old.minutes != new.minutes, minutes),
        (old.late != new.late, Change::Everywhere("late")),
        (old.pool != new.pool, Change::Everywhere("pool")),
        (old.ssh != new.ssh, Change::Everywhere("ssh")),
        (old.limits != new.limits, Change::NewEnvironments("limits")),
        (old.listen != new.listen, Change::NewEnvironments("listen")),
        (old.address != new.address, Change::NewEnvironments("address")),
        (new.secret.is_some() && old.secret != new.secret, Change::NewEnvironments("secret")),
    ];
    keys.into_iter().filter(|(is_changed, _)| *is_changed).map(|(_, change)| change).chain(labs(old, new)).collect()
}

fn labs(old: &Class, new: &Class) -> Vec<Change> {
    let (before, after) = (old.work.labs(), new.work.labs());
    let added = after.iter().filter(|lab| !before.contains(lab)).cloned().map(Change::LabAdded);
    let removed = before.iter().filter(|lab| !after.contains(lab)).cloned().map(Change::LabRemoved);
    let found: Vec<Change> = added.chain(removed).collect();
    let is_path = |work: &Work| matches!(work, Work::Path(_));
    let is_ordered = is_path(&old.work) || is_path(&new.work);
    let is_reordered = is_ordered && old.work != new.work && found.is_empty();
    if is_reordered { vec![Change::Order] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::tests::class;

    fn with(work: Work) -> Class {
        Class { work, ..class() }
    }

    fn ids(labs: &[&str]) -> Vec<LabId> {
        labs.iter().map(|lab| LabId::from(*lab)).collect()
    }

    #[test]
    fn what_is_the_same_has_not_changed() {
        assert_eq!(changes(&class(), &class()), []);
        let drawn = Class { secret: Some(crate::secret::Secret::new("s3cr3t-s3cr3t")), ..class() };
        assert_eq!(changes(&drawn, &class()), [], "a secret that the file no longer names stays");
    }

    #[test]
    fn each_key_says_where_it_takes_effect() {
        let new = Class { title: "Autumn".into(), minutes: Some(50), listen: [0, 0, 0, 0].into(), ..class() };
        let expected = [
            Change::Everywhere("title"),
            Change::Minutes { from: None, to: Some(50) },
            Change::NewEnvironments("listen"),
        ];
        assert_eq!(changes(&class(), &new), expected);
    }

    #[test]
    fn labs_come_and_go_and_change_their_order() {
        let of = |old: Work, new: Work| changes(&with(old), &with(new));
        let [ab, ba, bc] = [["a", "b"], ["b", "a"], ["b", "c"]].map(|labs| ids(&labs));
        let swapped = [Change::LabAdded("c".into()), Change::LabRemoved("a".into())];
        assert_eq!(of(Work::Labs(ab.clone()), Work::Labs(bc)), swapped);
        assert_eq!(of(Work::Path(ab.clone()), Work::Path(ba.clone())), [Change::Order]);
        assert_eq!(of(Work::Labs(ab.clone()), Work::Path(ab.clone())), [Change::Order]);
        assert_eq!(of(Work::Labs(ab), Work::Labs(ba)), []);
    }
}

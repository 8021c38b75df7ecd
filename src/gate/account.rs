//! Whose a login is.

use crate::attempt::{Access, Attempt};
use crate::class::{Course, Login, Member};
use crate::error::{Error, Result};
use crate::id::{AttemptId, ClassId, LabId, TraineeId};
use crate::ops::class::{Current, current};
use crate::store::{ClassState, Store};

/// What a login leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// One attempt.
    Attempt(AttemptId),
    /// The current lab of a class's trainee, or one of several labs side by side.
    Member(Membership),
}

/// A trainee's place in a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    class: ClassId,
    trainee: TraineeId,
    lab: Option<LabId>,
}

/// An account and the credentials that open it.
pub struct Candidate {
    pub account: Account,
    pub access: Access,
}

/// The accounts that a login may mean. Classes at the same time may have trainees of the same name: their credentials
/// tell them apart.
pub fn candidates(store: &Store, login: &str) -> Result<Vec<Candidate>> {
    match store.find(login)? {
        Some(entry) => of_attempt(store, entry.attempt),
        None => of_member(store, &Login::parse(login)),
    }
}

/// A trainee of a class has one account, whatever its attempts are called.
fn of_attempt(store: &Store, attempt: Attempt) -> Result<Vec<Candidate>> {
    let Some((course, _)) = attempt.class.as_ref().map(|class| store.class(class)).transpose()?.flatten() else {
        return Ok(vec![Candidate { account: Account::Attempt(attempt.id), access: attempt.access }]);
    };
    let (class, lab) = (course.class.id.clone(), course.class.work.chosen(&attempt.lab).cloned());
    let account = Account::Member(Membership { class, trainee: attempt.trainee.clone(), lab });
    let access = store.access(&course.class.id, &attempt.trainee)?;
    let accesses = [attempt.access, access];
    Ok(accesses.into_iter().map(|access| Candidate { account: account.clone(), access }).collect())
}

fn of_member(store: &Store, login: &Login) -> Result<Vec<Candidate>> {
    let mut found = vec![];
    for (course, state) in store.classes()? {
        let class = &course.class;
        let is_lab = login.lab.as_ref().is_none_or(|lab| class.work.labs().contains(lab));
        if is_lab && store.members(&class.id)?.iter().any(|member| member.slug == login.trainee) {
            let Login { trainee, lab } = login.clone();
            let access = store.access(&class.id, &trainee)?;
            let account = Account::Member(Membership { class: class.id.clone(), trainee, lab });
            found.push((state == ClassState::Stopped, Candidate { account, access }));
        }
    }
    // A running class comes before one that is over.
    found.sort_by_key(|(is_over, _)| *is_over);
    Ok(found.into_iter().map(|(_, candidate)| candidate).collect())
}

impl Membership {
    /// The class and the member.
    pub fn load(&self, store: &Store) -> Result<(Course, Member)> {
        let gone = || Error::not_found("you are not in this class any more").hint("Ask your trainer.");
        let (course, _) = store.class(&self.class)?.ok_or_else(gone)?;
        let members = store.members(&self.class)?;
        let member = members.into_iter().find(|member| member.slug == self.trainee).ok_or_else(gone)?;
        Ok((course, member))
    }

    /// Adds a public key to the trainee's credentials.
    pub fn add_key(&self, store: &Store, line: &str) -> Result<()> {
        store.add_key(&self.class, &self.trainee, line)
    }

    /// Where the trainee stands.
    pub fn current(&self, store: &Store) -> Result<Current> {
        let (course, member) = self.load(store)?;
        current(store, &course, &member, self.lab.as_ref())
    }
}

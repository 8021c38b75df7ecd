use super::*;
use crate::attempt::BoxLimits;
use crate::lab::{Platform, Scheme};

pub(crate) fn attempt(id: &str) -> Attempt {
    Attempt {
        id: id.into(),
        lab: "nginx-502".into(),
        labs_dir: None,
        lab_digest: "d".into(),
        trainee: "ada".into(),
        class: None,
        seed: "1".into(),
        image: "breakfix/gitlab:1".into(),
        platform: Platform::Light,
        scheme: Scheme::Http,
        listen: [127, 0, 0, 1].into(),
        address: None,
        port: 8080,
        root_password: "secret".into(),
        root_token: "token".into(),
        created: Timestamp::UNIX_EPOCH,
        expires: Timestamp::UNIX_EPOCH,
        hints_taken: 0,
        limits: BoxLimits::default(),
        due: None,
        environment: None,
        handed_over: None,
        ssh_password: "secret".into(),
        ssh_keys: vec![],
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

#[test]
fn an_attempt_is_found_as_it_was_left() {
    let (_folder, store) = store();
    store.insert(&attempt("a")).unwrap();
    store.advance("a", State::Running, Timestamp::UNIX_EPOCH).unwrap();
    let found = store.find("a").unwrap().unwrap();
    assert_eq!((found.attempt, found.state), (attempt("a"), State::Running));
    let timeline: Vec<_> = store.timeline("a").unwrap().into_iter().map(|moment| moment.what).collect();
    assert_eq!(timeline, ["starting", "running"]);
}

#[test]
fn the_machine_is_kept() {
    let (_folder, store) = store();
    store.insert(&attempt("a")).unwrap();
    store.advance("a", State::Stopping, Timestamp::UNIX_EPOCH).unwrap();
    let error = store.advance("a", State::Running, Timestamp::UNIX_EPOCH).unwrap_err();
    assert_eq!(error.to_string(), "attempt a is stopping and cannot become running");
}

#[test]
fn the_installation_stays_the_same() {
    let (folder, store) = store();
    let again = Store::open(folder.path()).unwrap();
    assert_eq!(store.installation(), again.installation());
}

#[test]
fn a_lock_is_one_holders_and_ends_with_it() {
    let (_folder, store) = store();
    let (first, second) = (store.lock("a").unwrap(), store.lock("a").unwrap());
    assert!(first.try_take().unwrap());
    assert!(!second.try_take().unwrap());
    first.release();
    assert!(second.try_take().unwrap());
}

use super::*;
use crate::attempt::tests::{attempt, workspace};
use crate::attempt::{Attempt, Entry, State, Workspace};
use crate::error::Error;
use crate::id::AttemptId;

fn id(text: &str) -> AttemptId {
    text.into()
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

#[test]
fn an_attempt_is_found_as_it_was_left() {
    let (_folder, store) = store();
    store.insert(&workspace("a")).unwrap();
    store.advance(&id("a"), State::Running, Timestamp::UNIX_EPOCH).unwrap();
    let found = store.find("a").unwrap().unwrap();
    let Workspace { attempt, environment } = workspace("a");
    assert_eq!(found, Entry { attempt, environment, state: State::Running });
    let timeline: Vec<_> = store.timeline("a").unwrap().into_iter().map(|event| event.what.to_string()).collect();
    assert_eq!(timeline, ["starting", "running"]);
}

#[test]
fn the_machine_is_kept() {
    let (_folder, store) = store();
    store.insert(&workspace("a")).unwrap();
    store.advance(&id("a"), State::Stopping, Timestamp::UNIX_EPOCH).unwrap();
    let error = store.advance(&id("a"), State::Running, Timestamp::UNIX_EPOCH).unwrap_err();
    assert_eq!(error.to_string(), "attempt a is stopping and cannot become running");
}

#[test]
fn two_who_update_at_the_same_time_lose_nothing() {
    let (folder, store) = store();
    store.insert(&workspace("a")).unwrap();
    let other = Store::open(folder.path()).unwrap();
    let count = |store: &Store| {
        for _ in 0..100 {
            store.update(&id("a"), |record| record.hints_taken += 1).unwrap();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| count(&other));
        scope.spawn(|| count(&store));
    });
    assert_eq!(store.known("a").unwrap().attempt.hints_taken, 200);
}

#[test]
fn a_change_that_fails_leaves_record_and_timeline_as_they_were() {
    let (_folder, store) = store();
    store.insert(&workspace("a")).unwrap();
    store.insert(&workspace("a")).unwrap_err();
    let failed = store.update_and_note(&id("a"), Timestamp::UNIX_EPOCH, |record| {
        record.hints_taken = 7;
        Err(Error::invalid("the time is too long"))
    });
    assert_eq!(failed.unwrap_err().to_string(), "the time is too long");
    assert_eq!(store.known("a").unwrap().attempt, attempt("a"));
    assert_eq!(store.timeline("a").unwrap().len(), 1);
    let unknown = store.update(&id("b"), |_| {}).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no attempt b");
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

/// Names of the files in the folder of locks.
fn lock_files(folder: &tempfile::TempDir) -> Vec<String> {
    let files = std::fs::read_dir(folder.path().join("locks")).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn sweeping_leaves_the_locks_that_somebody_has() {
    let (folder, store) = store();
    let held = store.lock("held").unwrap();
    assert!(held.try_take().unwrap());
    store.lock("left").unwrap();
    store.sweep_locks().unwrap();
    assert_eq!(lock_files(&folder), ["held"]);
    assert!(!store.lock("held").unwrap().try_take().unwrap());
}

#[test]
fn sweeping_leaves_the_folder_of_other_locks() {
    let (folder, store) = store();
    std::fs::create_dir(folder.path().join("locks/images")).unwrap();
    store.lock("left").unwrap();
    store.sweep_locks().unwrap();
    assert_eq!(lock_files(&folder), ["images"]);
}

#[test]
fn a_lock_that_was_swept_away_under_somebody_is_still_one_holders() {
    let (_folder, store) = store();
    let opened = store.lock("a").unwrap();
    store.sweep_locks().unwrap();
    assert!(opened.try_take().unwrap());
    assert!(!store.lock("a").unwrap().try_take().unwrap());
}

#[test]
fn many_who_take_and_sweep_never_have_one_lock_at_one_time() {
    let (folder, store) = store();
    let inside = std::sync::atomic::AtomicUsize::new(0);
    let take = |_| {
        for _ in 0..200 {
            let lock = store.lock("a").unwrap();
            if lock.try_take().unwrap() {
                assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                std::thread::yield_now();
                inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            }
        }
    };
    std::thread::scope(|scope| {
        for number in 0..4 {
            scope.spawn(move || take(number));
        }
        for _ in 0..200 {
            store.sweep_locks().unwrap();
        }
    });
    store.sweep_locks().unwrap();
    assert_eq!(lock_files(&folder), [""; 0]);
}

#[test]
fn an_attempt_goes_with_the_process_that_needs_it() {
    let (folder, store) = store();
    let held = Attempt { holder: Some(store.holder().unwrap()), ..attempt("a") };
    let other = Store::open(folder.path()).unwrap();
    assert!(!other.is_deserted(&attempt("b")).unwrap());
    assert!(!other.is_deserted(&held).unwrap());
    other.sweep_locks().unwrap();
    assert!(!other.is_deserted(&held).unwrap());
    drop(store);
    assert!(other.is_deserted(&held).unwrap());
}

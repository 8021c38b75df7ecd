//! Counts concurrent users of a key, with a limit for each key.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Number of guards in use for each key. At most `limit` guards of a key exist at a time.
pub struct Counter<K: Eq + Hash> {
    limit: usize,
    counts: Arc<Mutex<HashMap<K, usize>>>,
}

/// Counts for its key until it is dropped.
pub struct CounterGuard<K: Eq + Hash> {
    key: K,
    counts: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Eq + Hash + Clone> Counter<K> {
    pub fn new(limit: usize) -> Self {
        Self { limit, counts: Arc::default() }
    }

    /// Counts one more user of `key`; `None` if the limit has been reached.
    pub fn enter(&self, key: &K) -> Option<CounterGuard<K>> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(key).copied().unwrap_or_default();
        if count >= self.limit {
            return None;
        }
        counts.insert(key.clone(), count + 1);
        Some(CounterGuard { key: key.clone(), counts: Arc::clone(&self.counts) })
    }
}

impl<K: Eq + Hash> Drop for CounterGuard<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
        }
        counts.retain(|_, count| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_limit_and_dropped_guards_do_not_count() {
        let counter = Counter::new(2);
        let (first, second) = (counter.enter(&"a"), counter.enter(&"a"));
        assert!(first.is_some() && second.is_some() && counter.enter(&"a").is_none());
        assert!(counter.enter(&"b").is_some());
        drop(first);
        assert!(counter.enter(&"a").is_some());
        drop(second);
        assert!(counter.counts.lock().unwrap().is_empty());
    }
}

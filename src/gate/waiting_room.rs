//! Connections without a login, limited for each address: a new one takes the place of the one that has waited longest. So
//! idle connections cannot keep out those behind the same address.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

type Waiting = HashMap<IpAddr, VecDeque<(u64, CancellationToken)>>;

/// The connections that wait for their login, by address.
pub struct WaitingRoom {
    limit: usize,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    next: u64,
}

/// The place of one connection, until it is dropped.
pub struct Place {
    address: IpAddr,
    number: u64,
    /// Cancelled when another connection takes this place.
    pub taken: CancellationToken,
    state: Arc<Mutex<State>>,
}

impl WaitingRoom {
    pub fn new(limit: usize) -> Self {
        Self { limit, state: Arc::default() }
    }

    /// A place for one more connection from this address.
    pub fn enter(&self, address: IpAddr) -> Place {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, taken) = (state.next, CancellationToken::new());
        state.next += 1;
        let waiting = state.waiting.entry(address).or_default();
        waiting.push_back((number, taken.clone()));
        if waiting.len() > self.limit
            && let Some((_, oldest)) = waiting.pop_front()
        {
            oldest.cancel();
        }
        Place { address, number, taken, state: Arc::clone(&self.state) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = state.waiting.get_mut(&self.address) {
            waiting.retain(|(number, _)| *number != self.number);
        }
        state.waiting.retain(|_, waiting| !waiting.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_connection_takes_the_place_of_the_one_that_has_waited_longest() {
        let (room, here, there) = (WaitingRoom::new(2), IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let is_taken = |places: &[&Place]| places.iter().map(|place| place.taken.is_cancelled()).collect::<Vec<_>>();
        let (first, second, other) = (room.enter(here), room.enter(here), room.enter(there));
        let third = room.enter(here);
        assert_eq!(is_taken(&[&first, &second, &third, &other]), [true, false, false, false]);
        drop(second);
        let fourth = room.enter(here);
        assert_eq!(is_taken(&[&third, &fourth, &other]), [false, false, false]);
        drop((first, third, fourth, other));
        assert!(room.state.lock().unwrap().waiting.is_empty());
    }
}

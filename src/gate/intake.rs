//! What a client sends, on its way to a program.
//!
//! SSH asks a receiver to hold back the sender; the library cannot, and instead waits for us with all that the
//! client says on this connection, its room for our answers included. A program that copies its input to its
//! output would then wait for us, and we for it. So we wait only while the program's output flows.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// Bytes that may lie here before the client waits.
const COMFORTABLE: usize = 4 << 20;
/// Bytes that may lie here in any case.
const MOST: usize = 64 << 20;

/// A queue with one writer and one reader.
#[derive(Default)]
pub struct Intake {
    state: Mutex<State>,
    arrived: Notify,
    eased: Notify,
}

#[derive(Default)]
struct State {
    chunks: VecDeque<Bytes>,
    size: usize,
    ended: bool,
    closed: bool,
    stalled: bool,
}

/// More than we hold for a client that does not take our answers.
#[derive(Debug, PartialEq, Eq)]
pub struct Overflow;

impl Intake {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what came, once there is room. What nobody will read any more is dropped.
    pub async fn push(&self, chunk: Bytes) -> Result<(), Overflow> {
        loop {
            {
                let mut state = self.state();
                if state.closed || state.ended {
                    return Ok(());
                }
                if state.size + chunk.len() > MOST {
                    return Err(Overflow);
                }
                if state.size < COMFORTABLE || state.stalled {
                    state.size += chunk.len();
                    state.chunks.push_back(chunk);
                    self.arrived.notify_one();
                    return Ok(());
                }
            }
            self.eased.notified().await;
        }
    }

    /// Nothing more will come.
    pub fn end(&self) {
        self.state().ended = true;
        self.arrived.notify_one();
    }

    /// Nobody reads any more.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.chunks.clear();
        state.size = 0;
        self.eased.notify_one();
    }

    /// Whether the program's output waits for the client.
    pub fn stall(&self, stalled: bool) {
        self.state().stalled = stalled;
        if stalled {
            self.eased.notify_one();
        }
    }

    /// The next piece; `None` at the end.
    pub async fn next(&self) -> Option<Bytes> {
        loop {
            {
                let mut state = self.state();
                if let Some(chunk) = state.chunks.pop_front() {
                    state.size -= chunk.len();
                    self.eased.notify_one();
                    return Some(chunk);
                }
                if state.ended || state.closed {
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn chunk() -> Bytes {
        vec![0; COMFORTABLE].into()
    }

    async fn waits(work: impl Future) -> bool {
        tokio::time::timeout(Duration::from_millis(20), work).await.is_err()
    }

    #[tokio::test]
    async fn what_came_is_read_in_order_to_its_end() {
        let intake = Intake::default();
        intake.push("a".into()).await.unwrap();
        intake.push("b".into()).await.unwrap();
        intake.end();
        assert_eq!((intake.next().await, intake.next().await), (Some("a".into()), Some("b".into())));
        assert_eq!(intake.next().await, None);
    }

    #[tokio::test]
    async fn a_client_waits_while_the_output_flows_and_only_then() {
        let intake = Intake::default();
        intake.push(chunk()).await.unwrap();
        assert!(waits(intake.push("x".into())).await);
        intake.stall(true);
        intake.push("x".into()).await.unwrap();
        intake.stall(false);
        assert!(waits(intake.push("y".into())).await);
        intake.next().await;
        intake.push("y".into()).await.unwrap();
    }

    #[tokio::test]
    async fn there_is_an_end_to_what_is_held() {
        let intake = Intake::default();
        intake.stall(true);
        for _ in 0..MOST / COMFORTABLE {
            intake.push(chunk()).await.unwrap();
        }
        assert_eq!(intake.push("x".into()).await, Err(Overflow));
        intake.close();
        assert_eq!(intake.push("x".into()).await, Ok(()));
    }
}

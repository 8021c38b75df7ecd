//! Queue for the standard input that a client sends to a program.
//!
//! The SSH library has no flow control for one channel: a handler that waits blocks every message of the client,
//! including the window updates that our output needs. A program that copies its input to its output would then
//! deadlock. Therefore `push` waits for the program only while its output is not blocked.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// Bytes in the queue from which on the client waits.
const HIGH_WATER: usize = 4 << 20;
/// Most bytes in the queue.
const CAPACITY: usize = 64 << 20;

/// Queue with one writer and one reader.
#[derive(Default)]
pub struct InputQueue {
    state: Mutex<QueueState>,
    readable: Notify,
    writable: Notify,
}

#[derive(Default)]
struct QueueState {
    chunks: VecDeque<Bytes>,
    size: usize,
    ended: bool,
    closed: bool,
    output_blocked: bool,
}

/// The queue is full and the client does not read the program's output.
#[derive(Debug, PartialEq, Eq)]
pub struct Overflow;

impl InputQueue {
    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a chunk when there is room. Drops it if the queue is closed.
    pub async fn push(&self, chunk: Bytes) -> Result<(), Overflow> {
        loop {
            {
                let mut state = self.state();
                if state.closed || state.ended {
                    return Ok(());
                }
                if state.size + chunk.len() > CAPACITY {
                    return Err(Overflow);
                }
                if state.size < HIGH_WATER || state.output_blocked {
                    state.size += chunk.len();
                    state.chunks.push_back(chunk);
                    self.readable.notify_one();
                    return Ok(());
                }
            }
            self.writable.notified().await;
        }
    }

    /// Marks the end of the input.
    pub fn end(&self) {
        self.state().ended = true;
        self.readable.notify_one();
    }

    /// Discards the content and everything that arrives later.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.chunks.clear();
        state.size = 0;
        self.writable.notify_one();
    }

    /// The program's output waits for the client: `push` must not wait for the program.
    pub fn output_blocked(&self) {
        self.state().output_blocked = true;
        self.writable.notify_one();
    }

    /// The client has taken the program's output.
    pub fn output_sent(&self) {
        self.state().output_blocked = false;
    }

    /// The next chunk; `None` at the end.
    pub async fn next(&self) -> Option<Bytes> {
        loop {
            {
                let mut state = self.state();
                if let Some(chunk) = state.chunks.pop_front() {
                    state.size -= chunk.len();
                    self.writable.notify_one();
                    return Some(chunk);
                }
                if state.ended || state.closed {
                    return None;
                }
            }
            self.readable.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn chunk() -> Bytes {
        vec![0; HIGH_WATER].into()
    }

    async fn waits(work: impl Future) -> bool {
        tokio::time::timeout(Duration::from_millis(20), work).await.is_err()
    }

    #[tokio::test]
    async fn chunks_are_read_in_order_to_the_end() {
        let queue = InputQueue::default();
        queue.push("a".into()).await.unwrap();
        queue.push("b".into()).await.unwrap();
        queue.end();
        assert_eq!((queue.next().await, queue.next().await), (Some("a".into()), Some("b".into())));
        assert_eq!(queue.next().await, None);
    }

    #[tokio::test]
    async fn a_client_waits_only_while_the_output_is_not_blocked() {
        let queue = InputQueue::default();
        queue.push(chunk()).await.unwrap();
        assert!(waits(queue.push("x".into())).await);
        queue.output_blocked();
        queue.push("x".into()).await.unwrap();
        queue.output_sent();
        assert!(waits(queue.push("y".into())).await);
        queue.next().await;
        queue.push("y".into()).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_queue_overflows() {
        let queue = InputQueue::default();
        queue.output_blocked();
        for _ in 0..CAPACITY / HIGH_WATER {
            queue.push(chunk()).await.unwrap();
        }
        assert_eq!(queue.push("x".into()).await, Err(Overflow));
        queue.close();
        assert_eq!(queue.push("x".into()).await, Ok(()));
    }
}

//! Which part of what a program prints is kept. Pure.

#[cfg(test)]
use super::Output;

/// Which part of each stream is kept; the rest is read and dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many bytes from its beginning: for answers.
    First(usize),
    /// So many bytes up to its end: for people, who want to know how it ended.
    Last(usize),
}

impl Keep {
    /// Adds what a stream says next; gives how many bytes were dropped for it.
    pub(super) fn add(self, kept: &mut Vec<u8>, next: &[u8]) -> u64 {
        match self {
            Self::First(limit) => {
                let room = limit.saturating_sub(kept.len()).min(next.len());
                kept.extend_from_slice(&next[..room]);
                (next.len() - room) as u64
            }
            Self::Last(limit) => {
                kept.extend_from_slice(next);
                let excess = kept.len().saturating_sub(limit);
                kept.drain(..excess);
                excess as u64
            }
        }
    }

    /// What is kept of all that a program has printed.
    #[cfg(test)]
    pub(super) fn of(self, whole: &Output) -> Output {
        let (mut stdout, mut stderr) = (vec![], vec![]);
        let dropped = self.add(&mut stdout, &whole.stdout) + self.add(&mut stderr, &whole.stderr);
        Output { stdout, stderr, dropped: whole.dropped + dropped, exit_code: whole.exit_code }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_or_the_end_is_kept_however_it_arrives() {
        for size in 1..=10 {
            for (keep, expected, dropped) in [
                (Keep::First(4), "0123", 6),
                (Keep::Last(4), "6789", 6),
                (Keep::First(0), "", 10),
                (Keep::Last(0), "", 10),
                (Keep::Last(10), "0123456789", 0),
            ] {
                let mut kept = vec![];
                let lost: u64 = b"0123456789".chunks(size).map(|chunk| keep.add(&mut kept, chunk)).sum();
                assert_eq!((String::from_utf8(kept).unwrap().as_str(), lost), (expected, dropped), "{keep:?} {size}");
            }
        }
    }

    #[test]
    fn each_stream_has_its_own_limit() {
        let whole = Output { exit_code: 3, stdout: b"abc".into(), stderr: b"xyz".into(), dropped: 1 };
        let kept = Output { exit_code: 3, stdout: b"bc".into(), stderr: b"yz".into(), dropped: 3 };
        assert_eq!(Keep::Last(2).of(&whole), kept);
    }
}

//! Limit on the output of a program that is kept. Pure.

#[cfg(test)]
use super::Output;

/// The part of each output stream that is kept. The rest is read and discarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputLimit {
    /// The first bytes, up to this number: for output that a program parses.
    First(usize),
    /// The last bytes, up to this number: for output that people read to see how the program ended.
    Last(usize),
}

impl OutputLimit {
    /// Appends the next bytes of a stream and returns the number of discarded bytes.
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

    /// Applies the limit to the whole output of a program.
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
            for (limit, expected, dropped) in [
                (OutputLimit::First(4), "0123", 6),
                (OutputLimit::Last(4), "6789", 6),
                (OutputLimit::First(0), "", 10),
                (OutputLimit::Last(0), "", 10),
                (OutputLimit::Last(10), "0123456789", 0),
            ] {
                let mut kept = vec![];
                let lost: u64 = b"0123456789".chunks(size).map(|chunk| limit.add(&mut kept, chunk)).sum();
                assert_eq!((String::from_utf8(kept).unwrap().as_str(), lost), (expected, dropped), "{limit:?} {size}");
            }
        }
    }

    #[test]
    fn each_stream_has_its_own_limit() {
        let whole = Output { exit_code: 3, stdout: b"abc".into(), stderr: b"xyz".into(), dropped: 1 };
        let kept = Output { exit_code: 3, stdout: b"bc".into(), stderr: b"yz".into(), dropped: 3 };
        assert_eq!(OutputLimit::Last(2).of(&whole), kept);
    }
}

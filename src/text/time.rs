//! Times as people read them.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `45 s`, `12 min`, `1 h 05 min`, `2 d 03 h`.
#[must_use]
pub fn duration(time: SignedDuration) -> String {
    let (minutes, hours) = (time.as_mins(), time.as_hours());
    match (hours, minutes) {
        (..=0, ..=0) => format!("{} s", time.as_secs()),
        (..=0, _) => format!("{minutes} min"),
        (..=47, _) => format!("{hours} h {:02} min", minutes % 60),
        _ => format!("{} d {:02} h", hours / 24, hours % 24),
    }
}

/// The time from `now` until `then`: as [`duration`] says it, or `over`.
#[must_use]
pub fn time_left(then: Timestamp, now: Timestamp) -> String {
    let left = then.duration_since(now);
    if left.is_positive() { duration(left) } else { "over".into() }
}

/// A moment of this week, in this machine's time zone: `Mon 15:30 UTC`.
#[must_use]
pub fn clock(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::system()).strftime("%a %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_as_exact_as_it_matters() {
        let said =
            [0, 59, 60, 3599, 3900, 172_799, 183_600].map(|seconds| duration(SignedDuration::from_secs(seconds)));
        assert_eq!(said, ["0 s", "59 s", "1 min", "59 min", "1 h 05 min", "47 h 59 min", "2 d 03 h"]);
    }

    #[test]
    fn nothing_is_left_of_what_is_over() {
        let left = |seconds: i64| {
            time_left(Timestamp::from_second(1000 + seconds).unwrap(), Timestamp::from_second(1000).unwrap())
        };
        assert_eq!([61, 0, -1].map(left), ["1 min", "over", "over"]);
    }
}

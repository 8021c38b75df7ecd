//! Logins of trainees at the gate. Pure.

use std::fmt::{self, Display, Formatter};

use crate::id::{LabId, TraineeId};

/// What separates the trainee from the lab; neither contains it.
const SEPARATOR: char = '+';

/// A trainee's login: `ada` leads to the current lab, `ada+nginx-502` to one of several labs side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The trainee.
    pub trainee: TraineeId,
    /// The lab; the current one if `None`.
    pub lab: Option<LabId>,
}

impl Login {
    /// Reads a login. Whether there are such a trainee and such a lab is for others to find out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (trainee, lab) = text.split_once(SEPARATOR).map_or((text, None), |(trainee, lab)| (trainee, Some(lab)));
        Self { trainee: trainee.into(), lab: lab.map(LabId::from) }
    }
}

impl Display for Login {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.trainee)?;
        self.lab.as_ref().map_or(Ok(()), |lab| write!(f, "{SEPARATOR}{lab}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_read_as_it_is_written() {
        for text in ["ada", "ada+nginx-502", "ada+", "+"] {
            assert_eq!(Login::parse(text).to_string(), text);
        }
        assert_eq!(Login::parse("ada+a").lab, Some(LabId::from("a")));
        assert_eq!(Login::parse("ada").lab, None);
    }
}

//! Words that the gate answers itself, instead of running them in the container.

/// Something that is asked of breakfix, not of the container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// What can be asked.
    Help,
    /// The ticket, with address and credentials.
    Ticket,
    /// The next hint, or those taken so far.
    Hint {
        /// Take none.
        again: bool,
    },
    /// Grade the repair.
    Grade,
    /// Where the attempt stands.
    Status,
}

impl Word {
    /// The word in what a client asks to run; `None` if that is for the container. A known word with
    /// arguments that it does not take is an error, in one sentence.
    pub fn parse(command: &str) -> Option<Result<Self, String>> {
        let mut words = command.split_whitespace();
        let first = words.next()?;
        let rest: Vec<&str> = words.collect();
        let word = match (first, rest.as_slice()) {
            ("help", []) => Self::Help,
            ("ticket", []) => Self::Ticket,
            ("hint", []) => Self::Hint { again: false },
            ("hint", ["--again"]) => Self::Hint { again: true },
            ("grade", []) => Self::Grade,
            ("status", []) => Self::Status,
            ("hint", _) => return Some(Err("`hint` takes nothing or --again".into())),
            ("help" | "ticket" | "grade" | "status", _) => return Some(Err(format!("`{first}` takes no arguments"))),
            _ => return None,
        };
        Some(Ok(word))
    }
}

/// What can be asked, given what a client types to get here.
pub fn help(ssh: &str) -> String {
    format!(
        "From a terminal of your own:
  {ssh}
gives a root shell in your container, or runs the command that you add. These words are answered from outside of it:
  ticket   the ticket again, with address and credentials
  hint     the next hint; it costs points (hint --again shows those taken)
  grade    grade the repair; it can be repeated
  status   time left, hints taken, last score
Files go with scp -O, from and to {login}:/path.
",
        login = ssh.rsplit(' ').next().unwrap_or(ssh)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_commands_of_the_container() {
        assert_eq!(Word::parse(" grade "), Some(Ok(Word::Grade)));
        assert_eq!(Word::parse("hint --again"), Some(Ok(Word::Hint { again: true })));
        for command in ["", "ls", "grade;id", "grades", "command grade", "/bin/grade", "GRADE"] {
            assert_eq!(Word::parse(command), None, "{command}");
        }
    }

    #[test]
    fn a_word_with_too_much_is_no_command_of_the_container() {
        assert_eq!(Word::parse("grade; id"), None);
        assert_eq!(Word::parse("grade now"), Some(Err("`grade` takes no arguments".into())));
        assert_eq!(Word::parse("hint 3"), Some(Err("`hint` takes nothing or --again".into())));
    }
}

//! Built-in commands: the gate runs them itself instead of in the container.

use crate::ops::attempt::HintRequest;

/// A command for breakfix instead of the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// Lists the built-in commands.
    Help,
    /// Shows the ticket, with address and credentials.
    Ticket,
    /// Shows the next hint, or those taken so far.
    Hint(HintRequest),
    /// Grades the repair.
    Grade,
    /// Shows time left, hints taken and the score.
    Status,
    /// Adds a public key for logins.
    Key(String),
    /// Asks the trainer.
    Ask(String),
}

impl Builtin {
    /// Parses a client's command line; `None` if the command is for the container. The error is a message for the
    /// trainee: a built-in command with unknown arguments.
    pub fn parse(command: &str) -> Option<Result<Self, String>> {
        let mut words = command.split_whitespace();
        let first = words.next()?;
        let rest: Vec<&str> = words.collect();
        let builtin = match (first, rest.as_slice()) {
            ("help", []) => Self::Help,
            ("ticket", []) => Self::Ticket,
            ("hint", []) => Self::Hint(HintRequest::Next),
            ("hint", ["--again"]) => Self::Hint(HintRequest::Taken),
            ("grade", []) => Self::Grade,
            ("status", []) => Self::Status,
            ("key", [_, _, ..]) => Self::Key(rest.join(" ")),
            ("ask", [_, ..]) => Self::Ask(rest.join(" ")),
            ("key", _) => return Some(Err("`key` takes a public key: key \"$(cat ~/.ssh/id_ed25519.pub)\"".into())),
            ("ask", _) => return Some(Err("`ask` takes your question: ask \"is the disk full on purpose?\"".into())),
            ("hint", _) => return Some(Err("`hint` takes nothing or --again".into())),
            ("help" | "ticket" | "grade" | "status", _) => return Some(Err(format!("`{first}` takes no arguments"))),
            _ => return None,
        };
        Some(Ok(builtin))
    }
}

/// The help text; `ssh` is the command line that reaches the gate.
pub fn help(ssh: &str) -> String {
    format!(
        "From a terminal of your own:
  {ssh}
gives a root shell in your container, or runs the command that you add. These words are answered from outside of it:
  ticket   the ticket again, with address and credentials
  hint     the next hint; it costs points (hint --again shows those taken)
  grade    grade the repair; it can be repeated
  status   time left, hints taken, score
  ask      a question to your trainer: ask \"...\"
  key      from then on, this key opens the login as well: key \"$(cat ~/.ssh/id_ed25519.pub)\"
Files go with scp -O, from and to {login}:/path.
",
        login = ssh.rsplit(' ').next().unwrap_or(ssh)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_commands_are_for_the_container() {
        assert_eq!(Builtin::parse(" grade "), Some(Ok(Builtin::Grade)));
        assert_eq!(Builtin::parse("hint --again"), Some(Ok(Builtin::Hint(HintRequest::Taken))));
        for command in ["", "ls", "grade;id", "grades", "command grade", "/bin/grade", "GRADE"] {
            assert_eq!(Builtin::parse(command), None, "{command}");
        }
    }

    #[test]
    fn unknown_arguments_of_a_built_in_command_are_an_error() {
        assert_eq!(Builtin::parse("key  ssh-ed25519 AAAA x"), Some(Ok(Builtin::Key("ssh-ed25519 AAAA x".into()))));
        assert_eq!(Builtin::parse("ask why not"), Some(Ok(Builtin::Ask("why not".into()))));
        assert!(matches!(Builtin::parse("key"), Some(Err(_))) && matches!(Builtin::parse("ask"), Some(Err(_))));
        assert_eq!(Builtin::parse("grade; id"), None);
        assert_eq!(Builtin::parse("grade now"), Some(Err("`grade` takes no arguments".into())));
        assert_eq!(Builtin::parse("hint 3"), Some(Err("`hint` takes nothing or --again".into())));
    }
}

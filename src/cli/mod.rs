//! The command line: one file for each command; only `ui` prints.

mod args;
mod autograde;
mod changed;
mod class;
mod context;
mod doctor;
mod entry;
mod exec;
mod gate;
mod gc;
mod grade;
mod hint;
mod image;
mod labs;
mod logs;
mod new;
mod output;
mod pick;
mod pool;
mod prove;
mod reset;
mod resume;
mod roster;
mod schema;
mod scripts;
mod shell;
mod show;
mod signals;
mod start;
mod status;
mod stop;
mod ticket;
mod ui;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::error::{Error, Result};
pub use crate::exit::Exit;
pub use context::{CliContext, default_state};
pub use ui::{Answers, Messages, Ui};

/// Break/fix training for GitLab: start a disposable GitLab with a seeded fault, repair it, have the repair graded.
///
/// Exit codes: 0 solved or done, 1 not solved or not proven, 2 wrong usage or an invalid lab, 3 the environment
/// could not be built or reached, 4 a check could not be run, 70 a bug, 130 interrupted.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, infer_subcommands = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Answer in JSON on standard output
    // `autograde` and `class report` may be given a file here; one name has one type.
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, hide_possible_values = true, value_name = "")]
    #[allow(clippy::option_option)] // not given, given alone, given a file
    json: Option<Option<PathBuf>>,
    /// No progress and no notes
    #[arg(long, short, global = true)]
    quiet: bool,
    // Read from the environment in one place, `CliContext`: clap would show what comes from there as required.
    /// Folder with labs, besides the ones that are built in [env: `BREAKFIX_LABS`]
    #[arg(long, global = true, value_name = "DIR")]
    labs: Option<PathBuf>,
    /// Folder that keeps attempts, grades and build logs [env: `BREAKFIX_STATE`] [default: breakfix in the user's state
    /// folder]
    #[arg(long, global = true, value_name = "DIR")]
    state: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Labs(labs::Args),
    Show(show::Args),
    Start(Box<start::Args>),
    Status(status::Args),
    Ticket(ticket::Args),
    Shell(shell::Args),
    Exec(exec::Args),
    Logs(logs::Args),
    Hint(hint::Args),
    Grade(grade::Args),
    Autograde(Box<autograde::Args>),
    Class(Box<class::Args>),
    Reset(reset::Args),
    Resume(resume::Args),
    Stop(stop::Args),
    Gate(gate::Args),
    Pool(pool::Args),
    Gc(gc::Args),
    Doctor(doctor::Args),
    New(new::Args),
    Validate(validate::Args),
    Prove(prove::Args),
    Schema(schema::Args),
    Image(image::Args),
    Completions(scripts::CompletionsArgs),
    Man(scripts::ManArgs),
}

impl Command {
    /// Whether `--json` may name a file.
    fn may_write_json(&self) -> bool {
        match self {
            Self::Autograde(_) => true,
            Self::Class(args) => args.may_write_json(),
            _ => false,
        }
    }
}

/// Runs a command line to its exit code.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    let answers = if cli.global.json == Some(None) { Answers::Json } else { Answers::Text };
    let messages = if cli.global.quiet { Messages::Warnings } else { Messages::All };
    let ui = Ui::new(answers, messages);
    ui::report_panics();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return ui.fail(&Error::bug("the program cannot start its threads").caused_by(cause)),
    };
    let outcome = runtime.block_on(dispatch(cli, &ui));
    // A thread that reads the keyboard would block the shutdown.
    runtime.shutdown_background();
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => ui.fail(&error),
    }
}

/// Prints clap's error about an invalid command line, or the requested help or version.
#[must_use]
pub fn wrong_usage(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().take_while(|word| word != "--").any(|word| word == "--json");
    // The reader of a pipe may be gone.
    error.print().ok();
    if !error.use_stderr() {
        return Exit::Done.into();
    }
    if json {
        let text = error.to_string();
        let mut paragraphs = text.trim_start_matches("error: ").split("\n\n").map(str::trim);
        let wrong = Error::usage(paragraphs.next().unwrap_or_default());
        let hints = paragraphs.filter(|text| !text.starts_with("For more information"));
        let ui = Ui::new(Answers::Json, Messages::Warnings);
        ui.answer(&ui::error_json(&hints.fold(wrong, Error::hint), Exit::Usage), String::new);
    }
    Exit::Usage.into()
}

async fn dispatch(cli: &Cli, ui: &Ui) -> Result<Exit> {
    let context = CliContext::new(&cli.global, ui);
    if let (Some(Some(file)), false) = (&cli.global.json, cli.command.may_write_json()) {
        return Err(Error::usage(format!("this command does not write its answer into {}", file.display()))
            .hint("Redirect its standard output, and give --json no value."));
    }
    match &cli.command {
        Command::Labs(args) => labs::run(args, &context, ui),
        Command::Show(args) => show::run(args, &context, ui),
        Command::Start(args) => start::run(args, &context, ui).await,
        Command::Status(args) => status::run(args, &context, ui).await,
        Command::Ticket(args) => ticket::run(args, &context, ui),
        Command::Shell(args) => shell::run(args, &context, ui).await,
        Command::Exec(args) => exec::run(args, &context, ui).await,
        Command::Logs(args) => logs::run(args, &context, ui).await,
        Command::Hint(args) => hint::run(args, &context, ui).await,
        Command::Grade(args) => grade::run(args, &context, ui).await,
        Command::Autograde(args) => autograde::run(args, &context, ui).await,
        Command::Class(args) => class::run(args, &context, ui).await,
        Command::Reset(args) => reset::run(args, &context, ui).await,
        Command::Resume(args) => resume::run(args, &context, ui).await,
        Command::Stop(args) => stop::run(args, &context, ui).await,
        Command::Gate(args) => gate::run(args, &context, ui).await,
        Command::Pool(args) => pool::run(args, &context, ui).await,
        Command::Gc(args) => gc::run(args, &context, ui).await,
        Command::Doctor(args) => doctor::run(args, &context, ui).await,
        Command::New(args) => new::run(args, &context, ui),
        Command::Validate(args) => validate::run(args, &context, ui),
        Command::Prove(args) => prove::run(args, &context, ui).await,
        Command::Schema(args) => Ok(schema::run(args, ui)),
        Command::Image(args) => image::run(args, &context, ui).await,
        Command::Completions(args) => Ok(scripts::completions(args, ui)),
        Command::Man(args) => scripts::man(args, ui),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}

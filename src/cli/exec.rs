use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args as ClapArgs;
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::args::deadline;
use super::pick::pick_ready;
use super::ui::Pass;
use super::{CliContext, Exit, Ui, entry};
use crate::app::App;
use crate::attempt::{Entry, Workspace};
use crate::engine::{EngineError, ExecSession, OutputChunk, Program};
use crate::environment::{end_marked, script};
use crate::error::{Context, Error, Result};
use crate::lab::{Lab, LabPath};
use crate::random;
use crate::store::Store;

/// Variable that marks the programs of this command, to find and end all of them.
const MARK: &str = "BREAKFIX_EXEC";
/// Exit codes as shells and `timeout` use them.
const LATE: u8 = 124;
const NOT_RUNNABLE: u8 = 126;
const NO_PROGRAM: u8 = 127;
const BROKEN_PIPE: u8 = 141;

/// Run one program in the container, as root
///
/// Piped or redirected input goes to the program. Its output is passed on byte for byte; on a terminal, characters that are not
/// printable are removed. The exit code is the program's: 127 if there is no such program, 126 if it may not be run, 124 if
/// it was ended because its time was over.
#[derive(Debug, ClapArgs)]
#[command(override_usage = "breakfix exec [OPTIONS] [[ATTEMPT] --] PROGRAM [ARGUMENT]...\n       \
    breakfix exec --script FILE [ATTEMPT]")]
pub struct Args {
    /// Attempt, if several are running; its name or its lab's name may also precede the program
    #[arg(long, short)]
    attempt: Option<String>,
    /// Time limit, such as 90s or 10m; then the program and everything that it has started are ended
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = deadline)]
    timeout: Duration,
    /// Pass on typed input as well
    #[arg(long, short)]
    interactive: bool,
    /// Connect it to this terminal; there is then no time limit
    #[arg(long, short)]
    tty: bool,
    /// Run a script of the lab with the attempt's values inserted, like a seed or fault: one that the lab names, or a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["interactive", "tty"])]
    script: Option<PathBuf>,
    /// The program and its arguments
    #[arg(
        required_unless_present = "script",
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "PROGRAM"
    )]
    words: Vec<String>,
}

/// What the program reads.
enum Input {
    Nothing,
    Ours,
    Text(Vec<u8>),
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    ui.has_no_json("exec")?;
    let app = context.app().await?;
    let (name, words) = args.named(&app.store)?;
    let workspace = pick_ready(&app, name).await?;
    if args.tty {
        return super::shell::attach(&app, &workspace, words, ui).await;
    }
    let (program, input) = match &args.script {
        Some(path) => {
            let lab = context.library_of(&workspace.attempt).load(&workspace.attempt.lab)?;
            (script::shell(script::SHELL), Input::Text(rendered(&workspace, &lab, path)?.into_bytes()))
        }
        None => (words.to_vec(), if args.interactive || is_piped() { Input::Ours } else { Input::Nothing }),
    };
    Call { app: &app, workspace: &workspace, ui, limit: args.timeout }.run(program, input).await
}

impl Args {
    /// The attempt's name, if given, and the program. A first word that is neither an attempt nor the lab of one is a program.
    fn named(&self, store: &Store) -> Result<(Option<&str>, &[String])> {
        let words = self.words.as_slice();
        let Some((first, rest)) = words.split_first().filter(|_| self.attempt.is_none()) else {
            return Ok((self.attempt.as_deref(), words));
        };
        let means = |entry: &Entry| entry.attempt.id == *first || *entry.attempt.lab == **first;
        if self.script.is_none() && !store.attempts()?.iter().any(means) {
            return Ok((None, words));
        }
        let program = rest.strip_prefix(&["--".to_string()]).unwrap_or(rest);
        if program.is_empty() == self.script.is_some() {
            return Ok((Some(first), program));
        }
        let usage = if self.script.is_some() { "`--script FILE` runs nothing else" } else { "no program is named" };
        Err(Error::usage(usage).hint(format!("`breakfix exec {first} -- PROGRAM` runs a program there.")))
    }
}

/// A script that the lab names, or any other file, with the attempt's values in it.
fn rendered(workspace: &Workspace, lab: &Lab, path: &Path) -> Result<String> {
    let known = lab.files.iter().find(|(name, _)| Path::new(name.as_str()) == path);
    let text =
        match known {
            Some((_, text)) => text.clone(),
            None => std::fs::read_to_string(path).map_err(|cause| {
                let scripts: Vec<&str> =
                    lab.files.keys().map(LabPath::as_str).filter(|name| name.strip_suffix(".sh").is_some()).collect();
                Error::not_found(format!("the script {} cannot be read", path.display()))
                    .caused_by(cause)
                    .hint(format!("Lab {} has {}.", lab.id, scripts.join(", ")))
            })?,
        };
    workspace.fill_in(lab, &path.display().to_string(), &text)
}

/// Whether standard input is piped or redirected.
fn is_piped() -> bool {
    let stdin = std::io::stdin();
    let kind = rustix::fs::fstat(&stdin).map(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode));
    !stdin.is_terminal()
        && kind.is_ok_and(|kind| matches!(kind, rustix::fs::FileType::Fifo | rustix::fs::FileType::RegularFile))
}

/// One program, and the destination of its output.
struct Call<'a> {
    app: &'a App,
    workspace: &'a Workspace,
    ui: &'a Ui,
    limit: Duration,
}

impl Call<'_> {
    async fn run(&self, argv: Vec<String>, input: Input) -> Result<Exit> {
        let (name, value) = (argv[0].clone(), random::letters(12)?);
        let env = [(MARK.to_string(), value.clone())].into();
        let program = Program { argv, env, user: Some("root".into()), terminal: None };
        let before = self.app.engine.inspect(&self.workspace.environment.gitlab()).await.ok();
        let talk = self.app.engine.exec_interactive(&self.workspace.environment.gitlab(), &program).await;
        let talk = entry::entered(self.app, self.workspace, talk).await?;
        let ended = tokio::select! {
            ended = self.to_its_end(talk, input) => ended,
            () = tokio::time::sleep(self.limit) => {
                self.end(&value).await?;
                let late = format!("{name} did not end within {} s, and was ended", self.limit.as_secs());
                self.ui.print_error(&Error::environment(late).hint("Give it more time with --timeout."));
                return Ok(Exit::Program(LATE));
            }
            () = self.app.cancel.cancelled() => {
                self.end(&value).await?;
                return Err(Error::interrupted());
            }
        };
        match ended {
            Ok(code) => {
                entry::note_if_gone(self.app, self.workspace, before.as_ref(), u32::try_from(code).ok(), self.ui).await;
                Ok(Exit::Program(u8::try_from(code).unwrap_or(1)))
            }
            Err(Broken::Reader) => {
                self.end(&value).await?;
                Ok(Exit::Program(BROKEN_PIPE))
            }
            Err(Broken::Ours(error)) => {
                self.end(&value).await?;
                Err(error)
            }
            Err(Broken::Engine(EngineError::NotStarted { missing, cause })) => {
                Ok(self.not_started(&name, missing, cause))
            }
            Err(Broken::Engine(error)) => Err(error).context(|| format!("the output of {name} was cut off")),
        }
    }

    async fn to_its_end(&self, talk: ExecSession, input: Input) -> Result<i64, Broken> {
        let ExecSession { id, input: mut to, mut output } = talk;
        let feed = async {
            feed(&mut to, input).await;
            // Only the end of its output ends the loop.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            shown = self.show(&mut output) => shown?,
            () = feed => {}
        }
        loop {
            match self.app.engine.exec_exit_code(&id).await {
                // The program has closed its output and is still running.
                Err(EngineError::Stalled { .. }) => {}
                code => return code.map_err(Broken::Engine),
            }
        }
    }

    async fn show(&self, output: &mut crate::engine::OutputStream) -> Result<(), Broken> {
        let (mut out, mut err) = (Pass::stdout(), Pass::stderr());
        while let Some(chunk) = output.next().await {
            let written = match chunk.map_err(Broken::Engine)? {
                OutputChunk::Stdout(bytes) => out.write(&bytes).await,
                OutputChunk::Stderr(bytes) => err.write(&bytes).await,
                OutputChunk::HeldOpen => {
                    self.ui.note("note: a process that was left running in the container keeps the output open; its further output is not shown");
                    Ok(())
                }
            };
            written.map_err(|cause| match cause.kind() {
                ErrorKind::BrokenPipe => Broken::Reader,
                _ => Broken::Ours(Error::environment("the program's output cannot be written").because(cause)),
            })?;
        }
        Ok(())
    }

    async fn end(&self, value: &str) -> Result<()> {
        end_marked(self.app, &self.workspace.environment, &format!("{MARK}={value}")).await
    }

    fn not_started(&self, name: &str, missing: bool, cause: String) -> Exit {
        let id = &self.workspace.attempt.id;
        let error = if missing {
            Error::not_found(format!("there is no program `{name}` in the container of {id}"))
                .hint("A word before `--` names an attempt; `breakfix status` lists them.")
        } else {
            Error::conflict(format!("`{name}` cannot be run in the container of {id}")).because(cause)
        };
        self.ui.print_error(&error);
        Exit::Program(if missing { NO_PROGRAM } else { NOT_RUNNABLE })
    }
}

/// Why forwarding stopped.
enum Broken {
    /// Our output was closed.
    Reader,
    Ours(Error),
    Engine(EngineError),
}

/// Sends input to the program until it ends or the program stops reading.
async fn feed(to: &mut (impl tokio::io::AsyncWrite + Unpin), input: Input) {
    let done = match input {
        Input::Nothing => Ok(()),
        Input::Text(text) => to.write_all(&text).await,
        Input::Ours => {
            let (mut from, mut buffer) = (tokio::io::stdin(), vec![0; 256 * 1024]);
            loop {
                match from.read(&mut buffer).await {
                    Ok(0) | Err(_) => break Ok(()),
                    Ok(count) => match to.write_all(&buffer[..count]).await {
                        Ok(()) => to.flush().await.unwrap_or(()),
                        broken => break broken,
                    },
                }
            }
        }
    };
    if done.is_ok() {
        to.shutdown().await.ok();
    }
}

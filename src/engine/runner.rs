//! Runs many commands through a single exec session: the engine needs a tenth of a second to start each exec.

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{
    Command, Engine, EngineError, ExecSession, Output, OutputChunk, OutputLimit, OutputStream, Program, Result,
};

const RUNNER: &str = include_str!("../../templates/engine/runner.pl");
/// Reads the Perl program above from standard input; its size in bytes is the last argument.
const LAUNCH: [&str; 3] = [
    "/usr/bin/perl",
    "-e",
    "my ($code, $size) = ('', shift); \
     while (length $code < $size) { sysread(STDIN, $code, $size - length $code, length $code) or exit 1 } \
     eval $code; die $@ if $@",
];

/// Runs programs in one container.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Like [`Engine::exec`], but always keeps the beginning of each stream.
    async fn run(&self, command: &Command) -> Result<Output>;
}

/// A Perl program in a container that runs commands concurrently (`templates/engine/runner.pl`). It exits when this value
/// is dropped.
pub(super) struct SideBySide {
    requests: mpsc::UnboundedSender<String>,
    waiting: Arc<Waiting>,
    number: AtomicU64,
}

/// Receivers of the results, by number of the command. `None` once the program has exited.
type Waiting = Mutex<Option<HashMap<u64, oneshot::Sender<Output>>>>;

impl SideBySide {
    /// Starts the program as root. The container must have Perl.
    pub async fn open(engine: &dyn Engine, container: &str) -> Result<Self> {
        let argv = LAUNCH.into_iter().map(String::from).chain([RUNNER.len().to_string()]).collect();
        let program = Program { argv, env: BTreeMap::new(), user: Some("0".into()), terminal: None };
        let ExecSession { input, output, .. } = engine.exec_interactive(container, &program).await?;
        Ok(Self::over(input, output))
    }

    /// Sends the Perl program to [`LAUNCH`], then requests.
    fn over(mut input: Pin<Box<dyn AsyncWrite + Send>>, output: OutputStream) -> Self {
        let (requests, mut lines) = mpsc::unbounded_channel::<String>();
        requests.send(RUNNER.into()).ok();
        tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                if input.write_all(line.as_bytes()).await.is_err() || input.flush().await.is_err() {
                    break;
                }
            }
            input.shutdown().await.ok();
        });
        let waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        tokio::spawn(receive(output, waiting.clone()));
        Self { requests, waiting, number: AtomicU64::new(1) }
    }

    /// Registers a receiver for a result; `None` if the program has exited.
    fn wait_for(&self, number: u64) -> Option<oneshot::Receiver<Output>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.as_mut()?.insert(number, sender);
        Some(receiver)
    }
}

#[async_trait]
impl Runner for SideBySide {
    async fn run(&self, command: &Command) -> Result<Output> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let answer = self.wait_for(number).ok_or_else(ended)?;
        self.requests.send(request(number, command)).map_err(|_| ended())?;
        match timeout(command.deadline, answer).await {
            Ok(answer) => answer.map_err(|_| ended()),
            Err(_) => Err(EngineError::DeadlineExceeded { after: command.deadline, output: Output::default() }),
        }
    }
}

fn ended() -> EngineError {
    EngineError::InvalidResponse { action: "run programs".into(), cause: "the program that runs them has ended".into() }
}

async fn receive(mut output: OutputStream, waiting: Arc<Waiting>) {
    let mut buffer = vec![];
    while let Some(Ok(chunk)) = output.next().await {
        // Anything on standard error precedes its exit, which all receivers notice.
        let OutputChunk::Stdout(chunk) = chunk else { continue };
        buffer.extend_from_slice(&chunk);
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            let Some((number, output)) = result(&String::from_utf8_lossy(&line)) else { continue };
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(waiter) = waiting.as_mut().and_then(|waiting| waiting.remove(&number)) {
                waiter.send(output).ok();
            }
        }
    }
    waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
}

fn request(number: u64, command: &Command) -> String {
    let output_limit = match command.output_limit {
        OutputLimit::First(limit) | OutputLimit::Last(limit) => limit,
    };
    let set = command.env.iter().map(|(name, value)| format!("{name}={value}"));
    let env = (!command.env.is_empty()).then(|| "/usr/bin/env".to_string());
    let argv = env.into_iter().chain(set).chain(command.argv.iter().cloned()).map(|word| STANDARD.encode(word));
    let head = [
        number.to_string(),
        command.user.clone().unwrap_or_else(|| "0".into()),
        output_limit.to_string(),
        STANDARD.encode(&command.stdin),
    ];
    head.into_iter().chain(argv).collect::<Vec<_>>().join(" ") + "\n"
}

fn result(line: &str) -> Option<(u64, Output)> {
    let mut fields = line.trim_end_matches('\n').split(' ');
    let number = fields.next()?.parse().ok()?;
    let exit_code = fields.next()?.parse().ok()?;
    let dropped = fields.next()?.parse().ok()?;
    let mut decoded = || STANDARD.decode(fields.next()?).ok();
    Some((number, Output { exit_code, dropped, stdout: decoded()?, stderr: decoded()? }))
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;
    use std::time::Duration;

    use tokio::io::AsyncReadExt;
    use tokio::process::{Child, ChildStdout, Command as Process};

    use super::*;

    /// The Perl program on this machine, started by a shell that runs these lines first.
    fn start(lines: &str) -> (SideBySide, Child) {
        let mut process = Process::new("bash");
        process.args(["-c", &format!("{lines}\nexec \"$@\""), "bash"]).args(LAUNCH).arg(RUNNER.len().to_string());
        process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = process.spawn().unwrap();
        let output = chunks(child.stdout.take().unwrap());
        (SideBySide::over(Box::pin(child.stdin.take().unwrap()), output), child)
    }

    fn chunks(stdout: ChildStdout) -> OutputStream {
        Box::pin(futures_util::stream::unfold(stdout, async |mut stdout| {
            let mut chunk = vec![0; 4096];
            let count = stdout.read(&mut chunk).await.unwrap();
            chunk.truncate(count);
            (count > 0).then(|| (Ok(OutputChunk::Stdout(chunk.into())), stdout))
        }))
    }

    fn command(argv: &[&str]) -> Command {
        Command::new(argv.iter().copied(), Duration::from_secs(30), OutputLimit::First(100))
    }

    fn bash(lines: &str) -> Command {
        command(&["bash", "-c", lines])
    }

    fn output(exit_code: i64, stdout: &str, stderr: &str) -> Output {
        Output { exit_code, stdout: stdout.into(), stderr: stderr.into(), dropped: 0 }
    }

    #[tokio::test]
    async fn a_program_has_its_streams_its_environment_and_its_exit_code() {
        let (runner, _child) = start("");
        let env = BTreeMap::from([("WORD".to_string(), "a \u{fc}".to_string())]);
        let given = Command { stdin: b"typed".to_vec(), env, ..bash("cat; echo \"$WORD\" >&2; exit 7") };
        let large = Command { stdin: vec![b'x'; 300_000], ..command(&["cat"]) };
        for (command, expected) in [
            (given, output(7, "typed", "a \u{fc}\n")),
            (command(&["printf", "%s|", "a b", "", "\n"]), output(0, "a b||\n|", "")),
            (bash("kill -KILL $$"), output(137, "", "")),
            (large, Output { dropped: 299_900, ..output(0, &"x".repeat(100), "") }),
        ] {
            assert_eq!(runner.run(&command).await, Ok(expected), "{:?}", command.argv);
        }
    }

    #[tokio::test]
    async fn a_program_that_cannot_be_started_ends_as_in_a_shell() {
        let (runner, _child) = start("");
        for (program, code, why) in [
            ("/nosuch/program", 127, "No such file or directory"),
            ("/etc/passwd", 126, "Permission denied"),
            ("/etc", 126, "Permission denied"),
        ] {
            let ended = runner.run(&command(&[program])).await.unwrap();
            let stderr = String::from_utf8(ended.stderr).unwrap();
            // Perl adds the line of our program.
            let message = stderr.split(" at (eval").next().unwrap();
            let expected = format!("Can't exec \"{program}\": {why}");
            assert_eq!((ended.exit_code, message), (code, expected.as_str()));
        }
        let somebody = Command { user: Some("no such account".into()), ..command(&["true"]) };
        assert_eq!(runner.run(&somebody).await, Ok(output(126, "", "")));
        assert_eq!(runner.run(&command(&["echo", "on"])).await, Ok(output(0, "on\n", "")));
    }

    /// No file descriptor is left for the streams of the program.
    #[tokio::test]
    async fn why_a_program_cannot_be_started_is_on_its_standard_error() {
        let (runner, _child) = start("ulimit -n 8");
        for _ in 0..3 {
            let expected = output(126, "", "no pipe: Too many open files\n");
            assert_eq!(runner.run(&command(&["true"])).await, Ok(expected));
        }
    }

    #[tokio::test]
    async fn a_slow_program_does_not_delay_others() {
        let (runner, _child) = start("");
        let slow = Command { deadline: Duration::from_millis(300), ..command(&["sleep", "5"]) };
        let (late, quick) = tokio::join!(runner.run(&slow), async { runner.run(&bash("sleep 0.1; echo quick")).await });
        let after = Duration::from_millis(300);
        assert_eq!(late, Err(EngineError::DeadlineExceeded { after, output: Output::default() }));
        assert_eq!(quick, Ok(output(0, "quick\n", "")));
        assert_eq!(runner.run(&command(&["echo", "on"])).await, Ok(output(0, "on\n", "")));
    }

    #[tokio::test]
    async fn a_runner_that_has_ended_fails_all_that_wait_for_it() {
        let (runner, _child) = start("");
        for killed in [bash("kill -KILL $PPID; sleep 5"), command(&["true"])] {
            assert_eq!(runner.run(&killed).await, Err(ended()));
        }
    }
}

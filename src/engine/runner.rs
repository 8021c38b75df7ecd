//! Many programs through one: an engine takes a tenth of a second to start each.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{Command, Conversation, Engine, EngineError, Keep, Output, Program, Result, Said, SaidStream};

const RUNNER: &str = include_str!("../../templates/engine/runner.pl");
/// Reads the program above from standard input, of that many bytes.
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
    /// As [`Engine::exec`] does, but keeps the beginning of each stream in any case.
    async fn run(&self, command: &Command) -> Result<Output>;
}

/// A program of ours in a container that runs others side by side (`templates/engine/runner.pl`). Ends when it is dropped.
pub(super) struct SideBySide {
    orders: mpsc::UnboundedSender<String>,
    waiting: Arc<Waiting>,
    number: AtomicU64,
}

/// Who waits for which program. `None` once there will be no answer any more.
type Waiting = Mutex<Option<HashMap<u64, oneshot::Sender<Output>>>>;

impl SideBySide {
    /// Starts it, as root. The container must have Perl.
    pub async fn open(engine: &dyn Engine, container: &str) -> Result<Self> {
        let argv = LAUNCH.into_iter().map(String::from).chain([RUNNER.len().to_string()]).collect();
        let program = Program { argv, env: BTreeMap::new(), user: Some("0".into()), terminal: None };
        let Conversation { mut input, output, .. } = engine.converse(container, &program).await?;
        let (orders, mut lines) = mpsc::unbounded_channel::<String>();
        orders.send(RUNNER.into()).ok();
        tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                if input.write_all(line.as_bytes()).await.is_err() || input.flush().await.is_err() {
                    break;
                }
            }
            input.shutdown().await.ok();
        });
        let waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        tokio::spawn(listen(output, waiting.clone()));
        Ok(Self { orders, waiting, number: AtomicU64::new(1) })
    }

    /// A place in the list of those who wait; `None` if nothing answers any more.
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
        self.orders.send(order(number, command)).map_err(|_| ended())?;
        match timeout(command.deadline, answer).await {
            Ok(answer) => answer.map_err(|_| ended()),
            Err(_) => Err(EngineError::DeadlineExceeded { after: command.deadline, output: Output::default() }),
        }
    }
}

fn ended() -> EngineError {
    EngineError::Nonsense { action: "run programs".into(), cause: "what runs them has ended".into() }
}

async fn listen(mut output: SaidStream, waiting: Arc<Waiting>) {
    let mut heard = vec![];
    while let Some(Ok(said)) = output.next().await {
        // Its errors end it, and whoever waits is told that.
        let Said::Output(chunk) = said else { continue };
        heard.extend_from_slice(&chunk);
        while let Some(end) = heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = heard.drain(..=end).collect();
            let Some((number, output)) = result(&String::from_utf8_lossy(&line)) else { continue };
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(waiter) = waiting.as_mut().and_then(|waiting| waiting.remove(&number)) {
                waiter.send(output).ok();
            }
        }
    }
    waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
}

fn order(number: u64, command: &Command) -> String {
    let keep = match command.keep {
        Keep::First(limit) | Keep::Last(limit) => limit,
    };
    let set = command.env.iter().map(|(name, value)| format!("{name}={value}"));
    let env = (!command.env.is_empty()).then(|| "/usr/bin/env".to_string());
    let argv = env.into_iter().chain(set).chain(command.argv.iter().cloned()).map(|word| STANDARD.encode(word));
    let head = [
        number.to_string(),
        command.user.clone().unwrap_or_else(|| "0".into()),
        keep.to_string(),
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

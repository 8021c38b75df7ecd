//! Stands between breakfix and the engine, and makes trouble on cue.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::runtime::Runtime;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The connection ends before the engine sees the request.
    Close,
    /// The engine does what it is asked to, and its answer is lost.
    LoseAnswer,
    /// No answer comes, and the connection stays.
    Stall,
    /// Something that is not HTTP.
    Garbage,
    /// HTTP and JSON, but not what was asked for.
    OddAnswer,
    /// The engine's disk is full.
    DiskFull,
    /// The engine gets the request only so much later, whether or not anybody waits for its answer.
    Late(Duration),
}

impl Trouble {
    pub const ALL: [Self; 6] =
        [Self::Close, Self::LoseAnswer, Self::Stall, Self::Garbage, Self::OddAnswer, Self::DiskFull];
}

/// When trouble comes.
#[derive(Clone, Debug)]
pub struct Cue {
    pub method: &'static str,
    /// Part of the path.
    pub path: &'static str,
    /// The first request that matches, or a later one.
    pub nth: usize,
    /// From then on, whatever is asked; otherwise only that once.
    pub lasting: bool,
    pub trouble: Trouble,
}

/// A socket that leads to the engine.
pub struct Proxy {
    folder: tempfile::TempDir,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cue: Option<Cue>,
    seen: usize,
    struck: Vec<String>,
    delivered: usize,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Proxy {
    pub fn new(runtime: &Runtime, engine: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let listener = runtime.block_on(async { UnixListener::bind(folder.path().join("socket")) }).unwrap();
        runtime.spawn(serve(listener, engine.to_string(), Arc::clone(&state)));
        Self { folder, state }
    }

    /// For `DOCKER_HOST`.
    pub fn address(&self) -> String {
        format!("unix://{}", self.folder.path().join("socket").display())
    }

    /// Makes trouble when the cue comes.
    pub fn set(&self, cue: Cue) {
        *self.state.lock().unwrap() = State { cue: Some(cue), ..State::default() };
    }

    /// How many requests were struck so far, and how many of the late ones the engine has answered.
    pub fn progress(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.struck.len(), state.delivered)
    }

    /// Makes no more trouble; the requests that were struck.
    pub fn heal(&self) -> Vec<String> {
        std::mem::take(&mut *self.state.lock().unwrap()).struck
    }
}

impl State {
    fn trouble(&mut self, request: &str) -> Option<Trouble> {
        let cue = self.cue.as_ref()?;
        let (method, rest) = request.split_once(' ')?;
        let lasts = cue.lasting && self.seen >= cue.nth;
        if !lasts {
            if method != cue.method || !rest.contains(cue.path) {
                return None;
            }
            self.seen += 1;
            if self.seen != cue.nth {
                return None;
            }
        }
        let trouble = cue.trouble;
        self.struck.push(request.into());
        Some(trouble)
    }
}

async fn serve(listener: UnixListener, engine: String, state: Arc<Mutex<State>>) {
    while let Ok((client, _)) = listener.accept().await {
        let (engine, state) = (engine.clone(), Arc::clone(&state));
        // A connection that breaks off is what this is for.
        tokio::spawn(async move { relay(client, &engine, &state).await.ok() });
    }
}

async fn relay(mut client: UnixStream, engine: &str, state: &Mutex<State>) -> io::Result<()> {
    let head = read_head(&mut client).await?;
    let text = String::from_utf8_lossy(&head).into_owned();
    let request = text.lines().next().unwrap_or_default();
    let trouble = state.lock().unwrap().trouble(request);
    match trouble {
        None => {
            let mut server = connect(engine).await?;
            server.write_all(&head).await?;
            copy_bidirectional(&mut client, &mut server).await.map(drop)
        }
        Some(Trouble::Close) => Ok(()),
        Some(Trouble::Stall) => client.read_to_end(&mut vec![]).await.map(drop),
        Some(Trouble::LoseAnswer) => lose_answer(client, &text, head, engine).await,
        Some(Trouble::Garbage) => client.write_all(b"\x00\xff SSH-2.0-not-an-engine\r\n\r\n").await,
        Some(Trouble::OddAnswer) => answer(&mut client, "200 OK", r#"{"odd":[1,{}]}"#).await,
        Some(Trouble::DiskFull) => {
            let words = r#"{"message":"mkdir /var/lib/docker/x: no space left on device"}"#;
            answer(&mut client, "500 Internal Server Error", words).await
        }
        Some(Trouble::Late(by)) => {
            let (mut server, request) = (connect(engine).await?, whole_request(&mut client, &text, head).await?);
            tokio::time::sleep(by).await;
            server.write_all(&request).await?;
            let _begun = server.read(&mut [0; 1024]).await?;
            state.lock().unwrap().delivered += 1;
            Ok(())
        }
    }
}

async fn answer(client: &mut UnixStream, status: &str, body: &str) -> io::Result<()> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    client.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await
}

/// Hands the whole request on, waits until the engine has begun to answer, and keeps that to itself.
async fn lose_answer(mut client: UnixStream, text: &str, head: Vec<u8>, engine: &str) -> io::Result<()> {
    let mut server = connect(engine).await?;
    server.write_all(&whole_request(&mut client, text, head).await?).await?;
    server.read(&mut [0; 1024]).await.map(drop)
}

/// A request's head with the body that it announces.
async fn whole_request(client: &mut UnixStream, text: &str, head: Vec<u8>) -> io::Result<Vec<u8>> {
    let length = text.lines().filter_map(|line| line.split_once(": "));
    let mut length =
        length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim());
    let body: u64 = length.next_back().map_or(0, |value| value.parse().unwrap_or(0));
    let already = head.len() - text.find("\r\n\r\n").map_or(head.len(), |end| end + 4);
    let mut rest = vec![0; usize::try_from(body).unwrap_or(0).saturating_sub(already)];
    client.read_exact(&mut rest).await?;
    Ok([head, rest].concat())
}

async fn read_head(client: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut head = vec![];
    let mut buffer = [0; 8192];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match client.read(&mut buffer).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => head.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(head)
}

async fn connect(engine: &str) -> io::Result<Box<dyn Wire>> {
    match engine.split_once("://") {
        Some(("unix", path)) => Ok(Box::new(UnixStream::connect(Path::new(path)).await?)),
        Some((_, address)) => Ok(Box::new(TcpStream::connect(address).await?)),
        None => Err(io::Error::other(format!("no address: {engine}"))),
    }
}

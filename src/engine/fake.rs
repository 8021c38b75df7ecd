//! An engine in memory with injected failures, for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use ipnet::Ipv4Net;
use jiff::Timestamp;

use super::{
    About, AttachedStreams, ByteStream, Command, ContainerFacts, Engine, EngineError, ExecId, ExecSession, FileFacts,
    FileStream, ImageBuild, ImageFacts, Images, LineStream, LogOptions, Object, ObjectKind, ObjectRef, Output, Process,
    Result, Runner, Spec, TerminalSize, Usage,
};

/// Computes the output of a command in a container.
pub type Program = Box<dyn Fn(&str, &Command) -> Output + Send + Sync>;

/// An engine whose containers start immediately; the test defines the output of commands.
#[derive(Default)]
pub struct Fake {
    state: Mutex<State>,
    program: Option<Program>,
}

/// Runs commands in one of its containers.
struct FakeRunner<'a> {
    fake: &'a Fake,
    container: String,
}

#[async_trait]
impl Runner for FakeRunner<'_> {
    async fn run(&self, command: &Command) -> Result<Output> {
        self.fake.exec(&self.container, command).await
    }
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    running: BTreeSet<String>,
    paused: BTreeSet<String>,
    calls: Vec<String>,
    failures: Vec<Failure>,
    log: String,
    oom_killed: bool,
}

struct Failure {
    call: &'static str,
    nth: usize,
    lost: bool,
}

impl Fake {
    /// An engine without objects; containers log that GitLab is configured.
    #[must_use]
    pub fn new() -> Self {
        let state = State { log: "gitlab Reconfigured!\n".into(), ..State::default() };
        Self { state: Mutex::new(state), program: None }
    }

    /// Sets the output of commands; by default they succeed without output.
    #[must_use]
    pub fn running(mut self, program: impl Fn(&str, &Command) -> Output + Send + Sync + 'static) -> Self {
        self.program = Some(Box::new(program));
        self
    }

    /// Sets the log of containers; all of them are out of memory after they have started.
    #[must_use]
    pub fn out_of_memory(self, log: &str) -> Self {
        let mut state = self.state();
        (state.log, state.oom_killed) = (log.into(), true);
        drop(state);
        self
    }

    /// Makes the nth call of this method fail before it has an effect.
    pub fn fail(&self, call: &'static str, nth: usize) {
        self.state().failures.push(Failure { call, nth, lost: false });
    }

    /// Makes the nth call of this method fail after it has had its effect.
    pub fn lose(&self, call: &'static str, nth: usize) {
        self.state().failures.push(Failure { call, nth, lost: true });
    }

    /// Sorted names of all objects.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    /// Calls so far, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Performs a call, or lets it fail before or after its effect.
    fn call<T>(&self, name: &'static str, work: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let mut state = self.state();
        state.calls.push(name.into());
        let nth = state.calls.iter().filter(|call| *call == name).count();
        let lost = state
            .failures
            .iter()
            .find(|failure| failure.call == name && failure.nth == nth)
            .map(|failure| failure.lost);
        match lost {
            Some(false) => Err(gone()),
            Some(true) => work(&mut state).and(Err(gone())),
            None => work(&mut state),
        }
    }
}

fn gone() -> EngineError {
    EngineError::Unreachable { address: "fake".into(), cause: "connection reset by peer".into() }
}

fn missing(name: &str) -> EngineError {
    EngineError::NotFound(format!("No such container: {name}"))
}

/// The network of a container as environments name them.
fn network_of(container: &str) -> String {
    container.rsplit_once('-').map_or(container, |(environment, _)| environment).into()
}

impl State {
    fn create(&mut self, spec: &Spec) -> Result<()> {
        let (kind, name, owner) = spec.identity();
        // As in the real engine, objects of several kinds may share a name.
        let key = format!("{kind:?} {name}");
        if self.objects.contains_key(&key) {
            return Err(EngineError::Conflict(format!("{name} exists")));
        }
        let reference = ObjectRef { kind, id: key.clone(), name: name.into() };
        self.objects.insert(key, Object { reference, owner: Some(owner.clone()) });
        Ok(())
    }

    fn remove(&mut self, object: &ObjectRef) -> Result<()> {
        let of = |object: &Object| object.owner.as_ref().map(|owner| owner.environment.clone());
        let attempt = self.objects.get(&object.id).and_then(of);
        let uses = |other: &Object| other.reference.kind == ObjectKind::Container && of(other) == attempt;
        if object.kind != ObjectKind::Container && self.objects.values().any(uses) {
            return Err(EngineError::Conflict(format!("{} is in use", object.name)));
        }
        self.running.remove(&object.name);
        self.objects.remove(&object.id);
        Ok(())
    }

    fn has(&self, container: &str) -> Result<()> {
        let found = self.objects.contains_key(&format!("{:?} {container}", ObjectKind::Container));
        found.then_some(()).ok_or_else(|| missing(container))
    }
}

#[async_trait]
impl Engine for Fake {
    async fn about(&self) -> Result<About> {
        self.call("about", |_| {
            Ok(About {
                product: "Docker".into(),
                version: "0".into(),
                api_version: "1.41".into(),
                address: "fake".into(),
                storage_driver: "memory".into(),
                runc_version: None,
                memory: 8 << 30,
                cpus: 2,
                data_root: "/".into(),
                architecture: "x86_64".into(),
                rootless: false,
            })
        })
    }

    async fn list(&self, installation: &str) -> Result<Vec<Object>> {
        let ours = |object: &&Object| object.owner.as_ref().is_some_and(|owner| owner.installation == installation);
        self.call("list", |state| Ok(state.objects.values().filter(ours).cloned().collect()))
    }

    async fn list_others(&self, installation: &str) -> Result<Vec<Object>> {
        let others = |object: &&Object| object.owner.as_ref().is_some_and(|owner| owner.installation != installation);
        self.call("list_others", |state| Ok(state.objects.values().filter(others).cloned().collect()))
    }

    async fn subnets(&self) -> Result<Vec<Ipv4Net>> {
        self.call("subnets", |_| Ok(vec![]))
    }

    async fn create(&self, spec: &Spec) -> Result<()> {
        self.call("create", |state| state.create(spec))
    }

    async fn remove(&self, object: &ObjectRef) -> Result<()> {
        self.call("remove", |state| state.remove(object))
    }

    async fn start(&self, container: &str) -> Result<()> {
        self.call("start", |state| {
            state.has(container)?;
            state.running.insert(container.into());
            Ok(())
        })
    }

    async fn start_attached(&self, _container: &str) -> Result<AttachedStreams> {
        self.call("start_attached", |_| Err(gone()))
    }

    async fn restart(&self, container: &str, _grace: Duration) -> Result<()> {
        self.call("restart", |state| state.has(container))
    }

    async fn pause(&self, container: &str) -> Result<()> {
        self.call("pause", |state| {
            state.has(container)?;
            state.paused.insert(container.into());
            Ok(())
        })
    }

    async fn unpause(&self, container: &str) -> Result<()> {
        self.call("unpause", |state| {
            state.has(container)?;
            state.paused.remove(container);
            Ok(())
        })
    }

    async fn inspect(&self, container: &str) -> Result<ContainerFacts> {
        self.call("inspect", |state| {
            state.has(container)?;
            Ok(ContainerFacts {
                running: state.running.contains(container) && !state.oom_killed,
                paused: state.paused.contains(container),
                exit_code: state.oom_killed.then_some(137),
                oom_killed: state.oom_killed,
                init: Some(1),
                networks: BTreeMap::from([(network_of(container), "10.0.0.2".into())]),
                ..ContainerFacts::default()
            })
        })
    }

    async fn was_ended(&self, container: &str, _from: Timestamp, _to: Timestamp) -> Result<bool> {
        self.call("was_ended", |state| state.has(container).map(|()| false))
    }

    async fn usage(&self, container: &str) -> Result<Usage> {
        self.call("usage", |state| state.has(container).map(|()| Usage::default()))
    }

    async fn written(&self, _installation: &str) -> Result<BTreeMap<String, u64>> {
        self.call("written", |_| Ok(BTreeMap::new()))
    }

    async fn processes(&self, container: &str) -> Result<Vec<Process>> {
        self.call("processes", |state| state.has(container).map(|()| vec![Process { number: 1, ..Process::default() }]))
    }

    async fn exec(&self, container: &str, command: &Command) -> Result<Output> {
        self.call("exec", |state| state.has(container))?;
        let output = self.program.as_ref().map_or_else(Output::default, |program| program(container, command));
        Ok(command.output_limit.of(&output))
    }

    async fn exec_interactive(&self, _container: &str, _program: &super::Program) -> Result<ExecSession> {
        self.call("exec_interactive", |_| Err(gone()))
    }

    async fn runner(&self, container: &str) -> Result<Box<dyn Runner + '_>> {
        Ok(Box::new(FakeRunner { fake: self, container: container.into() }))
    }

    async fn resize_terminal(&self, _program: &ExecId, _size: TerminalSize) -> Result<()> {
        self.call("resize_terminal", |_| Ok(()))
    }

    async fn exec_exit_code(&self, _program: &ExecId) -> Result<i64> {
        self.call("exec_exit_code", |_| Ok(0))
    }

    async fn logs(&self, container: &str, _options: LogOptions) -> Result<ByteStream> {
        let log = self.call("logs", |state| state.has(container).map(|()| state.log.clone()))?;
        Ok(stream::iter([Ok(log.into())]).boxed())
    }

    async fn read_file(&self, container: &str, path: &str, _limit: usize) -> Result<Option<FileFacts>> {
        let file = FileFacts { directory: false, mode: 0o644, uid: 0, gid: 0, content: vec![] };
        let accounts = ["/etc/passwd", "/etc/group"].contains(&path).then_some(file);
        self.call("read_file", |state| state.has(container).map(|()| accounts))
    }

    async fn write_archive(&self, container: &str, _path: &str, _archive: Vec<u8>) -> Result<()> {
        self.call("write_archive", |state| state.has(container))
    }
}

/// Every image is there.
#[async_trait]
impl Images for Fake {
    async fn find_image(&self, reference: &str) -> Result<Option<ImageFacts>> {
        let found = ImageFacts {
            id: reference.into(),
            tags: vec![reference.into()],
            labels: BTreeMap::new(),
            size: 0,
            created: None,
            volumes: vec![],
            command: vec![],
        };
        self.call("find_image", |_| Ok(Some(found)))
    }

    async fn list_images(&self) -> Result<Vec<ImageFacts>> {
        self.call("list_images", |_| Ok(vec![]))
    }

    async fn images_in_use(&self) -> Result<BTreeSet<String>> {
        self.call("images_in_use", |_| Ok(BTreeSet::new()))
    }

    async fn pull_image(&self, _reference: &str) -> Result<LineStream> {
        self.call("pull_image", |_| Ok(stream::empty().boxed()))
    }

    async fn import_image(&self, _reference: &str, _archive: tokio::fs::File) -> Result<()> {
        self.call("import_image", |_| Ok(()))
    }

    async fn build_image(&self, _build: &ImageBuild) -> Result<LineStream> {
        self.call("build_image", |_| Ok(stream::empty().boxed()))
    }

    async fn save_images(&self, _references: &[String]) -> Result<ByteStream> {
        self.call("save_images", |_| Ok(stream::empty().boxed()))
    }

    async fn load_images(&self, _archive: FileStream) -> Result<()> {
        self.call("load_images", |_| Ok(()))
    }

    async fn remove_image(&self, _reference: &str) -> Result<()> {
        self.call("remove_image", |_| Ok(()))
    }
}

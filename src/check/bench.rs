//! Shared context of the checks of one run: environment, lab, values, and the runner in the probe.

use tokio::sync::OnceCell;

use crate::app::App;
use crate::attempt::Workspace;
use crate::engine::{Command, EngineError, Output, Runner};
use crate::lab::Lab;
use crate::render::Values;

/// Context of a check.
pub(super) struct Bench<'a> {
    pub app: &'a App,
    pub workspace: &'a Workspace,
    pub lab: &'a Lab,
    pub values: Values,
    runner: OnceCell<Box<dyn Runner + 'a>>,
}

impl<'a> Bench<'a> {
    pub fn new(app: &'a App, workspace: &'a Workspace, lab: &'a Lab, values: Values) -> Self {
        Self { app, workspace, lab, values, runner: OnceCell::new() }
    }

    /// Runs a program in the probe.
    pub async fn in_probe(&self, command: &Command) -> Result<Output, EngineError> {
        self.runner().await?.run(command).await
    }

    pub async fn runner(&self) -> Result<&dyn Runner, EngineError> {
        let probe = self.workspace.environment.probe();
        Ok(self.runner.get_or_try_init(|| self.app.engine.runner(&probe)).await?.as_ref())
    }
}

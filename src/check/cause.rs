//! Decides from the engine's facts who caused an outage. Pure.
//!
//! What a trainee can cause in the container is a result. What only the engine, its host or somebody at them can cause is
//! a failure, which decides no points. If the facts leave it open, it is a result: otherwise a trainee could turn a zero
//! into "not graded" at will. An exit code proves nothing, because root in the container chooses it. Only what nobody in
//! the container can reach proves something: the probe, its network, and the engine's own record of requests.

use crate::engine::ContainerFacts;

/// The engine's facts about an environment. `None` stands for a missing container.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The trainee's container.
    pub gitlab: Option<ContainerFacts>,
    /// The probe, which no trainee reaches.
    pub probe: Option<ContainerFacts>,
    /// The network that both belong to.
    pub network: String,
    /// Whether the engine recorded a request to stop the container.
    pub was_ended: bool,
    /// Why we paused the container, if we did.
    pub halt: Option<String>,
}

/// Whether an environment can be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It runs.
    Up,
    /// Its trainee caused an outage.
    Wrecked(Wreck),
    /// Something outside the container caused an outage.
    Failed(Failure),
}

/// An outage that the trainee caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wreck {
    /// Its first process has ended, with this exit code.
    Ended(i64),
    /// It used more memory than it may have.
    OutOfMemory,
    /// The engine cannot start what is left in it, for this reason.
    Unstartable(String),
    /// We paused it, for this reason.
    Halted(String),
}

/// An outage that came from outside the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The engine does not have the container any more.
    ContainerGone,
    /// The engine does not have the probe any more.
    ProbeGone,
    /// The probe does not run; the container may, or may not.
    ProbeDown,
    /// Neither runs: the engine or its host has ended both.
    AllDown,
    /// The engine was asked to end the container.
    Ended,
    /// Container or probe was paused.
    Paused,
    /// Container or probe is not on their network.
    NoNetwork,
    /// The container's name leads the probe nowhere, or somewhere else.
    NoName,
    /// The engine's disk is full.
    DiskFull,
    /// The engine cannot start the container, for reasons of its own.
    Refused(String),
}

/// What repairs a failed environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Start again what does not run: nothing is lost.
    Resume,
    /// Reset it.
    Reset,
    /// Unpause it.
    Unpause,
    /// Make room on the engine's disk.
    Room,
}

impl Evidence {
    /// Classifies the facts.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.failure().map_or_else(|| self.wreck().map_or(Condition::Up, Condition::Wrecked), Condition::Failed)
    }

    fn failure(&self) -> Option<Failure> {
        let (Some(gitlab), Some(probe)) = (&self.gitlab, &self.probe) else {
            return Some(if self.gitlab.is_none() { Failure::ContainerGone } else { Failure::ProbeGone });
        };
        let on_network = |facts: &ContainerFacts| facts.networks.contains_key(&self.network);
        match () {
            () if !probe.running && !gitlab.running => Some(Failure::AllDown),
            () if !probe.running => Some(Failure::ProbeDown),
            () if probe.paused || gitlab.paused && self.halt.is_none() => Some(Failure::Paused),
            () if !on_network(probe) || !on_network(gitlab) => Some(Failure::NoNetwork),
            () if gitlab.running => None,
            () if is_of_the_container(&gitlab.refused) => None,
            () if lacks_network(&gitlab.refused) => Some(Failure::NoNetwork),
            () if !gitlab.refused.is_empty() => Some(Failure::Refused(gitlab.refused.clone())),
            () => self.was_ended.then_some(Failure::Ended),
        }
    }

    fn wreck(&self) -> Option<Wreck> {
        let gitlab = self.gitlab.as_ref()?;
        match &self.halt {
            Some(why) if gitlab.paused => Some(Wreck::Halted(why.clone())),
            _ if gitlab.running => None,
            _ if !gitlab.refused.is_empty() => Some(Wreck::Unstartable(gitlab.refused.clone())),
            _ if gitlab.oom_killed => Some(Wreck::OutOfMemory),
            _ => Some(Wreck::Ended(gitlab.exit_code.unwrap_or_default())),
        }
    }
}

/// Whether the engine could not start a container because of what is in it: its first program, its accounts, its
/// directories. What else it needs (network, port, disk, image) nobody in the container can take away.
fn is_of_the_container(refused: &str) -> bool {
    const SIGNS: [&str; 4] = ["oci runtime", "unable to find user", "unable to find group", "not a directory"];
    let lower = refused.to_lowercase();
    SIGNS.iter().any(|sign| lower.contains(sign))
}

/// A container that is down keeps the name of a network that is gone.
fn lacks_network(refused: &str) -> bool {
    refused.contains("network") && refused.contains("not found")
}

impl Wreck {
    /// Text for trainee and trainer.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Ended(code) => format!("GitLab is down: its first process has ended with exit code {code}"),
            Self::OutOfMemory => "GitLab is down: it has exceeded its memory limit".into(),
            Self::Unstartable(why) => format!("GitLab is down and cannot be started: {}", reason(why)),
            Self::Halted(why) => why.clone(),
        }
    }
}

/// The last part of a chain of causes is the most specific, apart from the generic ending.
fn reason(chain: &str) -> &str {
    let chain = chain.trim().trim_end_matches(": unknown");
    ["process: ", "caused: ", "failed: "].iter().find_map(|mark| chain.rsplit_once(mark)).map_or(chain, |(_, end)| end)
}

impl Failure {
    /// Text for trainer and trainee.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::ContainerGone => "its container is gone".into(),
            Self::ProbeGone => "its probe is gone".into(),
            Self::ProbeDown => "its probe is down".into(),
            Self::AllDown => "its container and its probe are down, as after a restart of the engine".into(),
            Self::Ended => "its container is down: the engine was asked to end it".into(),
            Self::Paused => "its container is paused".into(),
            Self::NoNetwork => "its container has lost its network".into(),
            Self::NoName => "its container cannot be found by its name".into(),
            Self::DiskFull => "the engine's disk is full".into(),
            Self::Refused(why) => format!("its container is down, and the engine cannot start it: {why}"),
        }
    }

    /// The remedy.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::ProbeDown | Self::AllDown | Self::Ended | Self::Refused(_) => Remedy::Resume,
            Self::ContainerGone | Self::ProbeGone | Self::NoNetwork | Self::NoName => Remedy::Reset,
            Self::Paused => Remedy::Unpause,
            Self::DiskFull => Remedy::Room,
        }
    }
}

impl Condition {
    /// Text of the outage, if there is one.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Up => None,
            Self::Wrecked(wreck) => Some(wreck.words()),
            Self::Failed(failure) => Some(failure.words()),
        }
    }
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;

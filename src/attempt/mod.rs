//! The life of an attempt: started, broken, handed over, graded, reset, removed.

pub mod abandoned;
mod aftermath;
pub mod cause;
mod condition;
mod creating;
mod disk;
pub mod gc;
mod hints;
mod launch;
mod marked;
mod message;
mod paper;
pub mod prepare;
mod reach;
pub mod ready;
mod relief;
mod restart;
mod resume;
pub mod script;
mod settle;
mod start;
pub mod state;
mod teardown;
#[cfg(test)]
mod tests;
pub mod timeline;
mod toolbox;
mod trace;
mod wake;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use aftermath::went_down;
pub use condition::{bring_up, condition, look_again};
pub use creating::creating;
pub use disk::{Disk, disk};
pub use hints::{Hints, take_hint};
pub use launch::{Fault, Launch, Site, boot, break_it, create, hand_over, launch};
pub use marked::end_marked;
pub use message::message;
pub use paper::NOBODY;
pub use prepare::{Prepared, prepare};
pub use reach::reaches_host;
pub use relief::relieve;
pub use restart::restart;
pub use resume::{Resumed, resume};
pub use script::{run_in_box, run_text};
pub use settle::{is_settled, settle, youngest};
pub use start::{lock, lock_within, reset, start, stop};
pub use state::State;
pub use teardown::teardown;
pub use timeline::{Happening, TimelineEvent};
pub use toolbox::Toolbox;
pub use trace::Trace;
pub use wake::{put_to_sleep, wake};

use crate::engine::{Owner, Role};
use crate::error::{Error, Result};
use crate::lab::library::Library;
use crate::lab::{Lab, LabPath, Platform, Scheme};
use crate::render::{Escape, Values, render};
use crate::store::{Entry, Store};

/// One trainee's run of one lab, as the store keeps it. Holds secrets: never printed whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// `<lab>-<trainee>-<4 letters>`.
    pub id: String,
    /// Lab id.
    pub lab: String,
    /// Folder that the lab was taken from; the binary's own labs if `None`.
    pub labs_dir: Option<PathBuf>,
    /// SHA-256 of the lab's content at the start.
    pub lab_digest: String,
    /// Who.
    pub trainee: String,
    /// Class, if any.
    pub class: Option<String>,
    /// What the lab's variables are drawn from.
    pub seed: String,
    /// Reference of GitLab's image.
    pub image: String,
    /// Which contract's peculiarities it has.
    pub platform: Platform,
    /// How a browser reaches it.
    pub scheme: Scheme,
    /// Address on this machine that the port is bound to.
    pub listen: IpAddr,
    /// Name or address by which its trainee reaches this machine; follows `listen` if `None`.
    #[serde(default)]
    pub address: Option<String>,
    /// Port on this machine; 0 until one is chosen.
    pub port: u16,
    /// Of GitLab's `root`.
    pub root_password: String,
    /// Of GitLab's `root`, for checks and seeds.
    pub root_token: String,
    /// When it began.
    pub created: Timestamp,
    /// When `gc` may remove it.
    pub expires: Timestamp,
    /// Hints taken so far.
    pub hints_taken: usize,
    /// What its box may use.
    #[serde(default)]
    pub limits: BoxLimits,
    /// When its trainee's time is over; never if `None`.
    #[serde(default)]
    pub due: Option<Timestamp>,
    /// Id under which its objects live, where that is not its own: it was taken from the pool.
    #[serde(default)]
    pub environment: Option<String>,
    /// When its box was handed to its trainee, by the engine's clock: who changes a file later is not the lab.
    #[serde(default)]
    pub handed_over: Option<Timestamp>,
    /// For logins through the gate; none is possible while it is empty.
    #[serde(default)]
    pub ssh_password: String,
    /// Public keys for logins through the gate, as in `authorized_keys`.
    #[serde(default)]
    pub ssh_keys: Vec<String>,
    /// No fault goes in: it is the lab's healthy world.
    #[serde(default)]
    pub healthy: bool,
    /// Name of a lock that the process has who needs it: without that it is nobody's.
    #[serde(default)]
    pub holder: Option<String>,
}

/// What a box may use, where that is not as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxLimits {
    /// Memory in MiB.
    pub memory_mib: Option<u32>,
    /// Processor time in hundredths of a processor.
    pub cpu_percent: Option<u32>,
    /// Processes and threads.
    pub processes: Option<u32>,
    /// What a file may grow to, in MiB.
    #[serde(default)]
    pub file_mib: Option<u32>,
}

impl Attempt {
    /// Id that names its objects, and that their labels carry.
    #[must_use]
    pub fn environment_id(&self) -> &str {
        self.environment.as_deref().unwrap_or(&self.id)
    }

    /// The trainee's box.
    #[must_use]
    pub fn gitlab(&self) -> String {
        format!("breakfix-{}-gitlab", self.environment_id())
    }

    /// The trusted container that looks at it.
    #[must_use]
    pub fn probe(&self) -> String {
        format!("breakfix-{}-probe", self.environment_id())
    }

    /// What its published port leads through.
    #[must_use]
    pub fn relay(&self) -> String {
        format!("breakfix-{}-relay", self.environment_id())
    }

    /// The network between them.
    #[must_use]
    pub fn network(&self) -> String {
        format!("breakfix-{}", self.environment_id())
    }

    /// A volume; `what` is `config`, `data` or `logs`.
    #[must_use]
    pub fn volume(&self, what: &str) -> String {
        format!("breakfix-{}-{what}", self.environment_id())
    }

    /// Which faults go in.
    #[must_use]
    pub fn faults(&self) -> Fault {
        if self.healthy { Fault::None } else { Fault::All }
    }

    /// Where the trainee's browser finds GitLab.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = scheme_name(self.scheme);
        let host = self.host();
        // Only an IPv6 address has colons.
        if host.contains(':') {
            format!("{scheme}://[{host}]:{}", self.port)
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }

    /// Name or address by which its trainee reaches this machine.
    #[must_use]
    pub fn host(&self) -> String {
        let listen = if self.listen.is_unspecified() { IpAddr::from([127, 0, 0, 1]) } else { self.listen };
        self.address.clone().unwrap_or_else(|| listen.to_string())
    }

    /// The labs that it was taken from, unless others are to take their place.
    #[must_use]
    pub fn library(&self, labs: Option<&Path>) -> Library {
        Library::new(labs.or(self.labs_dir.as_deref()))
    }

    /// The customer's words.
    pub fn ticket(&self, lab: &Lab) -> Result<String> {
        self.text(lab, &lab.ticket)
    }

    /// What the trainee reads once it is solved.
    pub fn debrief(&self, lab: &Lab) -> Result<String> {
        self.text(lab, &lab.debrief)
    }

    fn text(&self, lab: &Lab, path: &LabPath) -> Result<String> {
        let text = render(lab.file(path), &format!("{}/{path}", lab.id), &self.values(lab, ""), Escape::None)?;
        Ok(text.trim_end().to_string())
    }

    /// The labels of its objects.
    #[must_use]
    pub fn owner(&self, installation: &str, role: Role) -> Owner {
        Owner {
            installation: installation.into(),
            attempt: self.environment_id().into(),
            lab: self.lab.clone(),
            trainee: self.trainee.clone(),
            class: self.class.clone(),
            expires: self.expires,
            role,
        }
    }

    /// What the lab's scripts and texts may use. `nonce` is fresh for each grading.
    #[must_use]
    pub fn values(&self, lab: &Lab, nonce: &str) -> Values {
        let mut values: BTreeMap<String, String> =
            crate::lab::draw(lab, self.seed.as_bytes(), &self.trainee).into_iter().collect();
        let own = [
            ("url", self.url()),
            ("host", BOX_HOST.into()),
            ("scheme", scheme_name(self.scheme).into()),
            ("root_password", self.root_password.clone()),
            ("root_token", self.root_token.clone()),
            ("trainee", self.trainee.clone()),
            ("attempt", self.id.clone()),
            ("nonce", nonce.into()),
        ];
        values.extend(own.map(|(name, value)| (name.to_string(), value)));
        Values(values)
    }
}

/// An attempt that was handed over to its trainee and is still there.
pub fn handed_over(store: &Store, id: &str) -> Result<Attempt> {
    must_be_handed_over(store.known(id)?).map(|entry| entry.attempt)
}

/// The entry, if its attempt was handed over and is still there. Whoever asks has seen that nobody is at work on it.
pub fn must_be_handed_over(entry: Entry) -> Result<Entry> {
    let (id, lab) = (&entry.attempt.id, &entry.attempt.lab);
    let (message, hint) = match entry.state {
        State::Running | State::Failed => return Ok(entry),
        State::Starting => {
            ("was never handed over: its start was interrupted", "`breakfix gc` removes what is left of it.")
        }
        State::Resetting => {
            ("has no environment: its reset was interrupted", "`breakfix reset ATTEMPT` makes it anew.")
        }
        State::Stopping => {
            ("is being removed, or that was interrupted", "`breakfix stop ATTEMPT` removes what is left of it.")
        }
        State::Stopped => ("is stopped", "`breakfix start LAB` starts a new one."),
    };
    Err(Error::conflict(format!("attempt {id} {message}")).hint(hint.replace("ATTEMPT", id).replace("LAB", lab)))
}

/// The box's name on the environment's network.
pub const BOX_HOST: &str = "gitlab";

/// As in a URL.
#[must_use]
pub fn scheme_name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    }
}

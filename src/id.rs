//! Names of what breakfix keeps, one type each, so that one cannot be passed in the place of another.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id with this text.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }
    )*};
}

id! {
    /// A trainee's run of a lab: `<lab>-<trainee>-<4 letters>`.
    AttemptId,
    /// A network, volumes and containers: the id of the attempt that they were made for, or `pool-<8 letters>`.
    EnvironmentId,
    /// A class, as its file names it.
    ClassId,
    /// A trainee, in the alphabet of [`crate::slug`].
    TraineeId,
    /// A lab and its folder: `[a-z][a-z0-9-]{0,39}`.
    LabId,
    /// A check, unique in its lab: `[a-z][a-z0-9-]{0,39}`.
    CheckId,
    /// A fault, unique in its lab: `[a-z][a-z0-9-]{0,39}`.
    FaultId,
}

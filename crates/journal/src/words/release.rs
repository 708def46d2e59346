//! Releases: the versions of skills that are installed.

use serde::{Deserialize, Serialize};

/// A release: one version of a skill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The skill's name.
    pub name: String,
    /// Its version, of Semantic Versioning 2.
    pub version: String,
    /// The digest of its package.
    pub digest: String,
    /// Whether it may be called.
    pub is_enabled: bool,
    /// When it was added.
    pub added_ms: u64,
}

/// A change of a release. Each names its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseChange {
    /// Adds it, enabled or not. A version that is there, or was once, has one digest for ever.
    /// One that is there stays as it is: adding never enables what somebody disabled.
    Add {
        /// The skill's name.
        name: String,
        /// Its version.
        version: String,
        /// The digest of its package.
        digest: String,
        /// Whether it may be called at once.
        is_enabled: bool,
    },
    /// Lets it be called, or not.
    Enable {
        /// The skill's name.
        name: String,
        /// Its version.
        version: String,
        /// Whether it may be called.
        is_enabled: bool,
    },
    /// Removes it. Invocations on record keep its package.
    Remove {
        /// The skill's name.
        name: String,
        /// Its version.
        version: String,
    },
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// It is so now.
    Done,
    /// It was so already; nothing was written.
    Same,
    /// The version has another digest, this one.
    Conflict(String),
    /// There is no such version.
    Unknown,
}

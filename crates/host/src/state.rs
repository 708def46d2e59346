//! What an operator said of digests and grants since `hotcell.toml` was written: which digests are
//! approved, which grants are suspended. One file in the data folder, read anew each time.
//!
//! It fails closed: a file that cannot be read, or that others may write, is an error and
//! never an empty state, and nothing is written over it. Whoever has the same user id as the
//! host can write it; nothing here is against them.

mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

use hotcell_package::{Digest, Package, printable};
use hotcell_policy::egress::{GrantId, Standing};
use serde::{Deserialize, Serialize};

use crate::invoke::ms;

pub use file::STATE_FILE;

/// Most characters that are kept of why a grant was suspended.
const WHY_CHARS_MAX: usize = 1_000;

/// Approvals and suspensions, kept in a folder. Many processes may share it.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    clock: fn() -> SystemTime,
}

/// One approved digest of a skill, and what was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The version under which it came.
    pub version: String,
    /// The digest of the package.
    pub digest: Digest,
    /// What it asks for, as [`hotcell_package::Manifest::ask_lines`] tells it.
    pub asks: Vec<String>,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
}

/// Why a grant is suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Why, in words that hold no secret; safe to print.
    pub why: String,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
}

/// What the file holds.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// The form of the file.
    form: u32,
    /// By skill, the oldest first.
    approved: BTreeMap<String, Vec<Approval>>,
    /// By grant.
    suspended: BTreeMap<String, Suspension>,
}

impl State {
    /// Returns the state that is kept in `folder`, which is made with the first change.
    pub fn new(folder: PathBuf, clock: fn() -> SystemTime) -> State {
        State { folder, clock }
    }

    /// Returns what holds for a skill now.
    ///
    /// # Errors
    ///
    /// Fails where the file is there and cannot be read.
    pub fn standing(&self, skill: &str) -> Result<Standing, StateError> {
        let content = file::read(&self.folder)?;
        let approved = content.approved.get(skill).into_iter().flatten();
        let suspended = content.suspended.into_keys();
        Ok(Standing {
            approved: approved.map(|approval| approval.digest).collect(),
            suspended: suspended.map(GrantId::new).collect(),
        })
    }

    /// Returns what was approved last of a skill.
    ///
    /// # Errors
    ///
    /// Fails where the file is there and cannot be read.
    pub fn last_approved(&self, skill: &str) -> Result<Option<Approval>, StateError> {
        let mut content = file::read(&self.folder)?;
        let approvals = content.approved.remove(skill).unwrap_or_default();
        Ok(approvals.into_iter().next_back())
    }

    /// Returns every suspended grant.
    ///
    /// # Errors
    ///
    /// Fails where the file is there and cannot be read.
    pub fn suspended(&self) -> Result<BTreeMap<GrantId, Suspension>, StateError> {
        let content = file::read(&self.folder)?;
        let suspended = content.suspended.into_iter();
        Ok(suspended.map(|(id, why)| (GrantId::new(id), why)).collect())
    }

    /// Approves a package's digest for the grants on its skill's versions.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read or written; nothing is approved then.
    pub fn approve(&self, package: &Package) -> Result<(), StateError> {
        let approval = Approval {
            version: package.manifest.version.to_string(),
            digest: package.digest,
            asks: package.manifest.ask_lines(),
            at_ms: self.now_ms(),
        };
        file::change(&self.folder, |content| {
            let approvals = content.approved.entry(package.name.clone()).or_default();
            if approvals
                .iter()
                .all(|known| known.digest != approval.digest)
            {
                approvals.push(approval);
            }
        })
    }

    /// Suspends a grant until it is lifted. `why` holds no secret. Of a grant that is suspended
    /// already, the first reason stays.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read or written.
    pub fn suspend(&self, grant: &GrantId, why: &str) -> Result<(), StateError> {
        let why: String = printable(why).chars().take(WHY_CHARS_MAX).collect();
        let at_ms = self.now_ms();
        file::change(&self.folder, |content| {
            let id = grant.as_str().to_owned();
            content
                .suspended
                .entry(id)
                .or_insert(Suspension { why, at_ms });
        })
    }

    /// Lifts a suspension, and returns what it was; none where the grant was not suspended.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read or written; nothing is lifted then.
    pub fn lift(&self, grant: &GrantId) -> Result<Option<Suspension>, StateError> {
        file::change(&self.folder, |content| {
            content.suspended.remove(grant.as_str())
        })
    }

    fn now_ms(&self) -> u64 {
        ms((self.clock)())
    }
}

/// Why the state cannot be read or written.
#[derive(Debug)]
pub struct StateError {
    path: PathBuf,
    why: String,
}

impl StateError {
    fn new(path: impl Into<PathBuf>, why: impl fmt::Display) -> StateError {
        StateError {
            path: path.into(),
            why: why.to_string(),
        }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for StateError {}

//! What a skill may send: manifest ∩ grant ∩ secret record, decided once before a call.
//!
//! [`egress`] gives one [`EgressRule`] for each `[[http]]` table of the manifest. A rule is open
//! or closed; a closed one knows why, and what the operator would write. The broker follows the
//! rules and can widen none; `hotcell check-config` prints the same rules.
//!
//! Here stand the words; read `egress/decide.rs` first, then `egress/narrow.rs`.

mod closed;
mod decide;
mod mend;
mod narrow;
mod select;
mod stray;
#[cfg(test)]
mod tests;
mod work;

use std::collections::{BTreeMap, BTreeSet};

use hotcell_package::{Digest, Manifest, Origin, PathTemplate};

use crate::config::{Config, Rate};

pub use stray::{stray_grants, stray_settings};
pub use work::{WorkAllowed, WorkDecision, work};

/// Which package asks.
#[derive(Debug, Clone, Copy)]
pub struct SkillIdentity<'a> {
    /// Its name.
    pub name: &'a str,
    /// The digest of its content.
    pub digest: &'a Digest,
    /// What it asks for.
    pub manifest: &'a Manifest,
}

/// What an operator has said of digests and grants outside of `hotcell.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Digests that an operator approved for grants on a version range.
    pub approved: BTreeSet<Digest>,
    /// Grants that are suspended until an operator lifts them.
    pub suspended: BTreeSet<GrantId>,
}

/// Names a grant in state, records and commands: `SKILL/CREDENTIAL`, `SKILL/http:ID` or
/// `SKILL/work:`. A
/// grant of several requests is one, with one rate: `SKILL/http:ID+ID`, in the alphabet's order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantId(String);

impl GrantId {
    /// Returns the id of the grant of a credential.
    pub fn of_credential(skill: &str, credential: &str) -> Self {
        Self(format!("{skill}/{credential}"))
    }

    /// Returns the id of the grant of requests without a credential.
    pub fn of_http(skill: &str, ask: &str) -> Self {
        Self(format!("{skill}/http:{ask}"))
    }

    /// Returns the id of the grant of a host folder.
    pub fn of_work(skill: &str) -> Self {
        Self(format!("{skill}/work:"))
    }

    /// Reads an id that was printed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for GrantId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// All that a skill may send, and all that it asked for and may not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Egress {
    /// One for each `[[http]]` table of the manifest, in its order.
    pub rules: Vec<EgressRule>,
    /// One for each `[[credential]]` table of the manifest, by its name.
    pub credentials: BTreeMap<String, CredentialDecision>,
}

/// The decision on one `[[http]]` table of the manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct EgressRule {
    /// The table's id.
    pub id: String,
    /// Servers that a request may go to: empty where the rule is closed.
    pub origins: Vec<Origin>,
    /// Methods that it may have.
    pub methods: Vec<String>,
    /// Paths that it may have.
    pub path: PathTemplate,
    /// What is placed into it: all of these, in the manifest's order.
    pub credentials: Vec<CredentialUse>,
    /// The grants that allow it, with how often each may be used.
    pub grants: Vec<(GrantId, Option<Rate>)>,
    /// Lines of `hotcell.toml` that allow it.
    pub lines: Vec<u32>,
    /// Why no request may be sent by it; none where it is open.
    pub closed: Option<Closed>,
}

/// A secret that is placed into a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialUse {
    /// The manifest's name for it.
    pub credential: String,
    /// The operator's `[secret.NAME]`.
    pub secret: String,
    /// The grant that gives it.
    pub grant: GrantId,
}

/// Why a thing that a manifest asks for is not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// A stable code that the guest may know: `not_granted`, `not_approved`, `suspended`,
    /// `scope_missing`, `ambiguous_grant` or `nothing_left`.
    pub code: &'static str,
    /// What is missing, for the operator.
    pub why: String,
    /// What to write, or which command to run.
    pub mend: String,
}

/// The decision on one `[[credential]]` table of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialDecision {
    /// A secret is placed for it.
    Granted {
        /// The operator's `[secret.NAME]`.
        secret: String,
        /// The grant that gives it.
        grant: GrantId,
        /// The line of that grant in `hotcell.toml`.
        line: u32,
    },
    /// It is not.
    Closed(Closed),
}

/// Decides what a skill may send.
///
/// Nothing of the answer comes from the manifest alone: a rule is open only where a grant of the
/// operator names this very package (or a range, and an operator approved its digest), and the
/// secret's own record names the server.
pub fn egress(config: &Config, skill: SkillIdentity<'_>, standing: &Standing) -> Egress {
    decide::decide(config, skill, standing)
}

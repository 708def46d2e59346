//! `skill.toml`: what a skill asks for. Asking grants nothing; the operator does.
//!
//! Every mistake is an error at load, with its line: an unknown key is not ignored, because
//! the next version of Hotcell might read it as a wish for more power. Read [`Manifest`]
//! for the model, `manifest/parse.rs` for the grammar.

mod asks;
mod files;
mod lines;
mod parse;
mod path_template;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Place};
use crate::near::near_name;
use crate::origin::Origin;

pub use files::{FilesAsk, WORK_ACCESSES, WorkAccess};
pub use path_template::{PathTemplate, Segment, TEMPLATE_BYTES_MAX, TEMPLATE_SEGMENTS_MAX};

/// The file's name in a package.
pub const MANIFEST_FILE: &str = "skill.toml";
/// Most entries of each of `[tool]`, `[[http]]`, `[[credential]]` and `[[config]]`, and of each
/// list in them.
pub const ASKS_MAX: usize = 64;

/// What a skill's `skill.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// `[skill] version`, by Semantic Versioning 2.0.
    pub version: semver::Version,
    /// `[tool.NAME]` tables by name. A tool without one has [`ToolAsk::default`]:
    /// see [`Manifest::tool`].
    pub tools: BTreeMap<String, ToolAsk>,
    /// `[[http]]`: the requests that the skill wishes to send.
    pub http: Vec<HttpAsk>,
    /// `[[credential]]`: the secrets that it wishes to be placed into them.
    pub credentials: Vec<CredentialAsk>,
    /// `[[config]]`: settings that are not secret.
    pub config: Vec<ConfigAsk>,
    /// `[files]`: the host folder that it wishes to work in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<FilesAsk>,
    /// `[limits]`: what it needs of each resource.
    pub limits: LimitAsks,
}

impl Manifest {
    /// Parses the text of a `skill.toml`.
    ///
    /// # Errors
    /// Every mistake that can be found at once, up to [`crate::DIAGNOSTICS_MAX`], each with its
    /// line and a mend.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        parse::parse(text)
    }

    /// Returns what `skill.toml` says of a tool; for a tool that it does not mention, effect
    /// none, idempotency none, sync: the least power and no promise.
    pub fn tool(&self, name: &str) -> ToolAsk {
        self.tools.get(name).cloned().unwrap_or_default()
    }

    /// Returns an error for each `[tool.NAME]` that the contract lacks.
    pub(crate) fn check_tools(&self, contract: &Contract) -> Vec<Diagnostic> {
        let known = || contract.tools.iter().map(|t| t.name.as_str());
        let missing = self
            .tools
            .iter()
            .filter(|(name, _)| !known().any(|k| k == name.as_str()));
        missing
            .map(|(name, ask)| {
                let hint = match near_name(name, known()) {
                    Some(near) => format!("schema.json has `{near}`; write `[tool.{near}]`"),
                    None => format!("add `{name}` to schema.json, or remove `[tool.{name}]`"),
                };
                let message = format!("schema.json has no tool `{name}`");
                let found = Diagnostic::error("unknown_tool", MANIFEST_FILE, message).hint(hint);
                match ask.place {
                    Some(place) => found.at(place),
                    None => found,
                }
            })
            .collect()
    }
}

/// What a tool may do to the world outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// No request leaves it.
    #[default]
    None,
    /// It reads: GET and HEAD.
    Read,
    /// It changes something.
    Write,
}

/// Whether a call needs an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// A call without a key is refused.
    Required,
    /// A key is honoured where it is given.
    Optional,
    /// A key is honoured where it is given; else the host makes one of the caller, the request's
    /// id and the arguments, so that one request does the same thing once.
    Derived,
    /// Keys mean nothing to the tool.
    #[default]
    None,
}

/// How a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// With the output.
    #[default]
    Sync,
    /// With "accepted" and a job id.
    Async,
}

/// One `[tool.NAME]` table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ToolAsk {
    /// What it may do to the world outside.
    pub effect: Effect,
    /// Whether a call needs an idempotency key.
    pub idempotency: Idempotency,
    /// How a call is answered.
    pub mode: Mode,
    /// Where the table stands; none for a tool that `skill.toml` does not mention.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// One `[[http]]` table: requests to one origin and one shape of path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpAsk {
    /// The name by which `[[credential]]` and grants refer to it.
    pub id: String,
    /// Which server.
    pub origin: AskedOrigin,
    /// HTTP methods in upper case; at least one.
    pub methods: Vec<String>,
    /// The shape of the path.
    pub path: PathTemplate,
    /// Where the table stands.
    #[serde(skip)]
    pub place: Place,
}

/// The server that an `[[http]]` table names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedOrigin {
    /// This one.
    Exact(Origin),
    /// `*`: the origins that the operator's grant names, one by one. For a service that each
    /// customer runs under another name, and for pages that the operator chooses.
    Operators,
}

impl AskedOrigin {
    /// Returns whether one server could be both.
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => a == b,
            _ => true,
        }
    }
}

impl fmt::Display for AskedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(origin) => origin.fmt(f),
            Self::Operators => f.write_str("*"),
        }
    }
}

impl Serialize for AskedOrigin {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// One `[[credential]]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialAsk {
    /// The name by which the skill and grants refer to it.
    pub name: String,
    /// Ids of the `[[http]]` tables whose requests should carry it; at least one.
    pub on: Vec<String>,
    /// What the secret should be good for, in the words of the service that issues it.
    pub scopes: Vec<String>,
    /// Where the table stands.
    #[serde(skip)]
    pub place: Place,
}

/// One `[[config]]` table: a setting that is not secret, read through `wasi:config/store`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigAsk {
    /// The setting's key.
    pub key: String,
    /// What it is for, for the operator.
    pub description: String,
    /// Its value where the operator gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Where the table stands.
    #[serde(skip)]
    pub place: Place,
}

/// `[limits]`: how much of each resource one call needs. The operator's limits decide; an
/// ask only lets a host say early that it will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LimitAsks {
    /// Units of wasmtime fuel.
    pub fuel: Option<u64>,
    /// Wall-clock milliseconds.
    pub time_ms: Option<u64>,
    /// Bytes of linear memory, summed over all memories.
    pub memory_bytes: Option<u64>,
    /// Table elements, summed over all tables.
    pub table_elements: Option<u64>,
    /// Bytes of the arguments' JSON.
    pub input_bytes: Option<u64>,
    /// Bytes of the output's JSON.
    pub output_bytes: Option<u64>,
    /// Bytes of stdout and stderr together.
    pub log_bytes: Option<u64>,
    /// Bytes of files written.
    pub file_bytes: Option<u64>,
    /// Number of files written.
    pub files: Option<u64>,
    /// Open handles.
    pub handles: Option<u64>,
}

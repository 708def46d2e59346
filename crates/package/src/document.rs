//! `SKILL.md`: what a skill is for and how to use it, by the Agent Skills standard.
//!
//! Two readings: strict, for our own packages, where anything outside the standard is an
//! error; and lenient, as other hosts read foreign skills, where only a file that cannot
//! serve at all is skipped. `allowed-tools` is kept and grants nothing.
//!
//! Line ends may be LF or CRLF: the standard's own validator reads both. A byte order mark
//! is an error when strict (that validator finds no frontmatter behind one) and dropped when
//! lenient. The bytes themselves are never altered: [`SkillDocument::raw`] is what came.

mod frontmatter;
mod rules;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnostic::Diagnostic;

/// The file's name in a package.
pub const DOCUMENT_FILE: &str = "SKILL.md";
/// Most characters of `name`.
pub const NAME_CHARS_MAX: usize = 64;
/// Most characters of `description`.
pub const DESCRIPTION_CHARS_MAX: usize = 1024;
/// Most characters of `compatibility`.
pub const COMPATIBILITY_CHARS_MAX: usize = 500;
/// The standard's frontmatter keys: these six and no other.
pub const FRONTMATTER_KEYS: &[&str] = &[
    "name",
    "description",
    "license",
    "compatibility",
    "metadata",
    "allowed-tools",
];

/// A parsed `SKILL.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkillDocument {
    /// 1 to 64 of `a-z0-9-`, no hyphen at an edge or after another; after a lenient reading,
    /// whatever stood there.
    pub name: String,
    /// What the skill does and when to use it. Never empty.
    pub description: String,
    /// The licence's name or file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// What the skill needs of its surroundings, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<String>,
    /// Pairs for hosts that know them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Tools of other hosts that the skill would use without asking. It grants nothing here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_tools: Vec<String>,
    /// The instructions below the frontmatter, as they stand in the file.
    #[serde(skip)]
    pub body: String,
    /// The line of the file, from 1, on which the body begins.
    #[serde(skip)]
    pub body_line: u32,
    /// The whole file.
    #[serde(skip)]
    pub raw: String,
}

impl SkillDocument {
    /// Parses by the standard, to the letter.
    ///
    /// # Errors
    /// Every mistake that can be found at once, each with its line.
    pub fn parse_strict(text: &str) -> Result<Self, Vec<Diagnostic>> {
        rules::parse_strict(text)
    }

    /// Parses as other hosts do: a name that is too long or that differs from `folder` is a
    /// warning. With the document come the warnings.
    ///
    /// # Errors
    /// Why the skill must be skipped: no frontmatter, broken YAML, no description.
    pub fn parse_lenient(
        text: &str,
        folder: Option<&str>,
    ) -> Result<(Self, Vec<Diagnostic>), Diagnostic> {
        rules::parse_lenient(text, folder)
    }
}

/// Returns whether `name` is a skill's name by the standard.
pub fn is_skill_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(allowed)
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

//! `[caller.NAME]`: who may call what, how much of it, and how often.

use std::collections::BTreeMap;
use std::fmt;

use hotcell_package::Place;
use sha2::{Digest as _, Sha256};

use crate::LimitName;
use crate::config::Rate;

/// The caller of a command line that names none with `--as`.
pub const LOCAL_CALLER: &str = "local";
/// Most bytes of a caller's name.
pub const CALLER_NAME_BYTES_MAX: usize = 64;

/// Returns whether a caller may have this name: 1 to 64 of `a-z0-9-_.`.
pub fn is_caller_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    (1..=CALLER_NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(allowed)
}

/// One `[caller.NAME]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct CallerTable {
    /// The skills and tools that it may use; all where the file does not say, none where the
    /// list is empty.
    pub skills: Option<Vec<SkillPattern>>,
    /// The most that its calls get; a cap lowers and never raises.
    pub caps: Vec<Cap>,
    /// How often it may call.
    pub rate: Option<Rate>,
    /// How many of its calls may be under way at one time.
    pub at_once: Option<u32>,
    /// `[caller.NAME.skill.SKILL]` tables by skill. They hold beside what the caller has.
    pub per_skill: BTreeMap<String, CallerSkillTable>,
    /// The hash of its bearer token, for faces that callers reach over a network.
    pub token: Option<TokenHash>,
    /// Where the table stands.
    pub place: Place,
}

/// One `[caller.NAME.skill.SKILL]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct CallerSkillTable {
    /// How often the caller may call this skill.
    pub rate: Option<Rate>,
    /// How many of its calls of this skill may be under way at one time.
    pub at_once: Option<u32>,
    /// Where the table stands.
    pub place: Place,
}

/// What a caller may use: `crm`, `ci.run_tests` or `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkillPattern {
    /// Every tool of every skill.
    All,
    /// Every tool of one skill.
    Skill(String),
    /// One tool.
    Tool {
        /// The skill's name.
        skill: String,
        /// The tool's name.
        tool: String,
    },
}

impl SkillPattern {
    /// Returns whether it lets at least one tool of this skill be used.
    pub fn shows(&self, name: &str) -> bool {
        match self {
            SkillPattern::All => true,
            SkillPattern::Skill(skill) | SkillPattern::Tool { skill, .. } => skill == name,
        }
    }

    /// Returns whether it lets this tool be used.
    pub fn allows(&self, name: &str, tool: &str) -> bool {
        match self {
            SkillPattern::All => true,
            SkillPattern::Skill(skill) => skill == name,
            SkillPattern::Tool { skill, tool: own } => skill == name && own == tool,
        }
    }

    /// Returns whether all that `other` lets be used, this one does too.
    pub fn covers(&self, other: &SkillPattern) -> bool {
        match other {
            SkillPattern::All => *self == SkillPattern::All,
            SkillPattern::Skill(skill) => match self {
                SkillPattern::All => true,
                SkillPattern::Skill(own) => own == skill,
                SkillPattern::Tool { .. } => false,
            },
            SkillPattern::Tool { skill, tool } => self.allows(skill, tool),
        }
    }
}

/// Writes `*`, `crm` or `ci.run_tests`.
impl fmt::Display for SkillPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkillPattern::All => f.write_str("*"),
            SkillPattern::Skill(skill) => f.write_str(skill),
            SkillPattern::Tool { skill, tool } => write!(f, "{skill}.{tool}"),
        }
    }
}

/// The most that a caller's call gets of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// Which limit.
    pub name: LimitName,
    /// The most of it.
    pub value: u64,
    /// Where it stands.
    pub place: Place,
}

/// SHA-256 of a bearer token. The token itself is in no file of the host.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Returns the hash of a token's bytes.
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Returns whether both are of one token, in a time that does not tell where they differ.
    pub fn is_same(&self, other: &TokenHash) -> bool {
        let pairs = self.0.iter().zip(other.0);
        pairs.fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }

    /// Reads 64 hex digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 2 * hash.len() || !text.is_ascii() {
            return None;
        }
        for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digit = |b: u8| char::from(b).to_digit(16);
            let value = digit(digits[0])? * 16 + digit(digits[1])?;
            *byte = u8::try_from(value).expect("two hex digits are a byte");
        }
        Some(Self(hash))
    }
}

/// Shows that there is one, and not which: whoever has the hash can try tokens against it.
impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

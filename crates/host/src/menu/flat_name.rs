//! One name for a tool where a host has one flat list: `skill_tool`.
//!
//! A skill's name has no underscore, so the first one ends it, and no two tools get one name. Two
//! things need more care. A name may have 64 characters: a longer one is cut, and ends in digits
//! of a hash; it begins with an underscore, as no uncut name of a letter does, so that no author
//! can choose a skill and a tool that look like it. And the names of Hotcell's own tools are never
//! given to a skill's: such a one is told as if it were too long.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::artifacts::hex;

/// Most characters of a tool's name that every host accepts.
pub const FLAT_NAME_BYTES_MAX: usize = 64;
/// Hex digits of the hash: as many as nobody can find a second tool for.
const HASH_DIGITS: usize = 24;

/// The names of Hotcell's own tools, which no skill's tool gets in a flat list.
pub const META_TOOLS: [&str; 8] = [
    "list_skills",
    "load_skill",
    "unload_skill",
    "read_skill_file",
    "call_tool",
    "job_status",
    "job_result",
    "cancel_job",
];

/// The flat names of a set of tools, both ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlatNames {
    names: BTreeMap<(String, String), String>,
    tools: BTreeMap<String, (String, String)>,
}

impl FlatNames {
    /// Names all tools of `tools`, each a skill's name and a tool's.
    pub fn new<'n>(tools: impl IntoIterator<Item = (&'n str, &'n str)>) -> FlatNames {
        let mut flat = FlatNames::default();
        // In their order, so that the same tools get the same names whoever lists them.
        for (skill, tool) in tools.into_iter().collect::<BTreeSet<_>>() {
            let taken = |name: &String| flat.tools.contains_key(name);
            let mut names = (0..).map(|turn| named(skill, tool, turn));
            let name = names
                .find(|name| !taken(name))
                .expect("there is no end of names");
            let pair = (skill.to_owned(), tool.to_owned());
            flat.names.insert(pair.clone(), name.clone());
            flat.tools.insert(name, pair);
        }
        flat
    }

    /// Returns the flat name of a tool.
    pub fn name(&self, skill: &str, tool: &str) -> Option<&str> {
        let pair = (skill.to_owned(), tool.to_owned());
        self.names.get(&pair).map(String::as_str)
    }

    /// Returns the skill and the tool that a flat name is of.
    pub fn tool(&self, name: &str) -> Option<(&str, &str)> {
        let (skill, tool) = self.tools.get(name)?;
        Some((skill, tool))
    }

    /// Returns all flat names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tools.keys().map(String::as_str)
    }
}

/// Returns the flat name of a tool that stands alone: the name that it has in every list where no
/// hash is another's.
pub fn flat_name(skill: &str, tool: &str) -> String {
    named(skill, tool, 0)
}

fn named(skill: &str, tool: &str, turn: u32) -> String {
    let is_digit = skill.starts_with(|c: char| !c.is_ascii_alphabetic());
    let edge = if is_digit { "_" } else { "" };
    let whole = format!("{edge}{skill}_{tool}");
    if turn == 0 && whole.len() <= FLAT_NAME_BYTES_MAX && !META_TOOLS.contains(&whole.as_str()) {
        return whole;
    }
    let hash = hex(&Sha256::digest(format!("{skill}.{tool}.{turn}")));
    let room = FLAT_NAME_BYTES_MAX - HASH_DIGITS - 2;
    let cut: String = whole.chars().take(room).collect();
    format!("_{cut}_{}", &hash[..HASH_DIGITS])
}

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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const SKILL: &str = "[a-z0-9]{1,3}(-[a-z0-9]{1,30}){0,2}";
    const TOOL: &str = "[a-zA-Z_][a-zA-Z0-9_-]{0,63}";

    fn is_name(name: &str) -> bool {
        let first = |c: char| c.is_ascii_alphabetic() || c == '_';
        let rest = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        name.len() <= FLAT_NAME_BYTES_MAX && name.starts_with(first) && name.chars().all(rest)
    }

    proptest! {
        /// Every tool has a name that every host accepts, no two have one, and each leads back.
        #[test]
        fn names_lead_back(tools in vec((SKILL, TOOL), 1..24)) {
            let pairs = || tools.iter().map(|(skill, tool)| (skill.as_str(), tool.as_str()));
            let names = FlatNames::new(pairs());
            let mut seen = BTreeSet::new();
            for (skill, tool) in pairs().collect::<BTreeSet<_>>() {
                let name = names.name(skill, tool).expect("it was named");
                prop_assert!(is_name(name), "{name}");
                prop_assert!(seen.insert(name), "{name} twice");
                prop_assert_eq!(names.tool(name), Some((skill, tool)));
                prop_assert!(!META_TOOLS.contains(&name));
                // It does not hang on what else there is, nor on the order.
                prop_assert_eq!(name, flat_name(skill, tool));
            }
            let back: Vec<_> = tools.iter().rev().map(|(s, t)| (s.as_str(), t.as_str())).collect();
            prop_assert_eq!(&names, &FlatNames::new(back));
        }
    }

    #[test]
    fn short_names_are_plain_and_long_ones_are_cut() {
        assert_eq!(flat_name("crm", "search_contacts"), "crm_search_contacts");
        assert_eq!(flat_name("3d-print", "slice"), "_3d-print_slice");
        let long = flat_name("datev-export", &"x".repeat(64));
        assert_eq!(long.len(), 64);
        assert!(long.starts_with("_datev-export_xxx"), "{long}");
        assert_ne!(
            long,
            flat_name("datev-export", &format!("{}y", "x".repeat(63)))
        );
    }

    /// Whoever names a skill like the beginning of a long one does not get its tool's name.
    #[test]
    fn no_author_can_choose_a_cut_name() {
        let victim = flat_name(&"a".repeat(60), "transfer");
        let (skill, tool) = victim[1..].split_once('_').expect("it has a hash");
        assert_ne!(flat_name(skill, tool), victim);
        assert_ne!(flat_name(skill, &format!("_{tool}")), victim);
    }

    #[test]
    fn the_names_of_hotcells_own_tools_are_never_given() {
        for name in META_TOOLS {
            let (skill, tool) = name.split_once('_').expect("each has one");
            let flat = flat_name(skill, tool);
            assert!(flat.starts_with(&format!("_{name}_")), "{flat}");
            let names = FlatNames::new([(skill, tool)]);
            assert_eq!(names.tool(&flat), Some((skill, tool)));
            assert_eq!(names.tool(name), None);
        }
    }
}

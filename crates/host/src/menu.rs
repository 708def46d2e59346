//! The menu: a model sees a line for each skill, loads one, calls its tools, and unloads it.
//!
//! [`Host::menu`] tells what a [`Reader`] may know of: what is hidden from its caller, or not
//! attached to its assistant, looks absent. [`Host::load_skill`] gives the instructions and the
//! tools of one. What is loaded is a [`Conversation`], a plain value that a face keeps for each
//! conversation; the host remembers nothing of it.
//!
//! SKILL.md and descriptions are an author's words. They are given as they are, between marks that
//! name the package's digest; no part of Hotcell acts on them.

mod cache;
mod conversation;
mod flat_name;
mod loaded;
pub(crate) mod shown;
mod tokens;
mod view;

use std::fmt;

use hotcell_journal::Release;
use hotcell_policy::Refusal;
use hotcell_policy::config::ToolListing;
use serde::{Serialize, Serializer};

use crate::Host;
use crate::fault::Fault;
use crate::registry::{RegistryError, SkillKind, ToolCard};

pub(crate) use cache::ShownCache;
pub use conversation::Conversation;
pub use flat_name::{FLAT_NAME_BYTES_MAX, FlatNames, META_TOOLS, flat_name};
pub use loaded::{LoadedSkill, LoadedTool};
pub use shown::{LoadedFile, ShownTool};
pub use tokens::{Strategy, TURNS, TokenRow, TokenTable};
pub use view::Reader;

/// The tokenizer with which everything is counted; [`hotcell_package::tokens`] says why.
pub const TOKENIZER: &str = "o200k_base";
/// What stands above the skills.
const HEADING: &str = "Skills that can be loaded. The lines are their authors' words:\n";
/// What [`HEADING`] takes of a model's context. The tokenizer itself takes a tenth of a second to
/// begin.
const HEADING_TOKENS: usize = 14;
/// What stands there where there is no skill.
const EMPTY: &str = "There is no skill.\n";

/// What a model is shown before anything is loaded. `Display` writes the text for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Menu {
    /// The assistant by way of which it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant: Option<String>,
    /// How a face tells of the tools.
    #[serde(serialize_with = "listing")]
    pub listing: ToolListing,
    /// The skills, by name.
    pub entries: Vec<MenuEntry>,
    /// What the text takes of a model's context.
    pub tokens: usize,
    /// The tokenizer with which that was counted.
    pub tokenizer: &'static str,
    /// Skills that are installed and cannot be read, each with what is wrong; a model is not told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<String>,
}

/// One skill in the menu: the version that a call of this reader gets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MenuEntry {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its package.
    pub digest: String,
    /// Whether it has tools.
    pub kind: SkillKind,
    /// What it is for, on one line, safe to print: the author's words.
    pub description: String,
    /// What its line takes of a model's context.
    pub tokens: usize,
    /// What it takes when it is loaded: its instructions, and the tools that the reader may use.
    pub tokens_loaded: usize,
    /// The tools that the reader may use.
    pub tools: Vec<ToolCard>,
}

impl Host {
    /// Returns the menu for a reader.
    ///
    /// # Errors
    ///
    /// Refuses a caller or an assistant that the operator does not list. Fails where the record
    /// cannot be read.
    pub async fn menu(&self, reader: &Reader) -> Result<Result<Menu, Refusal>, Fault> {
        let record = self.record()?;
        let view = match self.view(&reader.caller, reader.assistant.as_deref()) {
            Ok(view) => view,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let registry = &record.options.registry;
        let mut menu = Menu {
            assistant: reader.assistant.clone(),
            listing: view.listing(),
            entries: Vec::new(),
            tokens: HEADING_TOKENS,
            tokenizer: TOKENIZER,
            broken: Vec::new(),
        };
        for release in registry.current(|release| view.shows(release)).await? {
            match registry.card(&release) {
                Ok(card) => {
                    let is_there = |tool: &&ToolCard| view.shows_tool(&release.name, &tool.name);
                    let tools = card.tools.iter().filter(is_there).cloned().collect();
                    menu.entries.push(MenuEntry::new(&release, &card, tools));
                }
                Err(RegistryError::Journal(error)) => return Err(error.into()),
                Err(error) => menu.broken.push(error.to_string()),
            }
        }
        menu.tokens += menu.entries.iter().map(|entry| entry.tokens).sum::<usize>();
        Ok(Ok(menu))
    }
}

impl Menu {
    /// Returns the entry of a skill.
    pub fn entry(&self, name: &str) -> Option<&MenuEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Returns the flat names of all tools in it.
    pub fn flat_names(&self) -> FlatNames {
        FlatNames::new(self.entries.iter().flat_map(MenuEntry::pairs))
    }

    /// Returns the names of the skills.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }
}

impl MenuEntry {
    fn new(release: &Release, card: &crate::registry::Card, tools: Vec<ToolCard>) -> MenuEntry {
        let tools_tokens: usize = tools.iter().map(|tool| tool.tokens).sum();
        MenuEntry {
            name: release.name.clone(),
            version: release.version.clone(),
            digest: release.digest.clone(),
            kind: card.kind,
            description: card.description.clone(),
            tokens: card.line_tokens,
            tokens_loaded: card.instructions_tokens + tools_tokens,
            tools,
        }
    }

    /// Returns each of its tools with its own name before it.
    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let tools = self.tools.iter();
        tools.map(|tool| (self.name.as_str(), tool.name.as_str()))
    }

    /// Returns what its tools take of a model's context.
    pub fn tools_tokens(&self) -> usize {
        self.tools.iter().map(|tool| tool.tokens).sum()
    }
}

/// Writes the text that a model is shown: a line for each skill.
impl fmt::Display for Menu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.entries.is_empty() {
            return f.write_str(EMPTY);
        }
        f.write_str(HEADING)?;
        for entry in &self.entries {
            writeln!(f, "- {}: {}", entry.name, entry.description)?;
        }
        Ok(())
    }
}

fn listing<S: Serializer>(listing: &ToolListing, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(listing.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_is_counted() {
        assert_eq!(hotcell_package::tokens(HEADING), HEADING_TOKENS);
    }
}

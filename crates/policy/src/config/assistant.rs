//! `[assistant.NAME]`: which skills an assistant has, and in which versions.

use hotcell_package::Place;

use crate::Reference;

/// Most bytes of an assistant's name.
pub const ASSISTANT_NAME_BYTES_MAX: usize = 64;

/// Returns whether an assistant may have this name: 1 to 64 of `a-z0-9-_.`, as a caller's.
pub fn is_assistant_name(name: &str) -> bool {
    name.len() <= ASSISTANT_NAME_BYTES_MAX && super::is_caller_name(name)
}

/// One `[assistant.NAME]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct AssistantTable {
    /// The skills that it has; at least one, and no skill twice.
    pub skills: Vec<Attachment>,
    /// How a face tells of their tools.
    pub tools: ToolListing,
    /// The callers that may use it; all where the file does not say.
    pub callers: Option<Vec<String>>,
    /// Where the table stands.
    pub place: Place,
}

/// A skill that an assistant has, pinned to a version, a range or a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// Which of the installed versions it may be; it gets the highest enabled one of them.
    pub pin: Reference,
    /// Where it stands.
    pub place: Place,
}

/// How a face tells a model of the tools of an assistant's skills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ToolListing {
    /// By the menu: a skill's tools are told when it is loaded.
    #[default]
    Menu,
    /// All of them at once.
    Direct,
}

impl ToolListing {
    /// Returns the word that the file has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ToolListing::Menu => "menu",
            ToolListing::Direct => "direct",
        }
    }
}

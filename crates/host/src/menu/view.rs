//! Who reads the menu, and what of the installed skills is there for them.

use hotcell_journal::Release;
use hotcell_policy::config::{AssistantTable, Config, LOCAL_CALLER, ToolListing};
use hotcell_policy::{
    Refusal, attachment, is_tool_visible, is_visible, unknown_assistant, use_assistant,
};

use crate::Host;
use crate::registry::fits;

/// Who reads: a caller, by way of an assistant or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The caller's name.
    pub caller: String,
    /// The assistant's name; without one, every skill that the caller may use is there.
    pub assistant: Option<String>,
}

impl Reader {
    /// Returns the local caller, without an assistant.
    pub fn local() -> Reader {
        Reader {
            caller: LOCAL_CALLER.to_owned(),
            assistant: None,
        }
    }
}

/// What a reader may know of.
#[derive(Clone, Copy)]
pub(crate) struct View<'h> {
    config: Option<&'h Config>,
    caller: &'h str,
    assistant: Option<&'h AssistantTable>,
}

impl Host {
    /// Returns what a caller may know of, by way of an assistant.
    ///
    /// # Errors
    ///
    /// Refuses a caller that the operator does not list where some are, and an assistant that is
    /// not there or not for the caller.
    pub(crate) fn view<'h>(
        &'h self,
        caller: &'h str,
        assistant: Option<&str>,
    ) -> Result<View<'h>, Refusal> {
        // To a caller that the operator does not list, every skill would look absent.
        if let Err(refusal) = self.may_call(caller, "", "")
            && refusal.code == "unknown_caller"
        {
            return Err(refusal);
        }
        let config = self.config();
        let assistant = match (assistant, config) {
            (None, _) => None,
            (Some(name), None) => return Err(unknown_assistant(name, [])),
            (Some(name), Some(config)) => Some(use_assistant(config, caller, name)?),
        };
        Ok(View {
            config,
            caller,
            assistant,
        })
    }
}

impl View<'_> {
    /// Returns whether the reader may know of this release: it may use a tool of the skill, and
    /// its assistant has it in this version.
    pub(crate) fn shows(&self, release: &Release) -> bool {
        let name = &release.name;
        let is_pinned =
            |table: &AssistantTable| attachment(table, name).is_some_and(|pin| fits(pin, release));
        self.assistant.is_none_or(is_pinned)
            && self
                .config
                .is_none_or(|config| is_visible(config, self.caller, name))
    }

    /// Returns whether the reader may know of this tool of a skill that it may know of.
    pub(crate) fn shows_tool(&self, skill: &str, tool: &str) -> bool {
        let shows = |config| is_tool_visible(config, self.caller, skill, tool);
        self.config.is_none_or(shows)
    }

    /// Returns how the tools of its skills are told.
    pub(crate) fn listing(&self) -> ToolListing {
        self.assistant
            .map_or(ToolListing::Menu, |table| table.tools)
    }
}

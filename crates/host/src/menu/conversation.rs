//! What is loaded in one conversation: a plain value that a face keeps, and forgets with it.

use std::collections::BTreeMap;

use hotcell_package::{near_name, printable};
use hotcell_policy::Refusal;

use super::{LoadedSkill, LoadedTool, Menu};

/// Most tools that an answer lists.
const LISTED_MAX: usize = 16;

/// The skills that are loaded in one conversation.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    loaded: BTreeMap<String, LoadedSkill>,
}

impl Conversation {
    /// Takes a skill; one of its name that was loaded before goes.
    pub fn load(&mut self, skill: LoadedSkill) {
        self.loaded.insert(skill.name().to_owned(), skill);
    }

    /// Gives a skill's room in the context free.
    ///
    /// # Errors
    ///
    /// Refuses where it is not loaded.
    pub fn unload(&mut self, name: &str) -> Result<LoadedSkill, Refusal> {
        self.loaded.remove(name).ok_or_else(|| {
            let message = format!("the skill `{}` is not loaded", printable(name));
            let names: Vec<&str> = self.loaded.keys().map(String::as_str).collect();
            let hint = match (near_name(name, names.iter().copied()), names.is_empty()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, true) => "no skill is loaded".to_owned(),
                (None, false) => format!("loaded: {}", names.join(", ")),
            };
            Refusal::new("skill_not_loaded", message).hint(hint)
        })
    }

    /// Returns whether a skill is loaded.
    pub fn is_loaded(&self, name: &str) -> bool {
        self.loaded.contains_key(name)
    }

    /// Returns the skills that are loaded, by name.
    pub fn skills(&self) -> impl Iterator<Item = &LoadedSkill> {
        self.loaded.values()
    }

    /// Returns what all that is loaded takes of a model's context.
    pub fn tokens(&self) -> usize {
        self.skills().map(LoadedSkill::tokens).sum()
    }

    /// Returns the tools of all that is loaded, by skill and then in the skill's own order.
    pub fn tools(&self) -> impl Iterator<Item = &LoadedTool> {
        self.skills().flat_map(LoadedSkill::tools)
    }

    /// Returns the loaded tool that a model names: `skill_tool`, or `skill.tool`.
    ///
    /// # Errors
    ///
    /// Refuses what is not there, and says what to do next: which skill to load first, or which
    /// name comes near. `menu` is the reader's, so that no name is told that it may not know.
    pub fn tool(&self, named: &str, menu: &Menu) -> Result<&LoadedTool, Refusal> {
        let dotted = |tool: &&LoadedTool| is_dotted(named, &tool.skill, &tool.name);
        let found = self
            .tools()
            .find(|tool| tool.flat_name == named || dotted(tool));
        found.ok_or_else(|| self.not_loaded(named, menu))
    }

    fn not_loaded(&self, named: &str, menu: &Menu) -> Refusal {
        let shown = printable(named);
        if let Some((skill, tool)) = menu.find(named)
            && !self.is_loaded(&skill)
        {
            let message = format!("the skill `{skill}` is not loaded");
            return Refusal::new("skill_not_loaded", message).hint(format!(
                "load the skill `{skill}` first, then call `{tool}`"
            ));
        }
        if let Some(entry) = menu.entry(named) {
            let message = format!("`{shown}` is a skill, not a tool");
            let names = menu.flat_names();
            let tools = entry.tools.iter();
            let tools = tools.filter_map(|tool| names.name(&entry.name, &tool.name));
            let tools: Vec<_> = tools.take(LISTED_MAX).collect();
            let hint = match (self.is_loaded(named), tools.is_empty()) {
                (false, _) => format!("load the skill `{shown}` first, then call one of its tools"),
                (true, false) => format!("call one of its tools: {}", tools.join(", ")),
                (true, true) => "it has none: follow its instructions".to_owned(),
            };
            return Refusal::new("unknown_tool", message).hint(hint);
        }
        self.unknown(named, menu)
    }

    /// Nothing is of this name: what comes near, among what is loaded and what could be.
    fn unknown(&self, named: &str, menu: &Menu) -> Refusal {
        let refusal = Refusal::new(
            "unknown_tool",
            format!("there is no tool `{}`", printable(named)),
        );
        let names = menu.flat_names();
        let loaded = || self.tools().map(|tool| tool.flat_name.as_str());
        if let Some(near) = near_name(named, loaded()) {
            return refusal.hint(format!("did you mean `{near}`?"));
        }
        let near = near_name(named, names.names()).and_then(|near| Some((near, names.tool(near)?)));
        if let Some((near, (skill, _))) = near {
            let hint = format!("did you mean `{near}`? Load the skill `{skill}` first");
            return refusal.hint(hint);
        }
        if let Some(near) = near_name(named, menu.names()) {
            return refusal.hint(format!("did you mean the skill `{near}`? Load it first"));
        }
        let all: Vec<_> = loaded().take(LISTED_MAX).collect();
        match all.is_empty() {
            true => refusal.hint("no skill is loaded: read the menu, and load one first"),
            false => refusal.hint(format!("the loaded tools are {}", all.join(", "))),
        }
    }
}

impl Menu {
    /// Returns the skill and the flat name of the tool that a model names, loaded or not:
    /// `skill_tool`, or `skill.tool`.
    fn find(&self, named: &str) -> Option<(String, String)> {
        let (skill, tool) = self.tool(named)?;
        let flat = self.flat_names();
        let flat = flat.name(&skill, &tool)?.to_owned();
        Some((skill, flat))
    }

    /// Returns the skill and the tool that a model names, loaded or not: `skill_tool`, or
    /// `skill.tool`.
    pub fn tool(&self, named: &str) -> Option<(String, String)> {
        if let Some((skill, tool)) = self.flat_names().tool(named) {
            return Some((skill.to_owned(), tool.to_owned()));
        }
        let (skill, tool) = named.rsplit_once('.')?;
        let entry = self.entry(skill)?;
        let tool = entry.tools.iter().find(|one| one.name == tool)?;
        Some((entry.name.clone(), tool.name.clone()))
    }
}

fn is_dotted(named: &str, skill: &str, tool: &str) -> bool {
    named.split_once('.') == Some((skill, tool))
}

#[cfg(test)]
mod tests;

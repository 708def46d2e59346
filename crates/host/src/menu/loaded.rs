//! Loading a skill: its instructions, its tools, and its files, as a reader may have them.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use hotcell_journal::Release;
use hotcell_package::{Tool, ToolAsk};
use hotcell_policy::{Reference, Refusal};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::shown::{Shown, ShownTool, framed, model_text};
use super::{LoadedFile, Menu, Reader};
use crate::Host;
use crate::fault::Fault;
use crate::registry::{Registry, RegistryError, SkillKind};

/// A skill as a reader has it when it is loaded. Cloning shares the texts. `Display` writes the
/// text for a model.
#[derive(Debug, Clone)]
pub struct LoadedSkill {
    pub(super) shown: Arc<Shown>,
    pub(super) tools: Vec<LoadedTool>,
}

/// A tool of a loaded skill.
#[derive(Debug, Clone, Serialize)]
pub struct LoadedTool {
    /// Its skill's name.
    pub skill: String,
    /// Its name where a host has one flat list.
    pub flat_name: String,
    /// What its contract and manifest say.
    #[serde(flatten)]
    pub contract: Arc<ShownTool>,
}

impl Deref for LoadedTool {
    type Target = ShownTool;

    fn deref(&self) -> &ShownTool {
        &self.contract
    }
}

impl LoadedTool {
    /// Returns a tool of a skill that is not installed: with the flat name that it has alone.
    pub fn new(skill: &str, tool: &Tool, asked: &ToolAsk) -> LoadedTool {
        LoadedTool {
            skill: skill.to_owned(),
            flat_name: super::flat_name(skill, &tool.name),
            contract: Arc::new(ShownTool::new(skill, tool, asked, None)),
        }
    }
}

impl Host {
    /// Loads a skill for a reader: `NAME`, or a version of it, `NAME@1`. It is the version that a
    /// call of the reader gets. Nothing is compiled.
    ///
    /// # Errors
    ///
    /// Refuses what the reader may not know of as if it were not there, with a name that comes
    /// near. Fails where the record or the package cannot be read.
    pub async fn load_skill(
        &self,
        reader: &Reader,
        name: &str,
    ) -> Result<Result<LoadedSkill, Refusal>, Fault> {
        let registry = &self.record()?.options.registry;
        let view = match self.view(&reader.caller, reader.assistant.as_deref()) {
            Ok(view) => view,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let reference: Reference = match name.parse() {
            Ok(reference) => reference,
            Err(error) => return Ok(Err(Refusal::new("unknown_skill", format!("{error}")))),
        };
        let release = registry.resolve(&reference, |release| view.shows(release));
        let release = match release.await? {
            Ok(release) => release,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let shown = self.shown(registry, &release)?;
        let menu = match self.menu(reader).await? {
            Ok(menu) => menu,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let is_there = |tool: &&Arc<ShownTool>| view.shows_tool(&release.name, &tool.name);
        let tools = shown.tools.iter().filter(is_there);
        let tools = named(&menu, &release.name, tools);
        Ok(Ok(LoadedSkill { shown, tools }))
    }

    /// Loads every skill of a reader's menu that has tools.
    ///
    /// # Errors
    ///
    /// As [`Host::load_skill`].
    pub async fn load_all(
        &self,
        reader: &Reader,
    ) -> Result<Result<Vec<LoadedSkill>, Refusal>, Fault> {
        let menu = match self.menu(reader).await? {
            Ok(menu) => menu,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut all = Vec::new();
        for entry in menu.entries.iter().filter(|entry| !entry.tools.is_empty()) {
            match self.load_skill(reader, &entry.name).await? {
                Ok(skill) => all.push(skill),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(all))
    }

    fn shown(&self, registry: &Registry, release: &Release) -> Result<Arc<Shown>, RegistryError> {
        if let Some(shown) = self.shown_cache.get(&release.digest) {
            return Ok(shown);
        }
        let card = registry.card(release)?;
        let installed = registry.installable(crate::registry::parsed(&release.digest)?)?;
        let shown = Arc::new(Shown::of(installed, Some(&card)));
        self.shown_cache.keep(&shown);
        Ok(shown)
    }
}

/// Gives tools the flat names that they have among all tools of the menu.
fn named<'t>(
    menu: &Menu,
    skill: &str,
    tools: impl Iterator<Item = &'t Arc<ShownTool>>,
) -> Vec<LoadedTool> {
    let names = menu.flat_names();
    let tools = tools.map(|tool| LoadedTool {
        skill: skill.to_owned(),
        flat_name: match names.name(skill, &tool.name) {
            Some(name) => name.to_owned(),
            // A version that the menu does not show may have a tool that it does not show.
            None => super::flat_name(skill, &tool.name),
        },
        contract: Arc::clone(tool),
    });
    tools.collect()
}

impl LoadedSkill {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.shown.name
    }

    /// Returns the version.
    pub fn version(&self) -> &str {
        &self.shown.version
    }

    /// Returns the digest of the package.
    pub fn digest(&self) -> &str {
        &self.shown.digest
    }

    /// Returns whether it has tools.
    pub fn kind(&self) -> SkillKind {
        self.shown.kind
    }

    /// Returns what it is for, on one line, safe to print: the author's words.
    pub fn description(&self) -> &str {
        &self.shown.description
    }

    /// Returns the body of SKILL.md, as it stands there: the author's words.
    pub fn instructions(&self) -> &str {
        &self.shown.instructions
    }

    /// Returns the tools that the reader may use.
    pub fn tools(&self) -> &[LoadedTool] {
        &self.tools
    }

    /// Returns its files without the component, by path.
    pub fn files(&self) -> &[LoadedFile] {
        &self.shown.files
    }

    /// Returns the content of one of [`LoadedSkill::files`].
    pub fn file(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.shown.tree.get(path)
    }

    /// Returns what its instructions and its tools take of a model's context.
    pub fn tokens(&self) -> usize {
        let tools = self.tools.iter().map(|tool| tool.tokens);
        self.shown.instructions_tokens + tools.sum::<usize>()
    }

    /// Returns the instructions for a model, between marks that name the digest.
    pub fn framed_instructions(&self) -> String {
        framed(
            self.name(),
            self.version(),
            self.digest(),
            self.instructions(),
        )
    }
}

/// Writes the text that a model is shown: the instructions between their marks, then each tool as
/// one line of JSON.
impl fmt::Display for LoadedSkill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.framed_instructions())?;
        if self.kind() == SkillKind::Documentation {
            return f.write_str("It has no tools: follow it with the tools that you have.\n");
        }
        f.write_str("Its tools:\n")?;
        for tool in &self.tools {
            let text = model_text(&tool.flat_name, &tool.description, &tool.input_schema);
            writeln!(f, "{text}")?;
        }
        Ok(())
    }
}

impl Serialize for LoadedSkill {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut all = out.serialize_struct("LoadedSkill", 9)?;
        all.serialize_field("name", self.name())?;
        all.serialize_field("version", self.version())?;
        all.serialize_field("digest", self.digest())?;
        all.serialize_field("kind", &self.kind())?;
        all.serialize_field("description", self.description())?;
        all.serialize_field("instructions", self.instructions())?;
        all.serialize_field("tools", &self.tools)?;
        all.serialize_field("files", self.files())?;
        all.serialize_field("tokens", &self.tokens())?;
        all.end()
    }
}

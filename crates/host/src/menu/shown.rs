//! What a model is shown of one package when its skill is loaded, the same for every reader.

use std::sync::Arc;

use hotcell_package::{
    COMPONENT_FILE, Effect, ErrorDecl, FileTree, Idempotency, Installable, Mode, Package, Tool,
    ToolAsk, tokens,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::flat_name::flat_name;
use crate::artifacts::{media_type, sha256};
use crate::registry::{Card, SkillKind};

/// What is shown of one package.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) digest: String,
    pub(crate) kind: SkillKind,
    pub(crate) description: String,
    pub(crate) instructions: Arc<str>,
    pub(crate) instructions_tokens: usize,
    pub(crate) tools: Vec<Arc<ShownTool>>,
    pub(crate) files: Vec<LoadedFile>,
    pub(crate) tree: FileTree,
}

/// One tool, as its contract and manifest say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownTool {
    /// Its name in its skill.
    pub name: String,
    /// A name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When and how to use it: the author's words.
    pub description: String,
    /// JSON Schema 2020-12 of the arguments.
    pub input_schema: Value,
    /// JSON Schema 2020-12 of the output; none where the tool promises nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// What it may do to the world outside.
    pub effect: Effect,
    /// Whether it answers at once or as a job.
    pub mode: Mode,
    /// Whether a call needs an idempotency key.
    pub idempotency: Idempotency,
    /// The errors that it may answer with.
    pub errors: Vec<ErrorDecl>,
    /// What its name, description and input schema take of a model's context.
    pub tokens: usize,
}

/// One file of a loaded skill. The component is not among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoadedFile {
    /// Its path in the package.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
    /// The media type, by the name's ending.
    pub media_type: &'static str,
}

impl Shown {
    /// Returns what is shown of a package. Where its card is `known`, nothing is counted anew: the
    /// tokenizer itself takes some 60 ms to begin.
    pub(crate) fn of(installed: Installable, known: Option<&Card>) -> Shown {
        let (name, version) = (installed.name().to_owned(), installed.version().to_string());
        let digest = installed.digest().to_string();
        let instructions: Arc<str> = installed.document().body.as_str().into();
        let count = || tokens(&framed(&name, &version, &digest, &instructions));
        let instructions_tokens = known.map_or_else(count, |card| card.instructions_tokens);
        let listed = installed.files().iter();
        let listed: Vec<_> = listed.filter(|(path, _)| *path != COMPONENT_FILE).collect();
        let tree = FileTree::new(
            listed
                .iter()
                .map(|(path, bytes)| (*path, Arc::clone(bytes))),
        );
        let files = listed.iter().map(|(path, bytes)| LoadedFile {
            path: (*path).to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
            media_type: media_type(path),
        });
        let (kind, tools) = match &installed {
            Installable::Runnable(package) => (SkillKind::Runnable, tools(package, known)),
            Installable::Documentation(_) => (SkillKind::Documentation, Vec::new()),
        };
        Shown {
            kind,
            description: installed.document().one_line(),
            instructions_tokens,
            tools,
            files: files.collect(),
            tree: tree.expect("a part of a tree is one"),
            name,
            version,
            digest,
            instructions,
        }
    }

    /// Returns about how much memory it takes.
    pub(crate) fn bytes(&self) -> u64 {
        self.tree.bytes() + 2 * self.instructions.len() as u64
    }
}

fn tools(package: &Package, known: Option<&Card>) -> Vec<Arc<ShownTool>> {
    let tools = package.contract.tools.iter();
    let shown = tools.map(|tool| {
        let asked = package.manifest.tool(&tool.name);
        let card = known.and_then(|card| card.tools.iter().find(|one| one.name == tool.name));
        let known = card.map(|card| card.tokens);
        Arc::new(ShownTool::new(&package.name, tool, &asked, known))
    });
    shown.collect()
}

impl ShownTool {
    /// Returns a tool; its tokens are counted where they are not known.
    pub(crate) fn new(
        skill: &str,
        tool: &Tool,
        asked: &ToolAsk,
        known: Option<usize>,
    ) -> ShownTool {
        let count = || {
            let flat = flat_name(skill, &tool.name);
            tokens(&model_text(&flat, &tool.description, &tool.input_schema))
        };
        ShownTool {
            name: tool.name.clone(),
            title: tool.title.clone(),
            description: tool.description.clone(),
            input_schema: tool.input_schema.clone(),
            output_schema: tool.output_schema.clone(),
            effect: asked.effect,
            mode: asked.mode,
            idempotency: asked.idempotency,
            errors: tool.errors.clone(),
            tokens: known.unwrap_or_else(count),
        }
    }
}

/// Returns what a tool puts before a model: its name, its description and its input schema.
pub(crate) fn model_text(name: &str, description: &str, input_schema: &Value) -> String {
    json!({ "name": name, "description": description, "input_schema": input_schema }).to_string()
}

/// Returns a skill's instructions between two marks. An author cannot write the second one into
/// the text: it names the digest, which follows from the text.
pub(crate) fn framed(name: &str, version: &str, digest: &str, instructions: &str) -> String {
    format!(
        "The skill {name} {version} says, in its author's words:\n--- begin {digest} ---\n{}\n\
         --- end {digest} ---\n",
        instructions.trim_matches('\n')
    )
}

//! The tools of loaded skills in the shapes that hosts of models want, and the way back.
//!
//! All of it is pure. A shape that cannot say what a contract says is not left to guess: what
//! was put into words, left out or not made strict is a [`Finding`]. Whatever a model then sends
//! is checked against the contract itself.

mod back;
mod strict;

use std::str::FromStr;

use hotcell_package::Effect;
use serde::Serialize;
use serde_json::{Value, json};

use crate::menu::LoadedTool;
use strict::strict_schema;

pub use back::from_strict;

/// A shape of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OpenAI's Responses: `{type, name, description, parameters, strict}`, not strict.
    OpenAi,
    /// OpenAI's Chat Completions: the same below `function`.
    OpenAiChat,
    /// OpenAI's Responses, strict: every property required, no other allowed.
    OpenAiStrict,
    /// Anthropic's Messages: `{name, description, input_schema}`.
    Anthropic,
    /// Gemini's function declarations, with `parameters_json_schema`.
    Gemini,
    /// The Model Context Protocol: `inputSchema`, `outputSchema`, `annotations`.
    Mcp,
}

impl Format {
    /// All shapes.
    pub const ALL: [Format; 6] = [
        Format::OpenAi,
        Format::OpenAiChat,
        Format::OpenAiStrict,
        Format::Anthropic,
        Format::Gemini,
        Format::Mcp,
    ];

    /// Returns its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::OpenAi => "openai",
            Format::OpenAiChat => "openai-chat",
            Format::OpenAiStrict => "openai-strict",
            Format::Anthropic => "anthropic",
            Format::Gemini => "gemini",
            Format::Mcp => "mcp",
        }
    }

    /// Maps the arguments that a model sent for a tool in this shape to what its contract wants:
    /// under strict rules a model must send null for what it would leave out.
    pub fn arguments(self, tool: &LoadedTool, arguments: Value) -> Value {
        match self {
            Format::OpenAiStrict => from_strict(&tool.input_schema, arguments),
            _ => arguments,
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Format, String> {
        let found = Format::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| {
            let all = Format::ALL.map(Format::as_str).join(", ");
            format!(
                "there is no format `{}`; there is {all}",
                hotcell_package::printable(text)
            )
        })
    }
}

/// Tools in a shape.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Formatted {
    /// What the host's `tools` takes.
    pub tools: Value,
    /// What the shape cannot say as the contract does.
    pub findings: Vec<Finding>,
}

impl Formatted {
    /// Returns whether the shape says less than the contract.
    pub fn has_loss(&self) -> bool {
        self.findings.iter().any(|one| one.loss != Loss::InWords)
    }
}

/// Something that a shape cannot say as a contract does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The tool's flat name.
    pub tool: String,
    /// Where in its schema, as a JSON pointer.
    pub pointer: String,
    /// What came of it.
    pub loss: Loss,
    /// What it is.
    pub message: String,
}

/// What came of something that a shape cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// It stands in the description.
    InWords,
    /// It is not there; the host checks it when the tool is called.
    LeftOut,
    /// The tool is not strict, and has the contract's own schema.
    NotStrict,
}

/// Returns tools in a shape.
pub fn format_tools<'t>(
    format: Format,
    tools: impl IntoIterator<Item = &'t LoadedTool>,
) -> Formatted {
    let mut findings = Vec::new();
    let shaped = tools.into_iter().map(|tool| match format {
        Format::OpenAi => openai(tool, &tool.input_schema, Strictness::Off),
        Format::OpenAiChat => chat(tool),
        Format::OpenAiStrict => openai_strict(tool, &mut findings),
        Format::Anthropic => json!({
            "name": tool.flat_name,
            "description": tool.description,
            "input_schema": tool.input_schema,
        }),
        Format::Gemini => json!({
            "name": tool.flat_name,
            "description": tool.description,
            "parameters_json_schema": tool.input_schema,
        }),
        Format::Mcp => {
            findings.extend(output_finding(tool));
            mcp_tool(tool)
        }
    });
    let tools: Vec<Value> = shaped.collect();
    let tools = match format {
        Format::Gemini => json!([{ "function_declarations": tools }]),
        _ => Value::Array(tools),
    };
    Formatted { tools, findings }
}

/// Returns a tool as the Model Context Protocol has it, with hints from its effect. An output
/// schema whose root is no object is left out: `structuredContent` has to be one.
pub fn mcp_tool(tool: &LoadedTool) -> Value {
    let mut shaped = json!({
        "name": tool.flat_name,
        "description": tool.description,
        "inputSchema": tool.input_schema,
        "annotations": {
            "readOnlyHint": tool.effect != Effect::Write,
            "destructiveHint": tool.effect == Effect::Write,
            "idempotentHint": tool.effect != Effect::Write,
            "openWorldHint": tool.effect != Effect::None,
        },
    });
    if let Some(title) = &tool.title {
        shaped["title"] = json!(title);
    }
    if let Some(schema) = tool.output_schema.as_ref().filter(|s| is_object(s)) {
        shaped["outputSchema"] = schema.clone();
    }
    shaped
}

fn output_finding(tool: &LoadedTool) -> Option<Finding> {
    let schema = tool.output_schema.as_ref()?;
    (!is_object(schema)).then(|| Finding {
        tool: tool.flat_name.clone(),
        pointer: "/output_schema".to_owned(),
        loss: Loss::LeftOut,
        message: "the output is not always an object, so outputSchema is left out".to_owned(),
    })
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("object")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    On,
    Off,
}

/// `strict` is always said: where it is left out, Responses means true.
fn openai(tool: &LoadedTool, parameters: &Value, strictness: Strictness) -> Value {
    json!({
        "type": "function",
        "name": tool.flat_name,
        "description": tool.description,
        "parameters": parameters,
        "strict": strictness == Strictness::On,
    })
}

fn chat(tool: &LoadedTool) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": tool.flat_name,
            "description": tool.description,
            "parameters": tool.input_schema,
            "strict": false,
        },
    })
}

fn openai_strict(tool: &LoadedTool, findings: &mut Vec<Finding>) -> Value {
    let (strict, found) = strict_schema(&tool.input_schema);
    findings.extend(found.into_iter().map(|(pointer, loss, message)| Finding {
        tool: tool.flat_name.clone(),
        pointer,
        loss,
        message,
    }));
    match strict {
        Some(schema) => openai(tool, &schema, Strictness::On),
        None => openai(tool, &tool.input_schema, Strictness::Off),
    }
}

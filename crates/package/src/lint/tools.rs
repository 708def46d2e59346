//! schema.json: can a model pick the right tool, and fill in its arguments.

use serde_json::Value;

use crate::contract::{CONTRACT_FILE, Tool};
use crate::diagnostic::Diagnostic;
use crate::lint::{FINDINGS_MAX, finding};
use crate::package::Package;

/// Past this many tools models pick worse.
const TOOLS_ADVISED_MAX: usize = 8;
const DESCRIPTION_WORDS_MIN: usize = 4;

pub(super) fn lint(package: &Package) -> Vec<Diagnostic> {
    let tools = &package.contract.tools;
    let mut found = Vec::new();
    if tools.len() > TOOLS_ADVISED_MAX {
        let message = format!("{} tools; three to eight is the advice", tools.len());
        found.push(finding(
            "many_tools",
            CONTRACT_FILE,
            message,
            "split the skill, or merge tools",
        ));
    }
    for (index, tool) in tools.iter().enumerate() {
        names(package, tool, &mut found);
        let twin = tools[..index]
            .iter()
            .find(|other| other.description == tool.description);
        if let Some(twin) = twin {
            let message = format!("`{}` and `{}` have one description", twin.name, tool.name);
            found.push(finding(
                "same_description",
                CONTRACT_FILE,
                message,
                "say how they differ",
            ));
        }
        contracts(tool, &mut found);
        properties(tool, &tool.input_schema, &mut found);
    }
    found
}

fn names(package: &Package, tool: &Tool, found: &mut Vec<Diagnostic>) {
    if tool.name == package.name {
        let message = format!("the tool `{}` has the skill's name", tool.name);
        found.push(finding(
            "tool_is_skill",
            CONTRACT_FILE,
            message,
            "name the tool by what it does",
        ));
    }
    if tool.description.split_whitespace().count() < DESCRIPTION_WORDS_MIN {
        let message = format!(
            "the description of `{}` has less than {DESCRIPTION_WORDS_MIN} words",
            tool.name
        );
        let hint = "say what it returns and when to use it";
        found.push(finding(
            "tool_description_short",
            CONTRACT_FILE,
            message,
            hint,
        ));
    }
}

fn contracts(tool: &Tool, found: &mut Vec<Diagnostic>) {
    let name = &tool.name;
    if tool.output_schema.is_none() {
        let message = format!("`{name}` has no output schema");
        found.push(finding(
            "no_output_schema",
            CONTRACT_FILE,
            message,
            "add `output_schema`",
        ));
    }
    if tool.errors.is_empty() {
        let message = format!("`{name}` declares no error");
        let hint = "add `errors` with a code, a description and a retry advice";
        found.push(finding("no_errors", CONTRACT_FILE, message, hint));
    }
    let schema = &tool.input_schema;
    if schema.get("additionalProperties").is_none() && schema.get("unevaluatedProperties").is_none()
    {
        let message = format!("`{name}` accepts arguments that it does not name");
        let hint = "add \"additionalProperties\": false";
        found.push(finding("open_input", CONTRACT_FILE, message, hint));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for wanted in required.filter_map(Value::as_str) {
        if !properties.is_some_and(|p| p.contains_key(wanted)) {
            let message = format!("`{name}` requires `{wanted}` and does not describe it");
            found.push(finding(
                "undefined_required",
                CONTRACT_FILE,
                message,
                "add it to `properties`",
            ));
        }
    }
}

/// Walks the properties of the arguments, nested ones too. The depth of a schema is bounded.
fn properties(tool: &Tool, schema: &Value, found: &mut Vec<Diagnostic>) {
    let members = schema.get("properties").and_then(Value::as_object);
    for (key, property) in members.into_iter().flatten() {
        if found.len() >= FINDINGS_MAX {
            return;
        }
        let refers = property.get("$ref").is_some();
        if property.get("description").is_none() && !refers && property.is_object() {
            let message = format!("the property `{key}` of `{}` has no description", tool.name);
            let hint = "say what to write there, with unit or format";
            found.push(finding(
                "undescribed_property",
                CONTRACT_FILE,
                message,
                hint,
            ));
        }
        if property.get("format").is_some() && property.get("pattern").is_none() {
            let message = format!("the `format` of `{key}` in `{}` is not checked", tool.name);
            found.push(finding(
                "format_unchecked",
                CONTRACT_FILE,
                message,
                "add a `pattern`",
            ));
        }
        properties(tool, property, found);
    }
    if let Some(items) = schema.get("items") {
        properties(tool, items, found);
    }
    let defs = schema.get("$defs").and_then(Value::as_object);
    defs.into_iter()
        .flatten()
        .for_each(|(_, def)| properties(tool, def, found));
}

//! `schema.json`, derived from the table of tools. Native only: a component carries no schema.
//!
//! Each schema is JSON Schema 2020-12, closed (`additionalProperties: false`) and without
//! references: some clients resolve none. So an input type must not contain itself.
#![cfg(not(target_family = "wasm"))]

use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::Skill;
use crate::tool_error::{Declared, INVALID_ARGUMENTS};

/// Set to `1`, it makes [`assert_schema_current`] write instead of compare.
const BLESS: &str = "HOTCELL_BLESS";

/// Asserts that the file at `path` is the skill's contract, as the types say it today.
///
/// Run the test with `HOTCELL_BLESS=1` to write the file, then read the diff.
///
/// # Panics
/// Where the file differs, or cannot be read or written.
pub fn assert_schema_current(path: impl AsRef<Path>, skill: &Skill) {
    let path = path.as_ref();
    let current = skill.schema_json();
    if std::env::var_os(BLESS).is_some_and(|value| value == "1") {
        let written = std::fs::write(path, &current);
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let found = std::fs::read_to_string(path);
    let found = found.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(
        found == current,
        "{} is not what the types say; run the test again with {BLESS}=1 and read the diff",
        path.display(),
    );
}

impl Skill {
    /// Returns the text of `schema.json`.
    ///
    /// # Panics
    /// Where two tools have one name.
    pub fn schema_json(&self) -> String {
        for (at, tool) in self.tools.iter().enumerate() {
            let twin = self.tools[..at].iter().any(|other| other.name == tool.name);
            assert!(!twin, "two tools are named {}", tool.name);
        }
        let tools: Vec<Value> = self.tools.iter().map(|tool| (tool.contract)()).collect();
        let document = json!({ "tools": tools });
        let text = serde_json::to_string_pretty(&document).expect("a JSON value can be written");
        text + "\n"
    }
}

/// Returns one tool's entry.
pub(crate) fn tool<I: JsonSchema, O: JsonSchema>(
    name: &str,
    description: &str,
    declared: &[Declared],
) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
        settings
            .transforms
            .push(Box::new(RecursiveTransform(tighten)));
    });
    let input = settings.clone().for_deserialize().into_generator();
    let output = settings.for_serialize().into_generator();
    let errors: Vec<Value> = [INVALID_ARGUMENTS]
        .iter()
        .chain(declared)
        .map(error)
        .collect();
    json!({
        "name": name,
        "description": description,
        "input_schema": input.into_root_schema_for::<I>(),
        "output_schema": output.into_root_schema_for::<O>(),
        "errors": errors,
    })
}

fn error(declared: &Declared) -> Value {
    json!({
        "code": declared.code,
        "description": declared.description,
        "retry": declared.retry.name(),
    })
}

/// Closes objects, and drops what is not of the standard or only repeats a Rust name.
fn tighten(schema: &mut Schema) {
    schema.remove("title");
    // A doc comment is broken at the source's width; a model reads sentences.
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text
            .replace("\n\n", "\0")
            .replace('\n', " ")
            .replace('\0', "\n\n");
    }
    let format = schema.get("format").and_then(Value::as_str);
    if format.is_some_and(|name| name.starts_with("int") || name.starts_with("uint")) {
        schema.remove("format");
    }
    // Where alternatives stand beside the properties, closing would refuse their members.
    let open = [
        "additionalProperties",
        "unevaluatedProperties",
        "oneOf",
        "anyOf",
        "allOf",
    ]
    .iter()
    .all(|key| schema.get(*key).is_none());
    if schema.get("properties").is_some() && open {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}

#[cfg(test)]
#[allow(dead_code, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    /// A parcel.
    struct Parcel {
        /// Grams.
        weight: u32,
        /// Where to.
        to: Address,
        note: Option<String>,
    }

    #[derive(JsonSchema)]
    struct Address {
        /// The street.
        street: String,
    }

    fn parcel() -> Value {
        tool::<Parcel, Address>("send", "Sends.", &[Declared::same_key("BUSY", "Later.")])
    }

    #[test]
    fn objects_are_closed_at_every_depth() {
        let input = &parcel()["input_schema"];
        assert_eq!(input["additionalProperties"], false);
        assert_eq!(input["properties"]["to"]["additionalProperties"], false);
    }

    #[test]
    fn schemas_are_self_contained_and_described() {
        let text = parcel().to_string();
        assert!(!text.contains("$ref") && !text.contains("$defs"), "{text}");
        let input = &parcel()["input_schema"];
        assert_eq!(input["description"], "A parcel.");
        assert_eq!(input["properties"]["to"]["description"], "Where to.");
        assert_eq!(
            input["properties"]["weight"],
            json!({"description": "Grams.", "type": "integer", "minimum": 0})
        );
        assert_eq!(input["required"], json!(["weight", "to"]));
    }

    #[test]
    fn errors_come_from_the_type_and_the_sdk() {
        let codes: Vec<_> = parcel()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| {
                (
                    error["code"].as_str().unwrap().to_owned(),
                    error["retry"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        let expected = [("INVALID_ARGUMENTS", "never"), ("BUSY", "same-key")];
        assert_eq!(
            codes,
            expected.map(|(code, retry)| (code.to_owned(), retry.to_owned()))
        );
    }
}

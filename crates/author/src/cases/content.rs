//! Values and content, in each of the ways in which a case may write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::table::{Reader, Table};
use serde_json::Value;

use super::read::SkillFolder;
use super::value::json;

/// The keys of content.
pub(super) const CONTENT_KEYS: [&str; 5] = ["text", "json", "json_text", "base64", "file"];

/// A body or a file, as a case writes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// JSON, which is compared as such.
    Json(Value),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Content {
    /// Returns its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Content::Json(value) => value.to_string().into_bytes(),
            Content::Bytes(bytes) => bytes.clone(),
        }
    }
}

/// Reads the content that stands in `table`; none where none of its keys is there.
pub(super) fn content(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
) -> Option<Content> {
    let written: Vec<_> = CONTENT_KEYS
        .into_iter()
        .filter(|key| table.values.contains_key(*key))
        .collect();
    let key = *written.first()?;
    if written.len() > 1 {
        let message = format!("{} has `{}` and `{}`", table.name, written[0], written[1]);
        let hint = "write its content in one way";
        reader.error("duplicate", &table.value_span(written[1]), message, hint);
        return None;
    }
    if key == "json" {
        return json(reader, &table.values["json"]).map(Content::Json);
    }
    let text = plain(reader, table, key)?;
    let refuse = |reader: &mut Reader<'_>, why: String| {
        reader.error("wrong_value", &table.value_span(key), why, WAYS);
        None
    };
    match key {
        "text" => Some(Content::Bytes(text.as_bytes().to_vec())),
        "json_text" => match read_json(text) {
            Ok(value) => Some(Content::Json(value)),
            Err(why) => refuse(reader, format!("`json_text` is no JSON: {why}")),
        },
        "base64" => match STANDARD.decode(text) {
            Ok(bytes) => Some(Content::Bytes(bytes)),
            Err(error) => refuse(reader, format!("`base64` cannot be decoded: {error}")),
        },
        _ => match folder.bytes(text) {
            Ok(bytes) => Some(Content::Bytes(bytes)),
            Err(why) => refuse(reader, format!("`{text}` cannot be read: {why}")),
        },
    }
}

const WAYS: &str = "write `text`, `json`, `json_text`, `base64`, or `file` with a path that begins at \
                    the skill's folder";

/// Reads a JSON value that is written as `key`, `key_json` or `key_file`.
pub(super) fn value(
    reader: &mut Reader<'_>,
    folder: &SkillFolder,
    table: &Table<'_>,
    key: &str,
) -> Option<Value> {
    let [as_json, as_file] = ways(key);
    let written: Vec<&str> = [key, &as_json, &as_file]
        .into_iter()
        .filter(|key| table.values.contains_key(*key))
        .collect();
    let first = *written.first()?;
    if let Some(second) = written.get(1) {
        let message = format!("{} has `{first}` and `{second}`", table.name);
        let hint = "write it in one way";
        reader.error("duplicate", &table.value_span(second), message, hint);
        return None;
    }
    if first == key {
        return json(reader, &table.values[key]);
    }
    let text = plain(reader, table, first)?;
    let read = match first == as_json {
        true => read_json(text),
        false => folder
            .bytes(text)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()))
            .and_then(|text| read_json(&text)),
    };
    match read {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!("`{first}` is no JSON: {why}");
            let hint = "write one JSON value (RFC 8259)";
            reader.error("wrong_value", &table.value_span(first), message, hint);
            None
        }
    }
}

/// Returns the two other names of a value's key.
pub(super) fn ways(key: &str) -> [String; 2] {
    [format!("{key}_json"), format!("{key}_file")]
}

/// Returns a string that may be empty.
pub(super) fn plain<'a>(reader: &mut Reader<'_>, table: &Table<'a>, key: &str) -> Option<&'a str> {
    let value = table.values.get(key)?;
    let text = value.get_ref().as_str();
    if text.is_none() {
        let message = format!("`{key}` must be a string");
        reader.error(
            "wrong_type",
            &value.span(),
            message,
            format!("{key} = \"…\""),
        );
    }
    text
}

fn read_json(text: &str) -> Result<Value, String> {
    parse_strict(text, &JsonLimits::STANDARD).map_err(|error| error.to_string())
}

//! Cases as text, to paste into a file or to write as one.

use serde_json::Value;

/// Returns a call as the beginning of a case: what must come of it is left to its author.
pub(crate) fn call(tool: &str, input: &Value) -> String {
    let mut case = toml_edit::DocumentMut::new();
    case["tool"] = toml_edit::value(tool);
    case["input_json"] = toml_edit::value(input.to_string());
    format!("{case}\n[expect]\npartial = {{}}\n")
}

//! What is kept of a call's payloads.

use serde_json::Value;

use crate::config::{Capture, RecordTable};

/// What stands in a redacted payload where a value was, whatever the value was.
pub const REDACTED: &str = "[redacted]";

/// Returns how much of the payloads of this tool's calls is kept: what its own
/// `[record.tool."SKILL.TOOL"]` says, else `[record]`.
pub fn capture_of<'t>(table: &'t RecordTable, skill: &str, tool: &str) -> &'t Capture {
    let own = match table.tools.is_empty() {
        true => None,
        false => table.tools.get(&format!("{skill}.{tool}")),
    };
    own.unwrap_or(&table.capture)
}

/// Replaces each value at one of these JSON pointers (RFC 6901) by the text [`REDACTED`]. A
/// pointer to nothing changes nothing. A number in a pointer counts a list's items from 0; there is
/// no pointer to all of them, but one to the list itself.
pub fn redact<P: AsRef<str>>(value: &mut Value, pointers: &[P]) {
    for pointer in pointers {
        if let Some(found) = value.pointer_mut(pointer.as_ref()) {
            *found = Value::String(REDACTED.to_owned());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    #[test]
    fn a_tool_has_its_own_word_or_the_files() {
        let text =
            "[record]\ncapture = \"digest\"\n[record.tool.\"crm.find\"]\ncapture = \"full\"\n";
        let config = Config::parse("hotcell.toml", text).unwrap();
        assert_eq!(*capture_of(&config.record, "crm", "find"), Capture::Full);
        assert_eq!(*capture_of(&config.record, "crm", "add"), Capture::Digest);
        assert_eq!(*capture_of(&config.record, "erp", "find"), Capture::Digest);
        assert_eq!(
            *capture_of(&RecordTable::STANDARD, "crm", "find"),
            Capture::Full
        );
    }

    #[test]
    fn values_are_replaced_whatever_they_are() {
        let check = |pointer: &str, expected: Value| {
            let mut value = json!({ "a": { "b": [1, { "c": null }] }, "d/e": "x", "f~": true });
            redact(&mut value, &[pointer]);
            assert_eq!(value, expected, "{pointer}");
        };
        let whole = json!({ "a": { "b": [1, { "c": null }] }, "d/e": "x", "f~": true });
        let mut changed = whole.clone();
        changed["a"]["b"][1]["c"] = json!("[redacted]");
        check("/a/b/1/c", changed);
        let mut changed = whole.clone();
        changed["a"] = json!("[redacted]");
        check("/a", changed);
        let mut changed = whole.clone();
        changed["d/e"] = json!("[redacted]");
        check("/d~1e", changed);
        let mut changed = whole.clone();
        changed["f~"] = json!("[redacted]");
        check("/f~0", changed);
        for absent in ["/b", "/a/b/2", "/a/b/-", "/a/b/01", "/a/b/1/c/d", "/d"] {
            check(absent, whole.clone());
        }
    }

    #[test]
    fn what_went_with_its_parent_is_no_mistake() {
        let mut value = json!({ "a": { "b": 1 }, "c": 2 });
        redact(&mut value, &["/a", "/a/b", "/c"]);
        assert_eq!(value, json!({ "a": REDACTED, "c": REDACTED }));
        let mut scalar = json!("text");
        redact(&mut scalar, &["/a"]);
        assert_eq!(scalar, json!("text"));
    }
}

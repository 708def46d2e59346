//! What an Outcome says of its artifacts against the files themselves.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Checks names, sizes and digests: each file is listed, and nothing else.
pub(crate) fn check(outcome: &Value, files: &BTreeMap<String, Vec<u8>>) -> Result<(), String> {
    let listed = outcome["artifacts"]
        .as_array()
        .ok_or("artifacts is no list")?;
    if listed.len() != files.len() {
        let names: Vec<_> = files.keys().collect();
        return Err(format!(
            "{} artifacts are listed; the files are {names:?}",
            listed.len()
        ));
    }
    for artifact in listed {
        let name = artifact["name"].as_str().unwrap_or_default();
        let bytes = files
            .get(name)
            .ok_or_else(|| format!("there is no file `{name}`"))?;
        if artifact["bytes"] != bytes.len() || artifact["sha256"] != sha256(bytes) {
            return Err(format!("size or digest of `{name}` is wrong"));
        }
    }
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

//! What a case expects: `expected.json`, and the bytes below `expected-out/`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use crate::seen::Seen;

const OUTCOME: &str = "expected.json";
const FILES: &str = "expected-out";

/// Compares what was seen with what `folder` expects.
pub(crate) fn check(folder: &Path, seen: &Seen) -> Result<(), String> {
    let text = fs::read_to_string(folder.join(OUTCOME))
        .map_err(|error| format!("{OUTCOME}: {error}; `cargo xtask bless` writes it"))?;
    let expected: Value =
        serde_json::from_str(&text).map_err(|error| format!("{OUTCOME}: {error}"))?;
    if expected != seen.outcome {
        return Err(format!(
            "the Outcome is not the one expected\n--- {OUTCOME}\n{text}--- seen\n{}",
            seen.outcome_text()
        ));
    }
    let expected = files_below(&folder.join(FILES)).map_err(|error| error.to_string())?;
    compare(&expected, &seen.files)
}

fn compare(
    expected: &BTreeMap<String, Vec<u8>>,
    seen: &BTreeMap<String, Vec<u8>>,
) -> Result<(), String> {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    if names(expected) != names(seen) {
        let (expected, seen) = (names(expected), names(seen));
        return Err(format!(
            "{FILES} holds {expected:?}, and the call wrote {seen:?}"
        ));
    }
    for (name, bytes) in seen {
        let expected = &expected[name];
        if expected != bytes {
            let equal = expected
                .iter()
                .zip(bytes)
                .take_while(|(a, b)| a == b)
                .count();
            return Err(format!("{FILES}/{name} differs from byte {equal} on"));
        }
    }
    Ok(())
}

/// Writes down what was seen, where it differs.
pub(crate) fn bless(folder: &Path, seen: &Seen) -> Result<(), String> {
    if check(folder, seen).is_ok() {
        return Ok(());
    }
    write(folder, seen).map_err(|error| format!("{}: {error}", folder.display()))
}

fn write(folder: &Path, seen: &Seen) -> io::Result<()> {
    fs::write(folder.join(OUTCOME), seen.outcome_text())?;
    let below = folder.join(FILES);
    if below.exists() {
        fs::remove_dir_all(&below)?;
    }
    for (name, bytes) in &seen.files {
        let path = below.join(name);
        fs::create_dir_all(path.parent().expect("it lies below the case's folder"))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// Returns the files below `folder` by their paths from there; none where it does not exist.
pub(crate) fn files_below(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        if !next.exists() {
            continue;
        }
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it was found below it");
            files.insert(name.to_string_lossy().into_owned(), fs::read(&path)?);
        }
    }
    Ok(files)
}

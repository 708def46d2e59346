//! Every foreign crate that the workspace lists is used by one of its crates.
//!
//! Whether it may be used there is for the layering test to say.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::tidy::finding::Finding;

/// Checks manifests as path and text, the root's first. Our own crates may wait for a first user.
pub(crate) fn check(manifests: &[(String, String)]) -> Vec<Finding> {
    let Some(((path, text), members)) = manifests.split_first() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for (path, text) in members {
        match text.parse::<Table>() {
            Ok(manifest) => collect(&manifest, &mut used),
            Err(_) => findings.push(broken(path)),
        }
    }
    let Ok(manifest) = text.parse::<Table>() else {
        findings.push(broken(path));
        return findings;
    };
    for name in listed(&manifest) {
        if !used.contains(name) {
            let line = text.lines().position(|line| begins_with_key(line, name));
            let message = format!("`{name}` is used by no crate");
            let mend = "remove the line, and its comment";
            findings.push(Finding::new(
                path,
                line.map_or(1, |line| line + 1),
                message,
                mend,
            ));
        }
    }
    findings
}

fn broken(path: &str) -> Finding {
    Finding::new(
        path,
        1,
        "the manifest is no TOML",
        "ask `cargo metadata` for the place",
    )
}

fn listed(manifest: &Table) -> impl Iterator<Item = &String> {
    let table = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(Value::as_table);
    table
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.get("path").is_none())
        .map(|(name, _)| name)
}

/// Adds the names of all dependencies, those for one platform or for tests included.
fn collect(manifest: &Table, used: &mut BTreeSet<String>) {
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        if let Some(table) = manifest.get(kind).and_then(Value::as_table) {
            used.extend(table.keys().cloned());
        }
    }
    let targets = manifest.get("target").and_then(Value::as_table);
    for (_, target) in targets.into_iter().flatten() {
        if let Some(target) = target.as_table() {
            collect(target, used);
        }
    }
}

fn begins_with_key(line: &str, name: &str) -> bool {
    line.strip_prefix(name)
        .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::finding::assert_lines;

    const ROOT: &str = "[workspace.dependencies]\nours = { path = \"crates/ours\" }\n\
        http = \"1\"\nhttp-body = \"1\"\nwat.version = \"1\"\n";

    fn found(member: &str, expected: &[usize]) {
        let manifests = [("Cargo.toml", ROOT), ("crates/ours/Cargo.toml", member)]
            .map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_lines(&check(&manifests), expected);
    }

    #[test]
    fn what_no_crate_uses_is_found() {
        found("[dependencies]\nhttp-body.workspace = true\n", &[3, 5]);
    }

    #[test]
    fn every_kind_of_use_counts() {
        found(
            "[dependencies]\nhttp.workspace = true\n[dev-dependencies]\nwat = { workspace = true }\n\
             [target.'cfg(unix)'.dependencies]\nhttp-body.workspace = true\n",
            &[],
        );
    }

    #[test]
    fn a_broken_manifest_is_found() {
        found("[dependencies\n", &[1, 3, 4, 5]);
    }
}

//! No file is named by what it is not: a module says its idea.

use crate::tidy::finding::Finding;

/// Names that say nothing.
pub(crate) const EMPTY_NAMES: [&str; 8] = [
    "utils", "util", "helpers", "helper", "manager", "managers", "common", "misc",
];

/// What to do about one.
pub(crate) const MEND: &str = "name it by its main type or verb";

/// Checks the path of a Rust file: its folders and its own name.
pub(crate) fn check(path: &str) -> Option<Finding> {
    let stem = path.strip_suffix(".rs")?;
    let name = stem.split('/').find(|part| EMPTY_NAMES.contains(part))?;
    Some(Finding::new(
        path,
        1,
        format!("`{name}` says nothing"),
        MEND,
    ))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn empty_names_are_found() {
        assert!(check("crates/a/src/utils.rs").is_some());
        assert!(check("tests/tests/common/mod.rs").is_some());
        assert!(check("crates/a/src/common_name.rs").is_none());
        assert!(check("tests/data/common/a.json").is_none());
    }
}

//! What componentize-py tells of a module that fails while it is loaded, as one error at one place.

use std::path::Path;

use hotcell_package::{Diagnostic, Place};

const HINT: &str =
    "keep the top level to definitions and imports: no requests, no files, no settings";

/// Where the skill's own modules stand in the engine: the second folder that it is given.
pub(super) const SOURCES: &str = "/1/";

/// Returns the failure that `told` has: at the author's line that came last, or else at `entry`, the
/// skill's module in its folder.
pub(super) fn failure(told: &str, entry: &Path) -> Diagnostic {
    let python = told.split("\nCaused by:").next().unwrap_or_default();
    let (why, hint) = why(told, python);
    let message = format!("the module fails while it is loaded: {why}");
    let sources = entry.parent().unwrap_or(Path::new(""));
    let found = match last_line(python) {
        Some((file, line)) => {
            let file = sources.join(file).display().to_string();
            Diagnostic::error("build_failed", &file, message).at(Place { line, column: 1 })
        }
        None => Diagnostic::error("build_failed", &entry.display().to_string(), message),
    };
    found.hint(hint)
}

/// Returns the file, below the sources, and the line of the last frame in them.
fn last_line(python: &str) -> Option<(&str, u32)> {
    python.lines().rev().find_map(|line| {
        let (file, rest) = line
            .trim_start()
            .strip_prefix("File \"")?
            .strip_prefix(SOURCES)?
            .split_once("\", line ")?;
        let line = rest.split(',').next()?.parse().ok()?;
        Some((file, line))
    })
}

/// Returns why, and the mend.
fn why(told: &str, python: &str) -> (String, String) {
    if let Some((_, stub)) = told.split_once("called trapping stub: ") {
        let from = stub.split('@').next().unwrap_or(stub);
        let what = if from.starts_with("wasi:http") {
            "HTTP"
        } else {
            from
        };
        let why = format!("it asks for {what}, which is only there while a tool is called");
        return (why, HINT.to_owned());
    }
    let raised = python.lines().rev();
    let mut raised = raised.filter(|line| !line.is_empty() && !line.starts_with(' '));
    let raised = raised.next().unwrap_or("it says nothing of it");
    let missing = raised.strip_prefix("ModuleNotFoundError: No module named '");
    let hint = match missing.map(|name| name.trim_end_matches('\'')) {
        Some(name) => format!(
            "name the package that brings `{name}` in requirements.txt or pyproject.toml, or take the import out"
        ),
        None => HINT.to_owned(),
    };
    (raised.to_owned(), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        failure(text, Path::new("src/skill.py")).to_string()
    }

    #[test]
    fn the_last_line_of_the_author_is_the_place() {
        let text = "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n\
                    AssertionError: Traceback (most recent call last):\n  File \"/0/hotcell_app.py\", line 2, in <module>\n    \
                    import skill\n  File \"/1/skill.py\", line 1, in <module>\n    import lib\n  \
                    File \"/1/parts/lib.py\", line 7, in boom\n    return None.foo\n           ^^^^^^^^\n  \
                    File \"/2/other.py\", line 9, in deep\nAttributeError: no attribute 'foo'\n\n\nCaused by:\n    \
                    AttributeError: no attribute 'foo'\n";
        let told = told(text);
        assert!(
            told.starts_with("src/parts/lib.py:7:1: error[build_failed]"),
            "{told}"
        );
        assert!(
            told.contains("loaded: AttributeError: no attribute 'foo'"),
            "{told}"
        );
    }

    #[test]
    fn a_module_that_is_not_there_has_its_mend() {
        let text = "Traceback (most recent call last):\n  File \"/1/skill.py\", line 3, in <module>\n    import numpy\n\
                    ModuleNotFoundError: No module named 'numpy'\n\nCaused by:\n    ModuleNotFoundError\n";
        let told = told(text);
        assert!(told.starts_with("src/skill.py:3:"), "{told}");
        assert!(
            told.contains("brings `numpy` in requirements.txt"),
            "{told}"
        );
    }

    #[test]
    fn a_request_while_it_is_loaded_is_named() {
        let text = "error while executing at wasm backtrace:\n    0: 0x18 - libpython3.14.so!PyObject_Call\n    \
                    1: called trapping stub: wasi:http/types@0.2.12#[static]fields.from-list\n";
        let told = told(text);
        assert!(told.contains("it asks for HTTP"), "{told}");
        assert!(told.starts_with("src/skill.py: error"), "{told}");
    }
}

//! What a crate's sources say of its contract, as text: the compiled component does not tell its tools.

use std::fs;
use std::io;
use std::path::Path;

use hotcell_package::{CONTRACT_FILE, Contract, Diagnostic, Level, Place, place_of_pointer};

use super::super::given::{not_in_code, not_in_schema};
use super::super::report::CodeTool;

/// A crate that derives its contract calls this in a test; the test writes the file when it is asked to.
const SCHEMA_CALL: &str = "assert_schema_current";
/// How the SDK's table of tools is given a tool.
const TOOL_CALL: &str = ".tool(";
/// Most files that are read; what is in others is not seen.
const FILES_MAX: usize = 4_096;

/// The sources: the path of each from the skill's folder, and its text.
pub(super) struct Sources(Vec<(String, String)>);

impl Sources {
    /// Reads all of the folder `src`.
    pub(super) fn read(folder: &Path) -> Sources {
        let mut files = Vec::new();
        // What cannot be read, cargo speaks of.
        let _ = list(&folder.join("src"), "src", &mut files);
        Sources(files)
    }

    /// Whether the crate derives its contract.
    pub(super) fn derive_schema(&self) -> bool {
        self.0.iter().any(|(_, text)| text.contains(SCHEMA_CALL))
    }

    /// Returns warnings for tools of the given `schema.json` that no source names, and for those that
    /// the sources add and the schema does not have. Warnings, because a macro may name a tool as well.
    ///
    /// # Errors
    /// Where there is no such file, and what is wrong with it.
    pub(super) fn check_given(&self, folder: &Path) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let text = fs::read_to_string(folder.join(CONTRACT_FILE)).map_err(|error| {
            let message = format!("no test of the crate derives it, and it cannot be read: {error}");
            let hint = "write the test schema_json_is_current, as `hotcell new` does; or write schema.json";
            vec![Diagnostic::error("schema_missing", CONTRACT_FILE, message).hint(hint)]
        })?;
        let contract = Contract::parse(&text)?;
        let added = self.added();
        let names: Vec<_> = added.iter().map(|tool| tool.name.as_str()).collect();
        let mut found = Vec::new();
        for (at, tool) in contract.tools.iter().enumerate() {
            let written = format!("\"{}\"", tool.name);
            if !self.0.iter().any(|(_, text)| text.contains(&written)) {
                let pointer = format!("/tools/{at}/name");
                let place = place_of_pointer(&text, &pointer);
                let missing = not_in_code(&tool.name, &names).at(place).pointer(&pointer);
                found.push(Diagnostic {
                    level: Level::Warning,
                    ..missing
                });
            }
        }
        let unknown = added
            .iter()
            .filter(|tool| contract.tool(&tool.name).is_none());
        found.extend(unknown.map(|tool| not_in_schema(tool, &contract)));
        Ok(found)
    }

    /// Returns the tools that are added by a name that stands there.
    fn added(&self) -> Vec<CodeTool> {
        let mut added = Vec::new();
        for (file, text) in &self.0 {
            for (at, call) in text.match_indices(TOOL_CALL) {
                let before = &text[..at];
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                let behind = text[at + call.len()..].trim_start();
                let name = behind
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next());
                let is_comment = before[line_start..].trim_start().starts_with("//");
                let Some(name) = name.filter(|_| !is_comment) else {
                    continue;
                };
                let place = Place::of_offset(text, at);
                added.push(CodeTool {
                    name: name.to_owned(),
                    file: file.clone(),
                    line: place.line,
                    column: place.column,
                });
            }
        }
        added
    }
}

fn list(folder: &Path, shown: &str, files: &mut Vec<(String, String)>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        let shown = format!("{shown}/{}", entry.file_name().to_string_lossy());
        if kind.is_dir() {
            list(&entry.path(), &shown, files)?;
        } else if kind.is_file() && shown.ends_with(".rs") && files.len() < FILES_MAX {
            files.push((shown, fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "{\"tools\":[\n{\"name\":\"one\",\"description\":\"Does it.\",\
                          \"input_schema\":{\"type\":\"object\"}}]}";

    fn check(source: &str, expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("src/inner")).unwrap();
        fs::write(folder.path().join("src/inner/lib.rs"), source).unwrap();
        fs::write(folder.path().join(CONTRACT_FILE), SCHEMA).unwrap();
        let found = Sources::read(folder.path()).check_given(folder.path());
        let found = found.unwrap();
        let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), expected.len(), "{shown:?}");
        for (shown, expected) in shown.iter().zip(expected) {
            assert!(shown.starts_with(expected), "{shown}");
        }
    }

    #[test]
    fn tools_that_only_one_of_the_two_has_are_told() {
        check("Skill::new().tool(\n  \"one\", \"Does it.\", one)", &[]);
        check("const ONE: &str = \"one\";", &[]);
        check(
            "// .tool(\"old\"\nSkill::new()\n    .tool(\"two\", \"\", two)",
            &[
                "schema.json:2:9: warning[schema_tools]: the schema has the tool `one`, and the code has \
                 none such, but `two`",
                "src/inner/lib.rs:3:5: warning[schema_tools]: the code has the tool `two`, and schema.json \
                 has none such, but `one`",
            ],
        );
    }

    #[test]
    fn a_schema_is_derived_or_there() {
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources::read(folder.path());
        assert!(!sources.derive_schema());
        let found = sources.check_given(folder.path()).unwrap_err();
        assert_eq!(found[0].code, "schema_missing");
    }
}

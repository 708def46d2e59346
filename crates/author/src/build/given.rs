//! A `schema.json` that the author gives, beside the tools that the code has.

use std::fs;
use std::path::Path;

use hotcell_package::{CONTRACT_FILE, Contract, Diagnostic, Place, place_of_pointer};

use super::report::CodeTool;

/// Checks that the code has each tool of the given schema. Returns a warning for each tool of the
/// code that the schema does not have: the host never calls it. Where `tools` is none, nobody knows
/// which the code has.
///
/// # Errors
/// What is wrong with the schema, and each of its tools that the code does not have.
pub(super) fn check(
    folder: &Path,
    tools: Option<&[CodeTool]>,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let text = fs::read_to_string(folder.join(CONTRACT_FILE)).map_err(|error| {
        let message = format!("the schema is to be given here, and cannot be read: {error}");
        let hint = "write schema.json; or leave out `schema = \"given\"`, and the build derives it";
        vec![Diagnostic::error("schema_missing", CONTRACT_FILE, message).hint(hint)]
    })?;
    let contract = Contract::parse(&text)?;
    let Some(tools) = tools else {
        return Ok(Vec::new());
    };
    let has: Vec<_> = tools.iter().map(|tool| tool.name.as_str()).collect();
    let mut errors = Vec::new();
    for (at, tool) in contract.tools.iter().enumerate() {
        if !has.contains(&tool.name.as_str()) {
            let pointer = format!("/tools/{at}/name");
            let place = place_of_pointer(&text, &pointer);
            errors.push(not_in_code(&tool.name, &has).at(place).pointer(&pointer));
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let unknown = tools
        .iter()
        .filter(|tool| contract.tool(&tool.name).is_none());
    Ok(unknown.map(|tool| not_in_schema(tool, &contract)).collect())
}

/// Says that the code has no such tool.
pub(super) fn not_in_code(name: &str, has: &[&str]) -> Diagnostic {
    let message = format!(
        "the schema has the tool `{name}`, and the code has none such, but {}",
        listed(has)
    );
    Diagnostic::error("schema_tools", CONTRACT_FILE, message)
        .hint("write it in the code, or remove it from schema.json")
}

/// Says that the schema has no such tool.
pub(super) fn not_in_schema(tool: &CodeTool, contract: &Contract) -> Diagnostic {
    let has: Vec<_> = contract.tools.iter().map(|t| t.name.as_str()).collect();
    let message = format!(
        "the code has the tool `{}`, and schema.json has none such, but {}",
        tool.name,
        listed(&has)
    );
    let place = Place {
        line: tool.line,
        column: tool.column,
    };
    Diagnostic::warning("schema_tools", &tool.file, message)
        .at(place)
        .hint("write it in schema.json: as it is, nobody can call it")
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.is_empty() {
        true => "no tool at all".to_owned(),
        false => quoted.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str) -> CodeTool {
        CodeTool {
            name: name.to_owned(),
            file: "src/skill.py".to_owned(),
            line: 7,
            column: 1,
        }
    }

    fn checked(schema: &str, tools: Option<&[&str]>) -> Result<Vec<String>, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONTRACT_FILE), schema).unwrap();
        let tools = tools.map(|names| names.iter().map(|name| tool(name)).collect::<Vec<_>>());
        let shown = |found: Vec<Diagnostic>| found.iter().map(ToString::to_string).collect();
        check(folder.path(), tools.as_deref())
            .map(shown)
            .map_err(shown)
    }

    const ONE: &str = "{\"tools\":[\n{\"name\":\"one\",\"description\":\"Does it.\",\
                       \"input_schema\":{\"type\":\"object\"}}]}";

    #[test]
    fn a_given_schema_and_the_code_have_the_same_tools() {
        assert_eq!(checked(ONE, Some(&["one"])), Ok(Vec::new()));
        assert_eq!(checked(ONE, None), Ok(Vec::new()));
        let missing = checked(ONE, Some(&["two"])).unwrap_err();
        let words = "schema.json:2:9: error[schema_tools]: the schema has the tool `one`, and the code \
                     has none such, but `two`\n  mend: write it in the code, or remove it from schema.json";
        assert_eq!(missing, [words]);
        let more = checked(ONE, Some(&["one", "two"])).unwrap();
        assert!(
            more[0].starts_with(
                "src/skill.py:7:1: warning[schema_tools]: the code has the tool `two`"
            )
        );
        assert!(checked("{", Some(&[])).is_err());
    }

    #[test]
    fn a_given_schema_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let found = check(folder.path(), None).unwrap_err();
        assert_eq!(found[0].code, "schema_missing");
    }
}

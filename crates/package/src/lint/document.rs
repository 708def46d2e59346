//! SKILL.md: can a model tell when to use the skill, and how.

use std::collections::HashSet;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Place};
use crate::document::{DOCUMENT_FILE, is_skill_name};
use crate::lint::{FINDINGS_MAX, finding};
use crate::package::Package;
use crate::path::check_path;
use crate::tokens::tokens;

/// The standard's advice on the body.
const BODY_TOKENS_MAX: usize = 5_000;
const BODY_LINES_MAX: usize = 500;
const DESCRIPTION_WORDS_MIN: usize = 8;
/// How a description or heading says when the skill is of use.
const WHEN: &[&str] = &[
    "use when",
    "use it when",
    "use this",
    "when to use",
    "use for",
    "whenever",
    "when ",
];

pub(super) fn lint(package: &Package) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    frontmatter(package, &mut found);
    size(package, &mut found);
    tool_names(package, &mut found);
    links(package, &mut found);
    found
}

fn at_line(code: &'static str, line: usize, message: impl AsRef<str>, hint: &str) -> Diagnostic {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    finding(code, DOCUMENT_FILE, message, hint).at(Place { line, column: 1 })
}

fn frontmatter(package: &Package, found: &mut Vec<Diagnostic>) {
    let document = &package.document;
    if let Some(folder) = &package.folder
        && *folder != document.name
    {
        let message = format!(
            "the skill is named `{}`, its folder `{folder}`",
            document.name
        );
        found.push(at_line("name_folder", 1, message, "rename one of them"));
    }
    let said = format!("{}\n{}", document.description, headings(&document.body)).to_lowercase();
    if !WHEN.iter().any(|words| said.contains(words)) {
        let message = "nothing says when to use the skill";
        let hint = "end the description with `Use it when …`";
        found.push(at_line("no_when_to_use", 1, message, hint));
    }
    if document.description.split_whitespace().count() < DESCRIPTION_WORDS_MIN {
        let message = format!("the description has less than {DESCRIPTION_WORDS_MIN} words");
        let hint = "say what the skill does, with what, and when to use it";
        found.push(at_line("description_short", 1, message, hint));
    }
    if document.license.is_none() {
        let hint = "add `license: Apache-2.0`, or what it is";
        found.push(at_line("license_missing", 1, "no licence is named", hint));
    }
    if !document.allowed_tools.is_empty() {
        let message = "`allowed-tools` grants nothing here";
        let hint = "ask in skill.toml for what the skill needs";
        found.push(at_line("allowed_tools", 1, message, hint));
    }
    let version = package.manifest.version.to_string();
    if document
        .metadata
        .get("version")
        .is_some_and(|v| !version.starts_with(v.as_str()))
    {
        let message = format!("`metadata.version` is not skill.toml's {version}");
        found.push(at_line(
            "metadata_version",
            1,
            message,
            "remove it from SKILL.md",
        ));
    }
}

fn headings(body: &str) -> String {
    let lines: Vec<&str> = body.lines().filter(|line| line.starts_with('#')).collect();
    lines.join("\n")
}

fn size(package: &Package, found: &mut Vec<Diagnostic>) {
    let body = &package.document.body;
    let line = package.document.body_line as usize;
    let hint = "move what is not always needed to references/";
    if body.trim().is_empty() {
        let hint = "say how to use the tools, step by step";
        found.push(at_line(
            "body_empty",
            line,
            "SKILL.md has no instructions",
            hint,
        ));
    }
    let count = tokens(body);
    if count > BODY_TOKENS_MAX {
        let message =
            format!("the body has {count} tokens (o200k); the advice is {BODY_TOKENS_MAX}");
        found.push(at_line("body_tokens", line, message, hint));
    }
    let lines = body.lines().count();
    if lines > BODY_LINES_MAX {
        let message = format!("the body has {lines} lines; the advice is {BODY_LINES_MAX}");
        found.push(at_line("body_lines", line, message, hint));
    }
}

/// Looks for tools by what stands between backticks. A name that looks like a tool's (a
/// word with `_`, or one that is called: `name(`, `skill.name`) and is none, is undeclared,
/// unless the schemas know it as a property or option, or the passage names another skill. A name
/// with this skill's before it (`skill.name`) is this skill's in any passage.
fn tool_names(package: &Package, found: &mut Vec<Diagnostic>) {
    let known = known_names(package);
    let document = &package.document;
    for tool in &package.contract.tools {
        if !document.body.contains(tool.name.as_str()) {
            let message = format!("SKILL.md does not mention the tool `{}`", tool.name);
            let line = document.body_line as usize;
            found.push(at_line(
                "unmentioned_tool",
                line,
                message,
                "say when to call it",
            ));
        }
    }
    let lines: Vec<&str> = document.body.lines().collect();
    let mut begin = 0;
    for passage in lines.chunk_by(|_, next| !begins_passage(next)) {
        let names_other = names_other_skill(passage, &package.name);
        for (index, line) in passage.iter().enumerate() {
            for code in line.split('`').skip(1).step_by(2) {
                let (name, whose) = match tool_like(code, &package.name) {
                    Some(found) => found,
                    None => continue,
                };
                let is_others = names_other && whose == Whose::Anyones;
                if is_others || known.contains(name) {
                    continue;
                }
                if found.len() >= FINDINGS_MAX {
                    return;
                }
                let message = format!("`{name}` looks like a tool, and schema.json has none such");
                let number = document.body_line as usize + begin + index;
                let hint = "write the tool's name as it is in schema.json; before a tool of another \
                            skill, name that skill: the skill `other-skill`";
                found.push(at_line("undeclared_tool", number, message, hint));
            }
        }
        begin += passage.len();
    }
}

/// Returns the names that the contract has: of tools, errors, properties and options.
fn known_names(package: &Package) -> HashSet<&str> {
    let mut known: HashSet<&str> = HashSet::new();
    for tool in &package.contract.tools {
        known.insert(&tool.name);
        known.extend(tool.errors.iter().map(|error| error.code.as_str()));
        let schemas = [Some(&tool.input_schema), tool.output_schema.as_ref()];
        let schemas = schemas.into_iter().flatten();
        schemas.for_each(|schema| add_names(schema, &mut known));
    }
    known
}

/// Whether a line begins a new passage: a heading, an item, a row, or the text after an empty line.
fn begins_passage(line: &str) -> bool {
    let text = line.trim_start();
    let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_item = numbered.len() < text.len() && numbered.starts_with(". ");
    text.is_empty() || is_item || text.starts_with(['#', '|', '-', '*', '+', '>'])
}

/// Whether the passage plainly names another skill: the word `skill` stands right before its name in
/// code, or `skill` or `skill's` behind it.
fn names_other_skill(passage: &[&str], own: &str) -> bool {
    let text = passage.join(" ");
    let parts: Vec<&str> = text.split('`').collect();
    let codes = parts.iter().enumerate().skip(1).step_by(2);
    codes
        .filter(|(_, code)| **code != own && is_skill_name(code))
        .any(|(at, _)| {
            let before = parts[at - 1].split_whitespace().next_back();
            let behind = parts
                .get(at + 1)
                .and_then(|part| part.split_whitespace().next());
            let is_skill = |word: &str| {
                let word = word.trim_matches(|c: char| !c.is_alphabetic());
                word.eq_ignore_ascii_case("skill") || word.eq_ignore_ascii_case("skills")
            };
            let behind = behind.and_then(|word| word.split(['\'', '’']).next());
            before.is_some_and(is_skill) || behind.is_some_and(is_skill)
        })
}

/// Adds every key and every text of a schema. Its depth is bounded.
fn add_names<'s>(schema: &'s Value, names: &mut HashSet<&'s str>) {
    match schema {
        Value::String(text) => {
            names.insert(text);
        }
        Value::Array(items) => items.iter().for_each(|item| add_names(item, names)),
        Value::Object(members) => {
            for (key, member) in members {
                names.insert(key);
                add_names(member, names);
            }
        }
        _ => {}
    }
}

/// Whose tool a name in code would be.
#[derive(PartialEq)]
enum Whose {
    /// This skill's: its name stands before the tool's.
    Own,
    /// The text has to say.
    Anyones,
}

fn tool_like<'c>(code: &'c str, skill: &str) -> Option<(&'c str, Whose)> {
    let dotted = code
        .strip_prefix(skill)
        .and_then(|rest| rest.strip_prefix('.'));
    let whose = if dotted.is_some() {
        Whose::Own
    } else {
        Whose::Anyones
    };
    let called = code.split_once('(').map(|(name, _)| name);
    let snake = (code.contains('_') && !code.contains(['.', '/'])).then_some(code);
    let name = dotted.or(called).or(snake)?;
    let name = name.split('(').next().unwrap_or(name);
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (!name.is_empty() && name.bytes().all(lower)).then_some((name, whose))
}

/// Checks that `[text](references/file.md)` leads to a file.
fn links(package: &Package, found: &mut Vec<Diagnostic>) {
    for (index, line) in package.document.body.lines().enumerate() {
        for part in line.split("](").skip(1) {
            let Some((target, _)) = part.split_once(')') else {
                continue;
            };
            let path = target
                .split('#')
                .next()
                .unwrap_or(target)
                .trim_start_matches("./");
            let is_local = !path.is_empty() && !path.contains(':') && check_path(path).is_ok();
            if found.len() >= FINDINGS_MAX {
                return;
            }
            if is_local && package.files.get(path).is_none() {
                let message = format!("the link to `{path}` leads nowhere");
                let number = package.document.body_line as usize + index;
                found.push(at_line(
                    "broken_link",
                    number,
                    message,
                    "add the file, or mend the path",
                ));
            }
        }
    }
}

//! What a careful reviewer would say of a package that can be read.
//!
//! Reading has refused what is wrong in form; lint speaks of what will not work well, or
//! should make somebody look twice. One file a family; [`RULES`] lists every rule. A rule
//! only looks: it runs nothing, and knows no network.

mod asks;
mod document;
mod files;
mod text;
mod tools;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Level};
use crate::package::Package;

/// One rule of lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The code of its diagnostics.
    pub code: &'static str,
    /// Their level.
    pub level: Level,
    /// Why it is one, in one line.
    pub why: &'static str,
}

const fn error(code: &'static str, why: &'static str) -> Rule {
    Rule {
        code,
        level: Level::Error,
        why,
    }
}

const fn warning(code: &'static str, why: &'static str) -> Rule {
    Rule {
        code,
        level: Level::Warning,
        why,
    }
}

const fn note(code: &'static str, why: &'static str) -> Rule {
    Rule {
        code,
        level: Level::Note,
        why,
    }
}

/// Every rule, by family.
pub const RULES: &[Rule] = &[
    // text.rs
    error(
        "hidden_character",
        "a model reads what a reviewer cannot see",
    ),
    warning(
        "placeholder_text",
        "a text that was never written helps nobody",
    ),
    // document.rs
    error(
        "name_folder",
        "the standard wants the folder to have the skill's name",
    ),
    warning(
        "no_when_to_use",
        "a model picks a skill by when it is of use",
    ),
    warning(
        "description_short",
        "few words do not tell a skill from its neighbours",
    ),
    warning(
        "body_tokens",
        "the standard advises less than 5,000 tokens of instructions",
    ),
    warning(
        "body_lines",
        "the standard advises less than 500 lines of instructions",
    ),
    warning("body_empty", "without instructions a model guesses"),
    warning(
        "undeclared_tool",
        "a model would call a tool that does not exist",
    ),
    warning(
        "unmentioned_tool",
        "instructions that leave a tool out leave it unused",
    ),
    warning(
        "broken_link",
        "a model would look for a file that is not there",
    ),
    warning(
        "metadata_version",
        "two versions of one skill cannot both be right",
    ),
    note("license_missing", "without a licence others may not use it"),
    note(
        "allowed_tools",
        "it grants nothing here; other hosts may obey it",
    ),
    // tools.rs
    error("tool_is_skill", "skill and tool share one space of names"),
    warning("many_tools", "past eight tools a model picks worse"),
    warning(
        "tool_description_short",
        "a model picks a tool by its description",
    ),
    warning(
        "same_description",
        "a model cannot tell the two tools apart",
    ),
    warning(
        "undescribed_property",
        "a model guesses what to write there",
    ),
    warning(
        "no_output_schema",
        "an output without a schema is passed on unchecked",
    ),
    warning(
        "undefined_required",
        "a property must be given and is not described",
    ),
    note("open_input", "a misspelt argument passes unseen"),
    note("no_errors", "every failure will look the same"),
    note(
        "format_unchecked",
        "by JSON Schema 2020-12 `format` checks nothing; a pattern does",
    ),
    // asks.rs
    warning(
        "write_without_key",
        "a repeated call would do its work twice",
    ),
    warning(
        "unused_http",
        "an ask that no tool can use is an ask too many",
    ),
    warning(
        "unused_work",
        "a folder that no tool can use is an ask too many",
    ),
    warning(
        "effect_without_http",
        "an effect with nowhere to go is an ask too many",
    ),
    warning("method_above_effect", "no tool may send this method"),
    warning(
        "plain_http",
        "what it sends can be read and changed on its way",
    ),
    warning(
        "wide_path",
        "a path of parameters only asks for the whole server",
    ),
    warning(
        "credential_anywhere",
        "on any path of a server that the author does not name, it goes anywhere",
    ),
    note(
        "rest_path",
        "it asks for all below, and for what the server adds there later",
    ),
    note(
        "operators_origin",
        "nothing is sent before the operator's grant names each server",
    ),
    error(
        "secret_in_config",
        "settings are not kept secret; credentials are",
    ),
    warning("large_limit", "an operator will ask what it is for"),
    note("key_without_effect", "a tool without effect needs no key"),
    // files.rs
    error(
        "secret_in_file",
        "everybody who has the package has the secret",
    ),
    warning("nested_archive", "nobody can review what is packed in it"),
    warning(
        "second_document",
        "other hosts refuse a package with two skills",
    ),
    note("script", "Hotcell never runs it; other hosts may"),
    note("large_file", "it is loaded with every copy of the skill"),
    note("served_size", "hosts of skills over MCP accept 16 MiB"),
];

/// Most findings of one family about what a file can hold any number of.
const FINDINGS_MAX: usize = 1_000;

/// Looks at a package with every rule. Ordered by file, then by line.
pub fn lint(package: &Package) -> Vec<Diagnostic> {
    let families = [
        text::lint,
        document::lint,
        tools::lint,
        asks::lint,
        files::lint,
    ];
    let mut found: Vec<Diagnostic> = families.iter().flat_map(|family| family(package)).collect();
    found.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    found
}

/// Returns a finding by a rule of [`RULES`], with that rule's level.
fn finding(code: &'static str, file: &str, message: impl AsRef<str>, hint: &str) -> Diagnostic {
    let rule = RULES.iter().find(|rule| rule.code == code);
    let level = rule.expect("every code that lint uses is in RULES").level;
    Diagnostic::new(code, level, file, message.as_ref()).hint(hint)
}

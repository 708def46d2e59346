//! Texts that a model or an operator will read.

use serde_json::Value;

use crate::contract::CONTRACT_FILE;
use crate::diagnostic::{Diagnostic, Place};
use crate::document::DOCUMENT_FILE;
use crate::hidden::first_hidden;
use crate::lint::finding;
use crate::manifest::MANIFEST_FILE;
use crate::package::Package;

/// Words that stand where a text should.
const PLACEHOLDERS: &[&str] = &["TODO", "FIXME", "lorem ipsum", "<your ", "[your "];

pub(super) fn lint(package: &Package) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (path, contents) in &package.files {
        if let Ok(text) = std::str::from_utf8(contents)
            && is_read(path)
        {
            hidden(path, text, &mut found);
        }
    }
    escaped_in_contract(package, &mut found);
    placeholders(package, &mut found);
    found
}

/// Whether a model or an operator reads the file.
fn is_read(path: &str) -> bool {
    matches!(path, DOCUMENT_FILE | MANIFEST_FILE | CONTRACT_FILE)
        || path.ends_with(".md")
        || path.ends_with(".txt")
}

fn hidden(path: &str, text: &str, found: &mut Vec<Diagnostic>) {
    if let Some((at, c)) = first_hidden(text) {
        let message = format!("the hidden character U+{:04X} stands here", u32::from(c));
        let hint = "remove it, and look for others";
        found.push(finding("hidden_character", path, message, hint).at(Place::of_offset(text, at)));
    }
}

/// JSON can write a hidden character as `\u200b`, which the text does not show. TOML can
/// too, in the description of a setting.
fn escaped_in_contract(package: &Package, found: &mut Vec<Diagnostic>) {
    let hint = "remove it, and look for others";
    for tool in &package.contract.tools {
        let texts = [Some(&tool.description), tool.title.as_ref()]
            .into_iter()
            .flatten();
        let errors = tool.errors.iter().map(|error| &error.description);
        let schemas = [Some(&tool.input_schema), tool.output_schema.as_ref()];
        let hidden = texts.chain(errors).find_map(|text| first_hidden(text));
        let hidden = hidden.or_else(|| schemas.into_iter().flatten().find_map(hidden_in_value));
        if let Some((_, c)) = hidden {
            let message = format!(
                "tool `{}` holds the hidden character U+{:04X}",
                tool.name,
                u32::from(c)
            );
            found.push(finding("hidden_character", CONTRACT_FILE, message, hint));
        }
    }
    for ask in &package.manifest.config {
        let texts = [Some(&ask.description), ask.default.as_ref()];
        if let Some((_, c)) = texts
            .into_iter()
            .flatten()
            .find_map(|text| first_hidden(text))
        {
            let message = format!(
                "setting `{}` holds the hidden character U+{:04X}",
                ask.key,
                u32::from(c)
            );
            found.push(finding("hidden_character", MANIFEST_FILE, message, hint).at(ask.place));
        }
    }
    if let Some((_, c)) = first_hidden(&package.document.description) {
        let message = format!(
            "the description holds the hidden character U+{:04X}",
            u32::from(c)
        );
        found.push(finding("hidden_character", DOCUMENT_FILE, message, hint));
    }
}

fn hidden_in_value(value: &Value) -> Option<(usize, char)> {
    match value {
        Value::String(text) => first_hidden(text),
        Value::Array(items) => items.iter().find_map(hidden_in_value),
        Value::Object(members) => members
            .iter()
            .find_map(|(key, value)| first_hidden(key).or_else(|| hidden_in_value(value))),
        _ => None,
    }
}

/// Returns where `word` stands by itself: `TODO`, and not the `VTODO` of a calendar.
fn whole_word(text: &str, word: &str) -> Option<usize> {
    let joins = |one: Option<char>, other: Option<char>| {
        let letters = [one, other].map(|side| side.is_some_and(char::is_alphanumeric));
        letters == [true, true]
    };
    let mut places = text.match_indices(word).map(|(at, _)| at);
    places.find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !joins(before, word.chars().next()) && !joins(word.chars().next_back(), after)
    })
}

fn placeholders(package: &Package, found: &mut Vec<Diagnostic>) {
    let raw = &package.document.raw;
    let place = PLACEHOLDERS
        .iter()
        .find_map(|word| whole_word(raw, word).map(|at| (word, at)));
    if let Some((word, at)) = place {
        let message = format!("`{word}` stands where a text should");
        let hint = "write the text, or remove the line";
        let place = Place::of_offset(raw, at);
        found.push(finding("placeholder_text", DOCUMENT_FILE, message, hint).at(place));
    }
}

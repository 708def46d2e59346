//! Decks from the real template, and the template itself.
#![allow(clippy::unwrap_used)]

mod decks;
mod foreign;
mod hostile;

use std::path::{Path, PathBuf};

use hotcell_sdk::serde_json::{Value, from_str, from_value, to_value};
use office_parts::archive::{Part, read, write};

use crate::content::DeckInput;
use crate::deck::{Made, make};
use crate::error::DeckError;
use crate::image::tests::png_of;
use crate::package::UNPACKED;
use crate::read_deck::texts;
use crate::template::Template;

const REVIEW: &str = include_str!("../examples/review.json");

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blessing() -> bool {
    std::env::var_os("HOTCELL_BLESS").is_some_and(|value| value == "1")
}

/// Collects the files of a folder, by their names in it.
fn collect(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(root, &path, found),
            false => found.push(path.strip_prefix(root).unwrap().to_owned()),
        }
    }
}

/// Returns the parts of the template as its sources say them.
fn template_parts() -> Vec<Part> {
    let root = folder().join("src/template");
    let mut names = Vec::new();
    collect(&root, &root, &mut names);
    names.sort();
    let part = |name: &PathBuf| Part {
        name: name.to_str().unwrap().replace('\\', "/"),
        bytes: std::fs::read(root.join(name)).unwrap(),
    };
    names.iter().map(part).collect()
}

fn template() -> Template {
    Template::read(&write(&template_parts()).unwrap()).unwrap()
}

fn review() -> Value {
    from_str(REVIEW).unwrap()
}

/// Reads a picture of the cases, or makes one.
fn picture(name: &str, _: u64) -> Result<Vec<u8>, DeckError> {
    match name {
        "made.png" => Ok(png_of(400, 300)),
        "text.png" => Ok(b"no picture".to_vec()),
        name => std::fs::read(folder().join("tests").join(name))
            .map_err(|_| DeckError::NotFound(name.to_owned())),
    }
}

fn made(template: &Template, input: &Value) -> Result<Made, DeckError> {
    let input: DeckInput = from_value(input.clone()).unwrap();
    make(&input, template, &picture)
}

/// Returns the parts of the deck that the input makes.
fn parts(template: &Template, input: &Value) -> Vec<Part> {
    read(&made(template, input).unwrap().bytes, UNPACKED).unwrap()
}

/// Returns one of the parts as text.
fn text(parts: &[Part], name: &str) -> String {
    let part = parts.iter().find(|part| part.name == name);
    let part = part.unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(part.bytes.clone()).unwrap()
}

/// Returns what `read_deck` says of a deck.
fn said(bytes: &[u8]) -> Value {
    to_value(texts(bytes, 1, 1000).unwrap()).unwrap()
}

#[test]
fn template_pptx_is_current() {
    let path = folder().join("assets/template.pptx");
    if blessing() {
        std::fs::write(&path, write(&template_parts()).unwrap()).unwrap();
    }
    // By its parts: how they are packed depends on the compressor that this build chose.
    assert!(
        read(&std::fs::read(&path).unwrap(), UNPACKED).unwrap() == template_parts(),
        "run with HOTCELL_BLESS=1 after a change of src/template"
    );
}

#[test]
fn schema_json_is_current() {
    hotcell_sdk::assert_schema_current(folder().join("schema.json"), &crate::skill());
}

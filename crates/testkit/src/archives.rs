//! Packages and archives to test readers with: one honest, the rest hostile.
//!
//! Each attack is built from its bytes, because no zip library would write it. This module
//! knows nothing of the reader; it says only which refusal each attack has earned.

mod raw;
mod zips;

pub use raw::{RawEntry, RawZip};

/// First bytes of every WebAssembly component, and by themselves the smallest one.
pub const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// A hostile archive.
pub struct Attack {
    /// What it tries, in `snake_case`.
    pub name: &'static str,
    /// The archive.
    pub bytes: Vec<u8>,
    /// The code of the refusal that it must meet.
    pub expected_code: &'static str,
}

/// Returns every attack.
pub fn all() -> Vec<Attack> {
    zips::all()
}

/// Returns the files of an honest package, named `parcel-rates`.
pub fn plain_package() -> Vec<(String, Vec<u8>)> {
    let files: [(&str, &[u8]); 5] = [
        ("SKILL.md", PLAIN_DOCUMENT.as_bytes()),
        ("skill.toml", PLAIN_MANIFEST.as_bytes()),
        ("schema.json", PLAIN_CONTRACT.as_bytes()),
        ("skill.wasm", EMPTY_COMPONENT),
        ("references/zones.md", b"# Zones\n\nDE 1, AT 2, CH 3.\n"),
    ];
    let owned = |(name, bytes): (&str, &[u8])| (name.to_owned(), bytes.to_vec());
    files.into_iter().map(owned).collect()
}

/// Returns the honest package with one file replaced or added.
pub fn plain_package_with(path: &str, contents: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = plain_package();
    files.retain(|(name, _)| name != path);
    files.push((path.to_owned(), contents.to_vec()));
    files
}

/// Returns the honest package as a zip whose files stand at the root, written as a common
/// tool writes it.
pub fn plain_zip() -> Vec<u8> {
    let entries = plain_package();
    let entries = entries
        .iter()
        .map(|(name, bytes)| RawEntry::stored(name, bytes));
    RawZip::of(entries).build()
}

/// SKILL.md of [`plain_package`].
pub const PLAIN_DOCUMENT: &str = "---
name: parcel-rates
description: Quotes the price of a parcel by weight and country. Use it when somebody asks \
what sending a parcel costs, or which service is cheapest.
license: Apache-2.0
metadata:
  version: 1.2
---
# Parcel rates

## When to use

Somebody asks for the price of sending a parcel.

## How to use

1. Ask for the weight in grams and the country, if they are not known.
2. Call `quote`. Its answer names the price in cents.
3. For the zone of a country, read `references/zones.md`.
";

/// skill.toml of [`plain_package`].
pub const PLAIN_MANIFEST: &str = "[skill]
version = \"1.2.0\"

[tool.quote]
effect = \"none\"

[limits]
time_ms = 2000
";

/// schema.json of [`plain_package`].
pub const PLAIN_CONTRACT: &str = r#"{
  "tools": [
    {
      "name": "quote",
      "title": "Quote a parcel",
      "description": "Returns the price of one parcel in cents. Use it for a single parcel of known weight.",
      "input_schema": {
        "type": "object",
        "properties": {
          "weight_g": { "type": "integer", "minimum": 1, "maximum": 30000, "description": "Weight in grams." },
          "country": { "type": "string", "enum": ["DE", "AT", "CH"], "description": "Where the parcel goes." },
          "service": { "type": "string", "pattern": "^[a-z]{2,12}$", "maxLength": 12, "description": "Service, such as `express`." }
        },
        "required": ["weight_g", "country"],
        "additionalProperties": false
      },
      "output_schema": {
        "type": "object",
        "properties": {
          "price_cents": { "type": "integer", "minimum": 0, "description": "Price in euro cents." }
        },
        "required": ["price_cents"],
        "additionalProperties": false
      },
      "errors": [
        { "code": "TOO_HEAVY", "description": "No service takes this weight.", "retry": "never" }
      ]
    }
  ]
}
"#;

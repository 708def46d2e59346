//! Splits a `SKILL.md` and reads its YAML, under a budget.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::diagnostic::{Diagnostic, Place};
use crate::document::DOCUMENT_FILE;

/// Most bytes of frontmatter. By the standard's own limits it needs about 2 KB.
const FRONTMATTER_BYTES_MAX: usize = 64 << 10;
/// Most nodes and events of its YAML.
const YAML_NODES_MAX: usize = 2_000;
/// Most collections inside one another: the standard has one in another.
const YAML_DEPTH_MAX: usize = 8;

/// A file split at its fences.
pub(super) struct Split<'t> {
    pub(super) yaml: &'t str,
    pub(super) body: &'t str,
    /// The line on which the body begins, from 1.
    pub(super) body_line: u32,
}

/// Splits the frontmatter, between two lines of `---`, from the body.
pub(super) fn split(text: &str) -> Result<Split<'_>, Diagnostic> {
    let error = |code, line, message: &str, hint: &str| {
        let place = Place { line, column: 1 };
        Err(Diagnostic::error(code, DOCUMENT_FILE, message)
            .at(place)
            .hint(hint))
    };
    let fence = "begin the file with `---`, then `name: …` and `description: …`, then `---`";
    let mut start = 0;
    let mut line_number = 0;
    let mut yaml_start = None;
    for line in text.split_inclusive('\n') {
        line_number += 1;
        // Only what YAML takes for white space: other readers see no fence in `---` and a
        // no-break space, and so another body.
        let is_fence = line.trim_end_matches([' ', '\t', '\r', '\n']) == "---";
        let end = start + line.len();
        match yaml_start {
            None if !is_fence => break,
            None => yaml_start = Some(end),
            Some(from) if is_fence => {
                if start - from > FRONTMATTER_BYTES_MAX {
                    let message = "the frontmatter is larger than 64 KiB";
                    return error("frontmatter_too_large", 1, message, "move text to the body");
                }
                return Ok(Split {
                    yaml: &text[from..start],
                    body: &text[end..],
                    body_line: line_number + 1,
                });
            }
            Some(_) => {}
        }
        start = end;
    }
    match yaml_start {
        None => error(
            "no_frontmatter",
            1,
            "SKILL.md does not begin with frontmatter",
            fence,
        ),
        Some(_) => error("no_frontmatter", 1, "the frontmatter has no end", fence),
    }
}

/// What the YAML says, before any rule.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) license: Option<String>,
    pub(super) compatibility: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) allowed_tools: Option<String>,
    pub(super) unknown: Vec<String>,
}

/// Reads the fields with the types that the standard gives them. YAML's numbers and dates
/// are taken as they are written: the standard knows only strings.
pub(super) fn read_strict(yaml: &str) -> Result<Fields, Diagnostic> {
    read::<Strict>(yaml).map(|fields| fields.0)
}

/// Reads the fields, and lets foreign forms of `metadata` and `allowed-tools` be.
pub(super) fn read_lenient(yaml: &str) -> Result<Fields, Diagnostic> {
    read::<Lenient>(yaml).map(|fields| fields.0)
}

struct Strict(Fields);
struct Lenient(Fields);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(yaml: D) -> Result<Self, D::Error> {
        let reading = FieldsVisitor { read_foreign: true };
        yaml.deserialize_map(reading).map(Self)
    }
}

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(yaml: D) -> Result<Self, D::Error> {
        let reading = FieldsVisitor {
            read_foreign: false,
        };
        yaml.deserialize_map(reading).map(Self)
    }
}

struct FieldsVisitor {
    /// Whether `metadata` and `allowed-tools` must have the standard's form.
    read_foreign: bool,
}

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping such as `name: my-skill`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(key) = entries.next_key::<String>()? {
            match key.as_str() {
                "name" => fields.name = Some(entries.next_value()?),
                "description" => fields.description = Some(entries.next_value()?),
                "license" => fields.license = Some(entries.next_value()?),
                "compatibility" => fields.compatibility = Some(entries.next_value()?),
                "metadata" if self.read_foreign => fields.metadata = entries.next_value()?,
                "allowed-tools" if self.read_foreign => {
                    fields.allowed_tools = Some(entries.next_value()?);
                }
                known => {
                    if !matches!(known, "metadata" | "allowed-tools") {
                        fields.unknown.push(key);
                    }
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(fields)
    }
}

fn read<'de, T: Deserialize<'de>>(yaml: &'de str) -> Result<T, Diagnostic> {
    serde_saphyr::from_str_with_options(yaml, options()).map_err(|error| {
        let message = error.without_snippet().to_string();
        // The message ends with the position in the YAML; ours counts the fence as well.
        let message = message.split(" at line ").next().unwrap_or(&message);
        let place = error.location().map(|at| Place {
            line: u32::try_from(at.line())
                .unwrap_or(u32::MAX)
                .saturating_add(1),
            column: u32::try_from(at.column()).unwrap_or(u32::MAX),
        });
        Diagnostic::error("frontmatter_yaml", DOCUMENT_FILE, message)
            .at(place.unwrap_or(Place { line: 1, column: 1 }))
            .hint("quote values that hold `: ` or `#`; repeat no key; use no anchors")
    })
}

/// No anchors, no aliases, no merge keys: the standard needs none, and they are how YAML
/// grows without bound. No tags but YAML's own.
fn options() -> serde_saphyr::Options {
    let mut budget = serde_saphyr::Budget::default();
    budget.max_events = YAML_NODES_MAX;
    budget.max_nodes = YAML_NODES_MAX;
    budget.max_depth = YAML_DEPTH_MAX;
    budget.max_aliases = 0;
    budget.max_anchors = 0;
    budget.max_merge_keys = 0;
    budget.max_documents = 1;
    budget.max_total_scalar_bytes = FRONTMATTER_BYTES_MAX;
    budget.max_reader_input_bytes = Some(FRONTMATTER_BYTES_MAX);
    budget.flow_nesting_limit = YAML_DEPTH_MAX;
    let mut options = serde_saphyr::Options::default();
    options.budget = Some(budget);
    options.duplicate_keys = serde_saphyr::DuplicateKeyPolicy::Error;
    // A tag changes what a value is, and readers differ on how; `!!binary` hides its text.
    options.reject_unsupported_tags = true;
    options.ignore_binary_tag_for_string = true;
    options.with_snippet = false;
    options
}

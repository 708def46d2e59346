//! What a schema may be: JSON Schema 2020-12, closed in itself, of bounded size and cost.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::contract::budget::LoadBudget;
use crate::contract::compile::compile;
use crate::contract::cost::{self, CostError};
use crate::contract::graph::Graph;
use crate::contract::pattern::{self, Patterns};

/// Most values (keywords, names, options) in one schema.
pub const SCHEMA_NODES_MAX: usize = 20_000;
/// Most objects and arrays inside one another in a schema.
pub const SCHEMA_DEPTH_MAX: usize = 48;
/// Most bytes of one regular expression.
pub const PATTERN_BYTES_MAX: usize = 1024;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What is wrong with a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchemaError {
    pub(super) code: &'static str,
    /// JSON pointer below the schema's root.
    pub(super) pointer: String,
    pub(super) message: String,
    pub(super) hint: String,
}

/// Checks a schema wholly.
///
/// # Errors
/// Every mistake of the first kind that is found: a later check rests on the earlier ones.
pub(super) fn check(schema: &Value, budget: &mut LoadBudget) -> Result<(), Vec<SchemaError>> {
    let mut walk = Walk {
        root: schema,
        budget,
        found: Vec::new(),
        patterns: Patterns::default(),
        nodes_left: SCHEMA_NODES_MAX,
        schemas: HashSet::new(),
        references: Vec::new(),
    };
    walk.value(schema, Role::Schema, &mut String::new(), 0);
    walk.check_references();
    let Walk { found, budget, .. } = walk;
    if !found.is_empty() {
        return Err(found);
    }
    check_metaschema(schema)?;
    cost::check(&Graph::build(schema), budget).map_err(|error| vec![cost_error(error)])?;
    match compile(schema) {
        Ok(_) => Ok(()),
        Err(fault) => Err(vec![error(
            "schema_invalid",
            fault.schema_path().as_str(),
            fault.to_string(),
            "see https://json-schema.org/draft/2020-12",
        )]),
    }
}

/// Returns the subschema that a local `$ref` names.
pub(super) fn resolve<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    let pointer = reference.strip_prefix('#')?;
    // A fragment may be percent-encoded; one spelling is enough, and cannot be misread.
    if pointer.contains('%') {
        return None;
    }
    root.pointer(pointer)
        .filter(|v| v.is_object() || v.is_boolean())
}

fn check_metaschema(schema: &Value) -> Result<(), Vec<SchemaError>> {
    let meta = jsonschema::draft202012::meta::validator();
    let faults = meta.iter_errors(schema).take(super::VIOLATIONS_MAX);
    let faults: Vec<SchemaError> = faults
        .map(|fault| {
            let pointer = fault.instance_path().as_str();
            let hint = "see https://json-schema.org/draft/2020-12";
            error("schema_invalid", pointer, fault.to_string(), hint)
        })
        .collect();
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults),
    }
}

fn cost_error(cost: CostError) -> SchemaError {
    let (code, message, hint) = match cost {
        CostError::Loop => (
            "schema_loop",
            "the schema applies itself to the same value without end",
            "let a `$ref` lead back only through `properties`, `items` or the like",
        ),
        CostError::TooCostly => (
            "schema_cost",
            "the schema could take too long to check on some value",
            "apply fewer subschemas to one value; in a recursion, apply each child's schema once",
        ),
        CostError::TooCostlyText => (
            "schema_cost",
            "the schema applies too many patterns to one text",
            "merge the patterns, or apply fewer to one value",
        ),
    };
    error(code, "", message, hint)
}

/// What a value in the document is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A schema, a list of schemas, or the value of some other keyword.
    Schema,
    /// An object from names to schemas.
    Names,
}

/// Keywords whose members are names, not keywords.
const NAMES: &[&str] = &[
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];
/// Keywords whose value is data, in which `$ref` and the like mean nothing.
const DATA: &[&str] = &["const", "enum", "default", "examples"];

struct Walk<'s, 'b> {
    root: &'s Value,
    budget: &'b mut LoadBudget,
    found: Vec<SchemaError>,
    patterns: Patterns<'s>,
    nodes_left: usize,
    /// The address of everything that has been checked as a schema.
    schemas: HashSet<*const Value>,
    references: Vec<(&'s str, String)>,
}

impl<'s> Walk<'s, '_> {
    /// Walks the whole document, not only what evaluation can reach, except for data.
    fn value(&mut self, value: &'s Value, role: Role, at: &mut String, depth: usize) {
        if self.found.len() >= super::VIOLATIONS_MAX || self.nodes_left == 0 {
            return;
        }
        self.nodes_left -= 1;
        if self.nodes_left == 0 {
            let message = "the schema has more than 20,000 values";
            self.refuse("schema_too_large", at, message, "split the tool");
            return;
        }
        if depth > SCHEMA_DEPTH_MAX {
            let message = "the schema is nested deeper than 48";
            self.refuse("schema_too_deep", at, message, "move parts to `$defs`");
            return;
        }
        if role == Role::Schema {
            self.schemas.insert(value);
        }
        match value {
            Value::Object(members) => {
                if role == Role::Schema {
                    self.keywords(members, at);
                }
                for (key, member) in members {
                    match role {
                        Role::Schema if DATA.contains(&key.as_str()) => {}
                        Role::Schema if NAMES.contains(&key.as_str()) => {
                            self.below(key, member, Role::Names, at, depth);
                        }
                        _ => self.below(key, member, Role::Schema, at, depth),
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&index.to_string(), item, Role::Schema, at, depth);
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, key: &str, value: &'s Value, role: Role, at: &mut String, depth: usize) {
        let length = at.len();
        at.push('/');
        at.push_str(&key.replace('~', "~0").replace('/', "~1"));
        self.value(value, role, at, depth + 1);
        at.truncate(length);
    }

    /// Refuses keywords that reach outside or cannot be bounded.
    fn keywords(&mut self, members: &'s Map<String, Value>, at: &str) {
        for (key, value) in members {
            let here = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            match (key.as_str(), value) {
                ("$ref", Value::String(target)) => self.references.push((target, here)),
                ("$dynamicRef" | "$recursiveRef", Value::String(_)) => {
                    let message = format!("`{key}` is not supported");
                    self.refuse(
                        "schema_dynamic_ref",
                        &here,
                        message,
                        "use `$ref` with `#/$defs/…`",
                    );
                }
                ("$id", Value::String(_)) if !at.is_empty() => {
                    self.refuse(
                        "schema_id",
                        &here,
                        "`$id` below the root is refused",
                        "remove it",
                    );
                }
                ("$schema", Value::String(dialect)) if dialect.trim_end_matches('#') != DIALECT => {
                    let message = format!("the dialect `{dialect}` is not JSON Schema 2020-12");
                    self.refuse(
                        "schema_dialect",
                        &here,
                        message,
                        format!("write \"{DIALECT}\", or remove it"),
                    );
                }
                ("pattern", Value::String(pattern)) => self.pattern(pattern, &here),
                ("patternProperties", Value::Object(members)) => {
                    members
                        .keys()
                        .for_each(|pattern| self.pattern(pattern, &here));
                }
                _ => {}
            }
        }
    }

    /// Refuses a `$ref` that leaves the document, or that leads to what is no schema: into
    /// data, say, that nobody has checked.
    fn check_references(&mut self) {
        for (target, at) in std::mem::take(&mut self.references) {
            if !target.starts_with('#') {
                let message = format!("the `$ref` to `{target}` leaves the schema");
                let hint = "copy the schema to `$defs`, and write `#/$defs/…`";
                self.refuse("schema_remote_ref", &at, message, hint);
                continue;
            }
            let found = resolve(self.root, target);
            if !found.is_some_and(|schema| self.schemas.contains(&std::ptr::from_ref(schema))) {
                let message = format!("the `$ref` to `{target}` finds no schema");
                let hint = "write a JSON pointer from the root, as in `#/$defs/item`";
                self.refuse("schema_ref", &at, message, hint);
            }
        }
    }

    fn pattern(&mut self, pattern: &'s str, at: &str) {
        if pattern.len() > PATTERN_BYTES_MAX {
            self.refuse(
                "schema_pattern",
                at,
                "the pattern is longer than 1,024 bytes",
                "shorten it",
            );
            return;
        }
        match self.patterns.add(pattern) {
            None => {
                let message = format!("more than {} different patterns", pattern::PATTERNS_MAX);
                self.refuse("schema_pattern", at, message, "use fewer");
            }
            Some(false) => {}
            Some(true) => match self
                .budget
                .spend_pattern(pattern, || pattern::check(pattern))
            {
                Ok(true) => {}
                Ok(false) => {
                    let message = "the patterns of all schemas are too large together";
                    self.refuse("schema_pattern", at, message, "use fewer, or simpler ones");
                }
                Err((message, hint)) => {
                    let message = format!("`{pattern}`: {message}");
                    self.refuse("schema_pattern", at, message, hint);
                }
            },
        }
    }

    fn refuse(
        &mut self,
        code: &'static str,
        pointer: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.found.push(error(code, pointer, message, hint));
    }
}

fn error(
    code: &'static str,
    pointer: &str,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> SchemaError {
    SchemaError {
        code,
        pointer: pointer.to_owned(),
        message: message.into(),
        hint: hint.into(),
    }
}

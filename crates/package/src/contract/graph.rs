//! A schema as a graph: which subschemas it applies to one value, and which to its children.
//!
//! This is the only file that says what each keyword of JSON Schema 2020-12 does to the
//! flow of evaluation. A keyword that holds subschemas and is not here is unknown to the
//! validator as well, and is never evaluated.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Index of a node in a [`Graph`].
pub(super) type NodeId = usize;

/// A node that no schema has, with the work of looking at a child: for keywords that do so
/// and apply nothing.
pub(super) const LOOK: NodeId = 1;

/// One subschema.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Units of work at a value, without its subschemas: one is a few nanoseconds.
    pub(super) work: u64,
    /// Units of work for each byte of a string (or, of `patternProperties`, of a key).
    pub(super) text_work: u64,
    /// Subschemas that are applied to the same value.
    pub(super) same: Vec<NodeId>,
    /// `properties` by key.
    pub(super) named: BTreeMap<String, NodeId>,
    /// Applied to each child of an object that `properties` does not name.
    pub(super) additional: Option<NodeId>,
    /// Applied perhaps to every child of an object, named or not.
    pub(super) any_member: Vec<NodeId>,
    /// `prefixItems`.
    pub(super) prefix: Vec<NodeId>,
    /// Applied to each item past `prefix`.
    pub(super) items: Option<NodeId>,
    /// Applied perhaps to every item.
    pub(super) any_item: Vec<NodeId>,
    /// Whether `unevaluated…` makes the validator evaluate `same` again to see what it covers.
    pub(super) evaluates_again: bool,
}

impl Node {
    /// Returns the number of applications to children.
    pub(super) fn children(&self) -> usize {
        let single = usize::from(self.additional.is_some()) + usize::from(self.items.is_some());
        single + self.named.len() + self.any_member.len() + self.prefix.len() + self.any_item.len()
    }
}

/// The subschemas that are reachable from the root, which is node 0. Node 1 is [`LOOK`].
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
}

/// Keywords whose value is one subschema for the same value.
const SAME_ONE: &[&str] = &["not", "if", "then", "else"];
/// Keywords whose value is a list of subschemas for the same value.
const SAME_LIST: &[&str] = &["allOf", "anyOf", "oneOf"];
/// Work of hashing or comparing one value somewhere below a `uniqueItems`.
const UNIQUE_WORK: u64 = 16;
/// Work of comparing two values, of which one may be an integer and one a float, and of
/// finding a member by its name.
const COMPARE_WORK: u64 = 3;
/// Most work of looking a text up among options, however many they are.
const TEXTS_WORK: u64 = 10;
/// Work of starting the regex engine.
const PATTERN_WORK: u64 = 10;
/// Bytes of a name whose look-up costs no more than any other's.
const NAME_BYTES_FREE: usize = 64;
/// Bytes of a longer name that are hashed in a unit of work.
const HASHED_BYTES: usize = 4;
/// Work of the exact arithmetic of `multipleOf`.
const MULTIPLE_OF_WORK: u64 = 64;

impl Graph {
    /// Builds the graph. `$ref` must be local and must resolve: see `schema.rs`.
    pub(super) fn build(root: &Value) -> Self {
        let mut builder = Builder {
            root,
            graph: Self::default(),
            known: BTreeMap::new(),
            pending: Vec::new(),
        };
        builder.node(root);
        builder.graph.nodes.push(Node {
            work: 1,
            ..Node::default()
        });
        while let Some((id, schema)) = builder.pending.pop() {
            builder.fill(id, schema);
        }
        builder.graph
    }
}

struct Builder<'s> {
    root: &'s Value,
    graph: Graph,
    /// Subschemas met before, by their address in the document: a `$ref` meets them again.
    known: BTreeMap<*const Value, NodeId>,
    pending: Vec<(NodeId, &'s Map<String, Value>)>,
}

impl<'s> Builder<'s> {
    fn node(&mut self, schema: &'s Value) -> NodeId {
        if let Some(id) = self.known.get(&std::ptr::from_ref(schema)) {
            return *id;
        }
        let id = self.graph.nodes.len();
        self.graph.nodes.push(Node {
            work: 1,
            ..Node::default()
        });
        self.known.insert(schema, id);
        if let Value::Object(schema) = schema {
            self.pending.push((id, schema));
        }
        id
    }

    fn fill(&mut self, id: NodeId, schema: &'s Map<String, Value>) {
        let mut node = Node {
            work: 1,
            ..Node::default()
        };
        for (keyword, value) in schema {
            node.work += own_work(keyword, value);
            match keyword.as_str() {
                "$ref" => node.same.extend(self.target(value)),
                "properties" => node.named = self.members(value),
                "patternProperties" => {
                    node.text_work += size(value);
                    node.any_member.extend(self.members(value).into_values());
                }
                "additionalProperties" => {
                    node.additional = Some(self.node(value));
                    // Each member is looked up among the names first.
                    node.any_member.extend([LOOK, LOOK]);
                }
                "propertyNames" => node.any_member.push(self.node(value)),
                "dependentSchemas" => node.same.extend(self.members(value).into_values()),
                "prefixItems" => node.prefix = self.list(value),
                "items" => node.items = Some(self.node(value)),
                "contains" => node.any_item.push(self.node(value)),
                "uniqueItems" if *value == Value::Bool(true) => node.any_item.push(self.deep()),
                "pattern" => node.text_work += 1,
                // Applied once to find what they cover and once to check it; so are the
                // neighbours that cover children by what these are.
                "unevaluatedProperties" => {
                    let child = self.node(value);
                    node.any_member.extend([child, child]);
                    node.text_work += schema.get("patternProperties").map_or(0, size);
                    node.evaluates_again = true;
                }
                "unevaluatedItems" => {
                    let child = self.node(value);
                    node.any_item.extend([child, child]);
                    let contains = schema.get("contains").map(|value| self.node(value));
                    node.any_item.extend(contains);
                    node.evaluates_again = true;
                }
                keyword if SAME_ONE.contains(&keyword) => node.same.push(self.node(value)),
                keyword if SAME_LIST.contains(&keyword) => node.same.extend(self.list(value)),
                _ => {}
            }
        }
        self.graph.nodes[id] = node;
    }

    fn target(&mut self, reference: &Value) -> Option<NodeId> {
        let reference = reference.as_str()?;
        let target = super::schema::resolve(self.root, reference)?;
        Some(self.node(target))
    }

    fn members(&mut self, value: &'s Value) -> BTreeMap<String, NodeId> {
        let members = value.as_object().into_iter().flatten();
        members
            .map(|(key, schema)| (key.clone(), self.node(schema)))
            .collect()
    }

    fn list(&mut self, value: &'s Value) -> Vec<NodeId> {
        let items = value.as_array().into_iter().flatten();
        items.map(|schema| self.node(schema)).collect()
    }

    /// A node that visits everything below it, as `uniqueItems` does to hash and compare.
    fn deep(&mut self) -> NodeId {
        let id = self.graph.nodes.len();
        self.graph.nodes.push(Node {
            work: UNIQUE_WORK,
            text_work: 1,
            additional: Some(id),
            items: Some(id),
            ..Node::default()
        });
        id
    }
}

/// The work of a keyword at one value, in the order of what the validator does for it.
fn own_work(keyword: &str, value: &Value) -> u64 {
    match keyword {
        // One look-up a name, in a value that may lack them all.
        "properties" | "dependentSchemas" => {
            let keys = value.as_object().into_iter().flat_map(Map::keys);
            size(value) * 2 + long_names(keys.map(String::as_str))
        }
        "patternProperties" => size(value) * PATTERN_WORK,
        "required" | "dependentRequired" => {
            weight_of_values(value) * 2 + long_names(names(value).into_iter())
        }
        "multipleOf" => MULTIPLE_OF_WORK,
        "pattern" => PATTERN_WORK,
        "enum" => {
            let options = value.as_array().into_iter().flatten();
            let (texts, others): (Vec<_>, Vec<_>) = options.partition(|option| option.is_string());
            let look_up = TEXTS_WORK.min(texts.len() as u64);
            1 + look_up + others.into_iter().map(compare_work).sum::<u64>()
        }
        "const" => compare_work(value),
        _ => 1,
    }
}

fn size(value: &Value) -> u64 {
    let size = match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    size as u64
}

/// The work of looking up names that are longer than names are: a look-up hashes the name
/// anew.
fn long_names<'v>(names: impl Iterator<Item = &'v str>) -> u64 {
    let work = |name: &str| name.len().saturating_sub(NAME_BYTES_FREE) / HASHED_BYTES;
    names.map(|name| work(name) as u64).sum()
}

/// The keys of an object, and the strings in it and in an array.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::String(name) => vec![name],
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::Object(members) => {
            let names = members
                .iter()
                .map(|(key, value)| (key.as_str(), names(value)));
            names
                .flat_map(|(key, below)| [key].into_iter().chain(below))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The work of comparing a value with this one: each value of it once, and each member by
/// its name.
fn compare_work(value: &Value) -> u64 {
    let mut work = 0;
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        work += COMPARE_WORK;
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(members) => {
                work += members.len() as u64 * COMPARE_WORK;
                pending.extend(members.values());
            }
            _ => {}
        }
    }
    work
}

/// The number of values in a JSON value, itself included.
fn weight_of_values(value: &Value) -> u64 {
    let mut count = 0;
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        count += 1;
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(members) => pending.extend(members.values()),
            _ => {}
        }
    }
    count
}

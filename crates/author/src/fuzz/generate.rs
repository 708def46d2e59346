//! Values that fit a schema, or nearly do: whoever uses them asks the contract.

use std::collections::BTreeSet;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use serde_json::{Map, Number, Value};

use super::pattern::text_of;

/// Levels below which only what is required is made up.
const DEPTH_WIDE: usize = 6;
/// Levels below which nothing is made up.
const DEPTH_MAX: usize = 24;
/// Items and members that are made up beyond the fewest.
const MORE_MAX: u64 = 4;
/// Signs of a text that are made up beyond the fewest.
const TEXT_MORE_MAX: u64 = 24;
/// Most items or signs that are made up at all.
const SIZE_MAX: u64 = 10_000;
/// Values that are tried until some fit their list of unique ones.
const UNIQUE_TRIES: usize = 20;

/// Makes up values. One seed gives one sequence.
pub(crate) struct Generator<'s> {
    rng: ChaCha20Rng,
    root: &'s Value,
    /// What it met and cannot make up.
    pub(crate) unable: BTreeSet<String>,
}

impl<'s> Generator<'s> {
    /// Makes a generator for one schema; `stream` tells the sequences of one seed apart.
    pub(crate) fn new(root: &'s Value, seed: u64, stream: &str) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        for (at, byte) in stream.bytes().enumerate() {
            bytes[8 + at % 24] = bytes[8 + at % 24].rotate_left(3) ^ byte;
        }
        Generator {
            rng: ChaCha20Rng::from_seed(bytes),
            root,
            unable: BTreeSet::new(),
        }
    }

    /// Returns a number below `below`, which is at least 1.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.rng.next_u64() % below.max(1)
    }

    /// Returns one of some things.
    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let at = self.below(from.len() as u64);
        from.get(usize::try_from(at).unwrap_or(0))
    }

    /// Makes up a value for the whole schema.
    pub(crate) fn whole(&mut self) -> Option<Value> {
        self.value(self.root, 0)
    }

    /// Makes up a value for a part of the schema.
    pub(crate) fn value(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        let members = match schema {
            Value::Bool(false) => return None,
            Value::Object(members) => members,
            _ => return Some(self.anything()),
        };
        if let Some(value) = members.get("const") {
            return Some(value.clone());
        }
        if let Some(Value::Array(values)) = members.get("enum") {
            return self.pick(values).cloned();
        }
        let merged = self.merged(members, depth)?;
        if let Some(value) = merged.get("const") {
            return Some(value.clone());
        }
        if let Some(Value::Array(values)) = merged.get("enum") {
            return self.pick(values).cloned();
        }
        let kind = self.kind(&merged);
        match kind.as_str() {
            "null" => Some(Value::Null),
            "boolean" => Some(Value::Bool(self.below(2) == 0)),
            "integer" => self.number(&merged, true),
            "number" => self.number(&merged, false),
            "array" => self.array(&merged, depth),
            "object" => self.object(&merged, depth),
            _ => self.text(&merged),
        }
    }

    /// Returns a schema's keywords with those of all that it applies to the same value: its `$ref`,
    /// all of `allOf`, and one of `anyOf` and `oneOf`.
    fn merged(&mut self, members: &Map<String, Value>, depth: usize) -> Option<Map<String, Value>> {
        let mut merged = members.clone();
        let mut applied = Vec::new();
        if let Some(Value::String(target)) = merged.remove("$ref") {
            applied.push(follow(self.root, &target)?.clone());
        }
        if let Some(Value::Array(all)) = merged.remove("allOf") {
            applied.extend(all);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(Value::Array(some)) = merged.remove(key) {
                applied.extend(self.pick(&some).cloned());
            }
        }
        for key in [
            "not",
            "if",
            "unevaluatedProperties",
            "unevaluatedItems",
            "contains",
        ] {
            if merged.contains_key(key) {
                let met = format!("`{key}` is met by chance only");
                self.unable.insert(met);
            }
        }
        if depth > DEPTH_MAX {
            return None;
        }
        for schema in applied {
            match schema {
                Value::Object(inner) => {
                    let inner = self.merged(&inner, depth + 1)?;
                    join(&mut merged, inner);
                }
                Value::Bool(false) => return None,
                _ => {}
            }
        }
        Some(merged)
    }

    fn kind(&mut self, schema: &Map<String, Value>) -> String {
        match schema.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) => {
                let kind = self.pick(kinds).and_then(Value::as_str);
                kind.unwrap_or("null").to_owned()
            }
            _ => {
                let by_keyword = [
                    ("properties", "object"),
                    ("required", "object"),
                    ("items", "array"),
                    ("prefixItems", "array"),
                    ("minimum", "number"),
                    ("maximum", "number"),
                ];
                let known = by_keyword
                    .into_iter()
                    .find(|(key, _)| schema.contains_key(*key));
                known.map_or("string", |(_, kind)| kind).to_owned()
            }
        }
    }

    /// Returns some value, where a schema says nothing.
    fn anything(&mut self) -> Value {
        match self.below(5) {
            0 => Value::Null,
            1 => Value::Bool(true),
            2 => Value::from(self.below(1_000)),
            3 => Value::Array(Vec::new()),
            _ => Value::String("anything".to_owned()),
        }
    }

    fn number(&mut self, schema: &Map<String, Value>, whole: bool) -> Option<Value> {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let step = if whole { 1.0 } else { 0.001 };
        let low = bound("exclusiveMinimum").map(|low| low + step);
        let high = bound("exclusiveMaximum").map(|high| high - step);
        let low = bound("minimum").or(low);
        let high = bound("maximum").or(high);
        let (low, high) = match (low, high) {
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, low.abs().mul_add(2.0, low) + 1_000.0),
            (None, Some(high)) => (high - high.abs() - 1_000.0, high),
            (None, None) => (-1_000.0, 1_000.0),
        };
        // The bounds themselves are where mistakes are.
        let mut made = match self.below(6) {
            0 => low,
            1 => high,
            2 if low <= 0.0 && high >= 0.0 => 0.0,
            _ => {
                let part = self.below(1 << 20) as f64 / (1 << 20) as f64;
                (high - low).mul_add(part, low)
            }
        };
        let multiple = bound("multipleOf").or(whole.then_some(1.0));
        if let Some(multiple) = multiple {
            made = (made / multiple).round() * multiple;
            if made < low {
                made += multiple;
            }
            if made > high {
                made -= multiple;
            }
        } else {
            made = (made * 1_000.0).round() / 1_000.0;
        }
        match made.fract() == 0.0 && made.abs() < 9e15 {
            true => Some(Value::from(made as i64)),
            false => Number::from_f64(made).map(Value::Number),
        }
    }

    fn text(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let (fewest, most) = sizes(schema, "minLength", "maxLength", TEXT_MORE_MAX);
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            return match text_of(pattern, self) {
                Some(text) => Some(Value::String(text)),
                None => {
                    let met = format!("the pattern `{pattern}` cannot be made up");
                    self.unable.insert(met);
                    None
                }
            };
        }
        let format = schema.get("format").and_then(Value::as_str);
        if let Some(text) = format.and_then(|format| self.formatted(format)) {
            return Some(Value::String(text));
        }
        let mut length = fewest + self.below(most - fewest + 1);
        // Once in a while as long as it may be.
        let limit = schema.get("maxLength").and_then(Value::as_u64);
        if let Some(limit) = limit.filter(|limit| *limit <= SIZE_MAX)
            && self.below(16) == 0
        {
            length = limit.max(fewest);
        }
        let signs: String = (0..length).map(|_| self.sign()).collect();
        Some(Value::String(signs))
    }

    /// Returns a sign: mostly a plain one, now and then one that people forget.
    fn sign(&mut self) -> char {
        const PLAIN: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ";
        const OTHER: [char; 16] = [
            'ä', 'ß', '€', '日', '😀', '"', '\'', '\\', '/', '<', '&', '\n', '\t', '\u{0}',
            '\u{301}', ';',
        ];
        match self.below(12) {
            0 => self.pick(&OTHER).copied().unwrap_or('x'),
            _ => self.pick(PLAIN).copied().map_or('x', char::from),
        }
    }

    fn formatted(&mut self, format: &str) -> Option<String> {
        let (month, day) = (1 + self.below(12), 1 + self.below(28));
        let date = format!("20{:02}-{month:02}-{day:02}", self.below(60));
        let time = format!("{:02}:{:02}:00Z", self.below(24), self.below(60));
        Some(match format {
            "date" => date,
            "time" => time,
            "date-time" => format!("{date}T{time}"),
            "email" | "idn-email" => format!("user{}@example.com", self.below(1_000)),
            "uri" | "iri" | "uri-reference" => {
                format!("https://example.com/{}", self.below(1_000))
            }
            "hostname" => format!("host{}.example.com", self.below(1_000)),
            "ipv4" => format!("192.0.2.{}", self.below(256)),
            "ipv6" => format!("2001:db8::{:x}", self.below(65_536)),
            "uuid" => {
                let (a, b) = (self.rng.next_u64(), self.rng.next_u64());
                let (a, c) = (a >> 32, a & 0xfff);
                format!("{a:08x}-0000-4{c:03x}-8000-{:012x}", b >> 16)
            }
            _ => return None,
        })
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let (fewest, most) = sizes(schema, "minItems", "maxItems", MORE_MAX);
        let most = if depth >= DEPTH_WIDE { fewest } else { most };
        let count = fewest + self.below(most - fewest + 1);
        let first = schema.get("prefixItems").and_then(Value::as_array);
        let rest = schema.get("items").unwrap_or(&Value::Bool(true));
        let is_unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let mut items: Vec<Value> = Vec::new();
        for at in 0..usize::try_from(count).unwrap_or(0) {
            let of = first.and_then(|first| first.get(at)).unwrap_or(rest);
            if *of == Value::Bool(false) {
                break;
            }
            let mut made = self.value(of, depth + 1);
            for _ in 0..UNIQUE_TRIES {
                if !is_unique || !made.as_ref().is_some_and(|made| items.contains(made)) {
                    break;
                }
                made = self.value(of, depth + 1);
            }
            match made {
                Some(made) => items.push(made),
                None if (items.len() as u64) < fewest => return None,
                None => break,
            }
        }
        Some(Value::Array(items))
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        let properties = properties.unwrap_or(&empty);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let fewest = schema.get("minProperties").and_then(Value::as_u64);
        let fewest = usize::try_from(fewest.unwrap_or(0)).unwrap_or(0);
        let mut made = Map::new();
        let chance = self.below(4);
        for (name, inner) in properties {
            let is_required = required.contains(&name.as_str());
            let is_wanted = depth < DEPTH_WIDE && self.below(4) <= chance;
            if !is_required && !is_wanted && made.len() >= fewest {
                continue;
            }
            match self.value(inner, depth + 1) {
                Some(value) => {
                    made.insert(name.clone(), value);
                }
                None if is_required => return None,
                None => {}
            }
        }
        let others = schema
            .get("additionalProperties")
            .unwrap_or(&Value::Bool(true));
        let missing = required
            .iter()
            .filter(|name| !properties.contains_key(**name));
        for name in missing {
            made.insert((*name).to_owned(), self.value(others, depth + 1)?);
        }
        self.more_members(schema, others, &mut made, depth)?;
        Some(Value::Object(made))
    }

    /// Adds members of names that the schema leaves open.
    fn more_members(
        &mut self,
        schema: &Map<String, Value>,
        others: &Value,
        made: &mut Map<String, Value>,
        depth: usize,
    ) -> Option<()> {
        let by_pattern = schema.get("patternProperties").and_then(Value::as_object);
        if let Some(by_pattern) = by_pattern {
            for (pattern, inner) in by_pattern {
                if depth < DEPTH_WIDE
                    && self.below(2) == 0
                    && let Some(name) = text_of(pattern, self)
                {
                    made.insert(name, self.value(inner, depth + 1)?);
                }
            }
        }
        let is_open = *others != Value::Bool(false) && !schema.contains_key("properties");
        if is_open && depth < DEPTH_WIDE {
            for _ in 0..self.below(MORE_MAX) {
                let named = schema.get("propertyNames");
                let name = match named.and_then(|names| self.value(names, depth + 1)) {
                    Some(Value::String(name)) => name,
                    _ => format!("key{}", self.below(100)),
                };
                made.insert(name, self.value(others, depth + 1)?);
            }
        }
        Some(())
    }
}

/// Returns the fewest and the most that are made up.
fn sizes(schema: &Map<String, Value>, low: &str, high: &str, more: u64) -> (u64, u64) {
    let fewest = schema.get(low).and_then(Value::as_u64).unwrap_or(0);
    let fewest = fewest.min(SIZE_MAX);
    let most = schema.get(high).and_then(Value::as_u64);
    let most = most.map_or(fewest + more, |most| most.min(fewest + more));
    (fewest, most.max(fewest))
}

/// Adds keywords of a schema that applies to the same value. Of two words on one thing the later
/// one holds, but for members and what is required, which add up.
fn join(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match (key.as_str(), into.get_mut(&key), value) {
            ("properties" | "patternProperties", Some(Value::Object(all)), Value::Object(more)) => {
                all.extend(more);
            }
            ("required", Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
            ("additionalProperties", Some(_), _) => {}
            (_, _, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Returns the schema that a local `$ref` names.
pub(crate) fn follow<'s>(root: &'s Value, target: &str) -> Option<&'s Value> {
    root.pointer(target.strip_prefix('#')?)
}

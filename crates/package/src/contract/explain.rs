//! Says why a value does not fit its schema, in words that a model can act on.
//!
//! The jsonschema crate has said no already; this walk only explains, and so may fall short
//! but never decides. It has a budget of steps: the crate's own list of errors has none, and
//! a hostile pair of schema and value can make that list fill the memory.

use serde_json::{Map, Value};

use crate::contract::check::{VIOLATIONS_MAX, Violation};
use crate::contract::compile::compile;
use crate::contract::schema::resolve;
use crate::near::near_name;
use crate::printable::printable;

/// Most subschemas that are applied while explaining.
const STEPS_MAX: usize = 20_000;
/// Most keywords that are asked of the validator while explaining: each is compiled anew.
const ASKED_MAX: usize = 64;
/// Most characters of a value that a message shows.
const SHOWN_CHARS_MAX: usize = 60;
/// Most allowed values that a message lists.
const LISTED_MAX: usize = 20;

/// Returns at least one violation.
pub(super) fn explain(schema: &Value, value: &Value) -> Vec<Violation> {
    let mut walk = Walk {
        root: schema,
        steps_left: STEPS_MAX,
        asked_left: ASKED_MAX,
    };
    let mut found = Found::default();
    walk.apply(schema, value, &mut String::new(), &mut found);
    if found.list.is_empty() {
        let message = match walk.steps_left {
            0 => "does not fit the schema; it is too large to say where",
            _ => "does not fit the schema",
        };
        found.add("", message);
    }
    if found.more > 0 || walk.steps_left == 0 && found.list.len() >= VIOLATIONS_MAX {
        let message = match walk.steps_left {
            0 => "and more".to_owned(),
            _ => format!("and {} more", found.more),
        };
        found.list.push(Violation {
            pointer: String::new(),
            message,
        });
    }
    found.list
}

/// The first violations, and how many came after them.
#[derive(Default)]
struct Found {
    list: Vec<Violation>,
    more: usize,
}

impl Found {
    fn add(&mut self, at: &str, message: impl AsRef<str>) {
        if self.list.len() >= VIOLATIONS_MAX {
            self.more += 1;
            return;
        }
        self.list.push(Violation {
            pointer: printable(at).into_owned(),
            message: printable(message.as_ref()).into_owned(),
        });
    }

    fn count(&self) -> usize {
        self.list.len() + self.more
    }

    fn append(&mut self, other: Self) {
        for violation in other.list {
            match self.list.len() >= VIOLATIONS_MAX {
                true => self.more += 1,
                false => self.list.push(violation),
            }
        }
        self.more += other.more;
    }
}

struct Walk<'s> {
    root: &'s Value,
    steps_left: usize,
    asked_left: usize,
}

impl<'s> Walk<'s> {
    fn apply(&mut self, schema: &'s Value, value: &Value, at: &mut String, found: &mut Found) {
        let Some(left) = self.steps_left.checked_sub(1) else {
            return;
        };
        self.steps_left = left;
        let keywords = match schema {
            Value::Bool(false) => return found.add(at, "nothing is allowed here"),
            Value::Object(keywords) => keywords,
            _ => return,
        };
        // A value of the wrong type breaks other keywords too; one message is enough.
        if let Some(message) = keywords.get("type").and_then(|t| wrong_type(t, value)) {
            return found.add(at, message);
        }
        for (keyword, wanted) in keywords {
            self.keyword(keyword, wanted, keywords, value, at, found);
        }
        match value {
            Value::Object(members) => self.members(keywords, members, at, found),
            Value::Array(items) => self.items(keywords, items, at, found),
            _ => {}
        }
    }

    fn keyword(
        &mut self,
        keyword: &str,
        wanted: &'s Value,
        keywords: &'s Map<String, Value>,
        value: &Value,
        at: &mut String,
        found: &mut Found,
    ) {
        match keyword {
            "$ref" => {
                let target = wanted.as_str().and_then(|text| resolve(self.root, text));
                if let Some(target) = target {
                    self.apply(target, value, at, found);
                }
            }
            "allOf" => {
                for part in wanted.as_array().into_iter().flatten() {
                    self.apply(part, value, at, found);
                }
            }
            "anyOf" | "oneOf" => self.branches(keyword, wanted, value, at, found),
            "not" => {
                if self.fits(wanted, value, at) {
                    found.add(at, "has a form that is excluded (`not`)");
                }
            }
            "if" => {
                let branch = if self.fits(wanted, value, at) {
                    "then"
                } else {
                    "else"
                };
                if let Some(branch) = keywords.get(branch) {
                    self.apply(branch, value, at, found);
                }
            }
            _ => {
                if let Some(message) = self.assertion(keyword, wanted, value) {
                    found.add(at, message);
                }
            }
        }
    }

    /// Tells of the branch that comes nearest: the one with the fewest violations.
    fn branches(
        &mut self,
        keyword: &str,
        wanted: &'s Value,
        value: &Value,
        at: &mut String,
        found: &mut Found,
    ) {
        let branches = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut fitting = 0;
        let mut nearest: Option<Found> = None;
        let mut types = Vec::new();
        for branch in branches {
            let mut own = Found::default();
            self.apply(branch, value, at, &mut own);
            if own.count() == 0 {
                fitting += 1;
                continue;
            }
            match branch
                .get("type")
                .and_then(|t| wrong_type(t, value).map(|_| type_names(t)))
            {
                Some(names) => types.push(names),
                None if nearest.as_ref().is_none_or(|n| own.count() < n.count()) => {
                    nearest = Some(own);
                }
                None => {}
            }
        }
        match (fitting, nearest) {
            (0, Some(nearest)) => {
                if branches.len() > 1 {
                    let message = format!("fits none of {} forms; the nearest:", branches.len());
                    found.add(at, message);
                }
                found.append(nearest);
            }
            (0, None) => {
                types.dedup();
                found.add(
                    at,
                    format!("must be {}, not {}", types.join(" or "), describe(value)),
                );
            }
            (2.., _) if keyword == "oneOf" => {
                let message =
                    format!("fits {fitting} of the forms of which it must fit exactly one");
                found.add(at, message);
            }
            _ => {}
        }
    }

    fn fits(&mut self, schema: &'s Value, value: &Value, at: &mut String) -> bool {
        let mut found = Found::default();
        self.apply(schema, value, at, &mut found);
        found.count() == 0
    }

    fn members(
        &mut self,
        keywords: &'s Map<String, Value>,
        members: &Map<String, Value>,
        at: &mut String,
        found: &mut Found,
    ) {
        let properties = keywords.get("properties").and_then(Value::as_object);
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        for (key, member) in members {
            let length = at.len();
            at.push('/');
            at.push_str(&key.replace('~', "~0").replace('/', "~1"));
            let mut known = false;
            if let Some(schema) = properties.and_then(|p| p.get(key)) {
                known = true;
                self.apply(schema, member, at, found);
            }
            for (pattern, schema) in patterns.into_iter().flatten() {
                let pattern = Value::String(pattern.clone());
                if self.ask("pattern", &pattern, &Value::String(key.clone())) {
                    known = true;
                    self.apply(schema, member, at, found);
                }
            }
            if let Some(names) = keywords.get("propertyNames") {
                self.apply(names, &Value::String(key.clone()), at, found);
            }
            match keywords.get("additionalProperties") {
                Some(Value::Bool(false)) if !known => {
                    found.add(at, unknown_property(key, properties, members));
                }
                Some(schema) if !known => self.apply(schema, member, at, found),
                _ => {}
            }
            at.truncate(length);
        }
        for (key, schema) in keywords
            .get("dependentSchemas")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if members.contains_key(key) {
                self.apply(schema, &Value::Object(members.clone()), at, found);
            }
        }
    }

    fn items(
        &mut self,
        keywords: &'s Map<String, Value>,
        items: &[Value],
        at: &mut String,
        found: &mut Found,
    ) {
        let prefix = keywords.get("prefixItems").and_then(Value::as_array);
        let prefix = prefix.map(Vec::as_slice).unwrap_or_default();
        let rest = keywords.get("items");
        for (index, item) in items.iter().enumerate() {
            if self.steps_left == 0 {
                return;
            }
            let length = at.len();
            at.push_str(&format!("/{index}"));
            if let Some(schema) = prefix.get(index).or(rest) {
                self.apply(schema, item, at, found);
            }
            at.truncate(length);
        }
        if let Some(schema) = keywords.get("contains") {
            let least = keywords
                .get("minContains")
                .and_then(Value::as_u64)
                .unwrap_or(1);
            let most = keywords
                .get("maxContains")
                .and_then(Value::as_u64)
                .unwrap_or(u64::MAX);
            let count = items
                .iter()
                .filter(|item| self.fits(schema, item, at))
                .count() as u64;
            if self.steps_left > 0 && (count < least || count > most) {
                found.add(
                    at,
                    format!("has {count} items of the form that `contains` asks for"),
                );
            }
        }
    }

    /// Returns what is wrong by a keyword that holds no subschema.
    fn assertion(&mut self, keyword: &str, wanted: &Value, value: &Value) -> Option<String> {
        let expected = match (keyword, value) {
            ("required", Value::Object(members)) => return missing(wanted, members),
            ("enum", _) => format!("must be one of {}", options(wanted)),
            ("const", _) => format!("must be {}", shown(wanted)),
            ("minimum", Value::Number(_)) => format!("must be at least {wanted}"),
            ("maximum", Value::Number(_)) => format!("must be at most {wanted}"),
            ("exclusiveMinimum", Value::Number(_)) => format!("must be more than {wanted}"),
            ("exclusiveMaximum", Value::Number(_)) => format!("must be less than {wanted}"),
            ("multipleOf", Value::Number(_)) => format!("must be a multiple of {wanted}"),
            ("minLength", Value::String(_)) => format!("must have at least {wanted} characters"),
            ("maxLength", Value::String(_)) => format!("must have at most {wanted} characters"),
            ("pattern", Value::String(_)) => format!("must match the pattern {}", shown(wanted)),
            ("minItems", Value::Array(_)) => format!("must have at least {wanted} items"),
            ("maxItems", Value::Array(_)) => format!("must have at most {wanted} items"),
            ("uniqueItems", Value::Array(_)) => "must not hold an item twice".to_owned(),
            ("minProperties", Value::Object(_)) => {
                format!("must have at least {wanted} properties")
            }
            ("maxProperties", Value::Object(_)) => format!("must have at most {wanted} properties"),
            ("dependentRequired", Value::Object(_)) => {
                format!(
                    "must have the properties that go with others: {}",
                    shown(wanted)
                )
            }
            _ => return None,
        };
        let refused = !self.ask(keyword, wanted, value);
        refused.then(|| format!("{expected}, not {}", describe_for(keyword, value)))
    }

    /// Asks the validator about one keyword by itself; yes where the budget is spent.
    fn ask(&mut self, keyword: &str, wanted: &Value, value: &Value) -> bool {
        let Some(left) = self.asked_left.checked_sub(1) else {
            return true;
        };
        let mut alone = Map::new();
        alone.insert(keyword.to_owned(), wanted.clone());
        let fits = compile(&Value::Object(alone)).is_ok_and(|v| v.is_valid(value));
        // Keywords that hold do not use up the budget of those that do not, but for patterns,
        // which are the slow ones.
        if !fits || keyword == "pattern" {
            self.asked_left = left;
        }
        fits
    }
}

fn wrong_type(wanted: &Value, value: &Value) -> Option<String> {
    let names = match wanted {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let fits = names.iter().any(|name| is_of_type(name, value));
    (!fits).then(|| format!("must be {}, not {}", type_names(wanted), describe(value)))
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn type_names(wanted: &Value) -> String {
    let with_article = |name: &str| match name {
        "null" => "null".to_owned(),
        "integer" | "array" | "object" => format!("an {name}"),
        name => format!("a {name}"),
    };
    match wanted {
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str).map(with_article);
            names.collect::<Vec<_>>().join(" or ")
        }
        name => with_article(name.as_str().unwrap_or("value")),
    }
}

fn missing(wanted: &Value, members: &Map<String, Value>) -> Option<String> {
    let names = wanted.as_array()?.iter().filter_map(Value::as_str);
    let missing: Vec<String> = names
        .filter(|name| !members.contains_key(*name))
        .take(LISTED_MAX)
        .map(|name| format!("`{name}`"))
        .collect();
    match missing.as_slice() {
        [] => None,
        [one] => Some(format!("the property {one} is missing")),
        many => Some(format!("the properties {} are missing", many.join(", "))),
    }
}

fn unknown_property(
    key: &str,
    properties: Option<&Map<String, Value>>,
    members: &Map<String, Value>,
) -> String {
    let names = || {
        properties
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
    };
    let free = || names().filter(|name| !members.contains_key(*name));
    if let Some(near) = near_name(key, free()) {
        return format!("no such property; did you mean `{near}`?");
    }
    let listed: Vec<String> = names()
        .take(LISTED_MAX)
        .map(|name| format!("`{name}`"))
        .collect();
    match listed.is_empty() {
        true => "no such property; none is allowed here".to_owned(),
        false => format!("no such property; allowed are {}", listed.join(", ")),
    }
}

fn options(wanted: &Value) -> String {
    let all = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut listed: Vec<String> = all.iter().take(LISTED_MAX).map(shown).collect();
    if all.len() > LISTED_MAX {
        listed.push(format!("{} more", all.len() - LISTED_MAX));
    }
    listed.join(", ")
}

/// Describes a value by its size where the keyword is about size.
fn describe_for(keyword: &str, value: &Value) -> String {
    match (keyword, value) {
        ("minLength" | "maxLength", Value::String(text)) => text.chars().count().to_string(),
        ("minItems" | "maxItems", Value::Array(items)) => items.len().to_string(),
        ("minProperties" | "maxProperties", Value::Object(members)) => members.len().to_string(),
        ("uniqueItems" | "dependentRequired", _) => "as it does".to_owned(),
        _ => describe(value),
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => shown(value),
        Value::String(_) => format!("the string {}", shown(value)),
        Value::Array(items) => format!("an array of {} items", items.len()),
        Value::Object(members) => format!("an object of {} properties", members.len()),
    }
}

/// Writes a value as JSON, cut where it is long.
fn shown(value: &Value) -> String {
    let text = match value {
        // No need to write a mebibyte to show sixty characters.
        Value::String(text) if text.len() > 4 * SHOWN_CHARS_MAX => {
            let head: String = text.chars().take(SHOWN_CHARS_MAX).collect();
            return format!("\"{head}…\"");
        }
        Value::Array(_) | Value::Object(_) => {
            let mut text = value.to_string();
            text.truncate(text.floor_char_boundary(4 * SHOWN_CHARS_MAX));
            text
        }
        value => value.to_string(),
    };
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

//! Says why a value does not fit its schema, in words that a model can act on.
//!
//! The jsonschema crate has said no already; this walk only explains, and so may fall short
//! but never decides. It has a budget of steps, on which every loop draws: the crate's own
//! list of errors has none, and a hostile pair of schema and value can make that list fill
//! the memory. It has a bound on its depth as well, for it runs on its caller's stack.

mod asked;
mod at;
mod found;
mod words;

use serde_json::{Map, Value};

use crate::contract::check::Violation;
use crate::contract::schema::resolve;

use asked::Asked;
use at::At;
use found::{Found, Whole};
use words::{
    Assertion, describe, is_of_type, missing, missing_words, type_names, unknown_property,
};

/// Most steps of an explanation: subschemas that are applied, keywords, members and items
/// that are looked at. All of them take some 20 ms.
const STEPS_MAX: usize = 200_000;
/// Most subschemas that are applied inside one another, on the same value or a child. Each
/// takes about 1 KiB of stack.
const DEPTH_MAX: usize = 400;

/// Returns at least one violation.
pub(super) fn explain(schema: &Value, value: &Value) -> Vec<Violation> {
    let mut walk = Walk {
        root: schema,
        steps_left: STEPS_MAX,
        depth_left: DEPTH_MAX,
        asked: Asked::default(),
    };
    let mut found = Found::telling();
    walk.apply(schema, value, &At::ROOT, &mut found);
    let whole = match walk.is_spent() {
        true => Whole::No,
        false => Whole::Yes,
    };
    if found.count() == 0 {
        found.add(&At::ROOT, || match whole {
            Whole::Yes => "does not fit the schema".to_owned(),
            Whole::No => "does not fit the schema; it is too large to say where".to_owned(),
        });
    }
    found.into_list(whole)
}

struct Walk<'s> {
    root: &'s Value,
    /// None are left where the walk gave up: what it did not see, it must not speak of.
    steps_left: usize,
    depth_left: usize,
    asked: Asked,
}

impl<'s> Walk<'s> {
    fn is_spent(&self) -> bool {
        self.steps_left == 0
    }

    /// Takes steps, and returns whether the walk may go on.
    fn spend(&mut self, steps: usize) -> bool {
        self.steps_left = self.steps_left.saturating_sub(steps);
        self.steps_left > 0
    }

    fn apply(&mut self, schema: &'s Value, value: &Value, at: &At<'_>, found: &mut Found) {
        let keywords = match schema {
            Value::Bool(false) => return found.add(at, || "nothing is allowed here".to_owned()),
            Value::Object(keywords) => keywords,
            _ => return,
        };
        if self.depth_left == 0 {
            self.steps_left = 0;
        }
        if !self.spend(1 + keywords.len()) {
            return;
        }
        // A value of the wrong type breaks other keywords too; one message is enough.
        if let Some(wanted) = keywords.get("type").filter(|t| !is_of_type(t, value)) {
            return found.add(at, || wrong_type(&type_names(wanted), value));
        }
        self.depth_left -= 1;
        for (keyword, wanted) in keywords {
            self.keyword(keyword, wanted, keywords, value, at, found);
        }
        match value {
            Value::Object(members) => {
                self.members(keywords, members, at, found);
                self.dependent(keywords, members, value, at, found);
            }
            Value::Array(items) => self.items(keywords, items, at, found),
            _ => {}
        }
        self.depth_left += 1;
    }

    fn keyword(
        &mut self,
        keyword: &str,
        wanted: &'s Value,
        keywords: &'s Map<String, Value>,
        value: &Value,
        at: &At<'_>,
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
                if self.fits(wanted, value, at) == Some(true) {
                    found.add(at, || "has a form that is excluded (`not`)".to_owned());
                }
            }
            "if" => {
                let branch = match self.fits(wanted, value, at) {
                    Some(true) => keywords.get("then"),
                    Some(false) => keywords.get("else"),
                    None => None,
                };
                if let Some(branch) = branch {
                    self.apply(branch, value, at, found);
                }
            }
            _ => self.assertion(keyword, wanted, value, at, found),
        }
    }

    /// Tells what is wrong by a keyword that holds no subschema.
    fn assertion(
        &mut self,
        keyword: &str,
        wanted: &'s Value,
        value: &Value,
        at: &At<'_>,
        found: &mut Found,
    ) {
        if let ("required", Value::Object(members)) = (keyword, value) {
            let missing = missing(wanted, members);
            if !missing.is_empty() {
                found.add(at, || missing_words(&missing));
            }
        } else if let Some(assertion) = Assertion::of(keyword, value)
            && self.asked.fits(keyword, wanted, value) == Some(false)
        {
            found.add(at, || assertion.words(wanted, value));
        }
    }

    /// Tells of the branch that comes nearest: the one with the fewest violations. All are
    /// only counted first, so that words are written for one.
    fn branches(
        &mut self,
        keyword: &str,
        wanted: &'s Value,
        value: &Value,
        at: &At<'_>,
        found: &mut Found,
    ) {
        let branches = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut fitting = 0;
        let mut nearest: Option<(usize, &Value)> = None;
        for branch in branches {
            let Some(count) = self.count(branch, value, at) else {
                return;
            };
            if count == 0 {
                fitting += 1;
            } else if type_of(branch).is_none_or(|wanted| is_of_type(wanted, value))
                && nearest.is_none_or(|(fewest, _)| count < fewest)
            {
                nearest = Some((count, branch));
            }
        }
        match (fitting, nearest) {
            // To apply the nearest again would take twice the steps at each level of nesting.
            (0, Some((count, _))) if found.only_counts() => found.count_more(1 + count),
            (0, Some((_, nearest))) => {
                if branches.len() > 1 {
                    let all = branches.len();
                    found.add(at, || format!("fits none of {all} forms; the nearest:"));
                }
                self.apply(nearest, value, at, found);
            }
            (0, None) => found.add(at, || {
                let types = branches.iter().filter_map(type_of).map(type_names);
                let mut types: Vec<String> = types.collect();
                types.dedup();
                wrong_type(&types.join(" or "), value)
            }),
            (2.., _) if keyword == "oneOf" => found.add(at, || {
                format!("fits {fitting} of the forms of which it must fit exactly one")
            }),
            _ => {}
        }
    }

    /// Returns whether a value fits a schema; none where the walk gave up before it was seen.
    fn fits(&mut self, schema: &'s Value, value: &Value, at: &At<'_>) -> Option<bool> {
        self.count(schema, value, at).map(|count| count == 0)
    }

    fn count(&mut self, schema: &'s Value, value: &Value, at: &At<'_>) -> Option<usize> {
        let mut found = Found::counting();
        self.apply(schema, value, at, &mut found);
        (!self.is_spent()).then(|| found.count())
    }

    fn members(
        &mut self,
        keywords: &'s Map<String, Value>,
        members: &Map<String, Value>,
        at: &At<'_>,
        found: &mut Found,
    ) {
        let object = |keyword| keywords.get(keyword).and_then(Value::as_object);
        let (properties, patterns) = (object("properties"), object("patternProperties"));
        let names = keywords.get("propertyNames");
        let additional = keywords.get("additionalProperties");
        if properties.or(patterns).is_none() && names.or(additional).is_none() {
            return;
        }
        for (key, member) in members {
            if !self.spend(1 + patterns.map_or(0, Map::len)) {
                return;
            }
            let at = at.key(key);
            let mut is_known = false;
            if let Some(schema) = properties.and_then(|p| p.get(key)) {
                is_known = true;
                self.apply(schema, member, &at, found);
            }
            for (pattern, schema) in patterns.into_iter().flatten() {
                // Where nobody can say, the member is not spoken of.
                let matches = self.asked.matches(pattern, key);
                is_known |= matches != Some(false);
                if matches == Some(true) {
                    self.apply(schema, member, &at, found);
                }
            }
            if let Some(names) = names {
                self.apply(names, &Value::String(key.clone()), &at, found);
            }
            match additional {
                Some(Value::Bool(false)) if !is_known => {
                    found.add(&at, || unknown_property(key, properties, members));
                }
                Some(schema) if !is_known => self.apply(schema, member, &at, found),
                _ => {}
            }
        }
    }

    fn dependent(
        &mut self,
        keywords: &'s Map<String, Value>,
        members: &Map<String, Value>,
        value: &Value,
        at: &At<'_>,
        found: &mut Found,
    ) {
        let schemas = keywords.get("dependentSchemas").and_then(Value::as_object);
        for (key, schema) in schemas.into_iter().flatten() {
            if !self.spend(1) {
                return;
            }
            if members.contains_key(key) {
                self.apply(schema, value, at, found);
            }
        }
    }

    fn items(
        &mut self,
        keywords: &'s Map<String, Value>,
        items: &[Value],
        at: &At<'_>,
        found: &mut Found,
    ) {
        let prefix = keywords.get("prefixItems").and_then(Value::as_array);
        let prefix = prefix.map(Vec::as_slice).unwrap_or_default();
        let rest = keywords.get("items");
        for (index, item) in items.iter().enumerate() {
            let Some(schema) = prefix.get(index).or(rest) else {
                break;
            };
            if !self.spend(1) {
                return;
            }
            self.apply(schema, item, &at.index(index), found);
        }
        if let Some(schema) = keywords.get("contains") {
            self.contains(schema, keywords, items, at, found);
        }
    }

    fn contains(
        &mut self,
        schema: &'s Value,
        keywords: &'s Map<String, Value>,
        items: &[Value],
        at: &At<'_>,
        found: &mut Found,
    ) {
        let bound = |keyword| keywords.get(keyword).and_then(Value::as_u64);
        let least = bound("minContains").unwrap_or(1);
        let most = bound("maxContains").unwrap_or(u64::MAX);
        let mut count = 0;
        for item in items {
            if !self.spend(1) {
                return;
            }
            match self.fits(schema, item, at) {
                Some(true) => count += 1,
                Some(false) => {}
                None => return,
            }
        }
        if count < least || count > most {
            found.add(at, || {
                format!("has {count} items of the form that `contains` asks for")
            });
        }
    }
}

fn type_of(schema: &Value) -> Option<&Value> {
    schema.get("type")
}

fn wrong_type(wanted: &str, value: &Value) -> String {
    format!("must be {wanted}, not {}", describe(value))
}

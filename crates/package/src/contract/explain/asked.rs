//! Asks the validator about one keyword by itself, which it compiles once.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::contract::compile::compile;

/// Most keywords that are compiled for one explanation: each takes some 30 µs.
const COMPILED_MAX: usize = 1_024;

/// Keywords by where they stand in the schema.
#[derive(Default)]
pub(super) struct Asked {
    compiled: HashMap<*const u8, Option<Validator>>,
}

impl Asked {
    /// Returns whether `value` fits a keyword; none where too many have been asked about, or
    /// the keyword does not compile by itself.
    pub(super) fn fits(&mut self, keyword: &str, wanted: &Value, value: &Value) -> Option<bool> {
        let place = std::ptr::from_ref(wanted).cast();
        self.by_place(place, keyword, || wanted.clone(), value)
    }

    /// Returns whether a member's name matches a name of `patternProperties`.
    pub(super) fn matches(&mut self, pattern: &str, name: &str) -> Option<bool> {
        let wanted = || Value::String(pattern.to_owned());
        let name = Value::String(name.to_owned());
        self.by_place(pattern.as_ptr(), "pattern", wanted, &name)
    }

    fn by_place(
        &mut self,
        place: *const u8,
        keyword: &str,
        wanted: impl FnOnce() -> Value,
        value: &Value,
    ) -> Option<bool> {
        if self.compiled.len() >= COMPILED_MAX && !self.compiled.contains_key(&place) {
            return None;
        }
        let compiled = self.compiled.entry(place).or_insert_with(|| {
            let mut alone = Map::new();
            alone.insert(keyword.to_owned(), wanted());
            compile(&Value::Object(alone)).ok()
        });
        compiled.as_ref().map(|validator| validator.is_valid(value))
    }
}

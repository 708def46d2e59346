//! The one way in which schemas reach the jsonschema crate.

use jsonschema::{Draft, Keyword, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use crate::contract::unique::UniqueItems;

/// Most bytes of one compiled regular expression, and of its lazy automaton.
/// The automaton's cache is larger than any that `pattern.rs` lets pass.
const REGEX_BYTES_MAX: usize = 2 << 20;

/// Compiles a schema that [`super::schema::check`] has passed.
///
/// The regex engine is the linear one; nothing is fetched, for the crate is built without
/// retrievers and `offline` refuses to try; `format` says something and asserts nothing, as
/// the 2020-12 standard has it.
pub(super) fn compile(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .with_pattern_options(
            PatternOptions::regex()
                .size_limit(REGEX_BYTES_MAX)
                .dfa_size_limit(REGEX_BYTES_MAX),
        )
        .should_validate_formats(false)
        .with_keyword("uniqueItems", |_, value, _| {
            let asked = *value == Value::Bool(true);
            Ok(Box::new(UniqueItems { asked }) as Box<dyn for<'i> Keyword<'i>>)
        })
        .build(schema)
}

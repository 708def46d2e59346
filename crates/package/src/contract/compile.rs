//! The one way in which schemas reach the jsonschema crate.
//!
//! Four keywords are our own, for the crate's take more time than any bound could allow for;
//! each says why.

mod equal;
mod exact;
mod multiple;
mod options;
mod unique;

use jsonschema::{Draft, Keyword, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use multiple::MultipleOf;
use options::Options;
use unique::UniqueItems;

/// Most bytes of one compiled regular expression, and of its lazy automaton.
/// The automaton's cache is larger than any that `pattern.rs` lets pass.
const REGEX_BYTES_MAX: usize = 2 << 20;

type Boxed = Box<dyn for<'i> Keyword<'i>>;

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
            Ok(Box::new(UniqueItems::of(value)) as Boxed)
        })
        .with_keyword("multipleOf", |_, value, _| {
            Ok(Box::new(MultipleOf::of(value)) as Boxed)
        })
        .with_keyword("const", |_, value, _| {
            Ok(Box::new(Options::of(std::slice::from_ref(value))) as Boxed)
        })
        .with_keyword("enum", |_, value, _| {
            let options = value.as_array().map(Vec::as_slice).unwrap_or_default();
            Ok(Box::new(Options::of(options)) as Boxed)
        })
        .build(schema)
}

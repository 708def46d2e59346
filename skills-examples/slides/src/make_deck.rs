//! Tool `make_deck`: writes the deck.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::content::DeckInput;
use crate::deck::make;
use crate::error::DeckError;
use crate::template::{Template, read_file};

/// The deck that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Written {
    /// The deck's name in /out.
    file: String,
    /// Its size.
    bytes: usize,
    /// How many slides it has.
    slides: usize,
}

/// Writes the deck to `/out`.
pub(crate) fn make_deck(input: DeckInput, _: &Context) -> Result<Written, DeckError> {
    let template = Template::open(input.template.as_deref())?;
    let read = |name: &str, bytes_max| read_file(&format!("/in/{name}"), name, bytes_max);
    let made = make(&input, &template, &read)?;
    let file = format!("{}.pptx", input.file_name);
    let written = std::fs::write(format!("/out/{file}"), &made.bytes);
    written.map_err(|error| DeckError::TooLong {
        at: "/out".to_owned(),
        problem: format!("the deck does not fit there: {error}"),
    })?;
    Ok(Written {
        file,
        bytes: made.bytes.len(),
        slides: made.slides,
    })
}

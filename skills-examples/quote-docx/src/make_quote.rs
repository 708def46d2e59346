//! Tool `make_quote`: writes the document.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::error::QuoteError;
use crate::fields::fields;
use crate::quote::{Language, Quote};
use crate::template::Template;
use crate::totals::{Totals, totals};

/// The document that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Written {
    /// The document's name in /out.
    pub(crate) file: String,
    /// The document's size.
    pub(crate) bytes: usize,
    pub(crate) totals: Totals,
}

/// Writes the document to `/out`.
pub(crate) fn make_quote(quote: Quote, _: &Context) -> Result<Written, QuoteError> {
    let template = Template::open(quote.template.as_deref())?;
    let (bytes, written) = make(&quote, &template)?;
    let path = format!("/out/{}", written.file);
    std::fs::write(path, bytes).map_err(|error| QuoteError::NotWritten(error.to_string()))?;
    Ok(written)
}

/// Returns the document's bytes and the answer.
pub(crate) fn make(quote: &Quote, template: &Template) -> Result<(Vec<u8>, Written), QuoteError> {
    let totals = totals(&quote.positions)?;
    let bytes = template.fill(&fields(quote, &totals)?)?;
    let written = Written {
        file: file_name(quote),
        bytes: bytes.len(),
        totals,
    };
    Ok((bytes, written))
}

/// Returns the name that was asked for, or one made of the quote's number.
fn file_name(quote: &Quote) -> String {
    if let Some(name) = &quote.file_name {
        return format!("{name}.docx");
    }
    let kind = match quote.language {
        Language::De => "Angebot",
        Language::En => "Quote",
    };
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '-'
        }
    };
    let number: String = quote.quote.number.chars().map(safe).collect();
    format!("{kind}_{number}.docx")
}

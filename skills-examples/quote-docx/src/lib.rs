//! `quote-docx`: a Word template and a quote's data become a `.docx`.
//!
//! `quote` is the input, `totals` the decimal arithmetic, `fields` the texts that a template
//! may name, `fill` the templating, on the zip and the XML of `office-parts`. The same input
//! makes the same bytes; nothing reads a clock.

mod error;
mod fields;
mod fill;
mod list_fields;
mod make_quote;
mod notation;
mod preview_totals;
mod quote;
mod template;
mod totals;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "preview_totals",
            "Calculates the totals of a quote: each position, VAT by rate, net and gross. Writes \
             nothing. Use it to agree on the figures first.",
            preview_totals::preview_totals,
        )
        .tool(
            "make_quote",
            "Writes a quote as a Word document to /out: letterhead, positions, VAT, totals, notes. \
             Uses the built-in template, or a .docx of the caller from /in.",
            make_quote::make_quote,
        )
        .tool(
            "list_fields",
            "Lists the {{fields}} that a Word template uses and all that it may use. Use it before \
             filling a caller's own template.",
            list_fields::list_fields,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;

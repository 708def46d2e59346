//! `slides`: PowerPoint decks from a template.
//!
//! `content` is what a caller gives and `template` the slides that it may name. `package` is a deck
//! as parts, `rels` and `content_types` what binds them together. `wanted` looks whether all that
//! is named is there, `deck` puts the deck together, and `filler` fills a slide: its texts
//! (`text`), tables (`table`) and pictures (`picture`). The same input makes the same bytes; nothing
//! reads a clock.

mod content;
mod content_types;
mod deck;
mod error;
mod filler;
mod geometry;
mod image;
mod list_slides;
mod make_deck;
mod notes;
mod package;
mod picture;
mod properties;
mod read_deck;
mod rels;
mod shape;
mod table;
mod template;
mod text;
mod wanted;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "list_slides",
            "Lists the slides that a PowerPoint template offers, with the fields of each and what \
             they take. Use it before `make_deck`.",
            list_slides::list_slides,
        )
        .tool(
            "make_deck",
            "Writes a PowerPoint deck (.pptx) to /out from slides of a template: texts, lists, tables, \
             pictures of /in, speaker notes. Uses the built-in template, or one of the caller from /in.",
            make_deck::make_deck,
        )
        .tool(
            "read_deck",
            "Reads a PowerPoint deck of /in: titles, texts, tables, pictures' descriptions and notes, \
             slide by slide.",
            read_deck::read_deck,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;

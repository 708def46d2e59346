//! What the skills that fill office documents share.
//!
//! A document is a zip of parts, most of them XML: `archive` takes it apart under limits and puts
//! it together, `xml` finds elements and leaves all else byte for byte as it was, `fields` finds
//! `{{fields}}` and fills them. A caller's document is foreign; nothing here reads a file.

pub mod archive;
pub mod fields;
pub mod xml;

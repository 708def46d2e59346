//! A template: the parts of a Word document, some of which hold fields.

use std::borrow::Cow;

use office_parts::archive::{Limits, Part, read, write};
use office_parts::xml::{Node, parse};

use crate::error::QuoteError;
use crate::fields::{Fields, is_known};
use crate::fill::{fields_in, fill, fill_plain, names};

/// The template of the package.
const BUILT_IN: &str = "/skill/assets/template.docx";
/// The main part of every Word document.
const DOCUMENT: &str = "word/document.xml";
/// The part with the document's title and author.
const PROPERTIES: &str = "docProps/core.xml";
/// Most bytes of a template as it comes.
const TEMPLATE_BYTES_MAX: u64 = 8 << 20;
/// How much a template may hold.
pub(crate) const UNPACKED: Limits = Limits {
    unpacked_bytes: 24 << 20,
    parts: 512,
};

/// A Word document to be filled.
pub(crate) struct Template {
    parts: Vec<Part>,
}

impl Template {
    /// Opens the template `name` of `/in`, or the built-in one.
    pub(crate) fn open(name: Option<&str>) -> Result<Self, QuoteError> {
        let path = name.map_or(Cow::Borrowed(BUILT_IN), |name| format!("/in/{name}").into());
        let unreadable = |why: String| QuoteError::TemplateUnreadable(why);
        let size = match std::fs::metadata(&*path) {
            Ok(metadata) => metadata.len(),
            Err(_) => {
                return Err(QuoteError::TemplateNotFound(
                    name.unwrap_or(BUILT_IN).to_owned(),
                ));
            }
        };
        if size > TEMPLATE_BYTES_MAX {
            return Err(unreadable(format!(
                "it is larger than {TEMPLATE_BYTES_MAX} bytes"
            )));
        }
        let bytes = std::fs::read(&*path).map_err(|error| unreadable(error.to_string()))?;
        Self::read(&bytes)
    }

    /// Reads a template.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, QuoteError> {
        let parts = read(bytes, UNPACKED).map_err(QuoteError::TemplateUnreadable)?;
        if !parts.iter().any(|part| part.name == DOCUMENT) {
            return Err(QuoteError::TemplateUnreadable(
                "it is no Word document".to_owned(),
            ));
        }
        Ok(Self { parts })
    }

    /// Returns the names of the fields that it uses, each once, sorted.
    pub(crate) fn names(&self) -> Result<Vec<String>, QuoteError> {
        let mut found = Vec::new();
        for part in &self.parts {
            match kind(&part.name) {
                Kind::Paragraphs => {
                    found.extend(names(&tree(part)?));
                }
                Kind::Plain => {
                    found.extend(fields_in(text(part)?).map(|(_, name)| name.to_owned()));
                }
                Kind::Other => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Fills the fields and returns the document's bytes.
    pub(crate) fn fill(&self, fields: &Fields) -> Result<Vec<u8>, QuoteError> {
        let unknown: Vec<_> = self
            .names()?
            .into_iter()
            .filter(|name| !is_known(name))
            .collect();
        if !unknown.is_empty() {
            return Err(QuoteError::UnknownFields(unknown));
        }
        let parts: Result<Vec<_>, _> = self.parts.iter().map(|part| filled(part, fields)).collect();
        write(&parts?).map_err(QuoteError::TemplateUnreadable)
    }
}

fn filled(part: &Part, fields: &Fields) -> Result<Part, QuoteError> {
    let bytes = match kind(&part.name) {
        Kind::Paragraphs => fill(&tree(part)?, fields).into_bytes(),
        Kind::Plain => fill_plain(text(part)?, fields).into_bytes(),
        Kind::Other => part.bytes.clone(),
    };
    Ok(Part {
        name: part.name.clone(),
        bytes,
    })
}

/// How a part holds fields.
enum Kind {
    /// In the runs of paragraphs.
    Paragraphs,
    /// Anywhere in its text.
    Plain,
    /// Not at all.
    Other,
}

fn kind(name: &str) -> Kind {
    let story = name
        .strip_prefix("word/")
        .and_then(|name| name.strip_suffix(".xml"));
    match story {
        Some("document") => Kind::Paragraphs,
        Some(story) if story.starts_with("header") || story.starts_with("footer") => {
            Kind::Paragraphs
        }
        _ if name == PROPERTIES => Kind::Plain,
        _ => Kind::Other,
    }
}

fn tree(part: &Part) -> Result<Vec<Node<'_>>, QuoteError> {
    parse(text(part)?).map_err(|why| broken(part, why))
}

fn text(part: &Part) -> Result<&str, QuoteError> {
    std::str::from_utf8(&part.bytes).map_err(|_| broken(part, "it is not UTF-8"))
}

fn broken(part: &Part, why: &str) -> QuoteError {
    QuoteError::TemplateUnreadable(format!("in {}: {why}", part.name))
}

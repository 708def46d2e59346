//! The links of a page, each address once.

use std::collections::BTreeMap;

use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;
use url::Url;

use crate::address;
use crate::text::Text;

/// Links that are kept of one page.
const LINKS_MAX: usize = 1_000;
/// Characters of a link's text.
const TEXT_CHARS_MAX: usize = 200;

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Link {
    /// What a reader sees of it; empty for a picture without a description.
    pub(crate) text: String,
    /// Where it leads, absolute.
    pub(crate) url: String,
}

/// Links that grow.
#[derive(Debug)]
pub(crate) struct Links {
    /// What relative addresses are relative to.
    base: Url,
    has_base: bool,
    found: Vec<Found>,
    places: BTreeMap<String, usize>,
    open: Option<Open>,
    cut: bool,
}

#[derive(Debug)]
struct Found {
    link: Link,
    place: Place,
}

/// Where in a page a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Text,
    Aside,
}

#[derive(Debug)]
struct Open {
    url: String,
    text: Text,
    place: Place,
}

impl Links {
    /// Returns no links yet, of the page at `url`.
    pub(crate) fn new(url: &Url) -> Self {
        Self {
            base: url.clone(),
            has_base: false,
            found: Vec::new(),
            places: BTreeMap::new(),
            open: None,
            cut: false,
        }
    }

    /// Sees a `<base href>`; only the first one counts.
    pub(crate) fn set_base(&mut self, href: &str) {
        if !self.has_base
            && let Some(base) = address::join(&self.base, href)
        {
            self.base = base;
            self.has_base = true;
        }
    }

    /// Begins a link, and ends one that was left open. A link to a part of its page is none.
    pub(crate) fn open(&mut self, href: &str, place: Place) {
        self.close();
        if href.trim_start().starts_with('#') {
            return;
        }
        if self.found.len() == LINKS_MAX {
            self.cut = true;
            return;
        }
        self.open = address::join(&self.base, href).map(|url| Open {
            url: url.into(),
            text: Text::new(TEXT_CHARS_MAX),
            place,
        });
    }

    /// Adds to the text of the link that is open, where one is.
    pub(crate) fn add(&mut self, text: &str) {
        if let Some(open) = &mut self.open {
            open.text.add(text);
        }
    }

    /// Ends the link that is open.
    pub(crate) fn close(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let (text, _) = open.text.finish();
        let link = Link {
            text,
            url: open.url,
        };
        match self.places.get(&link.url) {
            None => {
                self.places.insert(link.url.clone(), self.found.len());
                let place = open.place;
                self.found.push(Found { link, place });
            }
            Some(at) => {
                let found = &mut self.found[*at];
                if found.link.text.is_empty() {
                    found.link.text = link.text;
                }
                if open.place == Place::Text {
                    found.place = Place::Text;
                }
            }
        }
    }

    /// Returns the links in the page's order: all, or those of its text; and whether there were
    /// more of them.
    pub(crate) fn finish(mut self, wanted: impl Fn(Place) -> bool) -> (Vec<Link>, bool) {
        self.close();
        let wanted = self.found.into_iter().filter(|found| wanted(found.place));
        (wanted.map(|found| found.link).collect(), self.cut)
    }
}

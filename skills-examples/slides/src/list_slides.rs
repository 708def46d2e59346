//! Tool `list_slides`: what a template offers.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use office_parts::xml::parse;
use serde::{Deserialize, Serialize};

use crate::error::{DeckError, OpenError};
use crate::shape::{Kind, uses};
use crate::template::{Template, given_name};
use crate::wanted::fields_of;

/// The template to look into.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Which {
    /// A template in /in, such as `brand.pptx`. Default: the built-in one.
    #[schemars(regex(pattern = "^[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}[.](pptx|potx)$"))]
    template: Option<String>,
    /// Where to go on, as `next` of the answer before said. Default: 1.
    #[schemars(range(min = 1, max = 2000))]
    from: Option<usize>,
}

/// Slides of one answer.
const SLIDES_MAX: usize = 100;
/// Fields of a slide that are listed.
const FIELDS_MAX: usize = 60;

/// What a template offers.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Offered {
    /// The slides that a deck can be made of.
    slides: Vec<Offer>,
    /// Fields on every slide, such as a footer: texts, given in the deck's `fields`.
    everywhere: Vec<String>,
    /// Where to go on, if there is more.
    next: Option<usize>,
}

/// A slide of a template.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Offer {
    /// Its name, for `slide` of `make_deck`.
    slide: String,
    /// Whether it is a slide of the template, filled by its fields, or a layout, filled by its
    /// placeholders.
    source: Source,
    /// The name of its layout.
    layout: String,
    /// What it can be filled with, from back to front.
    fields: Vec<Field>,
}

/// Where a slide comes from.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// A slide of the template.
    Slide,
    /// A layout.
    Layout,
}

/// A field of a slide.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Field {
    /// Its name.
    name: String,
    /// What it takes.
    takes: Vec<Kind>,
}

/// Lists the slides.
pub(crate) fn list_slides(which: Which, _: &Context) -> Result<Offered, OpenError> {
    let template = Template::open(which.template.as_deref())?;
    offered(&template, which.from.unwrap_or(1)).map_err(OpenError)
}

pub(crate) fn offered(template: &Template, from: usize) -> Result<Offered, DeckError> {
    let mut slides = Vec::new();
    let all = template.prototypes.len();
    for prototype in template.prototypes.iter().skip(from - 1).take(SLIDES_MAX) {
        let layout = parse(template.package.text(&prototype.layout)?);
        let known = fields_of(prototype)?;
        let nodes = parse(&prototype.xml).map_err(DeckError::template)?;
        let mut fields: Vec<Field> = Vec::new();
        for found in uses(&nodes) {
            if fields.len() < FIELDS_MAX && !fields.iter().any(|field| field.name == found.name) {
                fields.push(Field {
                    takes: known.get(&found.name).cloned().unwrap_or_default(),
                    name: found.name,
                });
            }
        }
        slides.push(Offer {
            slide: prototype.name.clone(),
            source: if prototype.is_layout {
                Source::Layout
            } else {
                Source::Slide
            },
            layout: layout
                .ok()
                .and_then(|nodes| given_name(&nodes))
                .unwrap_or_default(),
            fields,
        });
    }
    Ok(Offered {
        slides,
        everywhere: template.master_fields()?.into_iter().collect(),
        next: Some(from + SLIDES_MAX).filter(|next| *next <= all),
    })
}

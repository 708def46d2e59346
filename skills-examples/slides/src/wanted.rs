//! Which slides are to be made, and whether the template has what they name.

use std::collections::{BTreeMap, BTreeSet};

use office_parts::xml::parse;

use crate::content::{DeckInput, SlideInput, Values};
use crate::error::DeckError;
use crate::package::broken;
use crate::shape::{Kind, uses};
use crate::template::{Prototype, Template};

/// Most slides of a deck.
const SLIDES_MAX: usize = 300;

/// A slide to be made.
pub(crate) struct Wanted<'i> {
    /// The index of the slide that it is made like.
    pub(crate) prototype: usize,
    /// What its fields hold; the first that knows a field decides.
    pub(crate) values: [&'i Values; 3],
    pub(crate) notes: Option<&'i str>,
    /// Where it stands in the input.
    pub(crate) at: String,
}

/// Returns the slides to be made, after looking whether the template has what they name.
pub(crate) fn wanted<'i>(
    input: &'i DeckInput,
    template: &Template,
    shared: &'i Values,
    none: &'i Values,
) -> Result<Vec<Wanted<'i>>, DeckError> {
    let known = known_fields(template)?;
    let everywhere: BTreeSet<_> = known
        .iter()
        .flat_map(|fields| fields.keys().cloned())
        .collect();
    let in_masters = template.master_fields()?;
    let has = |name: &String| everywhere.contains(name) || in_masters.contains(name);
    let missing: Vec<_> = shared.keys().filter(|name| !has(name)).cloned().collect();
    if !missing.is_empty() {
        return Err(DeckError::UnknownFields {
            index: None,
            fields: missing,
            known: everywhere.into_iter().chain(in_masters).collect(),
        });
    }
    let mut wanted = Vec::new();
    for (index, slide) in input.slides.iter().enumerate() {
        let mut prototypes = template.prototypes.iter();
        let prototype = prototypes.position(|found| found.name == slide.slide);
        let prototype = prototype.ok_or_else(|| DeckError::UnknownSlide {
            index,
            name: slide.slide.clone(),
            known: template.names(),
        })?;
        check(index, slide, &known[prototype])?;
        let one = |own: &'i Values, notes: &'i Option<String>, at: String| Wanted {
            prototype,
            values: [own, &slide.fields, shared],
            notes: notes.as_deref().or(slide.notes.as_deref()),
            at,
        };
        let at = format!("/slides/{index}");
        match &slide.items {
            None => wanted.push(one(none, &slide.notes, at)),
            Some(items) => wanted.extend(items.iter().enumerate().map(|(number, item)| {
                one(&item.fields, &item.notes, format!("{at}/items/{number}"))
            })),
        }
    }
    if wanted.is_empty() || wanted.len() > SLIDES_MAX {
        return Err(DeckError::TooLong {
            at: "/slides".to_owned(),
            problem: format!("a deck has 1 to {SLIDES_MAX} slides"),
        });
    }
    Ok(wanted)
}

/// What each field of a slide takes: what all of its places take.
pub(crate) type Known = BTreeMap<String, Vec<Kind>>;

/// Returns what each field of a prototype takes.
pub(crate) fn fields_of(prototype: &Prototype) -> Result<Known, DeckError> {
    let nodes = parse(&prototype.xml).map_err(|why| broken(&prototype.name, why))?;
    let mut known = Known::new();
    for found in uses(&nodes) {
        let takes = known
            .entry(found.name)
            .or_insert_with(|| found.takes.to_vec());
        takes.retain(|kind| found.takes.contains(kind));
    }
    Ok(known)
}

fn known_fields(template: &Template) -> Result<Vec<Known>, DeckError> {
    template.prototypes.iter().map(fields_of).collect()
}

/// Refuses fields that the slide does not have, or that cannot hold what is given.
fn check(index: usize, slide: &SlideInput, known: &Known) -> Result<(), DeckError> {
    let items = slide.items.iter().flatten().map(|item| &item.fields);
    let given = || {
        std::iter::once(&slide.fields)
            .chain(items.clone())
            .flatten()
    };
    let missing = given()
        .map(|(name, _)| name)
        .filter(|name| !known.contains_key(*name));
    let missing: BTreeSet<_> = missing.cloned().collect();
    if !missing.is_empty() {
        return Err(DeckError::UnknownFields {
            index: Some(index),
            fields: missing.into_iter().collect(),
            known: known.keys().cloned().collect(),
        });
    }
    let wrong = given().find(|(name, content)| !known[*name].contains(&Kind::of(content)));
    match wrong {
        Some((name, _)) => Err(DeckError::Content {
            at: format!("/slides/{index}/fields/{name}"),
            problem: format!("the field takes {:?}", known[name]).to_lowercase(),
        }),
        None => Ok(()),
    }
}

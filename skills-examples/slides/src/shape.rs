//! What of a slide can be filled, and what each of it takes.

use hotcell_sdk::schemars::{self, JsonSchema};
use office_parts::xml::{Element, Node, attribute, elements};
use serde::Serialize;

use crate::content::Content;
use crate::text::{alone, body_text, names_in, paragraphs, pieces};

/// A kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A list of points.
    List,
    /// A table.
    Table,
    /// A picture.
    Picture,
}

impl Kind {
    pub(crate) fn of(content: &Content) -> Kind {
        match content {
            Content::Text(_) => Kind::Text,
            Content::List(_) => Kind::List,
            Content::Table(_) => Kind::Table,
            Content::Picture(_) => Kind::Picture,
        }
    }
}

/// What is said of a shape: its id, its name, and the placeholder that it fills.
#[derive(Debug, Default)]
pub(crate) struct Head<'a> {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The tag `p:ph`.
    pub(crate) place: Option<&'a str>,
}

/// Reads what is said of a shape.
pub(crate) fn head<'a>(shape: &Element<'a>) -> Head<'a> {
    let said = shape
        .elements()
        .find(|element| element.name.starts_with("p:nv"));
    let Some(said) = said else {
        return Head::default();
    };
    let own = said.tag("p:cNvPr").unwrap_or_default();
    Head {
        id: attribute(own, "id").unwrap_or_default(),
        name: attribute(own, "name").unwrap_or_default(),
        place: said.child("p:nvPr").and_then(|element| element.tag("p:ph")),
    }
}

/// How a shape is filled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Not at all.
    None,
    /// By the fields in its texts.
    Fields,
    /// As a whole: its text is this field and nothing else.
    Whole(String),
    /// As a whole, by its name.
    Named(String),
}

/// Returns how a shape is filled.
pub(crate) fn slot(shape: &Element<'_>) -> Slot {
    let text = match shape.name {
        "p:pic" => return Slot::Named(head(shape).name),
        "p:sp" => match shape.child("p:txBody") {
            Some(body) => body_text(body),
            None => return Slot::None,
        },
        _ => match table(shape) {
            Some(table) => {
                let first = rows(table).next().and_then(|row| cells(row).next());
                let first = first.and_then(|cell| cell.child("a:txBody")).map(body_text);
                match first.as_deref().and_then(alone) {
                    Some(name) => return Slot::Whole(name.to_owned()),
                    None => all_texts(table),
                }
            }
            None => return Slot::None,
        },
    };
    let head = head(shape);
    match (alone(&text), names_in(&text).next()) {
        (Some(name), _) if shape.name == "p:sp" => Slot::Whole(name.to_owned()),
        (_, Some(_)) => Slot::Fields,
        _ if is_footer(&head) => Slot::None,
        _ if shape.name == "p:sp" && head.place.is_none() && text.trim().is_empty() => Slot::None,
        _ => Slot::Named(head.name),
    }
}

/// Returns whether a placeholder holds what every slide has: the date, the footer, the number.
pub(crate) fn is_footer(head: &Head<'_>) -> bool {
    let kind = head.place.and_then(|place| attribute(place, "type"));
    matches!(kind.as_deref(), Some("dt" | "ftr" | "sldNum" | "hdr"))
}

/// Returns the table in a graphic frame.
pub(crate) fn table<'n, 'a>(frame: &'n Element<'a>) -> Option<&'n Element<'a>> {
    frame
        .child("a:graphic")?
        .child("a:graphicData")?
        .child("a:tbl")
}

/// Returns the rows of a table.
pub(crate) fn rows<'n, 'a>(table: &'n Element<'a>) -> impl Iterator<Item = &'n Element<'a>> {
    table.elements().filter(|element| element.name == "a:tr")
}

/// Returns the cells of a row.
pub(crate) fn cells<'n, 'a>(row: &'n Element<'a>) -> impl Iterator<Item = &'n Element<'a>> {
    row.elements().filter(|element| element.name == "a:tc")
}

fn all_texts(table: &Element<'_>) -> String {
    let bodies = rows(table)
        .flat_map(cells)
        .filter_map(|cell| cell.child("a:txBody"));
    bodies.map(body_text).collect::<Vec<_>>().join(" ")
}

/// A place that a field fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) name: String,
    pub(crate) takes: &'static [Kind],
}

const ANY: &[Kind] = &[Kind::Text, Kind::List, Kind::Table, Kind::Picture];
const LINES: &[Kind] = &[Kind::Text, Kind::List];

/// Returns the places of a slide that can be filled, in their order.
pub(crate) fn uses(nodes: &[Node<'_>]) -> Vec<Use> {
    let mut found = Vec::new();
    collect(nodes, &mut found);
    found
}

fn collect(nodes: &[Node<'_>], found: &mut Vec<Use>) {
    for element in elements(nodes) {
        match element.name {
            "p:sp" | "p:pic" | "p:graphicFrame" => {
                let takes: &[Kind] = match element.name {
                    "p:sp" => ANY,
                    "p:pic" => &[Kind::Picture],
                    _ => &[Kind::Table],
                };
                match slot(element) {
                    Slot::None => {}
                    Slot::Fields => bodies(element, found),
                    Slot::Whole(name) | Slot::Named(name) => found.push(Use { name, takes }),
                }
            }
            _ => collect(&element.children, found),
        }
    }
}

/// Collects the fields of all texts in a shape or table.
fn bodies(element: &Element<'_>, found: &mut Vec<Use>) {
    for inner in element.elements() {
        if !matches!(inner.name, "p:txBody" | "a:txBody") {
            bodies(inner, found);
            continue;
        }
        for paragraph in paragraphs(inner) {
            let text = pieces(paragraph).concat();
            let takes = if alone(&text).is_some() {
                LINES
            } else {
                &LINES[..1]
            };
            found.extend(names_in(&text).map(|name| Use {
                name: name.to_owned(),
                takes,
            }));
        }
    }
}

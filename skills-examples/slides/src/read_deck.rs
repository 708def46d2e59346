//! Tool `read_deck`: the texts of a deck.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use office_parts::xml::{Element, Node, attribute, elements, parse};
use serde::{Deserialize, Serialize};

use crate::error::{DeckError, OpenError};
use crate::package::{DECK_BYTES_MAX, Package, broken};
use crate::shape::{cells, head, is_footer, rows, table};
use crate::template::{given_name, main_part, notes_text, read_file, slides};
use crate::text::{paragraphs, read_paragraph};

/// Most characters of one text that are passed on.
const TEXT_CHARS_MAX: usize = 4000;
/// Most characters of all texts of an answer.
const ANSWER_CHARS_MAX: usize = 200_000;
/// Slides of an answer where nothing else is asked for.
const SLIDES: usize = 50;

/// Which deck, and which of its slides.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ReadInput {
    /// A .pptx file in /in.
    #[schemars(regex(pattern = "^[^/\\\\]{1,120}$"))]
    file: String,
    /// The first slide to read, from 1. Default: 1.
    #[schemars(range(min = 1, max = 1000))]
    from_slide: Option<usize>,
    /// How many slides to read. Default: 50.
    #[schemars(range(min = 1, max = 200))]
    slides: Option<usize>,
}

/// The texts of a deck.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Texts {
    /// How many slides the deck has.
    slides_total: usize,
    /// The slides that were read.
    slides: Vec<SlideTexts>,
    /// Where to read on, if there is more.
    next_slide: Option<usize>,
}

/// The texts of a slide.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct SlideTexts {
    /// Its number, from 1.
    number: usize,
    /// Its name, if it has one.
    name: Option<String>,
    /// Whether it is left out when the deck is shown.
    hidden: bool,
    /// Its title.
    title: Option<String>,
    /// Its other texts, from back to front.
    texts: Vec<ShapeText>,
    /// Its tables: rows of cells.
    tables: Vec<Vec<Vec<String>>>,
    /// Its pictures.
    pictures: Vec<PictureText>,
    /// What the speaker says.
    notes: String,
}

/// The text of a shape.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ShapeText {
    /// The shape's name.
    shape: String,
    /// Its paragraphs.
    paragraphs: Vec<Paragraph>,
}

/// A paragraph.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Paragraph {
    /// Its text.
    text: String,
    /// How deep it stands in a list: 0 is the first level.
    level: u8,
}

/// A picture.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PictureText {
    /// The picture's name.
    shape: String,
    /// What it shows, as its author says.
    alt: String,
}

/// Reads the slides.
pub(crate) fn read_deck(input: ReadInput, _: &Context) -> Result<Texts, OpenError> {
    let bytes = read_file(&format!("/in/{}", input.file), &input.file, DECK_BYTES_MAX)?;
    let named = |error: DeckError| match error {
        DeckError::Unreadable { why, .. } => DeckError::Unreadable {
            file: input.file.clone(),
            why,
        },
        error => error,
    };
    let first = input.from_slide.unwrap_or(1);
    texts(&bytes, first, input.slides.unwrap_or(SLIDES)).map_err(|error| OpenError(named(error)))
}

pub(crate) fn texts(bytes: &[u8], first: usize, count: usize) -> Result<Texts, DeckError> {
    let package = Package::open(bytes)?;
    let main = main_part(&package)?;
    let parts = slides(&package, &main)?;
    let mut found = Vec::new();
    let mut left = ANSWER_CHARS_MAX;
    let mut next = None;
    for (at, part) in parts.iter().enumerate().skip(first.saturating_sub(1)) {
        if found.len() == count || left == 0 {
            next = Some(at + 1);
            break;
        }
        found.push(slide(&package, part, at + 1, &mut left)?);
    }
    Ok(Texts {
        slides_total: parts.len(),
        slides: found,
        next_slide: next,
    })
}

fn slide(
    package: &Package,
    part: &str,
    number: usize,
    left: &mut usize,
) -> Result<SlideTexts, DeckError> {
    let nodes = parse(package.text(part)?).map_err(|why| broken(part, why))?;
    let shown = elements(&nodes)
        .next()
        .and_then(|root| attribute(root.start, "show"));
    let mut texts = SlideTexts {
        number,
        name: given_name(&nodes),
        hidden: matches!(shown.as_deref(), Some("0" | "false")),
        ..SlideTexts::default()
    };
    collect(&nodes, &mut texts, left);
    if let Some(notes) = package.led(part, "notesSlide") {
        texts.notes = short(notes_text(package, notes)?, left);
    }
    Ok(texts)
}

fn collect(nodes: &[Node<'_>], texts: &mut SlideTexts, left: &mut usize) {
    for element in elements(nodes) {
        match element.name {
            "p:sp" => shape(element, texts, left),
            "p:graphicFrame" => texts
                .tables
                .extend(table(element).map(|found| read_table(found, left))),
            "p:pic" => {
                let said = element
                    .child("p:nvPicPr")
                    .and_then(|said| said.tag("p:cNvPr"));
                let alt = said
                    .and_then(|tag| attribute(tag, "descr"))
                    .unwrap_or_default();
                texts.pictures.push(PictureText {
                    shape: short(head(element).name, left),
                    alt: short(alt, left),
                });
            }
            // The same again, for programs that do not know the first.
            "mc:Fallback" => {}
            _ => collect(&element.children, texts, left),
        }
    }
}

fn shape(shape: &Element<'_>, texts: &mut SlideTexts, left: &mut usize) {
    let head = head(shape);
    let Some(body) = shape.child("p:txBody").filter(|_| !is_footer(&head)) else {
        return;
    };
    let found: Vec<Paragraph> = paragraphs(body)
        .map(|paragraph| Paragraph {
            text: short(read_paragraph(paragraph), left),
            level: level(paragraph),
        })
        .filter(|paragraph| !paragraph.text.trim().is_empty())
        .collect();
    let kind = head.place.and_then(|place| attribute(place, "type"));
    if matches!(kind.as_deref(), Some("title" | "ctrTitle")) && texts.title.is_none() {
        let lines: Vec<_> = found.into_iter().map(|paragraph| paragraph.text).collect();
        texts.title = (!lines.is_empty()).then(|| lines.join("\n"));
    } else if !found.is_empty() {
        texts.texts.push(ShapeText {
            shape: short(head.name, left),
            paragraphs: found,
        });
    }
}

fn level(paragraph: &Element<'_>) -> u8 {
    let level = paragraph.tag("a:pPr").and_then(|tag| attribute(tag, "lvl"));
    level.and_then(|level| level.parse().ok()).unwrap_or(0)
}

fn read_table(table: &Element<'_>, left: &mut usize) -> Vec<Vec<String>> {
    let mut cell = |cell: &Element<'_>| {
        let body = cell.child("a:txBody");
        let lines = body.into_iter().flat_map(paragraphs).map(read_paragraph);
        short(lines.collect::<Vec<_>>().join("\n"), left)
    };
    rows(table)
        .map(|row| cells(row).map(&mut cell).collect())
        .collect()
}

/// Returns the text, cut where it or the whole answer becomes too long.
fn short(text: String, left: &mut usize) -> String {
    let max = TEXT_CHARS_MAX.min(*left);
    let text = match text.char_indices().nth(max) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    };
    *left -= text.chars().count().min(*left);
    text
}

//! Fills one slide.
//!
//! * A paragraph, and a shape, all of whose fields are empty is left out.
//! * What names no field and is not given by its name is written back as it was.

use office_parts::xml::{Element, Node, close, write};

use crate::content::{Content, Picture, Table, Values};
use crate::error::DeckError;
use crate::geometry::{Frame, own};
use crate::picture::{self, Placed};
use crate::shape::{Head, Slot, head, slot};
use crate::table;
use crate::text::{Look, alone, body_text, fill, names_in, paragraphs, pieces};

/// How much of a slide is its foot: one in so many parts.
const FOOT: i64 = 14;

/// What the filler asks of the deck.
pub(crate) trait Deck {
    /// Adds a picture to the deck and to the slide.
    fn place(&mut self, at: &str, picture: &Picture) -> Result<Placed, DeckError>;
    /// Returns where the layout puts a placeholder.
    fn inherited(&self, place: &str) -> Option<Frame>;
}

/// Fills one slide.
pub(crate) struct Filler<'f> {
    /// What the fields hold; the first that knows a field decides.
    pub(crate) values: [&'f Values; 3],
    pub(crate) deck: &'f mut dyn Deck,
    /// The slide in the input, for messages.
    pub(crate) at: String,
    /// The height of the slide, in EMU.
    pub(crate) height: i64,
    /// Whether a shape was left out: then no animation may name it.
    removed: bool,
}

impl<'f> Filler<'f> {
    pub(crate) fn new(
        values: [&'f Values; 3],
        deck: &'f mut dyn Deck,
        at: String,
        height: i64,
    ) -> Self {
        Filler {
            values,
            deck,
            at,
            height,
            removed: false,
        }
    }

    /// Writes the slide's tree, filled.
    pub(crate) fn nodes(&mut self, nodes: &[Node<'_>], out: &mut String) -> Result<(), DeckError> {
        for node in nodes {
            match node {
                Node::Raw(raw) => *out += raw,
                Node::Element(element) => match element.name {
                    "p:sp" => self.shape(element, out)?,
                    "p:graphicFrame" => self.graphic(element, out)?,
                    "p:pic" => self.picture(element, out)?,
                    "a:tc" => self.cell(element, out),
                    "p:timing" if self.removed => {}
                    _ => self.element(element, out)?,
                },
            }
        }
        Ok(())
    }

    fn element(&mut self, element: &Element<'_>, out: &mut String) -> Result<(), DeckError> {
        *out += element.start;
        self.nodes(&element.children, out)?;
        close(element, out);
        Ok(())
    }

    fn value(&self, name: &str) -> Option<&'f Content> {
        self.values.iter().find_map(|values| values.get(name))
    }

    fn text(&self, name: &str) -> &'f str {
        match self.value(name) {
            Some(Content::Text(text)) => text,
            _ => "",
        }
    }

    /// Returns whether there is nothing in a field.
    fn is_empty(&self, name: &str) -> bool {
        match self.value(name) {
            None => true,
            Some(Content::Text(text)) => text.is_empty(),
            Some(Content::List(points)) => points.is_empty(),
            Some(_) => false,
        }
    }

    fn shape(&mut self, shape: &Element<'_>, out: &mut String) -> Result<(), DeckError> {
        let slot = slot(shape);
        let name = match &slot {
            Slot::None => {
                raw(shape, out);
                return Ok(());
            }
            Slot::Fields => "",
            Slot::Whole(name) | Slot::Named(name) => name,
        };
        let head = head(shape);
        match (self.value(name), &slot) {
            (Some(Content::Table(content)), _) => self.new_table(shape, &head, name, content, out),
            (Some(Content::Picture(content)), _) => self.place(shape, &head, name, content, out),
            (given, Slot::Named(_)) => {
                self.named(shape, &head, given, out);
                Ok(())
            }
            _ => {
                self.fields(shape, out);
                Ok(())
            }
        }
    }

    /// Writes a shape whose texts hold fields.
    fn fields(&mut self, shape: &Element<'_>, out: &mut String) {
        let Some(body) = shape.child("p:txBody") else {
            return raw(shape, out);
        };
        let texts = self.paragraphs(body);
        if texts.is_empty() {
            self.removed = true;
        } else {
            with_body(shape, &texts, out);
        }
    }

    /// Writes a shape that is filled by its name.
    fn named(
        &mut self,
        shape: &Element<'_>,
        head: &Head<'_>,
        given: Option<&Content>,
        out: &mut String,
    ) {
        let Some(body) = shape.child("p:txBody") else {
            return raw(shape, out);
        };
        let look = Look::of_body(body);
        let mut texts = String::new();
        match given {
            Some(Content::Text(text)) => look.write(text, 0, &mut texts),
            Some(Content::List(points)) => look.write_list(points, &mut texts),
            // An empty placeholder would ask its reader to click.
            _ if head.place.is_some() && body_text(body).trim().is_empty() => {}
            _ => return raw(shape, out),
        }
        if texts.is_empty() {
            self.removed = true;
        } else {
            with_body(shape, &texts, out);
        }
    }

    /// Returns the filled paragraphs of a text body; nothing where all that is left is empty.
    fn paragraphs(&self, body: &Element<'_>) -> String {
        let mut out = String::new();
        let mut visible = false;
        for paragraph in paragraphs(body) {
            let text = pieces(paragraph).concat();
            let mut names = names_in(&text).peekable();
            if names.peek().is_none() {
                raw(paragraph, &mut out);
                visible |= !text.trim().is_empty();
            } else if !names.all(|name| self.is_empty(name)) {
                self.paragraph(paragraph, &text, &mut out);
                visible = true;
            }
        }
        if visible { out } else { String::new() }
    }

    fn paragraph(&self, paragraph: &Element<'_>, text: &str, out: &mut String) {
        match alone(text).and_then(|name| self.value(name)) {
            Some(Content::List(points)) => Look::of(paragraph).write_list(points, out),
            _ => fill(paragraph, |name| self.text(name), out),
        }
    }

    /// Writes a cell of a table that is the template's own.
    fn cell(&self, cell: &Element<'_>, out: &mut String) {
        *out += cell.start;
        for node in &cell.children {
            match node {
                Node::Element(body) if body.name == "a:txBody" => {
                    let text = body_text(body);
                    let texts = match names_in(&text).next() {
                        Some(_) => self.paragraphs(body),
                        None => {
                            raw(body, out);
                            continue;
                        }
                    };
                    // A cell has a paragraph.
                    body_with(body, if texts.is_empty() { "<a:p/>" } else { &texts }, out);
                }
                node => write(std::slice::from_ref(node), out),
            }
        }
        close(cell, out);
    }

    fn graphic(&mut self, frame: &Element<'_>, out: &mut String) -> Result<(), DeckError> {
        let slot = slot(frame);
        match &slot {
            Slot::None => raw(frame, out),
            Slot::Fields => return self.element(frame, out),
            Slot::Whole(name) | Slot::Named(name) => match (self.value(name), own(frame)) {
                (Some(Content::Table(content)), Some(place)) => {
                    let written = table::in_frame(frame, &place, content);
                    self.check_height(name, &place, written.height, content)?;
                    *out += &written.xml;
                }
                _ if matches!(slot, Slot::Whole(_)) => self.removed = true,
                _ => raw(frame, out),
            },
        }
        Ok(())
    }

    fn picture(&mut self, shape: &Element<'_>, out: &mut String) -> Result<(), DeckError> {
        let head = head(shape);
        match self.value(&head.name) {
            Some(Content::Picture(content)) => {
                let name = head.name.clone();
                self.place(shape, &head, &name, content, out)
            }
            _ => {
                raw(shape, out);
                Ok(())
            }
        }
    }

    fn frame(&self, shape: &Element<'_>, head: &Head<'_>, name: &str) -> Result<Frame, DeckError> {
        let inherited = || head.place.and_then(|place| self.deck.inherited(place));
        own(shape)
            .or_else(inherited)
            .ok_or_else(|| DeckError::Content {
                at: self.field(name),
                problem: "the template does not say where it stands".to_owned(),
            })
    }

    fn place(
        &mut self,
        shape: &Element<'_>,
        head: &Head<'_>,
        name: &str,
        content: &Picture,
        out: &mut String,
    ) -> Result<(), DeckError> {
        let frame = self.frame(shape, head, name)?;
        let placed = self.deck.place(&self.field(name), content)?;
        *out += &picture::in_place(shape, head, &frame, content, &placed);
        Ok(())
    }

    fn new_table(
        &mut self,
        shape: &Element<'_>,
        head: &Head<'_>,
        name: &str,
        content: &Table,
        out: &mut String,
    ) -> Result<(), DeckError> {
        let frame = self.frame(shape, head, name)?;
        let written = table::new(head, &frame, content);
        self.check_height(name, &frame, written.height, content)?;
        *out += &written.xml;
        Ok(())
    }

    /// Refuses a table that would reach into the slide's foot.
    fn check_height(
        &self,
        name: &str,
        frame: &Frame,
        height: i64,
        content: &Table,
    ) -> Result<(), DeckError> {
        let room = self.height - self.height / FOOT - frame.y;
        if height <= room {
            return Ok(());
        }
        let lines = i64::try_from(content.rows.len()).unwrap_or(i64::MAX - 1) + 1;
        let fit = (room / (height / lines).max(1) - 1).max(0);
        let rows = content.rows.len();
        Err(DeckError::TooLong {
            at: self.field(name),
            problem: format!("the table has {rows} rows, and about {fit} fit on the slide"),
        })
    }

    fn field(&self, name: &str) -> String {
        format!("{}/fields/{name}", self.at)
    }
}

fn raw(element: &Element<'_>, out: &mut String) {
    *out += element.start;
    write(&element.children, out);
    close(element, out);
}

/// Writes a shape with other paragraphs.
fn with_body(shape: &Element<'_>, paragraphs: &str, out: &mut String) {
    *out += shape.start;
    for node in &shape.children {
        match node {
            Node::Element(body) if body.name == "p:txBody" => body_with(body, paragraphs, out),
            node => write(std::slice::from_ref(node), out),
        }
    }
    close(shape, out);
}

fn body_with(body: &Element<'_>, paragraphs: &str, out: &mut String) {
    *out += body.start;
    for node in &body.children {
        if node.name().is_some_and(|name| name != "a:p") {
            write(std::slice::from_ref(node), out);
        }
    }
    *out += paragraphs;
    close(body, out);
}

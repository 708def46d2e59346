//! Paragraphs of a slide: their texts and the `{{fields}}` in them (ECMA-376 part 1, section 21.1.2).

use office_parts::fields::{fields_in, fill_pieces};
use office_parts::xml::{Element, Node, attributes, close, escape, tag_name, unescape, write};

use crate::content::Point;

/// Deepest level of a paragraph.
const LEVEL_MAX: u8 = 8;

/// Returns whether a text between braces names a field.
pub(crate) fn is_name(name: &str) -> bool {
    name.chars().count() <= 64
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' '))
}

/// Returns the names of the fields in a text, in their order.
pub(crate) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    fields_in(text, is_name).map(|(_, name)| name)
}

/// Returns the field that a text is, where it is nothing else.
pub(crate) fn alone(text: &str) -> Option<&str> {
    let text = text.trim();
    let (place, name) = fields_in(text, is_name).next()?;
    (place == (0..text.len())).then_some(name)
}

/// Returns the paragraphs of a text body.
pub(crate) fn paragraphs<'n, 'a>(body: &'n Element<'a>) -> impl Iterator<Item = &'n Element<'a>> {
    body.elements().filter(|element| element.name == "a:p")
}

/// Returns the text of a text body, as it stands in the source.
pub(crate) fn body_text(body: &Element<'_>) -> String {
    paragraphs(body).flat_map(pieces).collect()
}

/// Returns the text of a paragraph, read; a line break is one.
pub(crate) fn read_paragraph(paragraph: &Element<'_>) -> String {
    let mut out = String::new();
    for node in &paragraph.children {
        match node {
            _ if node.name() == Some("a:br") => out.push('\n'),
            Node::Element(run) => {
                for text in run.elements().filter(|text| text.name == "a:t") {
                    out += &unescape(&inner(text));
                }
            }
            Node::Raw(_) => {}
        }
    }
    out
}

/// Returns the content of each `a:t` of a paragraph, in order, as it stands in the source.
pub(crate) fn pieces(paragraph: &Element<'_>) -> Vec<String> {
    let runs = paragraph.elements();
    let texts = runs
        .flat_map(Element::elements)
        .filter(|text| text.name == "a:t");
    texts.map(inner).collect()
}

fn inner(element: &Element<'_>) -> String {
    let mut out = String::new();
    write(&element.children, &mut out);
    out
}

/// Writes a paragraph with its fields filled.
pub(crate) fn fill<'v>(paragraph: &Element<'_>, value: impl Fn(&str) -> &'v str, out: &mut String) {
    let mut filled = fill_pieces(&pieces(paragraph), is_name, value).into_iter();
    *out += paragraph.start;
    for node in &paragraph.children {
        match node {
            Node::Element(run) if run.child("a:t").is_some() => {
                match filled.next().flatten() {
                    Some(text) if run.name == "a:r" => write_runs(run, &text, out),
                    Some(text) => write_other(run, &text, out),
                    None => write(std::slice::from_ref(node), out),
                }
                // A run has one text; what more there is was counted.
                let more = run.elements().filter(|text| text.name == "a:t").count() - 1;
                filled.by_ref().take(more).for_each(drop);
            }
            node => write(std::slice::from_ref(node), out),
        }
    }
    close(paragraph, out);
}

/// Writes a run with another text, in as many runs as it has lines.
fn write_runs(run: &Element<'_>, text: &str, out: &mut String) {
    if !text.is_empty() {
        lines(&properties(run), text, out);
    }
}

/// Writes an element that is no run, such as the slide's number, with another text.
fn write_other(run: &Element<'_>, text: &str, out: &mut String) {
    *out += run.start;
    for node in &run.children {
        match node {
            Node::Element(found) if found.name == "a:t" => {
                *out += "<a:t>";
                *out += &text.replace('\n', " ");
                *out += "</a:t>";
            }
            node => write(std::slice::from_ref(node), out),
        }
    }
    close(run, out);
}

/// Writes an escaped text as runs with breaks between its lines.
fn lines(properties: &str, text: &str, out: &mut String) {
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            *out += &format!("<a:br>{properties}</a:br>");
        }
        *out += &format!("<a:r>{properties}<a:t>{line}</a:t></a:r>");
    }
}

/// Returns the `a:rPr` of a run, as it stands in the source.
fn properties(run: &Element<'_>) -> String {
    let found = run
        .children
        .iter()
        .find(|node| node.name() == Some("a:rPr"));
    let mut out = String::new();
    write(
        found.map(std::slice::from_ref).unwrap_or_default(),
        &mut out,
    );
    out
}

/// How a paragraph looks: what new ones are written like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    /// The start tag of its `a:pPr`, and what follows on it.
    paragraph: Option<(String, String)>,
    /// The `a:rPr` of its first run.
    run: String,
}

impl Look {
    /// Returns how a paragraph looks.
    pub(crate) fn of(paragraph: &Element<'_>) -> Look {
        let own = paragraph
            .children
            .iter()
            .find(|node| node.name() == Some("a:pPr"));
        let own = own.map(|node| {
            let mut whole = String::new();
            write(std::slice::from_ref(node), &mut whole);
            let tag = node.tag().unwrap_or_default();
            (tag.to_owned(), whole[tag.len()..].to_owned())
        });
        let run = paragraph
            .elements()
            .find(|run| matches!(run.name, "a:r" | "a:fld"));
        Look {
            paragraph: own,
            run: run.map(properties).unwrap_or_default(),
        }
    }

    /// Returns how the first paragraph of a text body looks.
    pub(crate) fn of_body(body: &Element<'_>) -> Look {
        paragraphs(body).next().map(Look::of).unwrap_or_default()
    }

    /// Returns the look with another alignment (`l`, `ctr` or `r`).
    pub(crate) fn aligned(mut self, align: &str) -> Look {
        let tag = self.paragraph.as_ref().map(|(tag, _)| tag.as_str());
        let tag = with_attribute(tag.unwrap_or("<a:pPr/>"), "algn", align, &[]);
        let rest = self.paragraph.map(|(_, rest)| rest).unwrap_or_default();
        self.paragraph = Some((tag, rest));
        self
    }

    /// Writes a paragraph that looks so.
    pub(crate) fn write(&self, text: &str, level: u8, out: &mut String) {
        *out += "<a:p>";
        match (&self.paragraph, level) {
            (None, 0) => {}
            (Some((tag, rest)), 0) => {
                *out += tag;
                *out += rest;
            }
            (own, level) => {
                let (tag, rest) = own.as_ref().map_or(("<a:pPr/>", ""), |(a, b)| (a, b));
                // Its indents are those of the level that it had.
                *out += &with_level(tag, level);
                *out += rest;
            }
        }
        if !text.is_empty() {
            lines(&self.run, &escape(text), out);
        }
        *out += "</a:p>";
    }

    /// Writes a paragraph for each point.
    pub(crate) fn write_list(&self, points: &[Point], out: &mut String) {
        for point in points {
            self.write(point.text(), point.level(), out);
        }
    }
}

fn with_level(tag: &str, level: u8) -> String {
    let own = attributes(tag).find(|(name, _)| *name == "lvl");
    let own: u8 = own.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let level = own.saturating_add(level).min(LEVEL_MAX).to_string();
    with_attribute(tag, "lvl", &level, &["marL", "indent"])
}

/// Returns a tag with an attribute set, and without others.
pub(crate) fn with_attribute(tag: &str, name: &str, value: &str, without: &[&str]) -> String {
    let mut out = format!("<{} {name}=\"{}\"", tag_name(tag), escape(value));
    for (other, value) in attributes(tag) {
        if other != name && !without.contains(&other) {
            let quote = if value.contains('"') { '\'' } else { '"' };
            out += &format!(" {other}={quote}{value}{quote}");
        }
    }
    out + if tag.ends_with("/>") { "/>" } else { ">" }
}

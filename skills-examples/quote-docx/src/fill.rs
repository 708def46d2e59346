//! Fills the fields of one part.
//!
//! * A field may be split over several runs, as Word does while a person types.
//! * A table row that names a field of a list is repeated for each item; outside of a table
//!   the paragraph is.
//! * A row or paragraph all of whose fields are empty is left out, so that no label stands
//!   without its value. `label.…` fields do not count.
//! * A line break in a text becomes one in the document.

use std::ops::Range;

use office_parts::fields::fill_pieces;
use office_parts::xml::{Element, Node, close, escape, write};

use crate::fields::{Field, Fields};

/// Fills a part's tree and returns its text.
pub(crate) fn fill(nodes: &[Node<'_>], fields: &Fields) -> String {
    let mut out = String::new();
    Filler { fields, item: &[] }.nodes(nodes, &mut out);
    out
}

/// Fills a text outside of paragraphs, such as the document's title.
pub(crate) fn fill_plain(text: &str, fields: &Fields) -> String {
    let filler = Filler { fields, item: &[] };
    let mut out = String::new();
    let mut done = 0;
    for (range, name) in fields_in(text) {
        out += &text[done..range.start];
        out += &escape(filler.text(name));
        done = range.end;
    }
    out + &text[done..]
}

/// Returns the names of the fields that a part's tree uses.
pub(crate) fn names(nodes: &[Node<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for node in nodes {
        if let Node::Element(element) = node {
            if element.name == "w:p" {
                let text = paragraph_text(element);
                found.extend(fields_in(&text).map(|(_, name)| name.to_owned()));
            }
            found.extend(names(&element.children));
        }
    }
    found
}

/// Returns the places and names of `{{fields}}` in a text.
pub(crate) fn fields_in(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    office_parts::fields::fields_in(text, is_name)
}

fn is_name(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_')
}

struct Filler<'f> {
    fields: &'f Fields,
    /// The list's item that is being written.
    item: &'f [Field],
}

impl<'f> Filler<'f> {
    fn nodes(&self, nodes: &[Node<'_>], out: &mut String) {
        for node in nodes {
            match node {
                Node::Raw(raw) => *out += raw,
                Node::Element(element) if matches!(element.name, "w:tr" | "w:p") => {
                    self.repeat(element, out);
                }
                Node::Element(element) => self.element(element, out),
            }
        }
    }

    fn element(&self, element: &Element<'_>, out: &mut String) {
        *out += element.start;
        let begin = out.len();
        self.nodes(&element.children, out);
        // Word asks for a paragraph at the end of every cell.
        let written = out[begin..].trim_end();
        if element.name == "w:tc" && !written.ends_with("</w:p>") && !written.ends_with("<w:p/>") {
            *out += "<w:p/>";
        }
        close(element, out);
    }

    /// Writes a row or paragraph once, once for each item, or not at all.
    fn repeat(&self, element: &Element<'_>, out: &mut String) {
        let names = own_names(element);
        let list = names.iter().find_map(|name| self.list(name));
        match list {
            Some(items) if self.item.is_empty() => {
                for item in items {
                    Self {
                        fields: self.fields,
                        item,
                    }
                    .unless_empty(element, &names, out);
                }
            }
            _ => self.unless_empty(element, &names, out),
        }
    }

    fn list(&self, name: &str) -> Option<&'f [Vec<Field>]> {
        let (group, _) = name.split_once('.')?;
        let list = self.fields.lists.iter().find(|(list, _)| *list == group);
        list.map(|(_, items)| items.as_slice())
    }

    fn unless_empty(&self, element: &Element<'_>, names: &[String], out: &mut String) {
        let mut values = names
            .iter()
            .filter(|name| !name.starts_with("label."))
            .peekable();
        if values.peek().is_some() && values.all(|name| self.text(name).is_empty()) {
            return;
        }
        match element.name {
            "w:p" => self.paragraph(element, out),
            _ => self.element(element, out),
        }
    }

    fn text(&self, name: &str) -> &'f str {
        let found = self
            .item
            .iter()
            .chain(&self.fields.single)
            .find(|(other, _)| *other == name);
        found.map_or("", |(_, text)| text)
    }

    fn paragraph(&self, element: &Element<'_>, out: &mut String) {
        let mut texts = self.texts(element).into_iter();
        *out += element.start;
        self.runs(&element.children, &mut texts, out);
        close(element, out);
    }

    /// Returns the filled text of each `w:t` of a paragraph; none where it is as it was.
    fn texts(&self, paragraph: &Element<'_>) -> Vec<Option<String>> {
        let mut pieces = Vec::new();
        collect(&paragraph.children, &mut pieces);
        let filled = fill_pieces(&pieces, is_name, |name| self.text(name));
        let breaks = |text: String| text.replace('\n', "</w:t><w:br/><w:t xml:space=\"preserve\">");
        filled.into_iter().map(|text| text.map(breaks)).collect()
    }

    /// Writes a paragraph's children with their filled texts.
    fn runs(
        &self,
        nodes: &[Node<'_>],
        texts: &mut std::vec::IntoIter<Option<String>>,
        out: &mut String,
    ) {
        for node in nodes {
            match node {
                Node::Element(element) if element.name == "w:t" => match texts.next().flatten() {
                    Some(text) => {
                        *out += "<w:t xml:space=\"preserve\">";
                        *out += &text;
                        *out += "</w:t>";
                    }
                    None => write(std::slice::from_ref(node), out),
                },
                // A text box inside of a paragraph has paragraphs of its own.
                Node::Element(element) if element.name == "w:p" => self.repeat(element, out),
                Node::Element(element) => {
                    *out += element.start;
                    self.runs(&element.children, texts, out);
                    close(element, out);
                }
                Node::Raw(raw) => *out += raw,
            }
        }
    }
}

/// Returns the names of the fields of a row or paragraph, without those of rows inside it.
fn own_names(element: &Element<'_>) -> Vec<String> {
    if element.name == "w:p" {
        let text = paragraph_text(element);
        return fields_in(&text).map(|(_, name)| name.to_owned()).collect();
    }
    let mut found = Vec::new();
    for node in &element.children {
        match node {
            Node::Element(inner) if inner.name == "w:tbl" => {}
            Node::Element(inner) => found.extend(own_names(inner)),
            Node::Raw(_) => {}
        }
    }
    found
}

fn paragraph_text(paragraph: &Element<'_>) -> String {
    let mut pieces = Vec::new();
    collect(&paragraph.children, &mut pieces);
    pieces.concat()
}

/// Collects the content of each `w:t`, in order, not of paragraphs inside.
fn collect(nodes: &[Node<'_>], pieces: &mut Vec<String>) {
    for node in nodes {
        match node {
            Node::Element(element) if element.name == "w:t" => {
                let mut text = String::new();
                write(&element.children, &mut text);
                pieces.push(text);
            }
            Node::Element(element) if element.name == "w:p" => {}
            Node::Element(element) => collect(&element.children, pieces),
            Node::Raw(_) => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use office_parts::xml::parse;

    fn check(source: &str, expected: &str) {
        let item = |name: &str| {
            vec![
                ("position.title", name.to_owned()),
                ("position.unit", String::new()),
            ]
        };
        let fields = Fields {
            single: vec![
                ("customer.name", "R&D <GmbH>".to_owned()),
                ("customer.contact", String::new()),
                ("quote.intro", "a\nb".to_owned()),
                ("label.date", "Datum".to_owned()),
            ],
            lists: vec![
                ("position", vec![item("One"), item("Two")]),
                ("note", Vec::new()),
            ],
        };
        assert_eq!(fill(&parse(source).unwrap(), &fields), expected);
    }

    const SPACE: &str = " xml:space=\"preserve\"";

    #[test]
    fn a_field_is_filled_and_escaped() {
        check(
            "<w:p><w:r><w:t>An {{ customer.name }}!</w:t></w:r></w:p>",
            &format!("<w:p><w:r><w:t{SPACE}>An R&amp;D &lt;GmbH&gt;!</w:t></w:r></w:p>"),
        );
    }

    #[test]
    fn a_field_that_word_has_split_is_filled() {
        check(
            "<w:p><w:r><w:t>a {{cust</w:t></w:r><w:r><w:t>omer</w:t></w:r><w:r><w:t>.name}} b</w:t></w:r></w:p>",
            &format!(
                "<w:p><w:r><w:t{SPACE}>a R&amp;D &lt;GmbH&gt;</w:t></w:r><w:r><w:t{SPACE}></w:t></w:r>\
                 <w:r><w:t{SPACE}> b</w:t></w:r></w:p>"
            ),
        );
    }

    #[test]
    fn what_names_no_field_is_left_alone() {
        let source = "<w:p><w:r><w:t>{{ }} {{A}} {x} }}</w:t></w:r></w:p>";
        check(source, source);
    }

    #[test]
    fn a_row_is_repeated_for_each_item() {
        check(
            "<w:tr><w:tc><w:p><w:r><w:t>{{position.title}}</w:t></w:r></w:p></w:tc></w:tr>",
            &["One", "Two"]
                .map(|name| {
                    format!(
                        "<w:tr><w:tc><w:p><w:r><w:t{SPACE}>{name}</w:t></w:r></w:p></w:tc></w:tr>"
                    )
                })
                .concat(),
        );
    }

    #[test]
    fn an_empty_list_leaves_nothing() {
        check("<w:p><w:r><w:t>Note: {{note.text}}</w:t></w:r></w:p>", "");
    }

    #[test]
    fn what_is_empty_takes_its_label_along() {
        check(
            "<w:p><w:r><w:t>{{label.date}}: {{customer.contact}}</w:t></w:r></w:p>",
            "",
        );
        check(
            "<w:p><w:r><w:t>{{label.date}}</w:t></w:r></w:p>",
            &format!("<w:p><w:r><w:t{SPACE}>Datum</w:t></w:r></w:p>"),
        );
    }

    #[test]
    fn a_cell_keeps_a_paragraph() {
        check(
            "<w:tc><w:p><w:r><w:t>{{customer.contact}}</w:t></w:r></w:p></w:tc>",
            "<w:tc><w:p/></w:tc>",
        );
    }

    #[test]
    fn a_line_break_is_one_in_the_document() {
        check(
            "<w:p><w:r><w:t>{{quote.intro}}</w:t></w:r></w:p>",
            &format!("<w:p><w:r><w:t{SPACE}>a</w:t><w:br/><w:t{SPACE}>b</w:t></w:r></w:p>"),
        );
    }

    #[test]
    fn names_are_found_in_split_runs_and_tables() {
        let source = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{{vat.</w:t></w:r><w:r><w:t>rate}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
        assert_eq!(names(&parse(source).unwrap()), ["vat.rate"]);
    }
}

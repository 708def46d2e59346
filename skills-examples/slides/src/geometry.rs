//! Where a shape stands, in EMU: 914,400 to the inch, 360,000 to the centimetre.

use office_parts::xml::{Element, Node, attribute, elements};

use crate::shape::head;

/// A shape's place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// How it is turned, as the tag `a:xfrm` says it.
    pub(crate) turned: String,
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
}

impl Frame {
    /// Writes it as a tag's content.
    pub(crate) fn write(&self, prefix: char) -> String {
        let Frame {
            turned,
            x,
            y,
            width,
            height,
        } = self;
        format!(
            "<{prefix}:xfrm{turned}><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></{prefix}:xfrm>"
        )
    }
}

/// Returns where a shape says that it stands.
pub(crate) fn own(shape: &Element<'_>) -> Option<Frame> {
    let found = match shape.name {
        "p:graphicFrame" => shape.child("p:xfrm")?,
        _ => shape.child("p:spPr")?.child("a:xfrm")?,
    };
    let number = |tag: &str, name| attribute(tag, name)?.parse::<i32>().ok().map(i64::from);
    let (off, ext) = (found.tag("a:off")?, found.tag("a:ext")?);
    let turn = |name| attribute(found.start, name).filter(|value| value.parse::<i32>().is_ok());
    let turned = ["rot", "flipH", "flipV"].map(|name| match turn(name) {
        Some(value) => format!(" {name}=\"{value}\""),
        None => String::new(),
    });
    let frame = Frame {
        turned: turned.concat(),
        x: number(off, "x")?,
        y: number(off, "y")?,
        width: number(ext, "cx")?,
        height: number(ext, "cy")?,
    };
    (frame.width > 0 && frame.height > 0).then_some(frame)
}

/// Returns where a placeholder stands, as the layout or else the master says it.
pub(crate) fn inherited(place: &str, layout: &[Node<'_>], master: &[Node<'_>]) -> Option<Frame> {
    let index = attribute(place, "idx");
    let kind = attribute(place, "type");
    let in_layout = shapes(layout).into_iter().find(|(other, _)| match &index {
        Some(index) => attribute(other, "idx").as_ref() == Some(index),
        None => attribute(other, "type") == kind,
    });
    let (other, shape) = in_layout?;
    let kind = attribute(other, "type").or(kind);
    own(shape).or_else(|| {
        let base = match kind.as_deref() {
            Some("title" | "ctrTitle") => "title",
            _ => "body",
        };
        let is_base = |(other, _): &(&str, _)| attribute(other, "type").as_deref() == Some(base);
        own(shapes(master).into_iter().find(is_base)?.1)
    })
}

/// Returns the placeholders of a layout or master.
fn shapes<'n, 'a>(nodes: &'n [Node<'a>]) -> Vec<(&'a str, &'n Element<'a>)> {
    let mut found = Vec::new();
    for element in elements(nodes) {
        match element.name {
            "p:sp" | "p:pic" => found.extend(head(element).place.map(|place| (place, element))),
            _ => found.extend(shapes(&element.children)),
        }
    }
    found
}

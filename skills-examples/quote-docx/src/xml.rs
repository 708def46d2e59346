//! Just enough XML to find paragraphs, rows and texts, and to leave all else as it was.
//!
//! A part is cut into a tree whose leaves are slices of the source, so that what is not
//! filled is written back byte for byte. Entities are never expanded.

/// Most elements inside one another. Word's own documents stay below 40.
const DEPTH_MAX: usize = 100;

/// A piece of a part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Node<'a> {
    /// Text, or a tag that holds nothing, as it stands in the source.
    Raw(&'a str),
    Element(Element<'a>),
}

/// An element with an end tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// Its name with the prefix, such as `w:p`.
    pub(crate) name: &'a str,
    /// The start tag as it stands in the source.
    pub(crate) start: &'a str,
    pub(crate) children: Vec<Node<'a>>,
}

/// Cuts a part into its tree.
///
/// # Errors
/// Where tags do not match or are nested too deep.
pub(crate) fn parse(source: &str) -> Result<Vec<Node<'_>>, &'static str> {
    let mut open: Vec<Element<'_>> = vec![Element {
        name: "",
        start: "",
        children: Vec::new(),
    }];
    let mut rest = source;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(piece_end(rest)?);
        rest = after;
        let parent = open.last_mut().ok_or("its tags do not match")?;
        if let Some(name) = piece.strip_prefix("</") {
            if name.trim_end_matches('>').trim_end() != parent.name {
                return Err("its tags do not match");
            }
            let closed = open.pop().ok_or("its tags do not match")?;
            let parent = open.last_mut().ok_or("its tags do not match")?;
            parent.children.push(Node::Element(closed));
        } else if is_start(piece) {
            if open.len() > DEPTH_MAX {
                return Err("its elements are nested too deep");
            }
            let end = piece
                .find(|c: char| c.is_whitespace() || c == '>')
                .unwrap_or(piece.len());
            open.push(Element {
                name: &piece[1..end],
                start: piece,
                children: Vec::new(),
            });
        } else {
            parent.children.push(Node::Raw(piece));
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(root), true) => Ok(root.children),
        _ => Err("its tags do not match"),
    }
}

/// Returns where the text or tag that begins the source ends.
fn piece_end(source: &str) -> Result<usize, &'static str> {
    let after = |end: &str| source.find(end).map(|at| at + end.len());
    let end = match source {
        _ if source.starts_with("<!--") => after("-->"),
        _ if source.starts_with("<![CDATA[") => after("]]>"),
        _ if source.starts_with("<?") => after("?>"),
        // Word writes no document type; entities that one declares could mean anything.
        _ if source.starts_with("<!") => return Err("it declares a document type"),
        _ if source.starts_with('<') => after(">"),
        _ => return Ok(source.find('<').unwrap_or(source.len())),
    };
    end.ok_or("a tag does not end")
}

fn is_start(piece: &str) -> bool {
    piece.starts_with('<')
        && !piece.ends_with("/>")
        && !piece.starts_with("<?")
        && !piece.starts_with("<!")
}

/// Writes a tree back.
pub(crate) fn write(nodes: &[Node<'_>], out: &mut String) {
    for node in nodes {
        match node {
            Node::Raw(raw) => *out += raw,
            Node::Element(element) => {
                *out += element.start;
                write(&element.children, out);
                close(element, out);
            }
        }
    }
}

/// Writes an element's end tag.
pub(crate) fn close(element: &Element<'_>, out: &mut String) {
    *out += "</";
    *out += element.name;
    out.push('>');
}

/// Returns a text as it may stand in XML.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(source: &str) {
        let mut out = String::new();
        write(&parse(source).unwrap(), &mut out);
        assert_eq!(out, source);
    }

    #[test]
    fn a_part_is_written_back_as_it_was() {
        check("");
        check("<?xml version=\"1.0\"?>\n<a x=\"1\"><b/>text<!-- <c> --><![CDATA[<d>]]></a>\n");
        check("<w:p w:rsidR=\"0\"><w:r><w:t xml:space=\"preserve\"> a &amp; b </w:t></w:r></w:p>");
    }

    #[test]
    fn what_does_not_match_is_refused() {
        for source in [
            "<a>",
            "</a>",
            "<a></b>",
            "<a",
            "<!DOCTYPE a><a></a>",
            "<!-- ",
            "<a><b></a></b>",
        ] {
            assert!(parse(source).is_err(), "{source}");
        }
        let deep = "<a>".repeat(DEPTH_MAX + 1) + &"</a>".repeat(DEPTH_MAX + 1);
        assert_eq!(parse(&deep), Err("its elements are nested too deep"));
    }

    #[test]
    fn markup_in_a_text_is_escaped() {
        assert_eq!(escape("R&D <b> \"x\""), "R&amp;D &lt;b&gt; &quot;x&quot;");
    }
}

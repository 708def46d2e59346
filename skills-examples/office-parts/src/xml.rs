//! Just enough XML to find paragraphs, rows and texts, and to leave all else as it was.
//!
//! A part is cut into a tree whose leaves are slices of the source, so that what is not
//! filled is written back byte for byte. Entities are never expanded.

/// Most elements inside one another. Word's own documents stay below 40.
const DEPTH_MAX: usize = 100;

/// A piece of a part.
#[derive(Debug, PartialEq, Eq)]
pub enum Node<'a> {
    /// Text, or a tag that holds nothing, as it stands in the source.
    Raw(&'a str),
    /// An element with an end tag.
    Element(Element<'a>),
}

/// An element with an end tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its name with the prefix, such as `w:p`.
    pub name: &'a str,
    /// The start tag as it stands in the source.
    pub start: &'a str,
    /// What stands between its tags.
    pub children: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    /// Returns its tag, where it is one: an element's start tag, or one that holds nothing.
    pub fn tag(&self) -> Option<&'a str> {
        match self {
            Node::Raw(raw) if is_tag(raw) => Some(raw),
            Node::Raw(_) => None,
            Node::Element(element) => Some(element.start),
        }
    }

    /// Returns the name of its tag, with the prefix.
    pub fn name(&self) -> Option<&'a str> {
        self.tag().map(tag_name)
    }
}

impl<'a> Element<'a> {
    /// Returns the first element of this name among its children.
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.elements().find(|element| element.name == name)
    }

    /// Returns its children that are elements with an end tag.
    pub fn elements(&self) -> impl Iterator<Item = &Element<'a>> {
        elements(&self.children)
    }

    /// Returns the first tag of this name among its children, whether it holds something or not.
    pub fn tag(&self, name: &str) -> Option<&'a str> {
        let mut tags = self.children.iter().filter_map(Node::tag);
        tags.find(|tag| tag_name(tag) == name)
    }
}

/// Returns the elements with an end tag among nodes.
pub fn elements<'n, 'a>(nodes: &'n [Node<'a>]) -> impl Iterator<Item = &'n Element<'a>> {
    nodes.iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Raw(_) => None,
    })
}

/// Cuts a part into its tree.
///
/// # Errors
/// Where tags do not match or are nested too deep.
pub fn parse(source: &str) -> Result<Vec<Node<'_>>, &'static str> {
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
            open.push(Element {
                name: tag_name(piece),
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
        _ if source.starts_with('<') => tag_end(source),
        _ => return Ok(source.find('<').unwrap_or(source.len())),
    };
    end.ok_or("a tag does not end")
}

/// Returns where a tag ends: a `>` between quotes does not end it.
fn tag_end(source: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in source.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn is_tag(piece: &str) -> bool {
    piece.starts_with('<')
        && !["</", "<?", "<!"]
            .iter()
            .any(|start| piece.starts_with(start))
}

fn is_start(piece: &str) -> bool {
    is_tag(piece) && !piece.ends_with("/>")
}

/// Returns the name of a tag, with the prefix.
pub fn tag_name(tag: &str) -> &str {
    let name = tag.strip_prefix('<').unwrap_or(tag);
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    &name[..end.unwrap_or(name.len())]
}

/// Returns the attributes of a tag in their order, each a name with the prefix and a value as it
/// stands in the source.
pub fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = &tag[tag.len().min(1 + tag_name(tag).len())..];
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        rest = after;
        Some((name.trim(), value))
    })
}

/// Returns the value of an attribute of a tag, read.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let found = attributes(tag).find(|(other, _)| *other == name);
    found.map(|(_, value)| unescape(value))
}

/// Returns a text as it is read: the five names of XML and numbers are resolved. Others, which only
/// a document type could declare, stay as they are.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out += before;
        let resolved = after
            .split_once(';')
            .and_then(|(name, after)| Some((entity(name)?, after)));
        rest = match resolved {
            Some((c, after)) => {
                out.push(c);
                after
            }
            None => {
                out.push('&');
                after
            }
        };
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    let number = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let number = match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    number.ok().and_then(char::from_u32).filter(|c| is_char(*c))
}

/// Returns whether a character may stand in XML 1.0 (section 2.2) at all.
fn is_char(c: char) -> bool {
    !(c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{FFFE}' | '\u{FFFF}'))
}

/// Returns whether a character of a caller's text may stand in a document: control characters may
/// not, line breaks may.
pub fn is_text(c: char) -> bool {
    c == '\n' || (!c.is_control() && is_char(c))
}

/// Writes a tree back.
pub fn write(nodes: &[Node<'_>], out: &mut String) {
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
pub fn close(element: &Element<'_>, out: &mut String) {
    *out += "</";
    *out += element.name;
    out.push('>');
}

/// Returns a text as it may stand in XML.
pub fn escape(text: &str) -> String {
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
    fn a_sign_between_quotes_ends_no_tag() {
        check("<a x=\"b>c\" y='\">'><d e='/>'/></a>");
        assert!(parse("<a x=\"b></a>").is_err());
    }

    #[test]
    fn attributes_are_read() {
        let tag = "<p:sldId id=\"256\" r:id = 'rId&amp;2' name=\"a='b'\"/>";
        assert_eq!(tag_name(tag), "p:sldId");
        assert_eq!(attribute(tag, "r:id").unwrap(), "rId&2");
        assert_eq!(attribute(tag, "name").unwrap(), "a='b'");
        assert_eq!(attribute(tag, "b"), None);
        assert_eq!(attributes("<a").count(), 0);
    }

    #[test]
    fn only_the_entities_of_xml_are_resolved() {
        let text = "R&amp;D &#252;&#xE4; &lol; &#0; &#xFFFF; & &quot;";
        assert_eq!(unescape(text), "R&D üä &lol; &#0; &#xFFFF; & \"");
    }

    #[test]
    fn a_control_character_is_no_text() {
        assert!("a\nb„ü“".chars().all(is_text));
        for c in ['\0', '\u{1b}', '\r', '\u{85}', '\u{FFFE}'] {
            assert!(!is_text(c), "{c:?}");
        }
    }

    #[test]
    fn markup_in_a_text_is_escaped() {
        assert_eq!(escape("R&D <b> \"x\""), "R&amp;D &lt;b&gt; &quot;x&quot;");
    }
}

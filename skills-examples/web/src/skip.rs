//! Which parts of a page are not its text.

/// Why a part is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Skip {
    /// No text at all, or text that no reader of the page sees.
    Never,
    /// Around the text: menus, footers. Read only where a page has nothing else.
    Aside,
}

/// Attributes of a tag that decide.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// `hidden`, `aria-hidden=true`, or a style that hides.
    pub(crate) hidden: bool,
    /// A `role` of what stands around the text.
    pub(crate) aside: bool,
}

impl Marks {
    /// Looks at one attribute; the name is in small letters.
    pub(crate) fn see(&mut self, name: &[u8], value: &[u8]) {
        let value = value.to_ascii_lowercase();
        match name {
            b"hidden" => self.hidden = true,
            b"aria-hidden" => self.hidden |= value.trim_ascii() == b"true",
            b"style" => self.hidden |= hides(&value),
            b"role" => {
                let role = value.trim_ascii();
                let roles: [&[u8]; 4] = [b"navigation", b"banner", b"contentinfo", b"search"];
                self.aside |= roles.contains(&role);
            }
            _ => {}
        }
    }
}

/// The ways to hide a text that need no stylesheet.
fn hides(style: &[u8]) -> bool {
    let packed: Vec<u8> = style
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let ways: [&[u8]; 4] = [
        b"display:none",
        b"visibility:hidden",
        b"font-size:0",
        b"opacity:0",
    ];
    packed.split(|byte| *byte == b';').any(|rule| {
        ways.iter().any(|way| {
            let rest = rule.strip_prefix(*way);
            // `opacity:0.9` is seen.
            rest.is_some_and(|rest| rest.iter().all(|b| !b.is_ascii_digit() && *b != b'.'))
        })
    })
}

/// Returns whether and why the element is not read.
pub(crate) fn of_element(name: &[u8], marks: &Marks) -> Option<Skip> {
    if is_void(name) {
        return None;
    }
    match name {
        b"script" | b"style" | b"template" | b"noscript" | b"svg" | b"math" | b"canvas"
        | b"iframe" | b"object" | b"video" | b"audio" | b"select" | b"textarea" | b"dialog" => {
            Some(Skip::Never)
        }
        // These hold the page: a page that hides them shows them by script.
        b"html" | b"body" | b"main" | b"article" => None,
        _ if marks.hidden => Some(Skip::Never),
        b"nav" | b"footer" | b"aside" => Some(Skip::Aside),
        _ if marks.aside => Some(Skip::Aside),
        _ => None,
    }
}

/// Elements without content and end tag (HTML standard, 13.1.2).
pub(crate) fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Elements whose end tag may be left out: the next one of its kind ends it.
fn may_stay_open(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"li"
            | b"dt"
            | b"dd"
            | b"tr"
            | b"td"
            | b"th"
            | b"option"
            | b"optgroup"
            | b"thead"
            | b"tbody"
            | b"tfoot"
    )
}

/// Ends of these end an element whose own end tag was left out.
fn holds_others(name: &[u8]) -> bool {
    matches!(
        name,
        b"ul"
            | b"ol"
            | b"dl"
            | b"table"
            | b"div"
            | b"section"
            | b"article"
            | b"main"
            | b"body"
            | b"html"
            | b"blockquote"
            | b"form"
            | b"fieldset"
    )
}

/// The element that is being skipped. Only ends of its own name are counted: a page that nests
/// others wrongly inside of it shifts nothing.
#[derive(Debug)]
pub(crate) struct Skipping {
    name: Vec<u8>,
    depth: usize,
}

impl Skipping {
    /// Begins to skip an element.
    pub(crate) fn new(name: &[u8]) -> Self {
        let name = name.to_vec();
        Self { name, depth: 1 }
    }

    /// Sees a start tag; returns whether the skip is over before it.
    pub(crate) fn ends_at_start(&mut self, name: &[u8]) -> bool {
        if name != self.name {
            return false;
        }
        self.depth += 1;
        may_stay_open(name)
    }

    /// Sees an end tag; returns whether the skip is over behind it.
    pub(crate) fn ends_at_end(&mut self, name: &[u8]) -> bool {
        if name == self.name {
            self.depth -= 1;
            return self.depth == 0;
        }
        (may_stay_open(&self.name) && holds_others(name)) || name == b"body"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide_are_known() {
        for style in [
            "display:none",
            "color:red; DISPLAY : none !important",
            "opacity:0;",
            "font-size:0px",
        ] {
            let mut marks = Marks::default();
            marks.see(b"style", style.as_bytes());
            assert!(marks.hidden, "{style}");
        }
        for style in [
            "display:block",
            "opacity:0.5",
            "font-size:01em",
            "x-display:none",
            "",
        ] {
            let mut marks = Marks::default();
            marks.see(b"style", style.as_bytes());
            assert!(!marks.hidden, "{style}");
        }
    }
}

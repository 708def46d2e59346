//! Readable text and links of HTML, in one pass over its tags.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use url::Url;

use crate::links::{Links, Place};
use crate::skip::{self, Marks, Skip, Skipping};
use crate::text::Text;

/// Characters of a title.
const TITLE_CHARS_MAX: usize = 300;

/// What a page says.
#[derive(Debug)]
pub(crate) struct Extract {
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    /// Whether there was more text.
    pub(crate) cut: bool,
    pub(crate) links: Links,
}

/// Reads `html` of the page at `url`, up to `chars_max` characters of text.
pub(crate) fn extract(html: &str, url: &Url, chars_max: usize) -> Extract {
    let mut reader = Reader::new(url, chars_max);
    let see = |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        reader.see(event);
        None
    };
    let mut emitter = CallbackEmitter::new(see);
    // Scripts and styles are read as such, as a browser does.
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    reader.finish()
}

/// A start tag while its attributes come.
#[derive(Debug, Default)]
struct Tag {
    name: Vec<u8>,
    attribute: Vec<u8>,
    marks: Marks,
    href: Option<String>,
    alt: Option<String>,
}

#[derive(Debug)]
struct Reader {
    tag: Option<Tag>,
    title: Text,
    in_title: bool,
    /// The text of `<main>`, of the page without what stands around it, and of the whole page.
    main: Text,
    body: Text,
    whole: Text,
    main_depth: usize,
    pre_depth: usize,
    cells: usize,
    never: Option<Skipping>,
    aside: Option<Skipping>,
    links: Links,
}

impl Reader {
    fn new(url: &Url, chars_max: usize) -> Self {
        Self {
            tag: None,
            title: Text::new(TITLE_CHARS_MAX),
            in_title: false,
            main: Text::new(chars_max),
            body: Text::new(chars_max),
            whole: Text::new(chars_max),
            main_depth: 0,
            pre_depth: 0,
            cells: 0,
            never: None,
            aside: None,
            links: Links::new(url),
        }
    }

    fn finish(self) -> Extract {
        let (title, _) = self.title.finish();
        let texts = [self.main, self.body, self.whole];
        let text = texts.into_iter().find(|text| !text.is_empty());
        let (text, cut) = text.map(Text::finish).unwrap_or_default();
        Extract {
            title: Some(title).filter(|title| !title.is_empty()),
            text,
            cut,
            links: self.links,
        }
    }

    fn see(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                let name = name.to_vec();
                self.tag = Some(Tag {
                    name,
                    ..Tag::default()
                });
            }
            CallbackEvent::AttributeName { name } => {
                if let Some(tag) = &mut self.tag {
                    tag.attribute = name.to_vec();
                    // It may have no value.
                    tag.marks.see(name, b"");
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(tag) = &mut self.tag {
                    tag.see(value);
                }
            }
            CallbackEvent::CloseStartTag { .. } => {
                if let Some(tag) = self.tag.take() {
                    self.start(&tag);
                }
            }
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } => self.text(value),
            CallbackEvent::Comment { .. }
            | CallbackEvent::Doctype { .. }
            | CallbackEvent::Error(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag) {
        if let Some(never) = &mut self.never {
            if !never.ends_at_start(&tag.name) {
                return;
            }
            self.never = None;
        }
        if let Some(aside) = &mut self.aside
            && aside.ends_at_start(&tag.name)
        {
            self.aside = None;
        }
        match skip::of_element(&tag.name, &tag.marks) {
            Some(Skip::Never) => {
                self.never = Some(Skipping::new(&tag.name));
                return;
            }
            Some(Skip::Aside) if self.aside.is_none() => {
                self.aside = Some(Skipping::new(&tag.name));
            }
            _ => {}
        }
        self.start_element(tag);
    }

    fn start_element(&mut self, tag: &Tag) {
        match tag.name.as_slice() {
            b"title" => self.in_title = self.title.is_empty(),
            b"base" => {
                if let Some(href) = &tag.href {
                    self.links.set_base(href);
                }
            }
            b"a" | b"area" => {
                if let Some(href) = &tag.href {
                    let place = match self.aside {
                        Some(_) => Place::Aside,
                        None => Place::Text,
                    };
                    self.links.open(href, place);
                }
                if let (b"area", Some(alt)) = (tag.name.as_slice(), &tag.alt) {
                    self.links.add(alt);
                    self.links.close();
                }
            }
            b"img" => {
                if let Some(alt) = &tag.alt {
                    self.links.add(alt);
                }
            }
            b"main" => self.main_depth += 1,
            b"pre" => self.pre_depth += 1,
            b"tr" => self.cells = 0,
            _ => {}
        }
        self.before(&tag.name);
    }

    /// Writes what stands before an element's text.
    fn before(&mut self, name: &[u8]) {
        match name {
            b"br" => self.each(Text::line),
            b"li" => {
                self.each(Text::line);
                self.each(|text| text.sign("- "));
            }
            b"td" | b"th" => {
                if self.cells > 0 {
                    self.each(|text| text.add_as_is(" | "));
                }
                self.cells += 1;
            }
            [b'h', level @ b'1'..=b'6'] => {
                let signs = ["# ", "## ", "### ", "#### ", "##### ", "###### "];
                let sign = signs[usize::from(level - b'1')];
                self.each(Text::paragraph);
                self.each(|text| text.sign(sign));
            }
            _ => self.apart(name),
        }
    }

    /// Sets a block apart from its neighbours, before and behind.
    fn apart(&mut self, name: &[u8]) {
        match name {
            b"tr" | b"dt" | b"dd" | b"div" | b"option" | b"figcaption" | b"caption" | b"li" => {
                self.each(Text::line);
                self.links.add(" ");
            }
            b"p" | b"section" | b"article" | b"main" | b"header" | b"footer" | b"nav"
            | b"aside" | b"ul" | b"ol" | b"dl" | b"table" | b"blockquote" | b"pre" | b"hr"
            | b"form" | b"fieldset" | b"figure" | b"address" | b"details" | b"summary" | b"h1"
            | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => self.each(Text::paragraph),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if let Some(never) = &mut self.never {
            if never.ends_at_end(name) {
                self.never = None;
            }
            return;
        }
        self.apart(name);
        match name {
            b"title" => self.in_title = false,
            b"a" => self.links.close(),
            b"main" => self.main_depth = self.main_depth.saturating_sub(1),
            b"pre" => self.pre_depth = self.pre_depth.saturating_sub(1),
            _ => {}
        }
        if let Some(aside) = &mut self.aside
            && aside.ends_at_end(name)
        {
            self.aside = None;
        }
    }

    fn text(&mut self, value: &[u8]) {
        if self.never.is_some() {
            return;
        }
        let text = String::from_utf8_lossy(value);
        if self.in_title {
            self.title.add(&text);
            return;
        }
        self.links.add(&text);
        match self.pre_depth {
            0 => self.each(|written| written.add(&text)),
            _ => self.each(|written| written.add_as_is(&text)),
        }
    }

    /// Writes to each text that this place of the page belongs to.
    fn each(&mut self, write: impl Fn(&mut Text)) {
        write(&mut self.whole);
        if self.aside.is_none() {
            write(&mut self.body);
            if self.main_depth > 0 {
                write(&mut self.main);
            }
        }
    }
}

impl Tag {
    fn see(&mut self, value: &[u8]) {
        self.marks.see(&self.attribute, value);
        let text = || Some(String::from_utf8_lossy(value).into_owned());
        match self.attribute.as_slice() {
            b"href" => self.href = text(),
            b"alt" => self.alt = text(),
            _ => {}
        }
    }
}

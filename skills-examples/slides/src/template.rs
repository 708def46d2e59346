//! A template: the slides and layouts that a deck can be made of.

use std::borrow::Cow;
use std::collections::BTreeSet;

use office_parts::xml::{Element, Node, attribute, close, elements, escape, parse, write};

use crate::error::DeckError;
use crate::package::{DECK_BYTES_MAX, Package, broken};
use crate::rels::Rel;
use crate::shape::{head, is_footer};
use crate::table::closed;
use crate::text::{body_text, names_in, paragraphs, read_paragraph};

/// The template of the package.
const BUILT_IN: &str = "/skill/assets/template.pptx";
/// Most slides that are read of a deck, and most layouts.
pub(crate) const SLIDES_MAX: usize = 1000;

/// A slide that others are made like.
#[derive(Debug, Clone)]
pub(crate) struct Prototype {
    pub(crate) name: String,
    /// Whether it is a layout, not a slide of the template.
    pub(crate) is_layout: bool,
    /// The part of its layout.
    pub(crate) layout: String,
    pub(crate) xml: String,
    /// What a slide that is made like it leads to; no notes, no comments, no other slides.
    pub(crate) rels: Vec<Rel>,
}

/// A deck, opened.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) package: Package,
    /// The name of the main part.
    pub(crate) main: String,
    pub(crate) prototypes: Vec<Prototype>,
}

/// Reads a file of the call, at most so many bytes.
pub(crate) fn read_file(path: &str, name: &str, bytes_max: u64) -> Result<Vec<u8>, DeckError> {
    let found = std::fs::metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file);
    let found = found.ok_or_else(|| DeckError::NotFound(name.to_owned()))?;
    let unreadable = |why: String| DeckError::Unreadable {
        file: name.to_owned(),
        why,
    };
    if found.len() > bytes_max {
        return Err(unreadable(format!("it is larger than {bytes_max} bytes")));
    }
    std::fs::read(path).map_err(|error| unreadable(error.to_string()))
}

impl Template {
    /// Opens the template `name` of `/in`, or the built-in one.
    pub(crate) fn open(name: Option<&str>) -> Result<Template, DeckError> {
        let path = name.map_or(Cow::Borrowed(BUILT_IN), |name| format!("/in/{name}").into());
        Template::read(&read_file(&path, name.unwrap_or(BUILT_IN), DECK_BYTES_MAX)?)
    }

    /// Reads a template.
    pub(crate) fn read(bytes: &[u8]) -> Result<Template, DeckError> {
        let package = Package::open(bytes)?;
        package.refuse_unsafe()?;
        let main = main_part(&package)?;
        let mut prototypes = Vec::new();
        for (number, slide) in slides(&package, &main)?.iter().enumerate() {
            prototypes.push(slide_prototype(&package, slide, number + 1)?);
        }
        for layout in layouts(&package, &main)? {
            prototypes.push(layout_prototype(&package, &layout)?);
        }
        distinct(&mut prototypes);
        Ok(Template {
            package,
            main,
            prototypes,
        })
    }

    /// Returns its masters and layouts.
    pub(crate) fn masters(&self) -> Result<Vec<String>, DeckError> {
        let mut found = listed(
            &self.package,
            &self.main,
            "p:sldMasterIdLst",
            "p:sldMasterId",
        )?;
        found.extend(layouts(&self.package, &self.main)?);
        Ok(found)
    }

    /// Returns the fields in the texts of its masters and layouts.
    pub(crate) fn master_fields(&self) -> Result<BTreeSet<String>, DeckError> {
        let mut found = BTreeSet::new();
        for part in self.masters()? {
            let nodes = parse(self.package.text(&part)?).map_err(|why| broken(&part, why))?;
            found.extend(texts_of(&nodes));
        }
        Ok(found)
    }

    /// Returns the names of its prototypes.
    pub(crate) fn names(&self) -> Vec<String> {
        self.prototypes
            .iter()
            .map(|found| found.name.clone())
            .collect()
    }
}

/// Returns the fields in the texts of a master or layout.
pub(crate) fn texts_of(nodes: &[Node<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    each_shape(nodes, &mut |shape| {
        let text = shape.child("p:txBody").map(body_text).unwrap_or_default();
        found.extend(names_in(&text).map(str::to_owned));
    });
    found
}

/// Returns the name of a deck's main part.
pub(crate) fn main_part(package: &Package) -> Result<String, DeckError> {
    let main = package.led("", "officeDocument").map(str::to_owned);
    let main = main.ok_or_else(|| DeckError::template("it is no presentation"))?;
    let nodes = parse(package.text(&main)?).map_err(|why| broken(&main, why))?;
    if elements(&nodes).all(|element| element.name != "p:presentation") {
        return Err(DeckError::template(
            "it is no presentation, or one with unusual prefixes",
        ));
    }
    Ok(main)
}

/// Returns the slides of a deck, in their order.
pub(crate) fn slides(package: &Package, main: &str) -> Result<Vec<String>, DeckError> {
    listed(package, main, "p:sldIdLst", "p:sldId")
}

/// Returns the layouts of a deck, in their order.
fn layouts(package: &Package, main: &str) -> Result<Vec<String>, DeckError> {
    let mut found = Vec::new();
    for master in listed(package, main, "p:sldMasterIdLst", "p:sldMasterId")? {
        found.extend(listed(
            package,
            &master,
            "p:sldLayoutIdLst",
            "p:sldLayoutId",
        )?);
    }
    Ok(found)
}

/// Returns the parts that a list in a part names.
fn listed(package: &Package, part: &str, list: &str, item: &str) -> Result<Vec<String>, DeckError> {
    let nodes = parse(package.text(part)?).map_err(|why| broken(part, why))?;
    let root = elements(&nodes).next();
    let list = root.and_then(|root| root.child(list));
    let mut found = Vec::new();
    for node in list.map_or(&[][..], |list| list.children.as_slice()) {
        if node.name() != Some(item) {
            continue;
        }
        let id = node
            .tag()
            .and_then(|tag| attribute(tag, "r:id"))
            .unwrap_or_default();
        let rel = package.rels(part).iter().find(|rel| rel.id == id);
        let target = rel
            .and_then(Rel::part)
            .ok_or_else(|| broken(part, "its list leads nowhere"))?;
        found.push(target.to_owned());
        if found.len() > SLIDES_MAX {
            return Err(DeckError::template(format!(
                "it has more than {SLIDES_MAX} slides or layouts"
            )));
        }
    }
    Ok(found)
}

fn slide_prototype(package: &Package, part: &str, number: usize) -> Result<Prototype, DeckError> {
    let nodes = parse(package.text(part)?).map_err(|why| broken(part, why))?;
    let layout = package.led(part, "slideLayout");
    let layout = layout.ok_or_else(|| broken(part, "it has no layout"))?;
    let name = match given_name(&nodes) {
        Some(name) => name,
        None => noted_name(package, part)?.unwrap_or_else(|| format!("slide-{number}")),
    };
    let dropped = |rel: &Rel| {
        ["notesSlide", "slide", "comments"]
            .iter()
            .any(|kind| rel.is(kind))
    };
    let (gone, rels): (Vec<_>, Vec<_>) = package.rels(part).iter().cloned().partition(dropped);
    let gone: BTreeSet<_> = gone.into_iter().map(|rel| rel.id).collect();
    let mut xml = String::new();
    write_without_links(&nodes, &gone, &mut xml);
    Ok(Prototype {
        name,
        is_layout: false,
        layout: layout.to_owned(),
        xml,
        rels,
    })
}

/// Returns the name that a slide or layout has.
pub(crate) fn given_name(nodes: &[Node<'_>]) -> Option<String> {
    let root = elements(nodes).next()?;
    let name = attribute(root.child("p:cSld")?.start, "name")?;
    let name: String = name.trim().chars().take(100).collect();
    (!name.is_empty()).then_some(name)
}

/// Returns the name that a slide's notes begin with, as in `slide: agenda`: PowerPoint shows no
/// other place for it.
fn noted_name(package: &Package, part: &str) -> Result<Option<String>, DeckError> {
    let Some(notes) = package.led(part, "notesSlide") else {
        return Ok(None);
    };
    let text = notes_text(package, notes)?;
    let first = text.lines().next().unwrap_or_default();
    let name = first
        .strip_prefix("slide:")
        .or_else(|| first.strip_prefix("Slide:"));
    let name: Option<String> = name.map(|name| name.trim().chars().take(100).collect());
    Ok(name.filter(|name| !name.is_empty()))
}

/// Returns what the speaker says, one paragraph a line.
pub(crate) fn notes_text(package: &Package, notes: &str) -> Result<String, DeckError> {
    let nodes = parse(package.text(notes)?).map_err(|why| broken(notes, why))?;
    let mut found = Vec::new();
    each_shape(&nodes, &mut |shape| {
        let place = head(shape).place.and_then(|place| attribute(place, "type"));
        if let (Some("body"), Some(body)) = (place.as_deref(), shape.child("p:txBody")) {
            found.extend(paragraphs(body).map(read_paragraph));
        }
    });
    Ok(found.join("\n"))
}

/// Calls for each shape with a text, those in groups too.
pub(crate) fn each_shape<'n, 'a>(nodes: &'n [Node<'a>], call: &mut impl FnMut(&'n Element<'a>)) {
    for element in elements(nodes) {
        match element.name {
            "p:sp" => call(element),
            _ => each_shape(&element.children, call),
        }
    }
}

/// Returns the slide that a layout makes: its placeholders, empty.
fn layout_prototype(package: &Package, part: &str) -> Result<Prototype, DeckError> {
    let nodes = parse(package.text(part)?).map_err(|why| broken(part, why))?;
    let mut shapes = String::new();
    let mut id = 1;
    each_shape(&nodes, &mut |shape| {
        let head = head(shape);
        if let (Some(place), false) = (head.place, is_footer(&head)) {
            id += 1;
            shapes += &format!(
                "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr>\
                 <p:nvPr>{}</p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>",
                escape(&head.name),
                closed(place),
            );
        }
    });
    Ok(Prototype {
        name: given_name(&nodes).unwrap_or_else(|| "layout".to_owned()),
        is_layout: true,
        layout: part.to_owned(),
        xml: format!("{SLIDE_BEGIN}{shapes}{SLIDE_END}"),
        rels: vec![Rel::new("rId1", "slideLayout", part)],
    })
}

const SLIDE_BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <p:sld xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"><p:cSld><p:spTree><p:nvGrpSpPr>\
    <p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>";
const SLIDE_END: &str =
    "</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>";

/// Writes a tree without the links that go over a relationship that is gone.
fn write_without_links(nodes: &[Node<'_>], gone: &BTreeSet<String>, out: &mut String) {
    for node in nodes {
        let is_link = node.name().is_some_and(|name| name.starts_with("a:hlink"));
        let id = node
            .tag()
            .filter(|_| is_link)
            .and_then(|tag| attribute(tag, "r:id"));
        match node {
            _ if id.is_some_and(|id| gone.contains(&id)) => {}
            Node::Raw(_) => write(std::slice::from_ref(node), out),
            Node::Element(element) => {
                *out += element.start;
                write_without_links(&element.children, gone, out);
                close(element, out);
            }
        }
    }
}

/// Gives prototypes of one name a number.
fn distinct(prototypes: &mut [Prototype]) {
    let mut taken = BTreeSet::new();
    for prototype in prototypes {
        let base = prototype.name.clone();
        let mut number = 1;
        while !taken.insert(prototype.name.clone()) {
            number += 1;
            prototype.name = format!("{base} ({number})");
        }
    }
}

//! Makes a deck: takes the template's slides out, and puts those in that were asked for.

use std::collections::{BTreeMap, BTreeSet};

use office_parts::xml::{Element, Node, attribute, close, elements, parse, write};

use crate::content::{Content, DeckInput, FieldText, Picture, Values};
use crate::error::DeckError;
use crate::filler::{Deck, Filler};
use crate::geometry::{Frame, inherited};
use crate::image::{Image, PICTURE_BYTES_MAX, look};
use crate::notes;
use crate::package::{DECK_BYTES_MAX, Package, UNPACKED, broken};
use crate::picture::Placed;
use crate::properties;
use crate::rels::{Rel, Target, free_id};
use crate::template::{Template, texts_of};
use crate::wanted::{Wanted, wanted};

/// Where a slide's ids begin (ECMA-376 part 1, section 19.7.13).
const FIRST_SLIDE_ID: usize = 256;
const SLIDE_TYPE: &str = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml";
const MAIN_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";
/// The list of sections, which names slides by their ids ([MS-PPTX] 2.4.3.18).
const SECTIONS: &str = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}";
/// The height of a slide whose template does not say it, in EMU.
const HEIGHT: i64 = 6_858_000;

/// Reads a picture of the call by its name.
pub(crate) type ReadPicture<'r> = &'r dyn Fn(&str, u64) -> Result<Vec<u8>, DeckError>;

/// A deck that was made.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    pub(crate) slides: usize,
}

/// Makes the deck.
pub(crate) fn make(
    input: &DeckInput,
    template: &Template,
    read: ReadPicture<'_>,
) -> Result<Made, DeckError> {
    input.check()?;
    let text = |(name, text): (&String, &FieldText)| (name.clone(), Content::Text(text.0.clone()));
    let shared: Values = input.fields.iter().map(text).collect();
    let none = Values::new();
    let wanted = wanted(input, template, &shared, &none)?;
    let mut builder = Builder::new(template, read)?;
    builder.fill_masters(&shared)?;
    for wanted in &wanted {
        builder.add(wanted)?;
    }
    let slides = wanted.len();
    properties::set(&mut builder.package, input, slides, builder.notes);
    builder.finish().map(|bytes| Made { bytes, slides })
}

/// A deck while it is made.
struct Builder<'t> {
    template: &'t Template,
    read: ReadPicture<'t>,
    package: Package,
    /// The slides so far, by their parts.
    slides: Vec<String>,
    /// How many slides have notes.
    notes: usize,
    /// Which prototypes are in use: their own charts and the like are taken.
    used: BTreeSet<usize>,
    /// The pictures so far, by their files.
    pictures: BTreeMap<String, (String, Image)>,
    height: i64,
}

impl<'t> Builder<'t> {
    fn new(template: &'t Template, read: ReadPicture<'t>) -> Result<Builder<'t>, DeckError> {
        let mut package = template.package.clone();
        let main = &template.main;
        let height = slide_height(package.text(main)?).unwrap_or(HEIGHT);
        let (slides, mut rels): (Vec<Rel>, Vec<Rel>) = package
            .rels(main)
            .iter()
            .cloned()
            .partition(|rel| rel.is("slide"));
        for slide in slides.iter().filter_map(Rel::part) {
            if let Some(notes) = package.led(slide, "notesSlide").map(str::to_owned) {
                package.remove(&notes);
            }
            package.remove(slide);
        }
        // What a person last looked at: it names slides that are gone.
        rels.retain(|rel| !rel.is("viewProps"));
        package.set_rels(main, rels);
        package.types.set(main, MAIN_TYPE);
        Ok(Builder {
            template,
            read,
            package,
            slides: Vec::new(),
            notes: 0,
            used: BTreeSet::new(),
            pictures: BTreeMap::new(),
            height,
        })
    }

    /// Fills the fields of masters and layouts, such as a footer.
    fn fill_masters(&mut self, shared: &Values) -> Result<(), DeckError> {
        let none = Values::new();
        for part in self.template.masters()? {
            let text = self.package.text(&part)?.to_owned();
            let nodes = parse(&text).map_err(|why| broken(&part, why))?;
            if texts_of(&nodes).is_empty() {
                continue;
            }
            let mut out = String::new();
            let mut page = Page {
                builder: self,
                rels: Vec::new(),
                layout: String::new(),
            };
            let values = [&none, &none, shared];
            let height = page.builder.height;
            Filler::new(values, &mut page, String::new(), height).nodes(&nodes, &mut out)?;
            self.package.set_text(&part, out);
        }
        Ok(())
    }

    fn add(&mut self, wanted: &Wanted<'_>) -> Result<(), DeckError> {
        let prototype = &self.template.prototypes[wanted.prototype];
        let name = self.package.free_name("ppt/slides/slide", "xml");
        let first = self.used.insert(wanted.prototype);
        let rels = if first {
            prototype.rels.clone()
        } else {
            self.copied(&prototype.rels)
        };
        let nodes = parse(&prototype.xml).map_err(|why| broken(&prototype.name, why))?;
        let mut xml = String::new();
        let height = self.height;
        let mut page = Page {
            builder: self,
            rels,
            layout: prototype.layout.clone(),
        };
        let mut filler = Filler::new(wanted.values, &mut page, wanted.at.clone(), height);
        filler.nodes(&nodes, &mut xml)?;
        let mut rels = page.rels;
        if let Some(text) = wanted.notes.filter(|text| !text.is_empty()) {
            let master = notes::master(&mut self.package, &self.template.main)?;
            let notes = notes::add_notes(&mut self.package, &master, &name, text);
            rels.push(Rel::new(&free_id(&rels), "notesSlide", &notes));
            self.notes += 1;
        }
        self.package.put(&name, SLIDE_TYPE, xml.into_bytes(), rels);
        self.slides.push(name);
        self.check_size()
    }

    /// Returns the relationships for one more slide: of what belongs to a slide, such as a chart,
    /// it gets a copy.
    fn copied(&mut self, rels: &[Rel]) -> Vec<Rel> {
        let mut rels = rels.to_vec();
        let mut copies = BTreeMap::new();
        for rel in rels.iter_mut().filter(|rel| !is_shared(rel)) {
            if let Some(part) = rel.part().map(str::to_owned) {
                let copy = self.package.copy(&part, is_shared, &mut copies);
                rel.target = Target::Part(copy);
            }
        }
        rels
    }

    fn check_size(&self) -> Result<(), DeckError> {
        match self.package.size() > UNPACKED.unpacked_bytes {
            true => Err(too_large()),
            false => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Vec<u8>, DeckError> {
        let main = &self.template.main;
        let mut rels = self.package.rels(main).to_vec();
        let mut ids = Vec::new();
        for slide in &self.slides {
            let id = free_id(&rels);
            rels.push(Rel::new(&id, "slide", slide));
            ids.push(id);
        }
        let text = self.package.text(main)?;
        let nodes = parse(text).map_err(|why| broken(main, why))?;
        let mut out = String::new();
        for node in &nodes {
            match node {
                Node::Element(root) if root.name == "p:presentation" => list(root, &ids, &mut out),
                node => write(std::slice::from_ref(node), &mut out),
            }
        }
        self.package.set_text(main, out);
        self.package.set_rels(main, rels);
        let bytes = self.package.write()?;
        match bytes.len() as u64 > DECK_BYTES_MAX {
            true => Err(too_large()),
            false => Ok(bytes),
        }
    }
}

fn too_large() -> DeckError {
    DeckError::TooLong {
        at: "/slides".to_owned(),
        problem: format!("the deck becomes larger than {DECK_BYTES_MAX} bytes"),
    }
}

/// Returns whether several slides may lead to one part of this kind.
fn is_shared(rel: &Rel) -> bool {
    [
        "slideLayout",
        "slideMaster",
        "theme",
        "image",
        "media",
        "audio",
        "video",
        "font",
    ]
    .iter()
    .any(|kind| rel.is(kind))
}

/// Writes the main part with these slides, and without what named the template's: shows and sections.
fn list(root: &Element<'_>, ids: &[String], out: &mut String) {
    let slides: String = ids
        .iter()
        .enumerate()
        .map(|(at, id)| format!("<p:sldId id=\"{}\" r:id=\"{id}\"/>", FIRST_SLIDE_ID + at))
        .collect();
    let slides = format!("<p:sldIdLst>{slides}</p:sldIdLst>");
    // The order of what a main part holds (ECMA-376 part 1, section 19.2.1.26).
    let before = [
        "p:sldMasterIdLst",
        "p:notesMasterIdLst",
        "p:handoutMasterIdLst",
    ];
    let is_before = |node: &Node<'_>| node.name().is_some_and(|name| before.contains(&name));
    let place = root.children.iter().rposition(is_before);
    *out += root.start;
    for (at, node) in root.children.iter().enumerate() {
        match node {
            _ if matches!(node.name(), Some("p:sldIdLst" | "p:custShowLst")) => {}
            Node::Element(list) if list.name == "p:extLst" => extensions(list, out),
            node => write(std::slice::from_ref(node), out),
        }
        if Some(at) == place {
            *out += &slides;
        }
    }
    close(root, out);
}

fn extensions(list: &Element<'_>, out: &mut String) {
    let is_kept = |node: &&Node<'_>| {
        let uri = node.tag().and_then(|tag| attribute(tag, "uri"));
        uri.as_deref() != Some(SECTIONS)
    };
    let kept: Vec<_> = list.children.iter().filter(is_kept).collect();
    if kept.iter().any(|node| node.name().is_some()) {
        *out += list.start;
        kept.iter()
            .for_each(|node| write(std::slice::from_ref(node), out));
        close(list, out);
    }
}

fn slide_height(main: &str) -> Option<i64> {
    let nodes = parse(main).ok()?;
    let size = elements(&nodes).next()?.tag("p:sldSz")?;
    attribute(size, "cy")?.parse::<i32>().ok().map(i64::from)
}

/// A slide while it is filled.
struct Page<'b, 't> {
    builder: &'b mut Builder<'t>,
    rels: Vec<Rel>,
    layout: String,
}

impl Deck for Page<'_, '_> {
    fn place(&mut self, at: &str, picture: &Picture) -> Result<Placed, DeckError> {
        let builder = &mut *self.builder;
        if !builder.pictures.contains_key(&picture.picture) {
            let bytes = (builder.read)(&picture.picture, PICTURE_BYTES_MAX)?;
            let image = look(&bytes).map_err(|why| DeckError::Unreadable {
                file: format!("{at}: {}", picture.picture),
                why: why.to_owned(),
            })?;
            let name = builder.package.free_name("ppt/media/image", image.ending);
            builder
                .package
                .types
                .set_ending(image.ending, image.content_type);
            builder
                .package
                .put(&name, image.content_type, bytes, Vec::new());
            builder
                .pictures
                .insert(picture.picture.clone(), (name, image));
            builder.check_size()?;
        }
        let (part, image) = &builder.pictures[&picture.picture];
        let same = self.rels.iter().find(|rel| rel.part() == Some(part));
        let rel = match same {
            Some(rel) => rel.id.clone(),
            None => {
                let id = free_id(&self.rels);
                self.rels.push(Rel::new(&id, "image", part));
                id
            }
        };
        Ok(Placed { rel, image: *image })
    }

    fn inherited(&self, place: &str) -> Option<Frame> {
        let package = &self.builder.package;
        let layout = parse(package.text(&self.layout).ok()?).ok()?;
        let master = package.led(&self.layout, "slideMaster");
        let master = parse(
            master
                .and_then(|name| package.text(name).ok())
                .unwrap_or_default(),
        );
        inherited(place, &layout, &master.unwrap_or_default())
    }
}

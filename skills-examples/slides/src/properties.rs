//! The file's properties: title, author, day, and how many slides there are. What the template's
//! author left there does not go out with the deck.

use office_parts::xml::escape;

use crate::content::DeckInput;
use crate::package::Package;
use crate::rels::{Rel, free_id};

const CORE: &str = "docProps/core.xml";
const CORE_TYPE: &str = "application/vnd.openxmlformats-package.core-properties+xml";
const APP: &str = "docProps/app.xml";
const APP_TYPE: &str = "application/vnd.openxmlformats-officedocument.extended-properties+xml";
/// What the package leads to that says something of the template, or signs it.
const REPLACED: [&str; 4] = [
    "core-properties",
    "extended-properties",
    "thumbnail",
    "origin",
];

/// Replaces the properties.
pub(crate) fn set(package: &mut Package, input: &DeckInput, slides: usize, notes: usize) {
    let (gone, mut rels): (Vec<Rel>, Vec<Rel>) = package
        .rels("")
        .iter()
        .cloned()
        .partition(|rel| REPLACED.iter().any(|kind| rel.is(kind)));
    for part in gone.iter().filter_map(Rel::part) {
        package.remove(part);
    }
    for (name, kind) in [(CORE, "core-properties"), (APP, "extended-properties")] {
        let id = free_id(&rels);
        rels.push(Rel::new(&id, kind, name));
    }
    package.set_rels("", rels);
    package.put(CORE, CORE_TYPE, core(input).into_bytes(), Vec::new());
    package.put(APP, APP_TYPE, app(slides, notes).into_bytes(), Vec::new());
}

fn core(input: &DeckInput) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
    );
    for (name, text) in [("dc:title", &input.title), ("dc:creator", &input.author)] {
        if let Some(text) = text {
            out += &format!("<{name}>{}</{name}>", escape(text));
        }
    }
    if let Some(date) = input.date {
        for name in ["created", "modified"] {
            out += &format!(
                "<dcterms:{name} xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:{name}>"
            );
        }
    }
    out + "</cp:coreProperties>"
}

fn app(slides: usize, notes: usize) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Properties \
         xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
         <Slides>{slides}</Slides><Notes>{notes}</Notes><HiddenSlides>0</HiddenSlides></Properties>"
    )
}

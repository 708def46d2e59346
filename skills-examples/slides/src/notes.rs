//! Speaker notes: a part for each slide, all of them under one master.

use office_parts::xml::{Element, Node, close, escape, parse, write};

use crate::error::DeckError;
use crate::package::{Package, broken};
use crate::rels::{Rel, free_id};

const MASTER_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.notesMaster+xml";
const NOTES_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.notesSlide+xml";
const THEME_TYPE: &str = "application/vnd.openxmlformats-officedocument.theme+xml";
/// The master and its theme for a template that has none: those of the built-in one.
const MASTER: &str = include_str!("template/ppt/notesMasters/notesMaster1.xml");
const THEME: &str = include_str!("template/ppt/theme/theme2.xml");

/// Returns the deck's master of notes. Where it has none, it gets one.
pub(crate) fn master(package: &mut Package, main: &str) -> Result<String, DeckError> {
    if let Some(master) = package.led(main, "notesMaster") {
        return Ok(master.to_owned());
    }
    let theme = package.free_name("ppt/theme/theme", "xml");
    package.put(&theme, THEME_TYPE, THEME.into(), Vec::new());
    let master = package.free_name("ppt/notesMasters/notesMaster", "xml");
    let rels = vec![Rel::new("rId1", "theme", &theme)];
    package.put(&master, MASTER_TYPE, MASTER.into(), rels);
    let mut rels = package.rels(main).to_vec();
    let id = free_id(&rels);
    rels.push(Rel::new(&id, "notesMaster", &master));
    package.set_rels(main, rels);
    let text = listed(package.text(main)?, &id).map_err(|why| broken(main, why))?;
    package.set_text(main, text);
    Ok(master)
}

/// Returns the main part with the master in its list (ECMA-376 part 1, section 19.2.1.26).
fn listed(main: &str, id: &str) -> Result<String, &'static str> {
    let nodes = parse(main)?;
    let mut out = String::new();
    for node in &nodes {
        match node {
            Node::Element(root) if root.name == "p:presentation" => {
                add(root, id, &mut out);
            }
            node => write(std::slice::from_ref(node), &mut out),
        }
    }
    Ok(out)
}

fn add(root: &Element<'_>, id: &str, out: &mut String) {
    *out += root.start;
    for node in root
        .children
        .iter()
        .filter(|node| node.name() != Some("p:notesMasterIdLst"))
    {
        write(std::slice::from_ref(node), out);
        if node.name() == Some("p:sldMasterIdLst") {
            *out += &format!(
                "<p:notesMasterIdLst><p:notesMasterId r:id=\"{id}\"/></p:notesMasterIdLst>"
            );
        }
    }
    close(root, out);
}

/// Adds the notes of a slide and returns their part.
pub(crate) fn add_notes(package: &mut Package, master: &str, slide: &str, text: &str) -> String {
    let name = package.free_name("ppt/notesSlides/notesSlide", "xml");
    let rels = vec![
        Rel::new("rId1", "notesMaster", master),
        Rel::new("rId2", "slide", slide),
    ];
    package.put(&name, NOTES_TYPE, notes(text).into_bytes(), rels);
    name
}

fn notes(text: &str) -> String {
    let mut paragraphs = String::new();
    for line in text.split('\n') {
        paragraphs += &match line {
            "" => "<a:p/>".to_owned(),
            line => format!("<a:p><a:r><a:t>{}</a:t></a:r></a:p>", escape(line)),
        };
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <p:notes xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
         xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"><p:cSld><p:spTree><p:nvGrpSpPr>\
         <p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>\
         <p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Slide\"/><p:cNvSpPr><a:spLocks noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/>\
         </p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>\
         <p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"Notes\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
         <p:ph type=\"body\" idx=\"1\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</p:txBody>\
         </p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"
    )
}

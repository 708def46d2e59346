//! Templates of other people: what they hold besides slides stays whole, or goes with them.

use hotcell_sdk::serde_json::{Value, json};
use office_parts::archive::{Part, write};

use super::{made, parts, said, template_parts, text};
use crate::error::DeckError;
use crate::template::Template;

/// Returns the template with a part changed.
fn changed(parts: &mut [Part], name: &str, from: &str, to: &str) {
    let part = parts.iter_mut().find(|part| part.name == name).unwrap();
    let text = String::from_utf8(part.bytes.clone()).unwrap();
    assert!(text.contains(from), "{name} holds no {from}");
    part.bytes = text.replacen(from, to, 1).into_bytes();
}

fn add(parts: &mut Vec<Part>, name: &str, kind: &str, text: &str) {
    parts.push(Part {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    let said = format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/></Types>");
    changed(parts, "[Content_Types].xml", "</Types>", &said);
}

/// Adds a relationship of a part.
fn lead(parts: &mut [Part], rels: &str, id: &str, kind: &str, target: &str) {
    let rel = format!(
        "<Relationship Id=\"{id}\" Type=\"t/{kind}\" Target=\"{target}\"/></Relationships>"
    );
    changed(parts, rels, "</Relationships>", &rel);
}

fn read(parts: &[Part]) -> Result<Template, DeckError> {
    Template::read(&write(parts).unwrap())
}

fn deck(slides: &[(&str, Value)]) -> Value {
    let slides: Vec<_> = slides
        .iter()
        .map(|(slide, fields)| json!({"slide": slide, "fields": fields, "notes": "n"}))
        .collect();
    json!({"file_name": "a", "slides": slides})
}

const MAIN: &str = "ppt/presentation.xml";
const MAIN_RELS: &str = "ppt/_rels/presentation.xml.rels";

#[test]
fn each_slide_has_a_chart_of_its_own() {
    let mut from = template_parts();
    add(
        &mut from,
        "ppt/charts/chart1.xml",
        "t/chart+xml",
        "<c:chart/>",
    );
    add(
        &mut from,
        "ppt/charts/_rels/chart1.xml.rels",
        "t/rels+xml",
        "<Relationships></Relationships>",
    );
    add(&mut from, "ppt/embeddings/Sheet1.xlsx", "t/sheet", "xlsx");
    lead(
        &mut from,
        "ppt/charts/_rels/chart1.xml.rels",
        "rId1",
        "package",
        "../embeddings/Sheet1.xlsx",
    );
    lead(
        &mut from,
        "ppt/slides/_rels/slide3.xml.rels",
        "rId7",
        "chart",
        "../charts/chart1.xml",
    );
    let template = read(&from).unwrap();
    let slide = || ("bullets", json!({"title": "T"}));
    let parts = parts(&template, &deck(&[slide(), slide()]));
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    for name in [
        "ppt/charts/chart1.xml",
        "ppt/charts/chart2.xml",
        "ppt/embeddings/Sheet1.xlsx",
        "ppt/embeddings/Sheet2.xlsx",
    ] {
        assert!(names.contains(&name), "{name}: {names:#?}");
    }
    assert!(
        text(&parts, "ppt/slides/_rels/slide2.xml.rels")
            .contains("Id=\"rId7\" Type=\"t/chart\" Target=\"../charts/chart2.xml\"")
    );
    assert!(text(&parts, "ppt/charts/_rels/chart2.xml.rels").contains("../embeddings/Sheet2.xlsx"));
    // And what no slide uses does not go out with the deck.
    let parts = super::parts(&template, &deck(&[("closing", json!({"title": "T"}))]));
    assert!(!parts.iter().any(|part| part.name.contains("chart")));
}

#[test]
fn what_names_the_templates_slides_goes_with_them() {
    let mut from = template_parts();
    let sections = "<p:custShowLst><p:custShow name=\"a\" id=\"0\"><p:sldLst><p:sld r:id=\"rId4\"/></p:sldLst></p:custShow></p:custShowLst>\
        <p:extLst><p:ext uri=\"{521415D9-36F7-43E2-AB2F-B90AF26B5E84}\"><p14:sectionLst><p14:sldId id=\"256\"/></p14:sectionLst></p:ext>\
        <p:ext uri=\"{other}\"><x/></p:ext></p:extLst></p:presentation>";
    changed(&mut from, MAIN, "</p:presentation>", sections);
    add(&mut from, "ppt/viewProps.xml", "t/view+xml", "<p:viewPr/>");
    add(
        &mut from,
        "ppt/_rels/viewProps.xml.rels",
        "t/rels+xml",
        "<Relationships></Relationships>",
    );
    lead(
        &mut from,
        "ppt/_rels/viewProps.xml.rels",
        "rId1",
        "slide",
        "slides/slide1.xml",
    );
    lead(&mut from, MAIN_RELS, "rId99", "viewProps", "viewProps.xml");
    add(
        &mut from,
        "docProps/thumbnail.jpeg",
        "image/jpeg",
        "thumbnail",
    );
    lead(
        &mut from,
        "_rels/.rels",
        "rId9",
        "thumbnail",
        "docProps/thumbnail.jpeg",
    );
    // A link to another slide, with its relationship.
    lead(
        &mut from,
        "ppt/slides/_rels/slide3.xml.rels",
        "rId8",
        "slide",
        "slide5.xml",
    );
    changed(
        &mut from,
        "ppt/slides/slide3.xml",
        "<a:rPr lang=\"en-US\"/>",
        "<a:rPr lang=\"en-US\"><a:hlinkClick r:id=\"rId8\" action=\"ppaction://hlinksldjump\"/></a:rPr>",
    );
    let parts = parts(
        &read(&from).unwrap(),
        &deck(&[("bullets", json!({"title": "T", "body": "b"}))]),
    );
    let main = text(&parts, MAIN);
    assert!(
        !main.contains("custShow") && !main.contains("sectionLst"),
        "{main}"
    );
    assert!(
        main.contains("{other}") && main.contains("<p:sldId id=\"256\""),
        "{main}"
    );
    assert!(!text(&parts, "ppt/slides/slide1.xml").contains("hlinkClick"));
    assert!(
        !parts
            .iter()
            .any(|part| part.name.contains("thumbnail") || part.name.contains("viewProps"))
    );
}

#[test]
fn a_template_without_slides_and_notes_gets_both() {
    let mut from = template_parts();
    let main = from.iter_mut().find(|part| part.name == MAIN).unwrap();
    let text_before = String::from_utf8(main.bytes.clone()).unwrap();
    let cut = |text: &str, list: &str| {
        let (before, rest) = text.split_once(&format!("<{list}>")).unwrap();
        let (_, after) = rest.split_once(&format!("</{list}>")).unwrap();
        format!("{before}{after}")
    };
    main.bytes = cut(&cut(&text_before, "p:notesMasterIdLst"), "p:sldIdLst").into_bytes();
    for number in 1..=10 {
        let id = number + 3;
        let rel = format!(
            "<Relationship Id=\"rId{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide\" Target=\"slides/slide{number}.xml\"/>"
        );
        changed(&mut from, MAIN_RELS, &rel, "");
    }
    changed(
        &mut from,
        MAIN_RELS,
        "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/notesMaster\" Target=\"notesMasters/notesMaster1.xml\"/>",
        "",
    );
    from.retain(|part| {
        !part.name.contains("notesMaster")
            && !part.name.contains("theme2")
            && !part.name.starts_with("ppt/slides/")
    });
    changed(
        &mut from,
        "[Content_Types].xml",
        "presentation.main+xml",
        "template.main+xml",
    );
    let template = read(&from).unwrap();
    assert_eq!(
        template.names(),
        ["Title", "Content", "Title only", "Section"]
    );
    let parts = parts(
        &template,
        &deck(&[("Content", json!({"Title": "T", "Content": ["a"]}))]),
    );
    let main = text(&parts, MAIN);
    let order = [
        "<p:sldMasterIdLst",
        "<p:notesMasterIdLst",
        "<p:sldIdLst",
        "<p:sldSz",
    ]
    .map(|name| main.find(name).unwrap());
    assert!(order.is_sorted(), "{main}");
    assert!(text(&parts, "[Content_Types].xml").contains("presentation.main+xml"));
    let bytes = made(
        &template,
        &deck(&[("Content", json!({"Title": "T", "Content": ["a"]}))]),
    )
    .unwrap()
    .bytes;
    assert_eq!(said(&bytes)["slides"][0]["notes"], "n");
}

#[test]
fn a_slide_is_named_by_its_notes() {
    let mut from = template_parts();
    changed(
        &mut from,
        "ppt/slides/slide3.xml",
        "<p:cSld name=\"bullets\">",
        "<p:cSld>",
    );
    changed(
        &mut from,
        "ppt/slides/slide4.xml",
        " name=\"two-columns\"",
        "",
    );
    changed(
        &mut from,
        "ppt/slides/slide5.xml",
        "name=\"picture\"",
        "name=\"table\"",
    );
    let notes = "<p:notes><p:cSld><p:spTree><p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"N\"/><p:nvPr><p:ph type=\"body\"/></p:nvPr></p:nvSpPr>\
        <p:txBody><a:p><a:r><a:t>slide: agenda</a:t></a:r></a:p><a:p><a:r><a:t>Say hello.</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:notes>";
    add(
        &mut from,
        "ppt/notesSlides/notesSlide1.xml",
        "t/notes+xml",
        notes,
    );
    lead(
        &mut from,
        "ppt/slides/_rels/slide3.xml.rels",
        "rId5",
        "notesSlide",
        "../notesSlides/notesSlide1.xml",
    );
    let template = read(&from).unwrap();
    assert_eq!(
        template.names()[2..7],
        ["agenda", "slide-4", "table", "picture-text", "table (2)"]
    );
}

#[test]
fn shapes_without_fields_are_filled_by_their_names() {
    let mut from = template_parts();
    changed(&mut from, "ppt/slides/slide3.xml", "{{body}}", "Write here");
    changed(&mut from, "ppt/slides/slide7.xml", "{{table}}", "Header");
    let template = read(&from).unwrap();
    let points = json!(["a", {"text": "b", "level": 2}]);
    let table = json!({"columns": [{"title": "A"}, {"title": "B"}, {"title": "C"}], "rows": [["1", "2", "3"]]});
    let deck = deck(&[
        ("bullets", json!({"title": "T", "Content": points})),
        ("bullets", json!({"title": "T"})),
        ("table", json!({"title": "T", "Table": table})),
    ]);
    let said = said(&made(&template, &deck).unwrap().bytes);
    let texts = |at: usize| said["slides"][at]["texts"][0]["paragraphs"].clone();
    assert_eq!(
        texts(0),
        json!([{"text": "a", "level": 0}, {"text": "b", "level": 2}])
    );
    assert_eq!(texts(1), json!([{"text": "Write here", "level": 0}]));
    assert_eq!(
        said["slides"][2]["tables"][0],
        json!([["A", "B", "C"], ["1", "2", "3"]])
    );
}

//! What is asked for is on the slides.

use hotcell_sdk::serde_json::{Value, json};

use super::{made, parts, review, said, template, text};
use crate::list_slides::offered;

#[test]
fn the_review_says_what_was_asked_for() {
    let deck = made(&template(), &review()).unwrap();
    assert_eq!(deck.slides, 11);
    let said = said(&deck.bytes);
    assert_eq!(said["slides_total"], 11);
    let titles: Vec<_> = said["slides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slide| &slide["title"])
        .collect();
    assert_eq!(titles[0], "Quarterly review");
    assert_eq!(titles[5..7], [&json!("Outlook"), &json!("Outlook")]);
    assert_eq!(
        said["slides"][0]["notes"],
        "Welcome everybody.\nTwenty minutes, questions at the end."
    );
    assert_eq!(said["slides"][5]["notes"], "Pause here.");
    assert_eq!(said["slides"][6]["notes"], "");
    assert_eq!(
        said["slides"][2]["texts"][0]["paragraphs"][1],
        json!({"text": "480 m², two floors", "level": 1})
    );
    assert_eq!(
        said["slides"][4]["tables"][0][3],
        json!(["Storage & shelves", "760", "752", "−1 %"])
    );
    assert_eq!(
        said["slides"][7]["texts"][3]["paragraphs"][1]["text"],
        "Only one supplier for upholstery"
    );
    assert_eq!(
        said["slides"][3]["pictures"][0]["alt"],
        "Bars: North 1.9, West 1.4, South 0.9 million euros"
    );
    if let Some(path) = std::env::var_os("SLIDES_SHOW") {
        std::fs::write(path, deck.bytes).unwrap();
    }
}

#[test]
fn the_same_input_makes_the_same_bytes() {
    let [first, second] = [0, 1].map(|_| made(&template(), &review()).unwrap().bytes);
    assert_eq!(first, second);
}

#[test]
fn nothing_of_the_template_is_left() {
    let parts = parts(&template(), &review());
    for part in &parts {
        let text = String::from_utf8_lossy(&part.bytes);
        assert!(
            !text.contains("{{") && !text.contains("Odd row"),
            "{}",
            part.name
        );
    }
    let properties = text(&parts, "docProps/core.xml");
    assert!(
        properties.contains("<dc:title>Quarterly review, Q3 2026</dc:title>"),
        "{properties}"
    );
    assert!(
        properties.contains(">2026-11-21T00:00:00Z</dcterms:modified>"),
        "{properties}"
    );
    assert!(text(&parts, "docProps/app.xml").contains("<Slides>11</Slides><Notes>3</Notes>"));
    assert!(
        text(&parts, "ppt/slideMasters/slideMaster1.xml").contains("Lindner Furniture · Quarterly")
    );
}

/// Every part is named once, is of a kind, and every relationship leads to one.
#[test]
fn the_parts_of_a_deck_fit_together() {
    let deck = made(&template(), &review()).unwrap();
    // Opening checks relationships and kinds.
    crate::package::Package::open(&deck.bytes).unwrap();
    let parts = parts(&template(), &review());
    let types = text(&parts, "[Content_Types].xml");
    for part in &parts[1..] {
        let ending = part.name.rsplit('.').next().unwrap();
        let named = types.contains(&format!("PartName=\"/{}\"", part.name));
        let by_ending = types.contains(&format!("Extension=\"{ending}\""));
        assert!(named || (by_ending && ending != "xml"), "{}", part.name);
    }
    let main = text(&parts, "ppt/presentation.xml");
    for number in 0..11 {
        assert_eq!(
            main.matches(&format!("<p:sldId id=\"{}\"", 256 + number))
                .count(),
            1
        );
    }
    assert_eq!(main.matches("<p:sldId ").count(), 11);
    let slides = parts
        .iter()
        .filter(|part| part.name.starts_with("ppt/slides/slide"))
        .count();
    let notes = parts
        .iter()
        .filter(|part| part.name.starts_with("ppt/notesSlides/notes"))
        .count();
    assert_eq!((slides, notes), (11, 3));
    for number in 1..=11 {
        ids_are_unique(&text(&parts, &format!("ppt/slides/slide{number}.xml")));
    }
}

fn ids_are_unique(slide: &str) {
    let mut ids: Vec<_> = slide
        .split("<p:cNvPr id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

fn one(slide: &str, fields: Value) -> Value {
    json!({"file_name": "a", "slides": [{"slide": slide, "fields": fields}]})
}

#[test]
fn what_is_not_given_leaves_no_gap() {
    let parts = parts(
        &template(),
        &one("figures", json!({"title": "T", "value-1": "1"})),
    );
    let slide = text(&parts, "ppt/slides/slide1.xml");
    assert!(
        slide.contains("Card 1") && !slide.contains("Card 2") && !slide.contains("Remark"),
        "{slide}"
    );
    let parts = super::parts(&template(), &one("picture", json!({"title": "T"})));
    assert!(!text(&parts, "ppt/slides/slide1.xml").contains("Picture"));
}

#[test]
fn markup_in_the_data_stays_text() {
    let title = "</a:t><p:pic/>{{body}} & \"x\" 'y'";
    let deck = made(
        &template(),
        &one(
            "bullets",
            json!({"title": title, "body": ["{{title}}", "a\nb"]}),
        ),
    )
    .unwrap();
    let said = said(&deck.bytes);
    assert_eq!(said["slides"][0]["title"], title);
    let paragraphs = &said["slides"][0]["texts"][0]["paragraphs"];
    assert_eq!(
        paragraphs,
        &json!([{"text": "{{title}}", "level": 0}, {"text": "a\nb", "level": 0}])
    );
}

#[test]
fn one_picture_is_one_part() {
    let picture = json!({"picture": "made.png"});
    let slide = json!({"slide": "picture", "fields": {"title": "T", "picture": picture}});
    let parts = parts(
        &template(),
        &json!({"file_name": "a", "slides": [slide, slide]}),
    );
    let media: Vec<_> = parts
        .iter()
        .filter(|part| part.name.contains("/media/"))
        .map(|part| &part.name)
        .collect();
    assert_eq!(media, ["ppt/media/image1.png"]);
    let slide = text(&parts, "ppt/slides/slide2.xml");
    // 4:3 in a wide frame: as high as the frame, and in the middle.
    assert!(
        slide
            .contains("<a:off x=\"3291840\" y=\"1600200\"/><a:ext cx=\"5608320\" cy=\"4206240\"/>"),
        "{slide}"
    );
}

#[test]
fn a_layout_is_filled_by_its_placeholders() {
    let fields = json!({"Title": "T", "Content": {"columns": [{"title": "A"}], "rows": [["1"]]}});
    let deck = made(&template(), &one("Content", fields)).unwrap();
    let said = said(&deck.bytes);
    assert_eq!(said["slides"][0]["title"], "T");
    assert_eq!(said["slides"][0]["tables"], json!([[["A"], ["1"]]]));
    let parts = parts(
        &template(),
        &one(
            "Content",
            json!({"Title": "T", "Content": {"picture": "made.png"}}),
        ),
    );
    let slide = text(&parts, "ppt/slides/slide1.xml");
    assert!(
        slide.contains("<p:ph idx=\"1\"/></p:nvPr></p:nvPicPr>"),
        "{slide}"
    );
    let parts = super::parts(&template(), &one("Content", json!({"Title": "T"})));
    assert!(
        !text(&parts, "ppt/slides/slide1.xml").contains("idx=\"1\""),
        "an empty placeholder"
    );
}

#[test]
fn the_template_says_what_it_offers() {
    let offered = hotcell_sdk::serde_json::to_value(offered(&template(), 1).unwrap()).unwrap();
    assert_eq!(offered["next"], Value::Null);
    assert_eq!(offered["everywhere"], json!(["footer"]));
    let names: Vec<_> = offered["slides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slide| slide["slide"].as_str().unwrap())
        .collect();
    assert_eq!(names[..3], ["title", "section", "bullets"]);
    assert_eq!(names[10..], ["Title", "Content", "Title only", "Section"]);
    let picture = &offered["slides"][5]["fields"];
    assert_eq!(
        picture[2],
        json!({"name": "picture", "takes": ["text", "list", "table", "picture"]})
    );
    assert_eq!(
        offered["slides"][6]["fields"][2],
        json!({"name": "table", "takes": ["table"]})
    );
}

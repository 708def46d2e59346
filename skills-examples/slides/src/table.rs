//! A table, in the look of the template's or in the program's usual one.

use office_parts::xml::{Element, Node, attribute, escape, write};

use crate::content::{Align, Column, Table};
use crate::geometry::Frame;
use crate::shape::{Head, cells, rows, table};
use crate::text::Look;

/// The style that programs give a new table: "Medium Style 2 – Accent 1".
const STYLE: &str = "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}";
/// The height of a row with one line of 18 points.
const ROW_HEIGHT: i64 = 370_840;
/// The least height that a row of a template counts with.
const ROW_HEIGHT_MIN: i64 = 100_000;

/// A table's rows as XML, and how high they are.
pub(crate) struct Written {
    pub(crate) xml: String,
    pub(crate) height: i64,
}

/// Returns the template's table with other rows. Of its own rows, the first is the header's look,
/// the second and third that of the others in turn, the fourth that of a total.
pub(crate) fn like(own: &Element<'_>, content: &Table, width: i64) -> Written {
    let looks: Vec<_> = rows(own).collect();
    let mut xml = own.start.to_owned();
    for node in own
        .children
        .iter()
        .filter(|node| node.name() == Some("a:tblPr"))
    {
        write(std::slice::from_ref(node), &mut xml);
    }
    grid(content, &own_widths(own), width, &mut xml);
    let mut height = 0;
    for (number, texts) in lines(content).iter().enumerate() {
        let total = content.total && number == content.rows.len();
        let look = match (number, looks.len()) {
            (_, 0) => None,
            (0, _) | (_, 1) => looks.first(),
            (_, 4..) if total => looks.get(3),
            (_, 2) => looks.get(1),
            (number, _) => looks.get(2 - number % 2),
        };
        let own_height = look.and_then(|row| attribute(row.start, "h"));
        let row_height = own_height.and_then(|height| height.parse::<i32>().ok());
        let row_height = row_height.map_or(ROW_HEIGHT, i64::from).max(ROW_HEIGHT_MIN);
        height += row_height;
        row(look.copied(), &content.columns, texts, row_height, &mut xml);
    }
    xml += "</a:tbl>";
    Written { xml, height }
}

/// Returns a new table in a frame.
pub(crate) fn new(head: &Head<'_>, frame: &Frame, content: &Table) -> Written {
    let mut xml = String::from("<a:tbl><a:tblPr firstRow=\"1\" bandRow=\"1\"");
    xml += if content.total {
        " lastRow=\"1\">"
    } else {
        ">"
    };
    xml += &format!("<a:tableStyleId>{STYLE}</a:tableStyleId></a:tblPr>");
    grid(content, &[], frame.width, &mut xml);
    let lines = lines(content);
    for texts in &lines {
        row(None, &content.columns, texts, ROW_HEIGHT, &mut xml);
    }
    xml += "</a:tbl>";
    let height = ROW_HEIGHT * i64::try_from(lines.len()).unwrap_or(i64::MAX / ROW_HEIGHT);
    let place = Frame {
        height,
        ..frame.clone()
    };
    let xml = format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{}\" name=\"{}\"/><p:cNvGraphicFramePr>\
         <a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr>{}</p:nvPr></p:nvGraphicFramePr>{}<a:graphic>\
         <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\">{xml}</a:graphicData></a:graphic></p:graphicFrame>",
        escape(&head.id),
        escape(&head.name),
        head.place.map(closed).unwrap_or_default(),
        place.write('p'),
    );
    Written { xml, height }
}

/// Returns a tag as one that holds nothing.
pub(crate) fn closed(tag: &str) -> String {
    match tag.ends_with("/>") {
        true => tag.to_owned(),
        false => format!("{}/>", tag.trim_end_matches('>')),
    }
}

/// Returns the header and the rows.
fn lines(content: &Table) -> Vec<Vec<&str>> {
    let header = content.columns.iter().map(|column| column.title.as_str());
    let mut lines = vec![header.collect::<Vec<_>>()];
    lines.extend(
        content
            .rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect()),
    );
    lines
}

fn own_widths(own: &Element<'_>) -> Vec<i64> {
    let columns = own
        .child("a:tblGrid")
        .map_or(&[][..], |grid| grid.children.as_slice());
    let tags = columns.iter().filter_map(Node::tag);
    let widths = tags.filter_map(|tag| attribute(tag, "w")?.parse::<i32>().ok());
    widths.map(i64::from).collect()
}

/// Writes the columns: as wide as the template's where there are as many and nothing else is asked
/// for, else as their widths say.
fn grid(content: &Table, own: &[i64], width: i64, out: &mut String) {
    let asked = content.columns.iter().any(|column| column.width.is_some());
    let shares: Vec<i64> = match own.len() == content.columns.len() && !asked {
        true => own.to_vec(),
        false => {
            let share = |column: &Column| i64::from(column.width.unwrap_or(1));
            content.columns.iter().map(share).collect()
        }
    };
    let all = shares.iter().sum::<i64>().max(1);
    *out += "<a:tblGrid>";
    for share in shares {
        *out += &format!("<a:gridCol w=\"{}\"/>", width * share / all);
    }
    *out += "</a:tblGrid>";
}

fn row(
    look: Option<&Element<'_>>,
    columns: &[Column],
    texts: &[&str],
    height: i64,
    out: &mut String,
) {
    let own: Vec<_> = look.map(|row| cells(row).collect()).unwrap_or_default();
    *out += &format!("<a:tr h=\"{height}\">");
    for (at, column) in columns.iter().enumerate() {
        let like = match own.len() {
            count if at + 1 == columns.len() => own.get(count.wrapping_sub(1)),
            count => own.get(at.min(count.saturating_sub(2))),
        };
        let text = texts.get(at).copied().unwrap_or_default();
        cell(like.copied(), column.align, text, out);
    }
    *out += "</a:tr>";
}

fn cell(like: Option<&Element<'_>>, align: Align, text: &str, out: &mut String) {
    let body = like.and_then(|cell| cell.child("a:txBody"));
    let look = body.map(Look::of_body).unwrap_or_default();
    let look = match align {
        Align::Left => look,
        Align::Center => look.aligned("ctr"),
        Align::Right => look.aligned("r"),
    };
    *out += "<a:tc><a:txBody>";
    match body {
        Some(body) => {
            let before = body
                .children
                .iter()
                .filter(|node| node.name().is_some_and(|name| name != "a:p"));
            before.for_each(|node| write(std::slice::from_ref(node), out));
        }
        None => *out += "<a:bodyPr/><a:lstStyle/>",
    }
    look.write(text, 0, out);
    *out += "</a:txBody>";
    let own = like.map_or(&[][..], |cell| cell.children.as_slice());
    match own.iter().find(|node| node.name() == Some("a:tcPr")) {
        Some(node) => write(std::slice::from_ref(node), out),
        None => *out += "<a:tcPr/>",
    }
    *out += "</a:tc>";
}

/// Returns a graphic frame with another table in it, as high as its rows.
pub(crate) fn in_frame(frame: &Element<'_>, place: &Frame, content: &Table) -> Written {
    let own = table(frame).expect("a frame with a table is filled so");
    let written = like(own, content, place.width);
    let mut out = frame.start.to_owned();
    for node in &frame.children {
        match node.name() {
            Some("p:xfrm") => {
                let place = Frame {
                    height: written.height,
                    ..place.clone()
                };
                out += &place.write('p');
            }
            Some("a:graphic") => {
                let data = frame
                    .child("a:graphic")
                    .and_then(|graphic| graphic.child("a:graphicData"));
                out += node.tag().unwrap_or_default();
                out += data.map_or("", |data| data.start);
                out += &written.xml;
                out += "</a:graphicData></a:graphic>";
            }
            _ => write(std::slice::from_ref(node), &mut out),
        }
    }
    out += "</p:graphicFrame>";
    Written {
        xml: out,
        height: written.height,
    }
}

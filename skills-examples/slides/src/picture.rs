//! A picture in the place of a frame.

use office_parts::xml::{Element, escape, write};

use crate::content::{Fit, Picture};
use crate::geometry::Frame;
use crate::image::Image;
use crate::shape::Head;
use crate::table::closed;

/// What of a frame's look its picture takes over: the outline, the line, the shadow.
const KEPT: [&str; 5] = [
    "a:prstGeom",
    "a:custGeom",
    "a:ln",
    "a:effectLst",
    "a:effectDag",
];
/// A whole, in the units of `a:srcRect`.
const WHOLE: i64 = 100_000;

/// A picture that is part of the deck.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    /// The relationship of the slide that leads to it.
    pub(crate) rel: String,
    pub(crate) image: Image,
}

/// Returns a picture in the place of the shape.
pub(crate) fn in_place(
    shape: &Element<'_>,
    head: &Head<'_>,
    frame: &Frame,
    picture: &Picture,
    placed: &Placed,
) -> String {
    let (frame, cut) = fitted(frame, picture.fit, placed.image);
    let mut look = String::new();
    if let Some(own) = shape.child("p:spPr") {
        let kept = own
            .children
            .iter()
            .filter(|node| node.name().is_some_and(|name| KEPT.contains(&name)));
        kept.for_each(|node| write(std::slice::from_ref(node), &mut look));
    }
    if !look.contains("Geom") {
        look.insert_str(0, "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>");
    }
    format!(
        "<p:pic><p:nvPicPr><p:cNvPr id=\"{}\" name=\"{}\" descr=\"{}\"/><p:cNvPicPr><a:picLocks noChangeAspect=\"1\"/>\
         </p:cNvPicPr><p:nvPr>{}</p:nvPr></p:nvPicPr><p:blipFill><a:blip r:embed=\"{}\"/>{cut}<a:stretch><a:fillRect/>\
         </a:stretch></p:blipFill><p:spPr>{}{look}</p:spPr></p:pic>",
        escape(&head.id),
        escape(&head.name),
        escape(picture.alt.as_deref().unwrap_or_default()),
        head.place.map(closed).unwrap_or_default(),
        placed.rel,
        frame.write('a'),
    )
}

/// Returns where the picture stands, and what of it is cut off.
fn fitted(frame: &Frame, fit: Fit, image: Image) -> (Frame, String) {
    let (width, height) = (i64::from(image.width), i64::from(image.height));
    // Whether the picture is wider than the frame, for its height.
    let wide = width * frame.height > height * frame.width;
    if fit == Fit::Cover {
        let (name, shown) = match wide {
            true => (
                ['l', 'r'],
                WHOLE * frame.width * height / (frame.height * width),
            ),
            false => (
                ['t', 'b'],
                WHOLE * frame.height * width / (frame.width * height),
            ),
        };
        let cut = (WHOLE - shown) / 2;
        let [first, second] = name;
        return (
            frame.clone(),
            format!("<a:srcRect {first}=\"{cut}\" {second}=\"{cut}\"/>"),
        );
    }
    let mut fitted = frame.clone();
    match wide {
        true => fitted.height = (frame.width * height / width).max(1),
        false => fitted.width = (frame.height * width / height).max(1),
    }
    fitted.x += (frame.width - fitted.width) / 2;
    fitted.y += (frame.height - fitted.height) / 2;
    (fitted, String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fit: Fit, size: (u32, u32), expected: (i64, i64, i64, i64), cut: &str) {
        let frame = Frame {
            x: 1000,
            y: 2000,
            width: 4000,
            height: 3000,
            ..Frame::default()
        };
        let image = Image {
            ending: "png",
            content_type: "image/png",
            width: size.0,
            height: size.1,
        };
        let (place, found) = fitted(&frame, fit, image);
        assert_eq!((place.x, place.y, place.width, place.height), expected);
        assert_eq!(found, cut);
    }

    #[test]
    fn a_picture_is_shown_whole() {
        check(Fit::Contain, (800, 300), (1000, 2750, 4000, 1500), "");
        check(Fit::Contain, (300, 600), (2250, 2000, 1500, 3000), "");
    }

    #[test]
    fn a_picture_fills_its_frame() {
        let whole = (1000, 2000, 4000, 3000);
        check(
            Fit::Cover,
            (800, 300),
            whole,
            "<a:srcRect l=\"25000\" r=\"25000\"/>",
        );
        check(
            Fit::Cover,
            (400, 600),
            whole,
            "<a:srcRect t=\"25000\" b=\"25000\"/>",
        );
    }
}

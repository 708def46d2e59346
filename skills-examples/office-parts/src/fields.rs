//! `{{fields}}` in a text, and in a text that is cut into pieces.

use std::ops::Range;

use crate::xml::escape;

/// Returns the places and names of `{{fields}}` in a text. `is_name` says which names count, none
/// of them with a brace; what stands between other braces is left alone.
pub fn fields_in(
    text: &str,
    is_name: fn(&str) -> bool,
) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let first = from + text[from..].find("{{")?;
            let end = first + text[first..].find("}}")? + 2;
            // Of many that open, only the last can begin a name: no text costs its square.
            let start = first + text[first..end - 2].rfind("{{")?;
            let name = text[start + 2..end - 2].trim();
            if !name.is_empty() && is_name(name) {
                from = end;
                return Some((start..end, name));
            }
            from = start + 1;
        }
    })
}

/// Fills the fields of a text that is cut into pieces, as programs do while a person types.
///
/// Returns for each piece its filled text, escaped; none where it holds no part of a field. A field
/// that is split is written where it begins.
pub fn fill_pieces<'v>(
    pieces: &[String],
    is_name: fn(&str) -> bool,
    value: impl Fn(&str) -> &'v str,
) -> Vec<Option<String>> {
    let whole = pieces.concat();
    let found: Vec<_> = fields_in(&whole, is_name).collect();
    let mut begin = 0;
    let mut filled = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let place = begin..begin + piece.len();
        begin = place.end;
        filled.push(fill_piece(&whole, &place, &found, &value));
    }
    filled
}

fn fill_piece<'v>(
    whole: &str,
    place: &Range<usize>,
    found: &[(Range<usize>, &str)],
    value: impl Fn(&str) -> &'v str,
) -> Option<String> {
    let mut here = found
        .iter()
        .filter(|(range, _)| range.start < place.end && range.end > place.start)
        .peekable();
    here.peek()?;
    let mut text = String::new();
    let mut done = place.start;
    for (range, name) in here {
        text += &whole[done..range.start.max(done)];
        if place.contains(&range.start) {
            text += &escape(value(name));
        }
        done = range.end.min(place.end);
    }
    text += &whole[done..place.end];
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(name: &str) -> bool {
        name.bytes().all(|b| b.is_ascii_lowercase() || b == b'.')
    }

    fn check(pieces: &[&str], expected: &[Option<&str>]) {
        let pieces: Vec<_> = pieces.iter().map(|piece| (*piece).to_owned()).collect();
        let filled = fill_pieces(&pieces, lower, |name| match name {
            "a" => "<1>",
            _ => "",
        });
        let filled: Vec<_> = filled.iter().map(Option::as_deref).collect();
        assert_eq!(filled, expected);
    }

    #[test]
    fn a_field_is_filled_where_it_begins() {
        check(&["x {{ a }}{{b}}y"], &[Some("x &lt;1&gt;y")]);
        check(
            &["x {", "{a}", "} y", "z"],
            &[Some("x &lt;1&gt;"), Some(""), Some(" y"), None],
        );
        check(&["{{{a}}} {{x {{a}}"], &[Some("{&lt;1&gt;} {{x &lt;1&gt;")]);
    }

    #[test]
    fn what_names_no_field_is_left_alone() {
        check(&["{{ }} {{A}} {x} }} {{"], &[None]);
    }
}

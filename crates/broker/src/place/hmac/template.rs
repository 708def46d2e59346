//! Renders a signing template so that the text can be read in one way only.
//!
//! A signature over `POST/a` + `dmin/delete` would be one over `POST/admin/delete` as well: a
//! guest that may only send the first would have the second signed. So each field has its own
//! alphabet (a method is upper-case letters, a path never holds a line break), and the byte
//! that follows a field must be outside of it. Then whoever reads the text from its beginning
//! finds each field's end at the first byte that it cannot hold, and two requests have one text
//! only if they have the same fields. A body may hold anything, so no field may follow it.
//!
//! `{timestamp}{method}{path}{body}`, which some services prescribe, passes for a body of JSON,
//! because a path holds no `{`; a body that goes on like a path is refused.

use super::{bad_template, no_place};
use crate::error::Denial;

/// A value for a name in a template, and which bytes such a value may hold.
pub(super) struct Field<'a> {
    text: &'a [u8],
    ends: Ends,
}

enum Ends {
    /// Always of one length.
    Fixed,
    /// At the first byte that is none of these.
    Alphabet(fn(u8) -> bool),
    /// With the text.
    Last,
}

impl<'a> Field<'a> {
    /// Returns a field of bytes for which `alphabet` holds.
    pub(super) fn of(text: &'a str, alphabet: fn(u8) -> bool) -> Self {
        let ends = Ends::Alphabet(alphabet);
        Self {
            text: text.as_bytes(),
            ends,
        }
    }

    /// Returns a field that is always of one length.
    pub(super) fn fixed(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            ends: Ends::Fixed,
        }
    }

    /// Returns the field of the body.
    pub(super) fn body(text: &'a [u8]) -> Self {
        Self {
            text,
            ends: Ends::Last,
        }
    }
}

/// Renders `template`: each `{name}` becomes its field, everything else stands as it is. What a
/// field holds is never read as a template.
///
/// # Errors
/// `secret_unusable` for a name that `field` does not know, a lone brace, or a field after the
/// body; `placement_body` where two fields could not be told apart.
pub(super) fn render<'a>(
    template: &str,
    field: impl Fn(&str) -> Option<Field<'a>>,
) -> Result<Vec<u8>, Denial> {
    let mut text = Vec::new();
    // The fields that have been written last, while nothing has followed them.
    let mut open: Vec<fn(u8) -> bool> = Vec::new();
    let mut after_body = false;
    let mut rest = template;
    while !rest.is_empty() {
        let (piece, ends);
        if let Some(inner) = rest.strip_prefix('{') {
            let (name, after) = inner
                .split_once('}')
                .ok_or_else(|| bad_template("a `{` has no `}`"))?;
            let found = field(name).ok_or_else(|| bad_template("it has an unknown name"))?;
            if after_body {
                return Err(bad_template(
                    "a name follows `{body}`, which must be the last",
                ));
            }
            check_alphabet(&found)?;
            (piece, ends, rest) = (found.text, found.ends, after);
        } else {
            let end = rest.find('{').unwrap_or(rest.len());
            let (literal, after) = rest.split_at(end);
            if literal.contains('}') {
                return Err(bad_template("a `}` has no `{`"));
            }
            (piece, ends, rest) = (literal.as_bytes(), Ends::Fixed, after);
        }
        if let Some(&first) = piece.first()
            && open.drain(..).any(|alphabet| alphabet(first))
        {
            return Err(ambiguous());
        }
        text.extend_from_slice(piece);
        match ends {
            Ends::Fixed => {}
            Ends::Alphabet(alphabet) => open.push(alphabet),
            Ends::Last => after_body = true,
        }
    }
    Ok(text)
}

/// Checks what the request's parser promises, because the rest is built on it.
fn check_alphabet(field: &Field<'_>) -> Result<(), Denial> {
    match field.ends {
        Ends::Alphabet(alphabet) if !field.text.iter().all(|&byte| alphabet(byte)) => Err(
            no_place("a part of the request holds a character that it cannot"),
        ),
        _ => Ok(()),
    }
}

fn ambiguous() -> Denial {
    no_place(
        "two parts of what is signed could not be told apart; the template needs a separator \
         between them, such as a line break",
    )
}

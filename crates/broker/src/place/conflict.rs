//! Which names a server may take for the one that is placed.
//!
//! Servers differ: CGI folds `_` and `-` in headers, Go's JSON folds case, PHP cuts a query's
//! name at a zero byte, trims it, turns `.`, ` ` and `[` into `_` and reads `name[]` as a list.
//! A guest that could add such a twin might have the server use its value, or tell which of the
//! two is used. So names are compared after all that any of them does; one that is refused
//! without need costs a skill nothing but another name.

use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode;

/// How often a query's name is decoded: a proxy may decode once before the server does.
const DECODE_ROUNDS_MAX: usize = 3;

/// Returns whether `headers` has `name`, or a name that a server may fold to it.
pub(super) fn has_header(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers
        .keys()
        .any(|present| folded(present).eq(folded(name)))
}

fn folded(name: &HeaderName) -> impl Iterator<Item = u8> {
    name.as_str().bytes().map(|byte| match byte {
        b'_' => b'-',
        byte => byte,
    })
}

/// Returns whether `query` has a parameter for which `is_taken` holds: it gets each name in
/// every decoding, folded.
pub(super) fn has_parameter(query: &str, is_taken: impl Fn(&str) -> bool) -> bool {
    query
        .split(['&', ';'])
        .any(|pair| is_taken_in_any_decoding(pair.split('=').next().unwrap_or(pair), &is_taken))
}

fn is_taken_in_any_decoding(name: &str, is_taken: &impl Fn(&str) -> bool) -> bool {
    let mut bytes = name.replace('+', " ").into_bytes();
    for _ in 0..=DECODE_ROUNDS_MAX {
        if is_taken(&fold(&String::from_utf8_lossy(&bytes))) {
            return true;
        }
        let decoded: Vec<u8> = percent_decode(&bytes).collect();
        if decoded == bytes {
            return false;
        }
        bytes = decoded;
    }
    // What is still encoded after so many rounds has no honest reason.
    true
}

/// Returns whether `present`, a folded name of a query, may be read as `wanted`, which is folded.
pub(super) fn is_same_parameter(present: &str, wanted: &str) -> bool {
    let flat = |name: &str| {
        let dashed = name.replace(['[', ']', '.', ' '], "_");
        dashed.trim_matches('_').to_owned()
    };
    let cut = present.split('\0').next().unwrap_or(present);
    let trimmed = cut.trim();
    trimmed == wanted
        || trimmed.starts_with(&format!("{wanted}["))
        || flat(trimmed) == flat(wanted)
        || flat(trimmed.split('[').next().unwrap_or(trimmed)) == flat(wanted)
}

/// Folds case as widely as any server: also `ſ` to `s` and the Kelvin sign to `k`.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

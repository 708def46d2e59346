//! Strings with a meaning of their own: header names, paths of files, plain text.

use std::path::PathBuf;

use hotcell_package::table::{Reader, Table, Text};
use hotcell_package::{Origin, is_invisible};

use crate::limits::Unit;

/// Headers that frame a message, steer the connection, or are set by Hotcell itself: no secret,
/// and no signature, may take their place. `proxy-…` is refused too.
const OWN_HEADERS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "range",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Most bytes of a header's name, of a parameter's name.
const NAME_BYTES_MAX: usize = 128;
/// Most bytes and tokens of a JSON pointer.
const POINTER_BYTES_MAX: usize = 256;
const POINTER_TOKENS_MAX: usize = 16;
/// Most bytes of a text that goes into a token or a header.
pub(super) const TEXT_BYTES_MAX: usize = 1_024;

/// Records that a text is not what it should be.
pub(super) fn no_such(reader: &mut Reader<'_>, text: &Text<'_>, what: &str, shape: &str) {
    let message = format!("`{}` is not {what}", text.text);
    reader.error("wrong_value", &text.span, message, format!("write {shape}"));
}

/// Returns a string that must be there, of visible characters and spaces.
pub(super) fn text(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<String> {
    if !table.values.contains_key(key) {
        reader.missing(table, key, "a string");
    }
    optional_text(reader, table, key)
}

/// Returns a string that may be there, of visible characters and spaces.
pub(super) fn optional_text(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
) -> Option<String> {
    let text = reader.optional_string(table, key)?;
    if text.text.len() > TEXT_BYTES_MAX {
        let message = format!("`{key}` is longer than {TEXT_BYTES_MAX} bytes");
        reader.error("too_large", &text.span, message, "shorten it");
        return None;
    }
    if text
        .text
        .contains(|c: char| c.is_control() || is_invisible(c))
    {
        let message = format!("`{key}` has a control character, or one that nobody sees");
        reader.error("wrong_value", &text.span, message, "remove it");
        return None;
    }
    Some(text.text.to_owned())
}

/// Returns a string of visible ASCII and spaces: what a header's value may hold (RFC 9110, 5.5).
pub(super) fn optional_ascii(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
) -> Option<String> {
    let own = optional_text(reader, table, key)?;
    if own.is_ascii() {
        return Some(own);
    }
    let span = table.value_span(key);
    let message = format!("`{key}` stands in a header, and has a character past ASCII");
    reader.error("wrong_value", &span, message, "write ASCII only");
    None
}

/// Returns the name of a header that a secret may take, in lower case.
pub(super) fn optional_header(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
) -> Option<String> {
    let text = reader.optional_string(table, key)?;
    let name = text.text.to_ascii_lowercase();
    // RFC 9110, 5.6.2: `token`.
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.len() > NAME_BYTES_MAX || !name.bytes().all(token) {
        no_such(
            reader,
            &text,
            "a header's name",
            "one such as \"x-api-key\"",
        );
        return None;
    }
    if OWN_HEADERS.contains(&name.as_str()) || name.starts_with("proxy-") {
        let message = format!("no secret may be placed into the header `{name}`");
        let hint = "write the header that the service names for its keys, such as \"x-api-key\"";
        reader.error("forbidden_header", &text.span, message, hint);
        return None;
    }
    Some(name)
}

/// Returns the name of a header that must be there.
pub(super) fn header(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<String> {
    if !table.values.contains_key(key) {
        reader.missing(table, key, "a header's name");
    }
    optional_header(reader, table, key)
}

/// Returns a query parameter's name: what needs no percent-encoding (RFC 3986, 2.3).
pub(super) fn parameter(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<String> {
    let text = reader.string(table, "parameter")?;
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    if text.text.len() <= NAME_BYTES_MAX && text.text.bytes().all(unreserved) {
        return Some(text.text.to_owned());
    }
    let shape = "letters, digits, `-`, `.`, `_`, `~`; at most 128";
    no_such(reader, &text, "a parameter's name", shape);
    None
}

/// Returns a JSON pointer: RFC 6901, and narrower: no empty tokens, and some end to it.
pub(super) fn pointer(reader: &mut Reader<'_>, text: &Text<'_>) -> Option<String> {
    let token = |token: &str| {
        let escapes = token.split('~').skip(1);
        !token.is_empty()
            && !token.chars().any(char::is_control)
            && escapes.into_iter().all(|rest| rest.starts_with(['0', '1']))
    };
    let tokens = text.text.strip_prefix('/').map(|rest| rest.split('/'));
    let fits = tokens.is_some_and(|mut tokens| {
        tokens.clone().count() <= POINTER_TOKENS_MAX && tokens.all(token)
    });
    if fits && text.text.len() <= POINTER_BYTES_MAX {
        return Some(text.text.to_owned());
    }
    let shape = "one such as \"/auth/api_key\" (RFC 6901)";
    no_such(reader, text, "a JSON pointer", shape);
    None
}

/// Returns `true` or `false`; `false` where the key is absent.
pub(super) fn flag(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> bool {
    let Some(value) = table.values.get(key) else {
        return false;
    };
    let flag = value.get_ref().as_bool();
    if flag.is_none() {
        let message = format!("`{key}` must be `true` or `false`");
        let hint = format!("write `{key} = true`, without quotes");
        reader.error("wrong_type", &value.span(), message, hint);
    }
    flag.unwrap_or_default()
}

/// Returns the path of a file; `path` is the part of `text` that names it.
pub(super) fn file_path(reader: &mut Reader<'_>, text: &Text<'_>, path: &str) -> Option<PathBuf> {
    let fault = match path {
        "" => Some("the path of the file is missing"),
        _ if path.starts_with('~') => Some("`~` is not read as a home folder"),
        _ if path.chars().any(char::is_control) => Some("the path has a control character"),
        _ => None,
    };
    if let Some(fault) = fault {
        let hint = "write a whole path, or one from this file's folder";
        reader.error("wrong_path", &text.span, fault, hint);
        return None;
    }
    Some(PathBuf::from(path))
}

/// Returns a number from 1 to `most`, or a text with a unit: `30_000` or `"30s"`.
pub(super) fn measure(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    unit: Unit,
    most: u64,
) -> Option<u64> {
    let value = table.values.get(key)?;
    let number = match value.get_ref().as_str() {
        None => reader.count(table, key)?,
        Some(_) => {
            let text = reader.optional_string(table, key)?;
            with_unit(reader, &text, key, unit)?
        }
    };
    if number > most {
        let message = format!("`{key}` is more than {most}");
        reader.error("too_large", &table.value_span(key), message, "write less");
    }
    Some(number)
}

fn with_unit(reader: &mut Reader<'_>, text: &Text<'_>, key: &str, unit: Unit) -> Option<u64> {
    let number = unit.parse(text.text).filter(|number| *number > 0);
    if number.is_none() {
        let message = format!("`{}` is no value for `{key}`", text.text);
        let hint = format!("write {}", unit.example());
        reader.error("wrong_value", &text.span, message, hint);
    }
    number
}

/// Returns a list of origins, each `https://` or opened in `[egress]`.
pub(super) fn origins(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    plain_http: &[Origin],
) -> Option<Vec<Origin>> {
    let texts = reader.strings(table, key)?;
    let mut origins = Vec::new();
    for text in &texts {
        let Some(origin) = reader.origin(text, "") else {
            continue;
        };
        refuse_plain(reader, text, &origin, plain_http);
        origins.push(origin);
    }
    Some(origins)
}

/// Records an error for an `http://` origin that `[egress] plain_http` does not open.
pub(super) fn refuse_plain(
    reader: &mut Reader<'_>,
    text: &Text<'_>,
    origin: &Origin,
    plain_http: &[Origin],
) {
    if origin.is_https() || plain_http.contains(origin) {
        return;
    }
    let message = format!("`{origin}` is not encrypted");
    let hint =
        format!("write `https://`, or open it: below `[egress]`, plain_http = [\"{origin}\"]");
    reader.error("plain_http", &text.span, message, hint);
}

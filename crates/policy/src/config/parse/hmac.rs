//! `kind = "hmac"`: what is signed, and where the signature goes.

use hotcell_package::near_name;
use hotcell_package::table::{Reader, Table, Text};

use crate::config::parse::words::{TEXT_BYTES_MAX, header, optional_header};
use crate::config::{HmacAlgorithm, HmacKind, SignatureEncoding};

/// What the text that is signed may name.
const SIGN_NAMES: &[&str] = &[
    "method",
    "host",
    "path",
    "query",
    "body",
    "body_sha256",
    "timestamp",
    "date",
];
/// What the header's value may name.
const VALUE_NAMES: &[&str] = &[
    "signature",
    "method",
    "host",
    "path",
    "query",
    "body_sha256",
    "timestamp",
    "date",
];
/// The header's value where the operator says nothing.
const VALUE: &str = "{signature}";

pub(super) fn read_hmac(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<HmacKind> {
    let algorithms = [
        ("sha256", HmacAlgorithm::Sha256),
        ("sha512", HmacAlgorithm::Sha512),
    ];
    let encodings = [
        ("hex", SignatureEncoding::Hex),
        ("base64", SignatureEncoding::Base64),
    ];
    let algorithm = reader.choice(table, "algorithm", &algorithms);
    let encoding = reader.choice(table, "encoding", &encodings);
    let sign = read_sign(reader, table);
    let value = read_value(reader, table);
    let header = header(reader, table, "header");
    let timestamp_header = optional_header(reader, table, "timestamp_header");
    if timestamp_header.is_some() && timestamp_header == header {
        let span = table.value_span("timestamp_header");
        let message = "signature and timestamp cannot have one header";
        reader.error(
            "duplicate",
            &span,
            message,
            "name two, or put {timestamp} into `value`",
        );
    }
    Some(HmacKind {
        algorithm,
        sign: sign?,
        header: header?,
        value: value?,
        encoding,
        timestamp_header,
    })
}

fn read_sign(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<String> {
    let text = reader.string(table, "sign")?;
    let names = check_template(reader, &text, "sign", SIGN_NAMES)?;
    if names == 0 {
        let message = "`sign` names nothing of the request, so every signature would be the same";
        let hint = "write a text such as \"{timestamp}\\n{method}\\n{path}\\n{body}\"";
        reader.error("empty_pattern", &text.span, message, hint);
        return None;
    }
    Some(text.text.to_owned())
}

fn read_value(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<String> {
    if !table.values.contains_key("value") {
        return Some(VALUE.to_owned());
    }
    let text = reader.optional_string(table, "value")?;
    check_template(reader, &text, "value", VALUE_NAMES)?;
    let fault = if !text.text.contains(VALUE) {
        "`value` does not hold {signature}"
    } else if !text.text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        "`value` has a character that a header cannot have"
    } else {
        return Some(text.text.to_owned());
    };
    reader.error(
        "wrong_value",
        &text.span,
        fault,
        "write one such as \"v1={signature}\"",
    );
    None
}

/// Returns how many names a template has. A brace stands for nothing but a name: there is
/// no escape.
fn check_template(
    reader: &mut Reader<'_>,
    text: &Text<'_>,
    key: &str,
    known: &[&str],
) -> Option<usize> {
    if text.text.len() > TEXT_BYTES_MAX {
        let message = format!("`{key}` is longer than {TEXT_BYTES_MAX} bytes");
        reader.error("too_large", &text.span, message, "shorten it");
        return None;
    }
    let mut names = 0;
    let mut rest = text.text;
    while let Some(at) = rest.find(['{', '}']) {
        let inner = rest[at..]
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'));
        match inner {
            Some((name, after)) if known.contains(&name) => {
                names += 1;
                rest = after;
            }
            Some((name, _)) => {
                unknown_name(reader, text, key, known, name);
                return None;
            }
            None => {
                let message = format!("`{key}` has a brace that does not enclose a name");
                let hint = format!("write {{NAME}}, with one of {}", known.join(", "));
                reader.error("wrong_template", &text.span, message, hint);
                return None;
            }
        }
    }
    Some(names)
}

fn unknown_name(reader: &mut Reader<'_>, text: &Text<'_>, key: &str, known: &[&str], name: &str) {
    let message = format!("`{key}` cannot hold {{{name}}}");
    let hint = match near_name(name, known.iter().copied()) {
        Some(near) => format!("write {{{near}}}"),
        None => format!("write one of {}", known.join(", ")),
    };
    reader.error("wrong_template", &text.span, message, hint);
}

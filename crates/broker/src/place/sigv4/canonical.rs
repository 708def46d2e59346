//! The canonical request of Signature Version 4.

use http::HeaderMap;
use percent_encoding::{percent_decode_str, percent_encode, utf8_percent_encode};

use super::super::query::ESCAPED;
use super::no_place;
use crate::error::Denial;

/// Not signed: what proxies and the connection change, and the length, which the sender writes.
const UNSIGNED: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// What is signed of a request.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    /// By name, in lower case and order.
    pub(super) headers: &'a [(String, String)],
    pub(super) body_sha256: &'a str,
}

impl Request<'_> {
    /// Returns the text that is hashed. No part can hold a line break, so none can be taken
    /// for another: a path and query are escaped here, and a header's value is visible ASCII.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.method, self.path, self.query);
        for (name, value) in self.headers {
            text.push_str(&format!("{name}:{value}\n"));
        }
        text.push_str(&format!(
            "\n{}\n{}",
            self.signed_headers(),
            self.body_sha256
        ));
        text
    }

    /// Returns the names of the signed headers.
    pub(super) fn signed_headers(&self) -> String {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.join(";")
    }
}

/// Returns the path as it is signed. A path on the wire is escaped; S3 signs it escaped once, in
/// one spelling, and every other service escapes once more.
pub(super) fn path(wire: &str, service: &str) -> String {
    let escape = |part: &str| match service.starts_with("s3") {
        true => percent_encode(&decoded(part), ESCAPED).to_string(),
        false => utf8_percent_encode(part, ESCAPED).to_string(),
    };
    let parts: Vec<String> = wire.split('/').map(escape).collect();
    parts.join("/")
}

/// Returns the query as it is signed: each name and value in one spelling, in order of the
/// names and then of the values.
pub(super) fn query(wire: &str) -> String {
    // `+` is a space to AWS, as in a form.
    let escape =
        |part: &str| percent_encode(&decoded(&part.replace('+', "%20")), ESCAPED).to_string();
    let mut pairs: Vec<(String, String)> = wire
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (escape(name), escape(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
    pairs.join("&")
}

fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// Returns the headers that are signed, with `host`, by name in order.
pub(super) fn headers(map: &HeaderMap, host: &str) -> Result<Vec<(String, String)>, Denial> {
    let mut signed = vec![("host".to_owned(), host.to_owned())];
    for name in map.keys() {
        if name == "host" || UNSIGNED.contains(&name.as_str()) {
            continue;
        }
        let mut values = Vec::new();
        for value in map.get_all(name) {
            let text = value
                .to_str()
                .map_err(|_| no_place("a header that is signed is not plain ASCII"))?;
            values.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        signed.push((name.as_str().to_owned(), values.join(",")));
    }
    signed.sort();
    Ok(signed)
}

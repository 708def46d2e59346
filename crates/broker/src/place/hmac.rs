//! Kind `hmac`: a signature over a text that the operator's template makes from the request.

mod template;

use std::time::SystemTime;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hotcell_policy::config::{HmacAlgorithm, HmacKind, SignatureEncoding};
use http::HeaderValue;

use super::digest::{hex, sha256_hex};
use super::{Outgoing, add_header, no_place, unusable};
use crate::error::Denial;
use crate::secrets::SecretValue;
use template::{Field, render};

/// The year 9999's last second: beyond it no date has four digits.
const LAST_SECOND: u64 = 253_402_300_799;

/// Returns whether the template of what is signed, or of the header, takes in the body.
pub(super) fn needs_whole_body(kind: &HmacKind) -> bool {
    [&kind.sign, &kind.value]
        .iter()
        .any(|template| template.contains("{body}") || template.contains("{body_sha256}"))
}

/// Signs the request and places the signature, and the time where the record names a header.
pub(super) fn place(
    kind: &HmacKind,
    key: &SecretValue,
    outgoing: &mut Outgoing,
    now: SystemTime,
) -> Result<(), Denial> {
    let seconds = seconds(now);
    let fields = Fields::of(kind, outgoing, seconds)?;
    let text = render(&kind.sign, |name| match name {
        "body" => Some(Field::body(&fields.body)),
        _ => fields.get(name),
    })?;
    let signature = write(sign(kind.algorithm, key, &text).as_ref(), kind.encoding);
    let value = render(&kind.value, |name| match name {
        "signature" => Some(Field::fixed(&signature)),
        _ => fields.get(name),
    })?;
    let value = add_header::sensitive(&[&value])?;
    add_header::add(outgoing, &kind.header, value)?;
    if let Some(name) = &kind.timestamp_header {
        add_header::add(outgoing, name, HeaderValue::from(seconds))?;
    }
    Ok(())
}

/// What the names in a template stand for.
struct Fields {
    method: String,
    host: String,
    path: String,
    query: String,
    body: bytes::Bytes,
    body_sha256: String,
    timestamp: String,
    date: String,
}

impl Fields {
    fn of(kind: &HmacKind, outgoing: &Outgoing, seconds: u64) -> Result<Self, Denial> {
        let body = match &outgoing.whole_body {
            Some(body) => body.clone(),
            None if needs_whole_body(kind) => return Err(no_place("it was not read whole")),
            None => bytes::Bytes::new(),
        };
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        Ok(Self {
            method: outgoing.method.as_str().to_owned(),
            host: outgoing.origin.authority(),
            path: outgoing.path.clone(),
            query: outgoing.query.clone().unwrap_or_default(),
            body_sha256: sha256_hex(&body),
            body,
            timestamp: seconds.to_string(),
            date: httpdate::fmt_http_date(date),
        })
    }

    fn get(&self, name: &str) -> Option<Field<'_>> {
        Some(match name {
            "method" => Field::of(&self.method, |b| b.is_ascii_uppercase()),
            "host" => Field::of(&self.host, |b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:[]".contains(&b)
            }),
            "path" => Field::of(&self.path, |b| is_pchar(b) || b == b'/'),
            "query" => Field::of(&self.query, |b| is_pchar(b) || b == b'/' || b == b'?'),
            "body_sha256" => Field::fixed(&self.body_sha256),
            "timestamp" => Field::of(&self.timestamp, |b| b.is_ascii_digit()),
            "date" => Field::fixed(&self.date),
            _ => return None,
        })
    }
}

/// RFC 3986 `pchar`, with `%` for its escapes.
fn is_pchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte)
}

/// Returns seconds since 1970; a clock before that is read as 1970.
pub(super) fn seconds(now: SystemTime) -> u64 {
    now.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
        .min(LAST_SECOND)
}

fn sign(algorithm: HmacAlgorithm, key: &SecretValue, text: &[u8]) -> ring::hmac::Tag {
    let algorithm = match algorithm {
        HmacAlgorithm::Sha256 => ring::hmac::HMAC_SHA256,
        HmacAlgorithm::Sha512 => ring::hmac::HMAC_SHA512,
    };
    ring::hmac::sign(&ring::hmac::Key::new(algorithm, key.expose()), text)
}

fn write(signature: &[u8], encoding: SignatureEncoding) -> String {
    match encoding {
        SignatureEncoding::Hex => hex(signature),
        SignatureEncoding::Base64 => BASE64_STANDARD.encode(signature),
    }
}

/// A template that cannot be used as it stands.
fn bad_template(why: &str) -> Denial {
    unusable(&format!("its template is wrong: {why}"))
}

#[cfg(test)]
mod tests;

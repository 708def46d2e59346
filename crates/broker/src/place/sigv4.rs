//! Kind `sigv4`: AWS Signature Version 4.
//!
//! After the algorithm that AWS publishes, and not by the `aws-sigv4` crate: that brings twelve
//! crates and a second home of cryptography, reads the URL again, and traces what it signs. The
//! tests hold AWS's own vectors.

mod canonical;

use std::time::{Duration, SystemTime};

use http::HeaderValue;
use ring::hmac::{HMAC_SHA256, Key, Tag, sign};
use zeroize::Zeroizing;

use super::conflict::{fold, has_parameter};
use super::digest::{hex, sha256_hex};
use super::hmac::seconds;
use super::{Outgoing, add_header, conflict, no_place, unusable};
use crate::error::Denial;
use crate::secrets::SecretValue;

/// Headers that the signature is made of, and those that would lead the request to another
/// resource than its path names or make the body's signature another.
const RESERVED: &[&str] = &[
    "authorization",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-s3session-token",
    "x-amz-security-token",
    "x-amz-trailer",
];

/// For whom and where a signature holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

/// Signs the request: its method, path, query, whole body, and every header that no proxy
/// changes on the way. Whatever adds headers must have done so before.
pub(super) fn place(
    scope: &Scope<'_>,
    key: &SecretValue,
    outgoing: &mut Outgoing,
    now: SystemTime,
) -> Result<(), Denial> {
    check(outgoing)?;
    if key.expose().is_empty() || !key.expose().iter().all(u8::is_ascii_graphic) {
        return Err(unusable(
            "a secret access key is one word; look for a line break at its end",
        ));
    }
    let Some(body) = &outgoing.whole_body else {
        return Err(no_place("it was not read whole"));
    };
    let body_sha256 = sha256_hex(body);
    let time = amz_date(now);
    add_header::add(outgoing, "x-amz-date", plain(&time))?;
    add_header::add(outgoing, "x-amz-content-sha256", plain(&body_sha256))?;
    let headers = canonical::headers(&outgoing.headers, &outgoing.origin.authority())?;
    let request = canonical::Request {
        method: outgoing.method.as_str(),
        path: &canonical::path(&outgoing.path, scope.service),
        query: &canonical::query(outgoing.query.as_deref().unwrap_or_default()),
        headers: &headers,
        body_sha256: &body_sha256,
    };
    let value = authorization(scope, key, &time, &request)?;
    add_header::add(outgoing, "authorization", value)
}

/// Refuses a request that signs, or seems to sign, in another way.
fn check(outgoing: &Outgoing) -> Result<(), Denial> {
    for name in outgoing.headers.keys() {
        let folded = name.as_str().replace('_', "-");
        if RESERVED.iter().any(|reserved| folded.starts_with(reserved)) {
            return Err(conflict(&format!("the header `{name}`")));
        }
    }
    let query = outgoing.query.as_deref().unwrap_or_default();
    if has_parameter(query, |name| fold(name).trim().starts_with("x-amz-")) {
        return Err(conflict("an `X-Amz-` parameter"));
    }
    Ok(())
}

/// Returns the value of the `Authorization` header.
fn authorization(
    scope: &Scope<'_>,
    key: &SecretValue,
    time: &str,
    request: &canonical::Request<'_>,
) -> Result<HeaderValue, Denial> {
    let Scope {
        access_key_id,
        region,
        service,
    } = scope;
    let day = &time[..8];
    let place = format!("{day}/{region}/{service}/aws4_request");
    let hashed = sha256_hex(request.text().as_bytes());
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{place}\n{hashed}");
    let signature = hex(sign(&signing_key(scope, key, day), text.as_bytes()).as_ref());
    let signed = request.signed_headers();
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={access_key_id}/{place}, SignedHeaders={signed}, \
         Signature={signature}"
    );
    add_header::sensitive(&[value.as_bytes()])
}

/// Derives the key of a day, region and service.
fn signing_key(scope: &Scope<'_>, key: &SecretValue, day: &str) -> Key {
    let mut first = Zeroizing::new(Vec::with_capacity(4 + key.expose().len()));
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(key.expose());
    let key = |tag: Tag| Key::new(HMAC_SHA256, tag.as_ref());
    let day = key(sign(&Key::new(HMAC_SHA256, &first), day.as_bytes()));
    let region = key(sign(&day, scope.region.as_bytes()));
    let service = key(sign(&region, scope.service.as_bytes()));
    key(sign(&service, b"aws4_request"))
}

/// Returns `now` as `20130524T000000Z`: httpdate knows the calendar, and writes
/// `Fri, 24 May 2013 00:00:00 GMT`.
fn amz_date(now: SystemTime) -> String {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds(now));
    let date = httpdate::fmt_http_date(date);
    let month = MONTHS
        .find(&date[8..11])
        .expect("a month has one of twelve names")
        / 3
        + 1;
    let (year, day) = (&date[12..16], &date[5..7]);
    let (hour, minute, second) = (&date[17..19], &date[20..22], &date[23..25]);
    format!("{year}{month:02}{day}T{hour}{minute}{second}Z")
}

fn plain(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits and letters are a header value")
}

#[cfg(test)]
mod tests;

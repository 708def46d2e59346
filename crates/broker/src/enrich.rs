//! What the host adds to a request in its own name: where it belongs, and that it is the same
//! request as before.

use hotcell_package::Effect;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST};
use http::{HeaderName, HeaderValue, Method};
use ring::digest::{SHA256, digest};
use ring::hmac;

use crate::place::Outgoing;
use crate::secrets::SecretValue;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The call for which requests are sent.
#[derive(Debug, Clone)]
pub struct CallIdentity {
    /// Who calls; empty where the host has one caller only.
    pub caller: String,
    /// The skill's name.
    pub skill: String,
    /// The digest of its package.
    pub digest: String,
    /// The tool's name.
    pub tool: String,
    /// What the tool may do to the world outside.
    pub effect: Effect,
    /// Ties together all that happens on behalf of one request of the caller.
    pub correlation_id: String,
    /// The caller's idempotency key.
    pub idempotency_key: Option<String>,
}

/// Makes the headers of one call's requests.
pub(crate) struct Enrichment {
    trace_id: String,
    /// A random number; each request is the span that is its ordinal further on.
    first_span: u64,
    /// From this follow the keys that are sent upstream; none where the caller gave none.
    key: Option<hmac::Key>,
}

impl Enrichment {
    pub(crate) fn new(call: &CallIdentity, host_key: &SecretValue) -> Self {
        let key = call.idempotency_key.as_ref().map(|key| {
            let host = hmac::Key::new(hmac::HMAC_SHA256, host_key.expose());
            let mut text = Vec::new();
            for part in [&call.caller, &call.skill, &call.tool, key] {
                text.extend_from_slice(&(part.len() as u64).to_be_bytes());
                text.extend_from_slice(part.as_bytes());
            }
            let of_call = hmac::sign(&host, &text);
            hmac::Key::new(hmac::HMAC_SHA256, of_call.as_ref())
        });
        Self {
            trace_id: trace_id(&call.correlation_id),
            first_span: getrandom::u64().expect("the system has randomness"),
            key,
        }
    }

    /// Writes the headers that are the host's alone; a guest's were refused or dropped before.
    pub(crate) fn write(&self, outgoing: &mut Outgoing, authority: &str, ordinal: u64) {
        let headers = &mut outgoing.headers;
        let ascii = |text: &str| HeaderValue::from_str(text).expect("host names and hex are ASCII");
        headers.insert(HOST, ascii(authority));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let span = self.first_span.wrapping_add(ordinal);
        let parent = ["00-", &self.trace_id, "-", &format!("{span:016x}"), "-01"].concat();
        let parent = HeaderValue::try_from(parent).expect("hex is ASCII");
        headers.insert(TRACEPARENT, parent);
        let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&outgoing.method);
        if let Some(key) = &self.key
            && changes
        {
            let of_exchange = hmac::sign(key, &ordinal.to_be_bytes());
            headers.insert(IDEMPOTENCY_KEY, ascii(&hex(of_exchange.as_ref())));
        }
    }
}

/// Writes the body's length where it is known; hyper sends the body in chunks where it is not.
pub(crate) fn write_length(outgoing: &mut Outgoing, length: Option<u64>) {
    let bodiless = [Method::GET, Method::HEAD, Method::OPTIONS, Method::DELETE];
    let Some(length) = length else { return };
    if length > 0 || !bodiless.contains(&outgoing.method) {
        outgoing
            .headers
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
}

/// Returns the W3C trace id (32 hex digits, not all zero) of a correlation id: its own where it
/// is one, with or without the host's `cor-`, else the beginning of its SHA-256.
fn trace_id(correlation_id: &str) -> String {
    let bare = correlation_id
        .strip_prefix("cor-")
        .unwrap_or(correlation_id);
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if bare.len() == 32 && bare.bytes().all(is_hex) && bare.bytes().any(|b| b != b'0') {
        return bare.to_owned();
    }
    hex(digest(&SHA256, correlation_id.as_bytes()).as_ref())
}

/// Returns the first 16 bytes of a digest in hex.
fn hex(digest: &[u8]) -> String {
    let bytes = digest.first_chunk().expect("a SHA-256 has 32 bytes");
    format!("{:032x}", u128::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Target;
    use hotcell_package::Origin;
    use http::HeaderMap;

    fn call(key: Option<&str>) -> CallIdentity {
        CallIdentity {
            caller: String::new(),
            skill: "crm".to_owned(),
            digest: "sha256:0".to_owned(),
            tool: "create".to_owned(),
            effect: Effect::Write,
            correlation_id: "cor-0123456789abcdef0123456789abcdef".to_owned(),
            idempotency_key: key.map(str::to_owned),
        }
    }

    fn headers(call: &CallIdentity, method: &Method, ordinal: u64) -> HeaderMap {
        let target = Target {
            origin: Origin::parse("https://a.test:8443").unwrap(),
            path: "/".to_owned(),
            query: None,
        };
        let mut outgoing = Outgoing::of(method.clone(), target, HeaderMap::new());
        let key = SecretValue::new(vec![7; 32]);
        Enrichment::new(call, &key).write(&mut outgoing, "a.test:8443", ordinal);
        outgoing.headers
    }

    #[test]
    fn a_key_is_the_same_for_the_same_exchange_and_never_the_callers() {
        let key = |call: &CallIdentity, ordinal| {
            headers(call, &Method::POST, ordinal)["idempotency-key"].clone()
        };
        let first = key(&call(Some("order-17")), 1);
        assert_eq!(first, key(&call(Some("order-17")), 1));
        assert_ne!(first, key(&call(Some("order-17")), 2));
        assert_ne!(first, key(&call(Some("order-18")), 1));
        assert!(!first.to_str().unwrap().contains("order"));
        let other = CallIdentity {
            tool: "update".to_owned(),
            ..call(Some("order-17"))
        };
        assert_ne!(first, key(&other, 1));
    }

    #[test]
    fn a_request_that_changes_nothing_has_no_key() {
        assert!(!headers(&call(Some("k")), &Method::GET, 1).contains_key("idempotency-key"));
        assert!(!headers(&call(None), &Method::POST, 1).contains_key("idempotency-key"));
    }

    #[test]
    fn the_trace_is_the_calls() {
        let parent = headers(&call(None), &Method::GET, 1)["traceparent"].clone();
        let parent = parent.to_str().unwrap();
        assert!(parent.starts_with("00-0123456789abcdef0123456789abcdef-"));
        assert_eq!(parent.len(), 55);
        assert_eq!(trace_id("anything else").len(), 32);
    }
}

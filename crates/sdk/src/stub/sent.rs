//! A request that a skill sent to the scripted server.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::whole;
use crate::http::{Error, Outgoing};

/// One request as it left the skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The method in capital letters.
    pub method: String,
    /// The absolute URL with its query.
    pub url: String,
    /// Names in small letters, with their values.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Sent {
    pub(super) fn new(outgoing: Outgoing) -> Result<Self, Error> {
        let Outgoing {
            scheme,
            authority,
            path_and_query,
            ..
        } = &outgoing;
        Ok(Self {
            method: outgoing.method.to_owned(),
            url: format!("{scheme}://{authority}{path_and_query}"),
            headers: outgoing.headers,
            body: whole(outgoing.content)?,
        })
    }

    /// Returns the path, still encoded.
    pub fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        path.split('?').next().unwrap_or(path)
    }

    /// Returns the first value of `name` in the query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.url.split_once('?')?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key) == name).then(|| decode(value))
        })
    }

    /// Returns the header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

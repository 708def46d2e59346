//! A request while it is put together.

use std::fmt;
use std::io::Read;

use serde::Serialize;

use super::{Error, Response, encode, transport};

/// A request that is not sent yet. What is wrong with it is told by [`send`](Self::send).
#[must_use = "a request does nothing until it is sent"]
#[derive(Debug)]
pub struct Request {
    method: &'static str,
    url: String,
    query: String,
    headers: Vec<(String, String)>,
    content: Content,
    wrong: Option<Error>,
}

/// A request's body.
pub(crate) enum Content {
    /// None at all.
    Empty,
    /// One whose length is known.
    Bytes(Vec<u8>),
    /// One that is read while it is sent.
    Stream(Box<dyn Read>),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// A request as the host takes it.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: &'static str,
    pub(crate) scheme: String,
    pub(crate) authority: String,
    pub(crate) path_and_query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Content,
}

impl Request {
    pub(super) fn new(method: &'static str, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            query: String::new(),
            headers: Vec::new(),
            content: Content::Empty,
            wrong: None,
        }
    }

    /// Adds one pair to the query, both words encoded.
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query
            .extend([&encode(name), "=", &encode(&value.to_string())]);
        self
    }

    /// Sets a header; one of the same name is replaced.
    ///
    /// The host refuses what is its own to set: credentials, cookies, `Idempotency-Key`, `Range`
    /// and what frames a message.
    pub fn header(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers
            .push((name.to_ascii_lowercase(), value.to_string()));
        self
    }

    /// Sets the body to `value` as JSON, and `Content-Type` with it.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.header("content-type", "application/json").body(bytes),
            Err(_) => {
                self.wrong = Some(Error::permanent("request_body"));
                self
            }
        }
    }

    /// Sets the body.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.content = Content::Bytes(bytes.into());
        self
    }

    /// Sets the body to what `reader` yields while it is sent, in pieces of 64 KiB.
    pub fn body_from(mut self, reader: impl Read + 'static) -> Self {
        self.content = Content::Stream(Box::new(reader));
        self
    }

    /// Sends the request and waits for the head of its response, whatever its status is.
    ///
    /// A server that answers before it has read the whole body is sent the rest as long as it
    /// takes it.
    ///
    /// # Errors
    /// Where the URL is not absolute, the host refuses, or it fails on the way.
    pub fn send(self) -> Result<Response, Error> {
        transport::send(self.outgoing()?)
    }

    fn outgoing(self) -> Result<Outgoing, Error> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let url = with_query(&self.url, &self.query);
        let invalid = || Error::permanent("url_invalid");
        let uri: ::http::Uri = url.parse().map_err(|_| invalid())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(invalid());
        };
        let mut path = uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        if path.starts_with('?') {
            path.insert(0, '/');
        }
        let mut headers = self.headers;
        if let Content::Bytes(bytes) = &self.content {
            headers.retain(|(name, _)| name != "content-length");
            headers.push(("content-length".to_owned(), bytes.len().to_string()));
        }
        Ok(Outgoing {
            method: self.method,
            scheme: scheme.to_owned(),
            authority: authority.to_string(),
            path_and_query: path,
            headers,
            content: self.content,
        })
    }
}

/// Adds `query` behind a query that the URL may have, and drops a fragment, which never leaves a
/// client (RFC 9110, 4.2.5).
fn with_query(url: &str, query: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    if query.is_empty() {
        return url.to_owned();
    }
    let join = match url.find('?') {
        None => "?",
        Some(at) if at + 1 == url.len() => "",
        Some(_) => "&",
    };
    [url, join, query].concat()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{ErrorKind, get, post};
    use super::*;

    fn check_url(request: Request, expected: &str) {
        let found = request.outgoing().unwrap();
        let url = format!(
            "{}://{}{}",
            found.scheme, found.authority, found.path_and_query
        );
        assert_eq!(url, expected);
    }

    #[test]
    fn a_query_is_encoded_and_joined() {
        let base = "https://a.example/v1";
        check_url(get(base), "https://a.example/v1");
        check_url(
            get(base).query("q", "a&b=ü"),
            "https://a.example/v1?q=a%26b%3D%C3%BC",
        );
        check_url(
            get("https://a.example/?x=1").query("page", 2),
            "https://a.example/?x=1&page=2",
        );
        check_url(
            get("https://a.example?").query("a", 1).query("b", 2),
            "https://a.example/?a=1&b=2",
        );
        check_url(
            get("https://a.example/p#part").query("a", 1),
            "https://a.example/p?a=1",
        );
    }

    #[test]
    fn a_url_is_absolute() {
        for url in [
            "",
            "/v1",
            "a.example/v1",
            "https://",
            "https://a b/",
            "https:///x",
        ] {
            let error = get(url).outgoing().unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Permanent("url_invalid"), "{url}");
        }
    }

    #[test]
    fn a_header_stands_once_and_a_length_is_true() {
        let request = post("https://a.example/")
            .header("X-Tag", 1)
            .header("x-tag", 2)
            .header("Content-Length", 99)
            .json(&[1, 2]);
        let expected = [
            ("x-tag", "2"),
            ("content-type", "application/json"),
            ("content-length", "5"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        assert_eq!(request.outgoing().unwrap().headers, expected.map(owned));
    }

    #[test]
    fn what_is_no_json_is_not_sent() {
        let odd = std::collections::BTreeMap::from([((1, 2), 3)]);
        let error = post("https://a.example/")
            .json(&odd)
            .outgoing()
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Permanent("request_body"));
    }
}

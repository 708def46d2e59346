//! A response, and its body as it comes.

use std::io::{self, Read};

use serde::de::DeserializeOwned;

use super::{BodyFault, Error, RESPONSE_BYTES_MAX, transport};

/// Bytes that are asked for in one piece.
const PIECE_BYTES: usize = 64 << 10;

/// A response: its head has come, its body may still be on the way.
#[derive(Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Body,
}

/// A body that is read as it comes. As a [`Read`], its errors hold an [`Error`].
#[derive(Debug)]
pub struct Body {
    source: transport::Source,
    /// What was read and not yet taken.
    piece: Vec<u8>,
    /// How much of `piece` was taken.
    taken: usize,
}

impl Response {
    pub(crate) fn new(
        status: u16,
        headers: Vec<(String, Vec<u8>)>,
        source: transport::Source,
    ) -> Self {
        let body = Body {
            source,
            piece: Vec::new(),
            taken: 0,
        };
        Self {
            status,
            headers,
            body,
        }
    }

    /// Returns the status, such as 200 or 404.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns whether the status is 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the first header of this name; none where there is none, or it is not UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers();
        let (_, value) = headers.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// Returns every header, in the order of the response.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// Returns what `Retry-After` asks for, in milliseconds. Of its two forms (RFC 9110, 10.2.3)
    /// only seconds are read: a date needs a clock.
    pub fn retry_after_ms(&self) -> Option<u64> {
        let seconds: u64 = self.header("retry-after")?.trim().parse().ok()?;
        seconds.checked_mul(1_000)
    }

    /// Reads the body as JSON, up to [`RESPONSE_BYTES_MAX`].
    ///
    /// # Errors
    /// Where the body is too large, is not JSON of this shape, or ends early.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        let bytes = self.bytes(RESPONSE_BYTES_MAX)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            BodyFault::NotJson { line, column }.into()
        })
    }

    /// Reads the body as UTF-8, up to [`RESPONSE_BYTES_MAX`].
    ///
    /// # Errors
    /// Where the body is too large, is not UTF-8, or ends early.
    pub fn text(self) -> Result<String, Error> {
        let bytes = self.bytes(RESPONSE_BYTES_MAX)?;
        String::from_utf8(bytes).map_err(|_| BodyFault::NotText.into())
    }

    /// Reads the body, up to `bytes_max`.
    ///
    /// # Errors
    /// Where the body is larger, or ends early.
    pub fn bytes(self, bytes_max: usize) -> Result<Vec<u8>, Error> {
        let mut body = self.body;
        let mut bytes = Vec::new();
        while body.fill()? {
            if body.piece.len() > bytes_max - bytes.len() {
                return Err(BodyFault::TooLarge { bytes_max }.into());
            }
            bytes.append(&mut body.piece);
        }
        Ok(bytes)
    }

    /// Returns the body, to be read in pieces and without a bound.
    pub fn into_body(self) -> Body {
        self.body
    }
}

impl Body {
    /// Waits for the next piece; returns whether there is one.
    fn fill(&mut self) -> Result<bool, Error> {
        self.piece = self.source.read(PIECE_BYTES)?;
        self.taken = 0;
        Ok(!self.piece.is_empty())
    }
}

impl Read for Body {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if self.taken == self.piece.len() && !self.fill().map_err(io::Error::other)? {
            return Ok(0);
        }
        let left = &self.piece[self.taken..];
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{ErrorKind, get};
    use super::*;
    use crate::stub::{Host, Reply};

    /// Sends one request that is answered by `reply`, and returns what `read` makes of it.
    fn check<T>(reply: Reply, read: impl FnOnce(Response) -> T) -> T {
        let mut reply = Some(reply);
        let host = Host::new().http(move |_| reply.take().unwrap());
        host.run(|| read(get("https://a.example/").send().unwrap()))
            .0
    }

    #[test]
    fn headers_are_found_by_any_case() {
        let reply = Reply::new(429)
            .header("Retry-After", "3")
            .header("X-A", "caf\u{e9}");
        check(reply, |response| {
            assert!(!response.is_success());
            assert_eq!(response.retry_after_ms(), Some(3_000));
            assert_eq!(response.header("x-a"), Some("caf\u{e9}"));
            assert_eq!(response.header("x-b"), None);
        });
    }

    #[test]
    fn only_seconds_that_fit_are_a_time_to_wait() {
        for odd in [
            "Sat, 21 Nov 2026 00:00:00 GMT",
            "-1",
            "18446744073709551615",
        ] {
            let reply = Reply::new(503).header("retry-after", odd);
            assert_eq!(check(reply, |response| response.retry_after_ms()), None);
        }
    }

    #[test]
    fn a_body_is_read_up_to_its_bound() {
        let at = |bytes_max| {
            let reply = Reply::new(200).body(vec![b'x'; 200_000]);
            check(reply, |response| response.bytes(bytes_max))
        };
        assert_eq!(at(200_000).unwrap().len(), 200_000);
        let too_large = BodyFault::TooLarge { bytes_max: 199_999 };
        assert_eq!(at(199_999).unwrap_err(), too_large.into());
    }

    #[test]
    fn json_and_text_have_a_bound_too() {
        let reply = || Reply::new(200).body(vec![b' '; RESPONSE_BYTES_MAX + 1]);
        let too_large = Error::from(BodyFault::TooLarge {
            bytes_max: RESPONSE_BYTES_MAX,
        });
        assert_eq!(check(reply(), Response::text).unwrap_err(), too_large);
        assert_eq!(check(reply(), Response::json::<u8>).unwrap_err(), too_large);
    }

    #[test]
    fn a_wrong_body_is_told_without_its_words() {
        let reply = Reply::new(200).body("[1,\n\"secret\"]");
        let error = check(reply, Response::json::<Vec<u8>>).unwrap_err();
        let fault = BodyFault::NotJson { line: 2, column: 8 };
        assert_eq!(error.kind(), &ErrorKind::Body(fault));
        assert!(!error.to_string().contains("secret"));
        let text = check(Reply::new(200).body(b"\xff".to_vec()), Response::text);
        assert_eq!(text.unwrap_err(), BodyFault::NotText.into());
    }

    #[test]
    fn a_body_that_ends_early_is_an_error_however_it_is_read() {
        let reply = || Reply::new(200).body("half").broken_off();
        let error = check(reply(), |response| response.bytes(100)).unwrap_err();
        let incomplete = ErrorKind::Transient("http_response_incomplete");
        assert_eq!(error.kind(), &incomplete);
        let mut found = Vec::new();
        let read = check(reply(), |response| {
            response.into_body().read_to_end(&mut found)
        });
        let inner = read.unwrap_err().into_inner().unwrap();
        assert_eq!(*inner.downcast::<Error>().unwrap(), error);
        assert_eq!(found, b"half");
    }

    #[test]
    fn a_response_that_the_host_stops_is_denied() {
        let reply = Reply::new(200).body("half").stopped("secret_in_response");
        let error = check(reply, |response| response.bytes(100)).unwrap_err();
        assert_eq!(error.code(), "secret_in_response");
        assert!(matches!(error.kind(), ErrorKind::Denied { .. }));
    }
}

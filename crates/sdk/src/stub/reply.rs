//! What the scripted server, or the host before it, answers.

use serde::Serialize;

use super::deny;
use crate::credentials::Denial;
use crate::http::{Error, ErrorKind, Response};

/// An answer to one request.
#[derive(Debug)]
pub struct Reply {
    answer: Result<Head, Trouble>,
}

#[derive(Debug)]
struct Head {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// What happens after the body's last byte, instead of its end.
    trouble: Option<Trouble>,
}

#[derive(Debug, Clone)]
enum Trouble {
    Denied(Denial),
    Failed(ErrorKind),
}

impl Reply {
    /// Answers with this status, and no headers and body.
    pub fn new(status: u16) -> Self {
        let head = Head {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            trouble: None,
        };
        Self { answer: Ok(head) }
    }

    /// Answers with this status and `value` as JSON.
    ///
    /// # Panics
    /// Where `value` cannot be written as JSON.
    pub fn json(status: u16, value: &(impl Serialize + ?Sized)) -> Self {
        let text = serde_json::to_vec(value).expect("a test's value can be written as JSON");
        Self::new(status)
            .header("content-type", "application/json")
            .body(text)
    }

    /// The host refuses the request.
    pub fn denied(code: &str, retry_after_ms: Option<u64>) -> Self {
        let code = code.to_owned();
        let denial = Denial {
            code,
            retry_after_ms,
        };
        Self {
            answer: Err(Trouble::Denied(denial)),
        }
    }

    /// The request fails on the way in a way that time may mend: `connection_timeout`.
    pub fn transient(code: &'static str) -> Self {
        Self {
            answer: Err(Trouble::Failed(ErrorKind::Transient(code))),
        }
    }

    /// The request fails on the way for good: `tls_certificate_error`.
    pub fn permanent(code: &'static str) -> Self {
        Self {
            answer: Err(Trouble::Failed(ErrorKind::Permanent(code))),
        }
    }

    /// Adds a header; nothing where there is no response.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Ok(head) = &mut self.answer {
            let value = value.as_bytes().to_vec();
            head.headers.push((name.to_owned(), value));
        }
        self
    }

    /// Sets the body; nothing where there is no response.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        if let Ok(head) = &mut self.answer {
            head.body = bytes.into();
        }
        self
    }

    /// The connection ends after the body's last byte, before the response does.
    pub fn broken_off(self) -> Self {
        let kind = ErrorKind::Transient("http_response_incomplete");
        self.then(Trouble::Failed(kind))
    }

    /// The host stops the response after the body's last byte.
    pub fn stopped(self, code: &str) -> Self {
        self.then(Trouble::Denied(Denial {
            code: code.to_owned(),
            retry_after_ms: None,
        }))
    }

    fn then(mut self, trouble: Trouble) -> Self {
        if let Ok(head) = &mut self.answer {
            head.trouble = Some(trouble);
        }
        self
    }

    pub(super) fn into_response(self) -> Result<Response, Error> {
        let head = self.answer.map_err(Error::from)?;
        let source = Source {
            left: head.body,
            trouble: head.trouble,
        };
        Ok(Response::new(head.status, head.headers, source))
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Denied(denial) => deny(denial),
            Trouble::Failed(kind) => kind.into(),
        }
    }
}

/// Where a scripted body comes from.
#[derive(Debug)]
pub(crate) struct Source {
    left: Vec<u8>,
    trouble: Option<Trouble>,
}

impl Source {
    /// Returns at most `bytes_max` bytes; none are the end.
    pub(crate) fn read(&mut self, bytes_max: usize) -> Result<Vec<u8>, Error> {
        let count = self.left.len().min(bytes_max);
        let rest = self.left.split_off(count);
        let piece = std::mem::replace(&mut self.left, rest);
        match self.trouble.take_if(|_| piece.is_empty()) {
            Some(trouble) => Err(trouble.into()),
            None => Ok(piece),
        }
    }
}

//! Why a request had no response, or a response no end.

use std::fmt;

/// Why a request was not answered. What of it a guest may know is its code alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// The broker refused it, or stopped its response.
    Denied(Denial),
    /// It was allowed, and failed on the way.
    Failed(Transport),
}

/// A refusal of the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// A stable snake_case code for the guest. It tells the same whether or not a secret is
    /// there, beyond what `credentials.status` tells.
    pub code: &'static str,
    /// Milliseconds after which the same request may pass; none where waiting is no use.
    pub retry_after_ms: Option<u64>,
    /// For the operator: what was refused, and what to write. It holds no secret and nothing
    /// that the guest wrote but what a manifest could name.
    pub explanation: String,
}

impl Denial {
    /// Returns a refusal for which waiting is no use.
    pub fn new(code: &'static str, explanation: impl Into<String>) -> Self {
        Self {
            code,
            retry_after_ms: None,
            explanation: explanation.into(),
        }
    }
}

/// A failure on the way to a server or back. It names no address, path or peer's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// The name has no address.
    NameUnknown,
    /// Resolving took too long.
    NameTimeout,
    /// The server refused the connection.
    ConnectRefused,
    /// There is no way to the server.
    ConnectUnreachable,
    /// Connecting took too long.
    ConnectTimeout,
    /// The server's certificate is not valid for it.
    TlsCertificate,
    /// The TLS handshake failed.
    TlsProtocol,
    /// The TLS handshake took too long.
    TlsTimeout,
    /// The connection ended before the response did.
    Reset,
    /// The request's body could not be read from the guest, or ended early.
    RequestBody,
    /// The response's head took too long.
    HeadTimeout,
    /// A body stood still for too long.
    IdleTimeout,
    /// The exchange took too long as a whole.
    ExchangeTimeout,
    /// The server's answer is no HTTP.
    Malformed,
    /// The response's head has too many headers, or too large ones.
    HeadTooLarge,
    /// The response's body is larger than is allowed.
    BodyTooLarge,
    /// The response is compressed in a way that was not asked for.
    ContentCoding,
}

impl Transport {
    /// Returns the stable snake_case code.
    pub fn code(self) -> &'static str {
        match self {
            Transport::NameUnknown => "name_unknown",
            Transport::NameTimeout => "name_timeout",
            Transport::ConnectRefused => "connect_refused",
            Transport::ConnectUnreachable => "connect_unreachable",
            Transport::ConnectTimeout => "connect_timeout",
            Transport::TlsCertificate => "tls_certificate",
            Transport::TlsProtocol => "tls_protocol",
            Transport::TlsTimeout => "tls_timeout",
            Transport::Reset => "connection_reset",
            Transport::RequestBody => "request_body",
            Transport::HeadTimeout => "head_timeout",
            Transport::IdleTimeout => "idle_timeout",
            Transport::ExchangeTimeout => "exchange_timeout",
            Transport::Malformed => "response_malformed",
            Transport::HeadTooLarge => "response_head_too_large",
            Transport::BodyTooLarge => "response_too_large",
            Transport::ContentCoding => "response_coding",
        }
    }

    /// Returns whether the same request may well succeed later.
    pub fn is_transient(self) -> bool {
        !matches!(
            self,
            Transport::NameUnknown
                | Transport::TlsCertificate
                | Transport::RequestBody
                | Transport::Malformed
                | Transport::HeadTooLarge
                | Transport::BodyTooLarge
                | Transport::ContentCoding
        )
    }
}

impl From<Denial> for SendError {
    fn from(denial: Denial) -> Self {
        SendError::Denied(denial)
    }
}

impl From<Transport> for SendError {
    fn from(failure: Transport) -> Self {
        SendError::Failed(failure)
    }
}

/// Shows the code alone.
impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendError::Denied(denial) => denial.code,
            SendError::Failed(failure) => failure.code(),
        })
    }
}

impl std::error::Error for SendError {}

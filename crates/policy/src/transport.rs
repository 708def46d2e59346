//! How an exchange can fail on the way: one list for who sends and for who tells the guest.

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
    /// All of them.
    pub const ALL: [Transport; 17] = [
        Transport::NameUnknown,
        Transport::NameTimeout,
        Transport::ConnectRefused,
        Transport::ConnectUnreachable,
        Transport::ConnectTimeout,
        Transport::TlsCertificate,
        Transport::TlsProtocol,
        Transport::TlsTimeout,
        Transport::Reset,
        Transport::RequestBody,
        Transport::HeadTimeout,
        Transport::IdleTimeout,
        Transport::ExchangeTimeout,
        Transport::Malformed,
        Transport::HeadTooLarge,
        Transport::BodyTooLarge,
        Transport::ContentCoding,
    ];

    /// Returns the failure that has this code; none where none has.
    pub fn of_code(code: &str) -> Option<Transport> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

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

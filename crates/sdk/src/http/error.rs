//! Why a request had no response, or a response no body that can be used.

use std::fmt;

use wasip2::http::types::ErrorCode;

use crate::Retry;
use crate::credentials::Denial;

/// Why a request failed. A response of status 404 is no failure: it is a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
}

/// What kind of failure it is: one arm for each thing that a tool can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// The host refused the request, or stopped its response. Only an operator can mend it, or
    /// time, where `retry_after_ms` says so.
    Denied {
        /// A stable code, such as `egress_denied` or `rate_limited`.
        code: String,
        /// Milliseconds after which the same request may pass; none where waiting is no use.
        retry_after_ms: Option<u64>,
    },
    /// It failed on the way, and the same request may well succeed later. The code is WASI's, in
    /// snake case: `connection_timeout`.
    Transient(&'static str),
    /// It failed on the way, and would fail again: `tls_certificate_error`. The skill's own
    /// mistakes are among these: `url_invalid`, `header_invalid`, `request_body`.
    Permanent(&'static str),
    /// The response came, and its body is not what was asked for.
    Body(BodyFault),
}

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyFault {
    /// It has more bytes than the reader wanted.
    TooLarge {
        /// The reader's bound.
        bytes_max: usize,
    },
    /// It is not UTF-8.
    NotText,
    /// It is not JSON, or not of the shape that was asked for. Nothing of the body is told.
    NotJson {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1.
        column: usize,
    },
}

impl Error {
    /// Returns what kind of failure it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Returns a stable code in snake case, such as `egress_denied` or `connection_timeout`.
    pub fn code(&self) -> &str {
        match &self.kind {
            ErrorKind::Denied { code, .. } => code,
            ErrorKind::Transient(code) | ErrorKind::Permanent(code) => code,
            ErrorKind::Body(BodyFault::TooLarge { .. }) => "body_too_large",
            ErrorKind::Body(BodyFault::NotText) => "body_not_text",
            ErrorKind::Body(BodyFault::NotJson { .. }) => "body_not_json",
        }
    }

    /// Returns the advice that a tool's own failure may pass on.
    pub fn retry(&self) -> Retry {
        match &self.kind {
            ErrorKind::Denied {
                retry_after_ms: Some(ms),
                ..
            } => Retry::AfterMs(*ms),
            ErrorKind::Transient(_) => Retry::SameKey,
            ErrorKind::Denied { .. } | ErrorKind::Permanent(_) | ErrorKind::Body(_) => Retry::Never,
        }
    }

    /// Returns a failure of the skill's own making.
    pub(crate) fn permanent(code: &'static str) -> Self {
        ErrorKind::Permanent(code).into()
    }

    /// Returns a refusal, of whose reason the host may have said nothing.
    pub(crate) fn denied(denial: Option<Denial>) -> Self {
        let (code, retry_after_ms) = match denial {
            Some(denial) => (denial.code, denial.retry_after_ms),
            None => ("egress_denied".to_owned(), None),
        };
        let kind = ErrorKind::Denied {
            code,
            retry_after_ms,
        };
        kind.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind }
    }
}

impl From<BodyFault> for Error {
    fn from(fault: BodyFault) -> Self {
        ErrorKind::Body(fault).into()
    }
}

/// Safe to show to a model and a person: it tells nothing of the request or the response.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Denied { code, .. } => write!(f, "The host refused the request ({code})."),
            ErrorKind::Transient(code) => write!(f, "The server could not be reached ({code})."),
            ErrorKind::Permanent(code) => write!(f, "The request cannot succeed ({code})."),
            ErrorKind::Body(BodyFault::TooLarge { bytes_max }) => {
                write!(f, "The response has more than {bytes_max} bytes.")
            }
            ErrorKind::Body(BodyFault::NotText) => write!(f, "The response is not UTF-8 text."),
            ErrorKind::Body(BodyFault::NotJson { line, column }) => {
                write!(
                    f,
                    "The response is not the JSON that was asked for (line {line}, column {column})."
                )
            }
        }
    }
}

impl std::error::Error for Error {}

/// Sorts WASI's codes. `http-request-denied` and `destination-IP-prohibited` carry no reason:
/// the host is asked for it.
impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        if let ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited = code {
            return Self::denied(crate::credentials::last_denial());
        }
        match transient(&code) {
            Some(code) => ErrorKind::Transient(code).into(),
            None => ErrorKind::Permanent(permanent(&code)).into(),
        }
    }
}

/// Returns the code's name where time may mend it.
fn transient(code: &ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::DnsTimeout => "dns_timeout",
        ErrorCode::DestinationUnavailable => "destination_unavailable",
        ErrorCode::DestinationIpUnroutable => "destination_ip_unroutable",
        ErrorCode::ConnectionRefused => "connection_refused",
        ErrorCode::ConnectionTerminated => "connection_terminated",
        ErrorCode::ConnectionTimeout => "connection_timeout",
        ErrorCode::ConnectionReadTimeout => "connection_read_timeout",
        ErrorCode::ConnectionWriteTimeout => "connection_write_timeout",
        ErrorCode::ConnectionLimitReached => "connection_limit_reached",
        // A handshake that is cut off looks like this, whoever cut it.
        ErrorCode::TlsProtocolError => "tls_protocol_error",
        ErrorCode::HttpResponseIncomplete => "http_response_incomplete",
        ErrorCode::HttpResponseTimeout => "http_response_timeout",
        _ => return None,
    })
}

/// Returns the name of a code that time does not mend.
fn permanent(code: &ErrorCode) -> &'static str {
    match code {
        ErrorCode::DnsError(_) => "dns_error",
        ErrorCode::DestinationNotFound => "destination_not_found",
        ErrorCode::TlsCertificateError => "tls_certificate_error",
        ErrorCode::TlsAlertReceived(_) => "tls_alert_received",
        ErrorCode::HttpRequestLengthRequired => "http_request_length_required",
        ErrorCode::HttpRequestBodySize(_) => "http_request_body_size",
        ErrorCode::HttpRequestMethodInvalid => "http_request_method_invalid",
        ErrorCode::HttpRequestUriInvalid => "http_request_uri_invalid",
        ErrorCode::HttpRequestUriTooLong => "http_request_uri_too_long",
        ErrorCode::HttpRequestHeaderSectionSize(_) => "http_request_header_section_size",
        ErrorCode::HttpRequestHeaderSize(_) => "http_request_header_size",
        ErrorCode::HttpRequestTrailerSectionSize(_) => "http_request_trailer_section_size",
        ErrorCode::HttpRequestTrailerSize(_) => "http_request_trailer_size",
        ErrorCode::HttpResponseHeaderSectionSize(_) => "http_response_header_section_size",
        ErrorCode::HttpResponseHeaderSize(_) => "http_response_header_size",
        ErrorCode::HttpResponseBodySize(_) => "http_response_body_size",
        ErrorCode::HttpResponseTrailerSectionSize(_) => "http_response_trailer_section_size",
        ErrorCode::HttpResponseTrailerSize(_) => "http_response_trailer_size",
        ErrorCode::HttpResponseTransferCoding(_) => "http_response_transfer_coding",
        ErrorCode::HttpResponseContentCoding(_) => "http_response_content_coding",
        ErrorCode::HttpUpgradeFailed => "http_upgrade_failed",
        ErrorCode::HttpProtocolError => "http_protocol_error",
        ErrorCode::LoopDetected => "loop_detected",
        ErrorCode::ConfigurationError => "configuration_error",
        _ => "internal_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(codes: Vec<ErrorCode>, expected: fn(&'static str) -> ErrorKind) {
        for code in codes {
            let name = transient(&code).unwrap_or_else(|| permanent(&code));
            assert_eq!(
                Error::from(code.clone()).kind(),
                &expected(name),
                "{code:?}"
            );
            // WASI's own name of it, as its `Debug` begins: `DNS-timeout` is `DnsTimeout`.
            let debug = format!("{code:?}");
            let wasi = debug.split("::").last().unwrap_or_default();
            let wasi = wasi.split(['(', ' ']).next().unwrap_or_default();
            let folded = name.replace('_', "");
            assert_eq!(folded, wasi.to_ascii_lowercase(), "{code:?}");
        }
    }

    #[test]
    fn what_time_may_mend_is_transient() {
        use ErrorCode::*;
        let codes = vec![
            DnsTimeout,
            DestinationUnavailable,
            DestinationIpUnroutable,
            ConnectionRefused,
            ConnectionTerminated,
            ConnectionTimeout,
            ConnectionReadTimeout,
            ConnectionWriteTimeout,
            ConnectionLimitReached,
            TlsProtocolError,
            HttpResponseIncomplete,
            HttpResponseTimeout,
        ];
        check(codes, ErrorKind::Transient);
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        use ErrorCode::*;
        let codes = vec![
            DestinationNotFound,
            TlsCertificateError,
            HttpRequestLengthRequired,
            HttpRequestBodySize(None),
            HttpRequestMethodInvalid,
            HttpRequestUriInvalid,
            HttpRequestUriTooLong,
            HttpResponseBodySize(Some(1)),
            HttpResponseContentCoding(None),
            HttpResponseTransferCoding(None),
            HttpProtocolError,
            HttpUpgradeFailed,
            LoopDetected,
            ConfigurationError,
            InternalError(None),
        ];
        check(codes, ErrorKind::Permanent);
    }

    #[test]
    fn a_refusal_is_neither() {
        for code in [
            ErrorCode::HttpRequestDenied,
            ErrorCode::DestinationIpProhibited,
        ] {
            let error = Error::from(code);
            assert_eq!(error.code(), "egress_denied");
            assert!(matches!(error.kind(), ErrorKind::Denied { .. }));
            assert_eq!(error.retry(), Retry::Never);
        }
    }

    #[test]
    fn the_advice_follows_the_kind() {
        let limited = Error::denied(Some(Denial {
            code: "rate_limited".to_owned(),
            retry_after_ms: Some(1_500),
        }));
        assert_eq!(limited.retry(), Retry::AfterMs(1_500));
        assert_eq!(Error::from(ErrorCode::DnsTimeout).retry(), Retry::SameKey);
        assert_eq!(Error::permanent("url_invalid").retry(), Retry::Never);
        assert_eq!(Error::from(BodyFault::NotText).retry(), Retry::Never);
    }
}

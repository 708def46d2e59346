//! The bodies that cross the broker.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;

/// Why a body ended early: from a guest anything, to a guest a [`crate::SendError`].
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that streams in either direction.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

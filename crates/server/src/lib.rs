//! The faces that other programs speak to: MCP over stdio and over HTTP.
//!
//! A face holds no rules. It turns a message into an `Ask`, hands it to the host, and tells the
//! Outcome in the words of its protocol.

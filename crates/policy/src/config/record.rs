//! `[record]`: what is kept of a call, how long, and how.

use std::collections::BTreeMap;

/// `[record]`: what is kept of the payloads of calls. That a call was, by whom, of what, and how
/// it ended is always on record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordTable {
    /// How much of each payload is kept.
    pub capture: Capture,
    /// `[record.tool."SKILL.TOOL"]` tables by their name; each is whole, and nothing of `capture`
    /// holds beside it.
    pub tools: BTreeMap<String, Capture>,
    /// Of how many in a hundred calls without key and effect the payloads are kept; at most 100.
    pub sample_percent: u8,
    /// Days after its end for which a call's payloads are kept.
    pub keep_days: u32,
    /// Days for which a key is bound to its call; at most `keep_days`, because the answer that a
    /// key is told is a payload.
    pub keep_keys_days: u32,
    /// Whether payloads are encrypted, with a key of the vault.
    pub encrypt: bool,
    /// Most bytes that are kept of a response's body.
    pub response_bytes: u64,
}

impl RecordTable {
    /// What holds where the operator says nothing.
    pub const STANDARD: Self = Self {
        capture: Capture::Full,
        tools: BTreeMap::new(),
        sample_percent: 100,
        keep_days: 30,
        keep_keys_days: 7,
        encrypt: false,
        response_bytes: 1 << 20,
    };
}

impl Default for RecordTable {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// How much of a payload is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Capture {
    /// All of it.
    #[default]
    Full,
    /// All but the values at these JSON pointers (RFC 6901); at least one.
    Redacted(Vec<String>),
    /// Its digest.
    Digest,
}

//! Times of files: the call's one time, or what the guest set. No clock is read here.

use std::time::Duration;

use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::{ErrorCode, NewTimestamp};

/// A node's times. The time of its last change of status is the call's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) accessed: Datetime,
    pub(super) modified: Datetime,
}

impl Times {
    pub(super) fn at(now: Datetime) -> Times {
        Times {
            accessed: now,
            modified: now,
        }
    }
}

/// Returns the time since 1970 in WASI's form.
pub(super) fn datetime(since_1970: Duration) -> Datetime {
    Datetime {
        seconds: since_1970.as_secs(),
        nanoseconds: since_1970.subsec_nanos(),
    }
}

/// Returns what `asked` makes of the time `old`.
pub(super) fn updated(
    old: Datetime,
    asked: NewTimestamp,
    now: Datetime,
) -> Result<Datetime, ErrorCode> {
    match asked {
        NewTimestamp::NoChange => Ok(old),
        NewTimestamp::Now => Ok(now),
        NewTimestamp::Timestamp(time) if time.nanoseconds < 1_000_000_000 => Ok(time),
        NewTimestamp::Timestamp(_) => Err(ErrorCode::Invalid),
    }
}

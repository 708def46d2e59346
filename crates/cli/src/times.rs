//! Times of the record, for people.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns a time in RFC 3339, of milliseconds since 1970.
pub(crate) fn at(ms: u64) -> String {
    match UNIX_EPOCH.checked_add(Duration::from_millis(ms)) {
        Some(time) => humantime::format_rfc3339_millis(time).to_string(),
        None => ms.to_string(),
    }
}

/// Returns the time of day, in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

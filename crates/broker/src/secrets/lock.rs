//! Waits for a lock on a file, for so long and no longer.

use std::fs::{File, TryLockError};
use std::io;
use std::thread;
use std::time::Duration;

/// How long is waited at most. A holder needs some microseconds, and a second for a vault with a
/// passphrase.
const WAIT: Duration = Duration::from_secs(10);

/// The first pause between two tries; each is twice the one before.
const PAUSE_MIN: Duration = Duration::from_micros(20);

/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_millis(10);

/// Takes the lock of `file` for as long as it is open.
///
/// # Errors
/// Fails where another process keeps it: one that is stopped, as a rule.
pub(crate) fn lock(file: &File) -> io::Result<()> {
    let mut pause = PAUSE_MIN;
    let mut waited = Duration::ZERO;
    while waited < WAIT {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(pause),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        waited += pause;
        pause = (pause * 2).min(PAUSE_MAX);
    }
    Err(io::Error::new(
        io::ErrorKind::TimedOut,
        "another process keeps it locked",
    ))
}

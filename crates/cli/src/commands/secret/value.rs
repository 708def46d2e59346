//! A new value: typed by a person, or read from stdin.

use std::io::{self, IsTerminal, Read};

use hotcell_host::broker::secrets::{SECRET_BYTES_MAX, SecretValue, trim_newline};
use zeroize::Zeroizing;

use super::Stop;
use crate::secrets::{Times, typed};

/// Room for a value and the newline after it.
const STDIN_BYTES_MAX: usize = SECRET_BYTES_MAX + 2;

/// Asks twice where stdin is a terminal; else reads stdin to its end.
pub(super) fn of_person_or_stdin(name: &str) -> Result<SecretValue, Stop> {
    if io::stdin().is_terminal() {
        return typed(&format!("New value of {name}"), Times::Twice).map_err(|error| {
            let mend = "start again, or give the value on stdin: `… < FILE`";
            Stop::Usage(format!("nothing was kept: {error}"), mend)
        });
    }
    // Of full size from the start: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; STDIN_BYTES_MAX + 1]);
    let mut end = 0;
    let mut stdin = io::stdin().lock();
    while end < bytes.len() {
        match stdin.read(&mut bytes[end..]) {
            Ok(0) => break,
            Ok(read) => end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let mend = "give the value on stdin: `… < FILE`";
                return Err(Stop::Usage(format!("stdin: {error}"), mend));
            }
        }
    }
    // One byte too many is told by the vault, as every value that is too long.
    Ok(SecretValue::copy_of(trim_newline(&bytes[..end])))
}

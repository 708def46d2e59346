//! Printing: results to stdout, words for people to stderr, and a broken pipe is no fault.
//!
//! Nothing passes here with a character that a terminal obeys or a person cannot see, whoever
//! wrote it; line breaks stay, because our own words have them.

#![allow(clippy::print_stderr)]

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use hotcell_package::{Diagnostic, is_invisible, printable};
use hotcell_policy::Failure;
use serde::Serialize;

/// Prints a result line.
pub(crate) fn result(text: &str) {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", printable_lines(text)).and_then(|()| stdout.flush());
    match written {
        Ok(()) => {}
        // Whoever reads may stop reading; that is their right.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => {
            LOST.store(true, Ordering::Relaxed);
            note(&format!("error: stdout: {error}"));
        }
    }
}

/// Whether a result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Tells whether a result could not be written, which must not look like success.
pub(crate) fn lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Prints a result as JSON: the same value, whatever had to be escaped.
pub(crate) fn json(value: &impl Serialize) {
    let text = serde_json::to_string_pretty(value).expect("our own words serialise");
    result(&printable_json(&text));
}

/// Prints a word for people.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", printable_lines(text));
}

/// Prints an error and its mend.
pub(crate) fn error(message: &str, hint: Option<&str>) {
    note(&format!("error: {message}"));
    if let Some(hint) = hint {
        note(&format!("  mend: {hint}"));
    }
}

/// Prints why a call did not end well.
pub(crate) fn failure(failure: &Failure) {
    error(
        &format!("{}: {}", failure.code, failure.message),
        failure.hint.as_deref(),
    );
}

/// Prints diagnostics, one after the other.
pub(crate) fn diagnostics(list: &[Diagnostic]) {
    for diagnostic in list {
        note(&diagnostic.to_string());
    }
}

/// Prints what a skill printed, line by line, so that no line can pass for one of ours.
pub(crate) fn log(bytes: &[u8], dropped_bytes: u64) {
    for line in String::from_utf8_lossy(bytes).lines() {
        note(&format!("skill | {}", printable(line)));
    }
    if dropped_bytes > 0 {
        note(&format!(
            "skill | … and {dropped_bytes} bytes more, past the limit log_bytes"
        ));
    }
}

fn printable_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable).collect();
    lines.join("\n")
}

/// Escapes as JSON does. serde_json leaves the controls past ASCII and all hidden characters
/// as they are; outside of strings its text has none of them.
fn printable_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && (c.is_control() || is_invisible(c)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("writing to a String cannot fail");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_value_and_loses_its_power() {
        let value = "\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\u{e0041}\u{7f}\n Größe";
        let text = printable_json(&serde_json::json!({ value: value }).to_string());
        assert_eq!(printable_lines(&text), text);
        let read: serde_json::Value = serde_json::from_str(&text).expect("it is JSON still");
        assert_eq!(read[value], value);
    }

    #[test]
    fn our_own_line_breaks_stay() {
        assert_eq!(
            printable_lines("a\n  b\u{1b}[2J\r\nc"),
            "a\n  b\\u{1b}[2J\\r\nc"
        );
    }
}

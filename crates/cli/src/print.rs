//! Printing: results to stdout, words for people to stderr, and a broken pipe is no fault.

#![allow(clippy::print_stderr)]

use std::io::{self, Write};

use hotcell_package::{Diagnostic, printable};
use hotcell_policy::Failure;
use serde::Serialize;

/// Prints a result line.
pub(crate) fn result(text: &str) {
    let mut stdout = io::stdout().lock();
    // Whoever reads may stop reading; that is their right.
    let _ = writeln!(stdout, "{text}");
    let _ = stdout.flush();
}

/// Prints a result as JSON.
pub(crate) fn json(value: &impl Serialize) {
    let text = serde_json::to_string_pretty(value).expect("our own words serialise");
    result(&text);
}

/// Prints a word for people.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
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

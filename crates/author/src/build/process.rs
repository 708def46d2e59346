//! Runs a tool, and never through a shell.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Most bytes of a tool's words that are kept: 1 MiB of each stream.
const WORDS_BYTES_MAX: u64 = 1 << 20;

/// How a tool ended, and what it said.
pub(super) struct Ran {
    pub(super) succeeded: bool,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    /// Returns the last words of it, for an error.
    pub(super) fn last_words(&self) -> String {
        let text = if self.stderr.trim().is_empty() {
            &self.stdout
        } else {
            &self.stderr
        };
        let lines: Vec<_> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

/// Runs a tool to its end.
///
/// # Errors
/// Where it cannot be started.
pub(super) fn run(command: &mut Command) -> io::Result<Ran> {
    run_telling(command, &mut |_line| {})
}

/// Runs a tool, and hands on each line of its stdout as it comes.
///
/// # Errors
/// Where it cannot be started.
pub(super) fn run_telling(command: &mut Command, tell: &mut dyn FnMut(&str)) -> io::Result<Ran> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = child.stderr.take().expect("it was asked for");
    let errors = std::thread::spawn(move || words(stderr));
    let mut kept = String::new();
    let out = child.stdout.take().expect("it was asked for");
    let mut lines = BufReader::new(out);
    let mut line = Vec::new();
    while lines
        .by_ref()
        .take(WORDS_BYTES_MAX)
        .read_until(b'\n', &mut line)?
        > 0
    {
        let text = String::from_utf8_lossy(&line);
        tell(text.trim_end());
        if (kept.len() + text.len()) as u64 <= WORDS_BYTES_MAX {
            kept.push_str(&text);
        }
        line.clear();
    }
    let status = child.wait()?;
    Ok(Ran {
        succeeded: status.success(),
        stdout: kept,
        stderr: errors.join().unwrap_or_default(),
    })
}

/// Reads all, and keeps the beginning.
fn words(mut from: impl Read) -> String {
    let mut kept = Vec::new();
    let _ = from.by_ref().take(WORDS_BYTES_MAX).read_to_end(&mut kept);
    let _ = io::copy(&mut from, &mut io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

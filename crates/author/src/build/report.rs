//! What the drivers of JavaScript and Python say, a JSON value a line.

use hotcell_package::{Diagnostic, Place};
use serde::Deserialize;

/// One line of a driver.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// What it is doing.
    Step(String),
    /// Why it failed.
    Error(Vec<Finding>),
    /// It is done.
    Done(serde::de::IgnoredAny),
}

/// One mistake in the author's sources.
#[derive(Deserialize)]
pub(super) struct Finding {
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    message: String,
    hint: Option<String>,
    code: Option<String>,
}

impl Finding {
    fn into_diagnostic(self) -> Diagnostic {
        let message = match self.code {
            Some(code) => format!("{}: {}", code, self.message),
            None => self.message,
        };
        let file = self.file.as_deref().unwrap_or("build");
        let found = Diagnostic::error("build_failed", file, message);
        let found = match self.line {
            Some(line) => found.at(Place {
                line,
                column: self.column.unwrap_or(1),
            }),
            None => found,
        };
        found.hint(
            self.hint
                .as_deref()
                .unwrap_or("mend the source, then build again"),
        )
    }
}

/// Reads what a driver says as it comes.
#[derive(Default)]
pub(super) struct Report {
    errors: Vec<Diagnostic>,
    done: bool,
}

impl Report {
    /// Takes one line; one that is not the driver's own is the author's and is passed over.
    pub(super) fn take(&mut self, line: &str, tell: &dyn Fn(&str)) {
        match serde_json::from_str(line) {
            Ok(Line::Step(step)) => tell(&step),
            Ok(Line::Error(found)) => {
                self.errors
                    .extend(found.into_iter().map(Finding::into_diagnostic));
            }
            Ok(Line::Done(_)) => self.done = true,
            Err(_) => {}
        }
    }

    /// Returns what it came to.
    pub(super) fn finish(mut self, last_words: &str) -> Result<(), Vec<Diagnostic>> {
        if self.errors.is_empty() && !self.done {
            let message = format!("the tools ended without a word: {last_words}");
            self.errors
                .push(Diagnostic::error("build_failed", "build", message));
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(self.errors)
        }
    }
}

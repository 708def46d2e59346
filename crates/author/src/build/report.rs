//! What the drivers of JavaScript and Python say, a JSON value a line.

use hotcell_package::{Diagnostic, Place};
use serde::{Deserialize, Serialize};

/// One line of a driver.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// What it is doing.
    Step(String),
    /// Why it failed.
    Error(Vec<Finding>),
    /// The tools that the code has.
    Tools(Vec<CodeTool>),
    /// Imports that may come too late.
    Late(Vec<LateImport>),
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

/// A tool that the code has, and where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CodeTool {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// An import inside of a function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LateImport {
    file: String,
    line: u32,
    column: u32,
    /// The module.
    pub(super) module: String,
    /// What is taken from it.
    pub(super) name: Option<String>,
    /// Whether the code handles that it is missing.
    pub(super) guarded: bool,
}

impl LateImport {
    /// Says that the component does not have the module.
    pub(super) fn warning(&self) -> Diagnostic {
        let what = match &self.name {
            Some(name) => format!("`{name}` of `{}`", self.module),
            None => format!("`{}`", self.module),
        };
        let message = format!(
            "{what} is imported inside of a function only, and so it is not in the component"
        );
        let place = Place {
            line: self.line,
            column: self.column,
        };
        Diagnostic::warning("late_import", &self.file, message)
            .at(place)
            .hint("import it at the top of the file")
    }
}

/// What a driver told of the author's sources.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The tools that the code has; none where that cannot be read from it.
    pub(super) tools: Option<Vec<CodeTool>>,
    /// Imports that may come too late.
    pub(super) late: Vec<LateImport>,
}

/// Reads what a driver says as it comes.
#[derive(Default)]
pub(super) struct Report {
    errors: Vec<Diagnostic>,
    said: Said,
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
            Ok(Line::Tools(tools)) => self.said.tools = Some(tools),
            Ok(Line::Late(late)) => self.said.late = late,
            Ok(Line::Done(_)) => self.done = true,
            Err(_) => {}
        }
    }

    /// Returns what it came to.
    pub(super) fn finish(mut self, last_words: &str) -> Result<Said, Vec<Diagnostic>> {
        if self.errors.is_empty() && !self.done {
            let message = format!("the tools ended without a word: {last_words}");
            self.errors
                .push(Diagnostic::error("build_failed", "build", message));
        }
        if self.errors.is_empty() {
            Ok(self.said)
        } else {
            Err(self.errors)
        }
    }
}

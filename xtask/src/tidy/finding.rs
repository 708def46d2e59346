//! One broken rule, at its place, with its mend.

use std::fmt;

/// What a check returns for each broken rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The file, from the root of the repository.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) mend: &'static str,
}

impl Finding {
    /// Names a broken rule.
    pub(crate) fn new(
        path: &str,
        line: usize,
        message: impl Into<String>,
        mend: &'static str,
    ) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
            mend,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            message,
            mend,
        } = self;
        write!(out, "{path}:{line}: {message}; {mend}")
    }
}

/// Asserts that a check finds just these lines, in any order.
#[cfg(test)]
pub(crate) fn assert_lines(findings: &[Finding], expected: &[usize]) {
    let mut lines: Vec<usize> = findings.iter().map(|finding| finding.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, expected, "{findings:#?}");
}

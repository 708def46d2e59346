//! What the suite said, as one table.

use std::fmt;

/// The scenarios of one revision.
pub(super) struct Report {
    revision: String,
    rows: Vec<Row>,
    is_as_expected: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    scenario: String,
    result: Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Passed,
    /// All of it is expected to fail.
    Expected,
    /// Some of its checks are expected to fail, and others passed.
    ExpectedInPart,
    Failed,
    /// An extension, or a scenario that is younger than the revision.
    NotScored {
        passed: bool,
    },
}

impl Report {
    /// Reads what the suite printed of a run, `told`, and of what the revision requires, `required`.
    /// `listed` is the file of expected failures, and the suite says whether all was as that expects.
    pub(super) fn read(
        revision: &str,
        (told, required): (&str, &str),
        listed: &str,
        is_as_expected: bool,
    ) -> Report {
        let (ran, _) = told.split_once("\nTotal:").unwrap_or((told, ""));
        let unscored = required
            .split_once("never scored")
            .map_or("", |(_, names)| names);
        let is_unscored = |name: &str| {
            let mut names = unscored.split_whitespace();
            names.any(|unscored| unscored == name)
        };
        let row = |(name, passed): (&str, bool)| Row {
            scenario: name.to_owned(),
            result: match (is_unscored(name), passed) {
                (true, passed) => Word::NotScored { passed },
                (false, passed) => word(name, passed, listed),
            },
        };
        let rows: Vec<_> = ran.lines().filter_map(verdict).map(row).collect();
        Report {
            revision: revision.to_owned(),
            // A suite that ran nothing proves nothing.
            is_as_expected: is_as_expected && !rows.is_empty(),
            rows,
        }
    }

    pub(super) fn revision(&self) -> &str {
        &self.revision
    }

    /// Returns whether what failed is what was expected to.
    pub(super) fn is_as_expected(&self) -> bool {
        self.is_as_expected
    }

    fn count(&self, which: impl Fn(Word) -> bool) -> usize {
        self.rows.iter().filter(|row| which(row.result)).count()
    }
}

/// Reads `✓ ping: 2 passed, 0 failed`, or without what follows the colon: the name, and whether
/// it passed.
fn verdict(line: &str) -> Option<(&str, bool)> {
    let line = line.trim();
    let (name, passed) = match line.strip_prefix("✓ ") {
        Some(name) => (name, true),
        None => (line.strip_prefix("✗ ")?, false),
    };
    let end = name.find([':', ' ']).unwrap_or(name.len());
    Some((&name[..end], passed))
}

/// Returns what became of a scenario, by the file of expected failures. A warning is a failure
/// there, and is none in the suite's own lines.
fn word(name: &str, passed: bool, listed: &str) -> Word {
    let entries = listed
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "));
    let mut entries = entries.filter_map(|entry| entry.split_whitespace().next());
    let found = entries.find_map(|entry| match entry.strip_prefix(name)? {
        "" => Some(Word::Expected),
        rest => rest.starts_with(':').then_some(Word::ExpectedInPart),
    });
    found.unwrap_or(match passed {
        true => Word::Passed,
        false => Word::Failed,
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<48} result", self.revision)?;
        for Row { scenario, result } in &self.rows {
            let word = match result {
                Word::Passed => "passed",
                Word::Expected => "fails, as expected",
                Word::ExpectedInPart => "passed but for checks that are expected to fail",
                Word::Failed => "FAILED",
                Word::NotScored { passed: true } => "passed (not scored)",
                Word::NotScored { passed: false } => "fails (not scored)",
            };
            writeln!(f, "{scenario:<48} {word}")?;
        }
        let scored = self.count(|result| !matches!(result, Word::NotScored { .. }));
        writeln!(
            f,
            "{} of {scored} scored scenarios pass, {} in part; {} fail as expected, {} do not",
            self.count(|result| result == Word::Passed),
            self.count(|result| result == Word::ExpectedInPart),
            self.count(|result| result == Word::Expected),
            self.count(|result| result == Word::Failed),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: &str = "Required:\n  - tools-list\nRun and reported, but never scored:
  extension (1):\n    - tasks [server]\n";
    const TOLD: &str = "Running\n✓ tools-list: 3 passed, 0 failed\n✗ sampling: 1 passed, 1 failed
✗ stateless: 9 passed, 1 failed\n✗ tools-call: 0 passed, 1 failed\n✗ tasks: 1 passed, 8 failed

Total: 51 passed, 24 failed\n  ~ sampling\n  ✗ tools-call\n";
    const LISTED: &str = "server:\n  # why\n  - sampling # no\n  - stateless:one-check\n";

    #[test]
    fn each_scenario_has_its_word() {
        let report = Report::read("2026-07-28", (TOLD, REQUIRED), LISTED, true);
        let results: Vec<_> = report.rows.iter().map(|row| row.result).collect();
        let expected = [
            Word::Passed,
            Word::Expected,
            Word::ExpectedInPart,
            Word::Failed,
            Word::NotScored { passed: false },
        ];
        assert_eq!(results, expected);
        let table = report.to_string();
        assert!(
            table.ends_with(
                "1 of 4 scored scenarios pass, 1 in part; 1 fail as expected, 1 do not\n"
            )
        );
    }

    #[test]
    fn the_suite_judges_and_an_empty_run_is_no_pass() {
        let judged = |told, is_as_expected| {
            Report::read("2026-07-28", (told, REQUIRED), LISTED, is_as_expected).is_as_expected()
        };
        assert!(judged(TOLD, true));
        assert!(!judged(TOLD, false));
        assert!(!judged("", true));
    }
}

//! How many tests passed, failed and were skipped, read from the closing lines of test runners.

use std::fmt;
use std::ops::AddAssign;

/// The counts of one run, or of several added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// Reads a closing line of cargo-nextest or of `cargo test`; any other line is `None`.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let line = line.trim();
        let list = if line.starts_with("Summary [") {
            line.split_once(" run: ")?.1
        } else {
            line.strip_prefix("test result: ")?.split_once(". ")?.1
        };
        let mut counts = Self::default();
        for part in list.split([',', ';']) {
            counts.add_part(part.trim());
        }
        Some(counts)
    }

    fn add_part(&mut self, part: &str) {
        let Some((number, word)) = part.split_once(' ') else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        // nextest adds remarks in brackets: "5 passed (1 slow)".
        let word = word.split(" (").next().unwrap_or(word);
        match word {
            "passed" => self.passed += number,
            "failed" | "exec failed" | "timed out" => self.failed += number,
            "skipped" | "ignored" => self.skipped += number,
            _ => {}
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(out, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn check(line: &str, expected: Option<(u64, u64, u64)>) {
        let expected = expected.map(|(passed, failed, skipped)| Counts {
            passed,
            failed,
            skipped,
        });
        assert_eq!(Counts::read(line), expected, "{line}");
    }

    #[test]
    fn closing_lines_are_read() {
        check(
            "     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped",
            Some((3, 0, 0)),
        );
        check(
            "     Summary [  61.250s] 12 tests run: 8 passed (2 slow, 1 leaky), 2 failed, 1 exec failed, 1 timed out, 4 skipped",
            Some((8, 4, 4)),
        );
        check(
            "     Summary [   9.1s] 2/9 tests run: 1 passed, 1 failed, 0 skipped",
            Some((1, 1, 0)),
        );
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s",
            Some((3, 0, 1)),
        );
        check(
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            Some((3, 2, 0)),
        );
    }

    #[test]
    fn other_lines_are_not() {
        check("        PASS [   0.003s] xtask counts", None);
        check("Summary of changes: 3 passed", None);
        check("test tests::result ... ok", None);
    }

    #[test]
    fn counts_add_up_and_print_in_the_plain_form() {
        let mut sum = Counts::default();
        sum += Counts {
            passed: 2,
            failed: 0,
            skipped: 1,
        };
        sum += Counts {
            passed: 5,
            failed: 1,
            skipped: 0,
        };
        assert_eq!(sum.to_string(), "7 passed, 1 failed, 1 skipped");
    }
}

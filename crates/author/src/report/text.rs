//! The report for people.

use std::fmt;

use super::{Check, CheckKind, SkillReport, TestReport};

/// Writes what failed whole, and of what passed a line for each case and a count for the rest.
impl fmt::Display for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for skill in &self.skills {
            skill.fmt(f)?;
        }
        let (passed, failed) = self.counts();
        let warnings = self.warnings();
        write!(f, "{passed} passed, {failed} failed, {warnings} warnings")
    }
}

impl fmt::Display for SkillReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.skill, self.version)?;
        for check in &self.checks {
            match (check.kind, check.has_passed()) {
                (CheckKind::Chaos, true) => {}
                _ => check.fmt(f)?,
            }
        }
        let chaos = self.checks.iter().filter(|c| c.kind == CheckKind::Chaos);
        let (count, calls) = chaos.fold((0, 0), |(n, calls), c| (n + 1, calls + c.calls));
        if count > 0 {
            writeln!(f, "  chaos: {count} disturbances, {calls} calls")?;
        }
        for warning in &self.warnings {
            writeln!(f, "  warning: {warning}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.has_passed() { "ok  " } else { "FAIL" };
        let what = match self.kind {
            CheckKind::Case => "",
            CheckKind::Chaos => "chaos ",
            CheckKind::Fuzz => "fuzz ",
        };
        write!(f, "  {word} {what}{}", self.name)?;
        if self.kind == CheckKind::Fuzz {
            write!(f, ", {} calls", self.calls)?;
        }
        writeln!(f, " ({} ms)", self.wall_ms)?;
        for problem in &self.problems {
            writeln!(f, "       {}: {}", problem.code, problem.message)?;
            for line in problem.detail.lines() {
                writeln!(f, "         {line}")?;
            }
        }
        Ok(())
    }
}

//! What tests of skills have found, for people, for programs, and for build servers.

mod junit;
mod text;

use serde::Serialize;

/// What the tests of one or several skills have found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TestReport {
    /// One for each skill.
    pub skills: Vec<SkillReport>,
}

/// What the tests of one skill have found.
#[derive(Debug, Clone, Serialize)]
pub struct SkillReport {
    /// The skill's name.
    pub skill: String,
    /// Its version.
    pub version: String,
    /// The digest of its package.
    pub digest: String,
    /// What was checked, in order.
    pub checks: Vec<Check>,
    /// What a careful author would mend, and what could not be checked.
    pub warnings: Vec<String>,
}

/// One thing that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What it is.
    pub kind: CheckKind,
    /// Its name: the case's, the case's with what was done to it, or the tool's.
    pub name: String,
    /// How many calls it took.
    pub calls: u64,
    /// Milliseconds of these calls.
    pub wall_ms: u64,
    /// What is wrong; empty where it passed.
    pub problems: Vec<Problem>,
}

/// What a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// A case.
    Case,
    /// A case whose servers have trouble.
    Chaos,
    /// Made-up arguments for a tool.
    Fuzz,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable snake_case code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// A difference, a log or a case to paste, of several lines; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Problem {
    /// Returns a problem without detail.
    pub fn new(code: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            code,
            message: message.into(),
            detail: String::new(),
        }
    }

    /// Adds the detail.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Problem {
        self.detail = detail.into();
        self
    }
}

impl Check {
    /// Returns whether nothing is wrong.
    pub fn has_passed(&self) -> bool {
        self.problems.is_empty()
    }
}

impl TestReport {
    /// Returns how many checks passed, and how many did not.
    pub fn counts(&self) -> (usize, usize) {
        let checks = || self.skills.iter().flat_map(|skill| &skill.checks);
        let passed = checks().filter(|check| check.has_passed()).count();
        (passed, checks().count() - passed)
    }

    /// Returns how many warnings there are.
    pub fn warnings(&self) -> usize {
        self.skills.iter().map(|skill| skill.warnings.len()).sum()
    }
}

//! The report for build servers: JUnit XML.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Check, CheckKind, TestReport};

impl TestReport {
    /// Returns the report as JUnit XML: a suite for each skill, a test case for each check.
    pub fn to_junit(&self) -> String {
        let mut report = Report::new("hotcell test");
        for skill in &self.skills {
            let mut suite = TestSuite::new(&skill.skill);
            let cases = skill
                .checks
                .iter()
                .map(|check| test_case(&skill.skill, check));
            suite.add_test_cases(cases);
            if !skill.warnings.is_empty() {
                suite.set_system_out(skill.warnings.join("\n"));
            }
            report.add_test_suite(suite);
        }
        report.to_string().expect("a text can be written to memory")
    }
}

fn test_case(skill: &str, check: &Check) -> TestCase {
    let status = match check.problems.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let texts = check.problems.iter();
            let texts = texts.map(|p| format!("{}: {}\n{}", p.code, p.message, p.detail));
            status.set_type(first.code);
            status.set_message(&first.message);
            status.set_description(texts.collect::<Vec<_>>().join("\n"));
            status
        }
    };
    let kind = match check.kind {
        CheckKind::Case => "case",
        CheckKind::Chaos => "chaos",
        CheckKind::Fuzz => "fuzz",
    };
    let mut case = TestCase::new(&check.name, status);
    case.set_classname(format!("{skill}.{kind}"));
    case.set_time(Duration::from_millis(check.wall_ms));
    case
}

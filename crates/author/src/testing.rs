//! The tests of one skill: its cases, then, where they are asked for, trouble and made-up
//! arguments.

use std::collections::BTreeSet;

use hotcell_host::Sandbox;
use hotcell_package::Package;
use hotcell_policy::Status;

use crate::cases::Case;
use crate::chaos;
use crate::fuzz::{self, Fuzz};
use crate::report::{Check, CheckKind, Problem, SkillReport};
use crate::stage::{Setting, Stage, StageCall, StageError};
use crate::verdict::judge;

/// What to test.
#[derive(Debug, Clone, Default)]
pub struct TestOptions {
    /// Only the cases of this name, or of this file; the rest of the tests is left out then.
    pub case: Option<String>,
    /// Made-up arguments.
    pub fuzz: Option<Fuzz>,
    /// Whether the servers have trouble.
    pub chaos: Chaos,
}

/// Whether the servers have trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chaos {
    /// They have not.
    #[default]
    Calm,
    /// Each case is repeated with each kind of it.
    Trouble,
}

/// Tests one skill.
///
/// # Errors
///
/// Fails where its component cannot be run at all.
pub async fn test(
    sandbox: &Sandbox,
    package: &Package,
    cases: &[Case],
    options: &TestOptions,
) -> Result<SkillReport, StageError> {
    let wanted = |case: &&Case| {
        let Some(name) = &options.case else {
            return true;
        };
        let file = case.name.split('/').next();
        case.name == *name || file == Some(name)
    };
    let (mut checks, mut reached) = (Vec::new(), BTreeSet::new());
    for case in cases.iter().filter(wanted) {
        let stage = Stage::set(sandbox, package, &Setting::of(case)).await?;
        let (check, end) = run(&stage, case).await;
        reached.insert((case.tool.clone(), end));
        let passed = check.has_passed();
        checks.push(check);
        if passed && options.chaos == Chaos::Trouble {
            checks.extend(chaos::disturb(&stage, case).await);
        }
    }
    let mut warnings = Vec::new();
    if let Some(fuzz) = &options.fuzz {
        let fuzzed = fuzz::fuzz(sandbox, package, cases, fuzz).await?;
        checks.extend(fuzzed.checks);
        warnings.extend(fuzzed.warnings);
    }
    if options.case.is_none() {
        warnings.extend(unreached(package, &reached));
    }
    Ok(SkillReport {
        skill: package.name.clone(),
        version: package.manifest.version.to_string(),
        digest: package.digest.to_string(),
        checks,
        warnings,
    })
}

/// Runs one case; returns also the error code with which it ended, if it did.
async fn run(stage: &Stage, case: &Case) -> (Check, Option<String>) {
    stage.upstream.play(&stage.filled(&case.script));
    let reply = stage.call(StageCall::of(case)).await;
    let mut problems = unknown_withheld(stage.skill.package(), case);
    problems.extend(unseen_work(stage.skill.package(), case));
    problems.extend(judge(stage, case, &reply));
    let check = Check {
        kind: CheckKind::Case,
        name: case.name.clone(),
        calls: 1,
        wall_ms: reply.outcome.usage.wall_ms,
        problems,
    };
    let is_own = reply.outcome.status == Status::Failed;
    let error = reply.outcome.error.filter(|_| is_own);
    (check, error.map(|error| error.code))
}

/// What is withheld and not asked for is a mistake in the case.
fn unknown_withheld(package: &Package, case: &Case) -> Vec<Problem> {
    let manifest = &package.manifest;
    let is_known = |name: &&String| {
        let mut credentials = manifest.credentials.iter();
        let mut http = manifest.http.iter();
        credentials.any(|ask| ask.name == **name) || http.any(|ask| ask.id == **name)
    };
    let unknown = case.withhold.iter().filter(|name| !is_known(name));
    let told = unknown.map(|name| {
        let message = format!("`withhold` names `{name}`, which skill.toml does not ask for");
        Problem::new("case", message)
    });
    told.collect()
}

/// A folder that the tool cannot see, or changes that it cannot make, are a mistake in the case.
fn unseen_work(package: &Package, case: &Case) -> Option<Problem> {
    let names_changes = case
        .expected
        .changes
        .as_ref()
        .is_some_and(|c| !c.is_empty());
    let asked = package.manifest.files.as_ref();
    let message = match asked {
        None if !case.work.is_empty() => "`work` gives a folder",
        None if names_changes => "[[expect.change]] names changes",
        _ => return None,
    };
    let message = format!("{message}, and skill.toml asks for none: [files] work = \"write\"");
    Some(Problem::new("case", message))
}

/// The error that the Rust SDK declares on every tool, for arguments that fit the schema and not its
/// types. Where these agree no case can reach it.
const OF_EVERY_TOOL: &str = "INVALID_ARGUMENTS";

/// Says which tools have no case, and which declared errors none reaches.
fn unreached(package: &Package, reached: &BTreeSet<(String, Option<String>)>) -> Vec<String> {
    let mut warnings = Vec::new();
    for tool in &package.contract.tools {
        let name = &tool.name;
        if !reached.iter().any(|(called, _)| called == name) {
            warnings.push(format!("no case calls the tool `{name}`"));
            continue;
        }
        let is_reached = |code: &str| reached.contains(&(name.clone(), Some(code.to_owned())));
        let missed = tool
            .errors
            .iter()
            .filter(|error| error.code != OF_EVERY_TOOL);
        let missed = missed.filter(|error| !is_reached(&error.code));
        let missed: Vec<_> = missed.map(|error| error.code.as_str()).collect();
        if !missed.is_empty() {
            let list = missed.join(", ");
            warnings.push(format!("no case of the tool `{name}` reaches {list}"));
        }
    }
    warnings
}

//! Made-up arguments: valid ones, and ones that are just not, from each tool's input schema.
//!
//! What is valid must end in an output that fits its schema or in a declared error, and never in
//! a trap or at a limit. What is just invalid, by one violation, must be refused. The generator
//! has a seed, so that a run can be had again; what it cannot make up, it says.

mod generate;
mod pattern;
mod shrink;
#[cfg(test)]
mod tests;
mod tools;
mod violate;

use hotcell_host::Sandbox;
use hotcell_package::Package;

use crate::cases::Case;
use crate::report::Check;
use crate::stage::{Stage, StageError};

pub(crate) use generate::Generator;

/// How much to make up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fuzz {
    /// Calls of each tool: half of them valid.
    pub count: u32,
    /// What all of it follows from.
    pub seed: u64,
}

/// What came of it.
pub(crate) struct Fuzzed {
    pub(crate) checks: Vec<Check>,
    pub(crate) warnings: Vec<String>,
}

/// Calls each tool with made-up arguments.
pub(crate) async fn fuzz(
    sandbox: &Sandbox,
    package: &Package,
    cases: &[Case],
    options: &Fuzz,
) -> Result<Fuzzed, StageError> {
    let stage = Stage::set(sandbox, package, &tools::setting(cases)).await?;
    let mut fuzzed = Fuzzed {
        checks: Vec::new(),
        warnings: Vec::new(),
    };
    for tool in &package.contract.tools {
        let run = tools::fuzz_tool(&stage, tool, cases, options).await;
        fuzzed.checks.push(run.check);
        fuzzed.warnings.extend(run.warnings);
    }
    Ok(fuzzed)
}

//! The decision: what a package asks for against what the operator allows.

use hotcell_package::{Manifest, Tool};

use crate::{LimitError, LimitName, Limits, Refusal};

/// What the operator allows.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What a call gets where its manifest asks for nothing.
    pub standard: Limits,
    /// The most that a manifest's ask can reach.
    pub ceiling: Limits,
    /// What the operator sets for every call, whatever its manifest asks for.
    fixed: Vec<(LimitName, u64)>,
}

impl Policy {
    /// Returns the policy that holds where the operator says nothing.
    pub fn standard() -> Policy {
        Policy {
            standard: Limits::STANDARD,
            ceiling: Limits::CEILING,
            fixed: Vec::new(),
        }
    }

    /// Sets one limit for every call from `NAME=VALUE`; the last word on a name holds.
    ///
    /// # Errors
    ///
    /// As [`LimitName::parse_assignment`].
    pub fn fix_limit(&mut self, text: &str) -> Result<(), LimitError> {
        let (name, value) = LimitName::parse_assignment(text)?;
        self.fixed.retain(|(fixed, _)| *fixed != name);
        self.fixed.push((name, value));
        Ok(())
    }

    fn fixed(&self, name: LimitName) -> Option<u64> {
        let (_, value) = self.fixed.iter().find(|(fixed, _)| *fixed == name)?;
        Some(*value)
    }
}

/// What one call may do. Only [`decide`] makes one, so whoever holds it need not check again.
#[derive(Debug, Clone)]
pub struct Grant {
    limits: Limits,
}

impl Grant {
    /// Returns the limits of the call.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// Decides what a call of `tool` may do: for each limit the operator's own word, else what
/// the manifest asks for where the ceiling allows it, else the standard.
///
/// # Errors
///
/// Refuses an ask above the ceiling rather than give less than the skill says it needs.
pub fn decide(policy: &Policy, manifest: &Manifest, tool: &Tool) -> Result<Grant, Refusal> {
    let mut limits = policy.standard.clone();
    for name in LimitName::ALL {
        if let Some(value) = policy.fixed(name) {
            limits.set(name, value);
        } else if let Some(asked) = name.asked(&manifest.limits) {
            let ceiling = policy.ceiling.get(name);
            if asked > ceiling {
                return Err(too_much(tool, name, asked, ceiling));
            }
            limits.set(name, asked);
        }
    }
    Ok(Grant { limits })
}

fn too_much(tool: &Tool, name: LimitName, asked: u64, ceiling: u64) -> Refusal {
    Refusal::new(
        "limit_not_granted",
        format!(
            "tool `{}` needs {name}={asked}, and a manifest is granted at most {ceiling}",
            tool.name
        ),
    )
    .hint(format!(
        "if you trust it with that much: --limit {name}={asked}"
    ))
}

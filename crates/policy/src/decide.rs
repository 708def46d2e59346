//! The decision: what a package asks for against what the operator allows.

use hotcell_package::{Manifest, Tool, printable};

use crate::config::{CONFIG_FILE, Cap};
use crate::{CallerGrant, LimitError, LimitName, Limits, Refusal};

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
    decide_for(policy, manifest, tool, &CallerGrant::default())
}

/// Decides as [`decide`] what a call of `tool` may do where its caller has caps: each lowers
/// what the call would get, and none raises it.
///
/// # Errors
///
/// As [`decide`]; and refuses an ask above a cap rather than give less than the skill says it
/// needs, unless the operator's own word gives less already.
pub fn decide_for(
    policy: &Policy,
    manifest: &Manifest,
    tool: &Tool,
    caller: &CallerGrant,
) -> Result<Grant, Refusal> {
    let mut limits = policy.standard.clone();
    for name in LimitName::ALL {
        let asked = name.asked(&manifest.limits);
        if let Some(value) = policy.fixed(name) {
            limits.set(name, value);
        } else if let Some(asked) = asked {
            let ceiling = policy.ceiling.get(name);
            if asked > ceiling {
                return Err(too_much(tool, name, asked, ceiling));
            }
            limits.set(name, asked);
        }
        let cap = caller.caps.iter().find(|cap| cap.name == name);
        if let Some(cap) = cap.filter(|cap| cap.value < limits.get(name)) {
            match asked.filter(|asked| *asked > cap.value) {
                Some(asked) => return Err(above_cap(tool, asked, caller, cap)),
                None => limits.set(name, cap.value),
            }
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

fn above_cap(tool: &Tool, asked: u64, caller: &CallerGrant, cap: &Cap) -> Refusal {
    let (name, value, line) = (cap.name, cap.value, cap.place.line);
    let who = printable(&caller.caller);
    let message = format!(
        "tool `{}` needs {name}={asked}, and the caller `{who}` gets at most {value}",
        tool.name
    );
    Refusal::new("limit_not_granted", message).hint(format!(
        "the operator can write {name} = {asked} in line {line} of {CONFIG_FILE}"
    ))
}

#[cfg(test)]
mod tests;

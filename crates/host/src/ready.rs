//! What is checked before anything runs: the tool, its key, its arguments.

use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::{Idempotency, Tool, printable};
use hotcell_policy::{Invocation, Limits, Refusal, unknown_tool};
use serde_json::{Value, json};

use crate::Skill;

/// Finds the tool. One that is hidden from the caller looks absent, as `is_visible` says.
pub(crate) fn find_tool<'a>(
    skill: &'a Skill,
    invocation: &Invocation,
    is_visible: impl Fn(&str) -> bool,
) -> Result<&'a Tool, Refusal> {
    let package = &skill.package;
    let names = package.contract.tools.iter().map(|tool| tool.name.as_str());
    let tool = package.contract.tool(&invocation.tool);
    tool.filter(|tool| is_visible(&tool.name)).ok_or_else(|| {
        unknown_tool(
            &package.name,
            &invocation.tool,
            names.filter(|n| is_visible(n)),
        )
    })
}

/// A package that was handed in is called by its own name, or by none.
pub(crate) fn check_name(skill: &Skill, invocation: &Invocation) -> Result<(), Refusal> {
    let name = &skill.package.name;
    match &invocation.skill {
        Some(named) if named != name => Err(Refusal::new(
            "unknown_skill",
            format!("this is the skill `{name}`, not `{}`", printable(named)),
        )),
        _ => Ok(()),
    }
}

/// A tool that must not be done twice is not run without the key that would tell.
pub(crate) fn require_key(skill: &Skill, invocation: &Invocation) -> Result<(), Refusal> {
    let asked = skill.package.manifest.tool(&invocation.tool).idempotency;
    let is_there = match asked {
        Idempotency::Required => invocation.idempotency_key.is_some(),
        // It follows from the request that the call belongs to.
        Idempotency::Derived => {
            invocation.idempotency_key.is_some() || invocation.correlation_id.is_some()
        }
        Idempotency::Optional | Idempotency::None => true,
    };
    if is_there {
        return Ok(());
    }
    let message = format!("tool `{}` needs an idempotency key", invocation.tool);
    Err(Refusal::new("idempotency_key_required", message).hint(
        "`hotcell call` takes one with --key KEY; else pass the whole invocation as input: {\"tool\": …, \"input\": …, \"idempotency_key\": …}",
    ))
}

/// Checks the arguments against the tool's contract and returns them as text. An embedder
/// may have made them in any way, so depth and number of values are checked here too: the
/// cost of a schema is bounded for what passes this.
pub(crate) fn check_input(tool: &Tool, input: &Value, limits: &Limits) -> Result<String, Refusal> {
    let text = input.to_string();
    if text.len() as u64 > limits.input_bytes {
        let max = limits.input_bytes;
        let message = format!(
            "the arguments have {} bytes; the limit is {max}",
            text.len()
        );
        return Err(Refusal::new("input_too_large", message)
            .hint("pass large data as a file, or raise the limit input_bytes"));
    }
    let json_limits = JsonLimits {
        bytes: usize::MAX,
        ..JsonLimits::STANDARD
    };
    parse_strict(&text, &json_limits)
        .map_err(|error| Refusal::new(error.code, format!("the arguments: {error}")))?;
    tool.check_input(input).map_err(|violations| {
        let list = violations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ");
        Refusal::new(
            "invalid_arguments",
            format!("the arguments do not fit tool `{}`: {list}", tool.name),
        )
        .hint("mend all of these at once and call again")
        .details(json!({ "violations": violations }))
    })?;
    Ok(text)
}

//! Which caller may use what: decided before anything is told about a skill.
//!
//! A skill that is hidden from a caller looks as if it were not there. So whoever looks a name up
//! keeps to what [`is_visible`] and [`is_tool_visible`] let through, and answers what is absent
//! and what is hidden alike: with [`unknown_skill`] and [`unknown_tool`], which are handed
//! visible names only. [`may_call`] then decides, and refuses by itself what slipped past.

use hotcell_package::{near_name, printable};

use crate::Refusal;
use crate::config::{CallerTable, Cap, Config, Rate};

/// When somebody whose calls are all under way may try again, in milliseconds: nobody knows when
/// one will end.
pub const TOO_MANY_RETRY_MS: u64 = 1_000;

/// What the operator lets a caller have of one call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallerGrant {
    /// The most that the call gets; see [`decide_for`](crate::decide_for).
    pub caps: Vec<Cap>,
    /// How often, each with the key under which its use is remembered; all of them hold.
    pub rates: Vec<(String, Rate)>,
    /// How many at one time, each with the key under which they are counted; all of them hold.
    pub at_once: Vec<(String, u32)>,
    /// The caller's name.
    pub caller: String,
}

/// Returns what `caller` is let have of a call of this tool.
///
/// Where the file lists no caller, everybody may use everything. A caller's key in
/// [`CallerGrant::rates`] is `caller/NAME`, and `caller/NAME/SKILL` for one skill: no name has a
/// slash, so no two are alike.
///
/// # Errors
/// Refuses a caller that is not listed where some are, with `unknown_caller`; and what it may not
/// use, as if it were not there.
pub fn may_call(
    config: &Config,
    caller: &str,
    skill: &str,
    tool: &str,
) -> Result<CallerGrant, Refusal> {
    let mut grant = CallerGrant {
        caller: caller.to_owned(),
        ..CallerGrant::default()
    };
    if config.callers.is_empty() {
        return Ok(grant);
    }
    let Some(table) = config.callers.get(caller) else {
        return Err(unknown_caller(caller));
    };
    if !shows(table, skill) {
        return Err(unknown_skill(skill, []));
    }
    if !allows(table, skill, tool) {
        return Err(unknown_tool(skill, tool, []));
    }
    grant.caps.clone_from(&table.caps);
    let key = format!("caller/{caller}");
    let own = table.per_skill.get(skill);
    let holds = [
        (key.clone(), table.rate, table.at_once),
        (
            format!("{key}/{skill}"),
            own.and_then(|own| own.rate),
            own.and_then(|own| own.at_once),
        ),
    ];
    for (key, rate, at_once) in holds {
        grant.rates.extend(rate.map(|rate| (key.clone(), rate)));
        grant.at_once.extend(at_once.map(|count| (key, count)));
    }
    Ok(grant)
}

/// Returns whether a caller may use at least one tool of a skill, and so may know of it.
pub fn is_visible(config: &Config, caller: &str, skill: &str) -> bool {
    config.callers.is_empty()
        || config
            .callers
            .get(caller)
            .is_some_and(|table| shows(table, skill))
}

/// Returns whether a caller may use a tool, and so may know of it.
pub fn is_tool_visible(config: &Config, caller: &str, skill: &str, tool: &str) -> bool {
    config.callers.is_empty()
        || config
            .callers
            .get(caller)
            .is_some_and(|table| allows(table, skill, tool))
}

fn shows(table: &CallerTable, skill: &str) -> bool {
    let skills = table.skills.as_ref();
    skills.is_none_or(|all| all.iter().any(|one| one.shows(skill)))
}

fn allows(table: &CallerTable, skill: &str, tool: &str) -> bool {
    let skills = table.skills.as_ref();
    skills.is_none_or(|all| all.iter().any(|one| one.allows(skill, tool)))
}

/// Returns the refusal of a skill that is absent, or hidden from the caller. `visible` are the
/// names of which the caller may know.
pub fn unknown_skill<'n>(name: &str, visible: impl IntoIterator<Item = &'n str>) -> Refusal {
    let message = format!("there is no skill `{}`", printable(name));
    let hint = match near_name(name, visible) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`hotcell list` shows the skills; `hotcell add PACKAGE` adds one".to_owned(),
    };
    Refusal::new("unknown_skill", message).hint(hint)
}

/// Returns the refusal of a tool that a skill does not have, or that is hidden from the caller.
/// `visible` are the names of which the caller may know.
pub fn unknown_tool<'n>(
    skill: &str,
    tool: &str,
    visible: impl IntoIterator<Item = &'n str>,
) -> Refusal {
    let names: Vec<&str> = visible.into_iter().collect();
    let (skill, shown) = (printable(skill), printable(tool));
    let refusal = Refusal::new(
        "unknown_tool",
        format!("the skill `{skill}` has no tool `{shown}`"),
    );
    let all = names.join(", ");
    match near_name(tool, names.iter().copied()) {
        _ if names.is_empty() => refusal,
        Some(near) => refusal.hint(format!("did you mean `{near}`? The tools are {all}")),
        None => refusal.hint(format!("the tools are {all}")),
    }
}

fn unknown_caller(caller: &str) -> Refusal {
    let caller = printable(caller);
    let message = format!("the operator lists no caller `{caller}`");
    Refusal::new("unknown_caller", message)
        .hint("the operator can add a table `[caller.NAME]`, or call with --as NAME")
}

/// Returns the refusal of a call that came too soon: one will be let through after `wait_ms`.
pub fn rate_limited(rate: Rate, wait_ms: u64) -> Refusal {
    Refusal::new("rate_limited", format!("calls are limited to {rate}"))
        .hint(format!("call again in {wait_ms} ms"))
        .retry_after(wait_ms)
}

/// Returns the refusal of a call while as many as may be are under way.
pub fn too_many_calls(at_once: u32) -> Refusal {
    let message = match at_once {
        1 => "another call is under way, and one is the most".to_owned(),
        _ => format!("{at_once} calls are under way, which is the most"),
    };
    Refusal::new("too_many_calls", message)
        .hint("call again when one has ended")
        .retry_after(TOO_MANY_RETRY_MS)
}

#[cfg(test)]
mod tests;

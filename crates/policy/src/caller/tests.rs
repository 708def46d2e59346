//! Who may call what, in permitted and refused pairs.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::config::LOCAL_CALLER;
use crate::{Failure, Retry};

fn config(text: &str) -> Config {
    Config::parse("hotcell.toml", text).unwrap_or_else(|found| panic!("{text}\n{found:?}"))
}

/// What the decision says of `CALLER SKILL.TOOL`: `ok`, or the code of the refusal.
fn check(config: &Config, call: &str, expected: &str) {
    let (caller, tool) = call.split_once(' ').unwrap();
    let (skill, tool) = tool.split_once('.').unwrap();
    let decided = may_call(config, caller, skill, tool);
    let shown = decided.as_ref().map_or_else(|no| no.code, |_| "ok");
    assert_eq!(shown, expected, "{call}");
    let visible = is_tool_visible(config, caller, skill, tool);
    assert_eq!(visible, decided.is_ok(), "{call}");
    assert!(!visible || is_visible(config, caller, skill), "{call}");
}

const SOME: &str = "[caller.agent]\nskills = [\"crm\", \"ci.run_tests\"]\n\
    [caller.admin]\n[caller.root]\nskills = [\"*\"]\n[caller.gone]\nskills = []\n";

#[test]
fn without_a_list_everybody_may_use_everything() {
    let nobody = config("");
    for caller in [LOCAL_CALLER, "agent", "Ünknown", ""] {
        check(&nobody, &format!("{caller} crm.find"), "ok");
        let grant = may_call(&nobody, caller, "crm", "find").unwrap();
        assert!(grant.caps.is_empty() && grant.rates.is_empty() && grant.at_once.is_empty());
    }
}

#[test]
fn a_caller_uses_what_its_table_says() {
    let some = config(SOME);
    for (call, expected) in [
        ("agent crm.find", "ok"),
        ("agent crm.delete", "ok"),
        ("agent ci.run_tests", "ok"),
        ("agent ci.deploy", "unknown_tool"),
        ("agent tax.rates", "unknown_skill"),
        ("agent crm2.find", "unknown_skill"),
        ("admin tax.rates", "ok"),
        ("root tax.rates", "ok"),
        ("gone crm.find", "unknown_skill"),
        ("local crm.find", "unknown_caller"),
        ("Agent crm.find", "unknown_caller"),
    ] {
        check(&some, call, expected);
    }
    assert!(is_visible(&some, "agent", "ci") && !is_visible(&some, "agent", "tax"));
    assert!(!is_visible(&some, "local", "crm"));
    let refusal = may_call(&some, "a\u{1b}[0m", "crm", "find").unwrap_err();
    assert!(!refusal.message.contains('\u{1b}'), "{}", refusal.message);
}

/// Nothing tells a hidden skill from one that nobody installed.
#[test]
fn a_hidden_skill_looks_absent() {
    let some = config(SOME);
    let told = |installed: &[&'static str]| {
        let visible = installed.iter().copied();
        let visible = visible.filter(|name| is_visible(&some, "agent", name));
        unknown_skill("tax", visible)
    };
    assert_eq!(told(&["crm", "tax", "taxes"]), told(&["crm"]));
    let near = unknown_skill("crmm", ["crm"]);
    assert_eq!(near.hint.as_deref(), Some("did you mean `crm`?"));
    let bare = may_call(&some, "agent", "tax", "rates").unwrap_err();
    assert_eq!(bare, told(&["crm"]));
    let tool = unknown_tool("ci", "deploy", ["run_tests"]);
    assert_eq!(tool.hint.as_deref(), Some("the tools are run_tests"));
    let bare = may_call(&some, "agent", "ci", "deploy").unwrap_err();
    assert_eq!((bare.message, bare.hint), (tool.message, None));
}

#[test]
fn rates_and_counts_hold_side_by_side() {
    let text = "[caller.agent]\nrate = \"60/min\"\nat_once = 8\n[caller.agent.skill.crm]\n\
                rate = \"5/s\"\nat_once = 1\n[caller.agent.skill.ci]\nat_once = 2\n";
    let some = config(text);
    let shown = |skill: &str| {
        let grant = may_call(&some, "agent", skill, "x").unwrap();
        let rates: Vec<_> = grant
            .rates
            .iter()
            .map(|(k, r)| format!("{k} {r}"))
            .collect();
        let counts: Vec<_> = grant
            .at_once
            .iter()
            .map(|(k, n)| format!("{k} {n}"))
            .collect();
        (rates.join(", "), counts.join(", "))
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let crm = pair(
        "caller/agent 60/min, caller/agent/crm 5/s",
        "caller/agent 8, caller/agent/crm 1",
    );
    assert_eq!(shown("crm"), crm);
    let ci = pair("caller/agent 60/min", "caller/agent 8, caller/agent/ci 2");
    assert_eq!(shown("ci"), ci);
    assert_eq!(shown("tax"), pair("caller/agent 60/min", "caller/agent 8"));
}

#[test]
fn who_is_refused_for_now_is_told_when_to_come_back() {
    let rate = Rate {
        count: 60,
        per_ms: 60_000,
    };
    let failure = Failure::from(rate_limited(rate, 250));
    assert_eq!(failure.code, "rate_limited");
    assert_eq!(failure.message, "calls are limited to 60/min");
    assert_eq!(failure.retry, Retry::AfterMs(250));
    let failure = Failure::from(too_many_calls(8));
    assert_eq!(failure.code, "too_many_calls");
    assert_eq!(failure.retry, Retry::AfterMs(TOO_MANY_RETRY_MS));
}

//! Limits and caps, in permitted and refused pairs.
#![allow(clippy::unwrap_used)]

use hotcell_package::Contract;

use super::*;
use crate::config::Config;
use crate::may_call;

const CONTRACT: &str = r#"{"tools": [{"name": "run", "description": "Runs.",
    "input_schema": {"type": "object"}}]}"#;

/// The time that a call gets, or the refusal: of a manifest's ask, an operator's own word and a
/// caller's cap, each of them perhaps none.
fn time_ms(asked: Option<u64>, fixed: Option<u64>, cap: Option<u64>) -> Result<u64, Refusal> {
    let asked = asked.map_or(String::new(), |ms| format!("[limits]\ntime_ms = {ms}\n"));
    let manifest = Manifest::parse(&format!("[skill]\nversion = \"1.0.0\"\n{asked}")).unwrap();
    let contract = Contract::parse(CONTRACT).unwrap();
    let mut policy = Policy::standard();
    if let Some(ms) = fixed {
        policy.fix_limit(&format!("time_ms={ms}")).unwrap();
    }
    let cap = cap.map_or(String::new(), |ms| {
        format!("limits = {{ time_ms = {ms} }}\n")
    });
    let config = Config::parse("hotcell.toml", &format!("[caller.agent]\n{cap}")).unwrap();
    let caller = may_call(&config, "agent", "s", "run").unwrap();
    let grant = decide_for(&policy, &manifest, &contract.tools[0], &caller)?;
    let mut standard = Limits::STANDARD;
    standard.set(LimitName::TimeMs, grant.limits().time_ms);
    assert_eq!(*grant.limits(), standard, "the other limits stay");
    Ok(grant.limits().time_ms)
}

#[test]
fn a_cap_lowers_and_never_raises() {
    let standard = Limits::STANDARD.time_ms;
    assert_eq!(time_ms(None, None, None), Ok(standard));
    assert_eq!(time_ms(None, None, Some(5_000)), Ok(5_000));
    assert_eq!(time_ms(None, None, Some(standard * 2)), Ok(standard));
    assert_eq!(time_ms(Some(4_000), None, Some(5_000)), Ok(4_000));
    assert_eq!(time_ms(Some(5_000), None, Some(5_000)), Ok(5_000));
    assert_eq!(time_ms(None, Some(90_000), Some(5_000)), Ok(5_000));
    assert_eq!(time_ms(None, Some(1_000), Some(5_000)), Ok(1_000));
}

/// A skill is not run with less than it says it needs, unless the operator says so.
#[test]
fn a_cap_below_the_ask_is_refused() {
    let refusal = time_ms(Some(6_000), None, Some(5_000)).unwrap_err();
    assert_eq!(refusal.code, "limit_not_granted");
    assert_eq!(
        refusal.message,
        "tool `run` needs time_ms=6000, and the caller `agent` gets at most 5000"
    );
    let hint = "the operator can write time_ms = 6000 in line 2 of hotcell.toml";
    assert_eq!(refusal.hint.as_deref(), Some(hint));
    assert!(time_ms(Some(6_000), Some(90_000), Some(5_000)).is_err());
    assert_eq!(time_ms(Some(6_000), Some(3_000), Some(5_000)), Ok(3_000));
    let above = time_ms(Some(Limits::CEILING.time_ms + 1), None, Some(5_000));
    assert_eq!(above.unwrap_err().code, "limit_not_granted");
}

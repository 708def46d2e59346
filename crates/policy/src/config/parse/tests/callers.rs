//! `[caller.NAME]`, in permitted and refused pairs.

use super::{check, faults, read};
use crate::config::{CallerTable, Rate, SkillPattern, TokenHash};
use crate::{LimitName, Limits};

/// A caller: its own keys begin in line 2.
fn caller(keys: &str) -> CallerTable {
    read(&format!("[caller.agent]\n{keys}")).callers["agent"].clone()
}

fn refused(keys: &str, expected: &str) {
    check(&format!("[caller.agent]\n{keys}"), expected);
}

/// The mend of the first mistake.
fn mend(keys: &str) -> String {
    faults(&format!("[caller.agent]\n{keys}"))[0].hint.clone()
}

#[test]
fn names() {
    for name in ["local", "a", "9", "_", "-", "\"a.b\"", &"x".repeat(64)] {
        check(&format!("[caller.{name}]\n"), "ok");
    }
    let long = "x".repeat(65);
    for name in ["A", "\"\"", "\"a b\"", "\"é\"", "\"a/b\"", &long] {
        check(&format!("\n[caller.{name}]\n"), "2:wrong_name");
    }
    check("[caller]\n", "1:empty_pattern");
    check("caller = {}\n", "1:empty_pattern");
    check("caller = 1\n", "1:wrong_type");
    check("[caller]\nagent = 1\n", "2:wrong_type");
    check("[caller.a.b]\n", "1:unknown_key");
    assert!(read("").callers.is_empty());
    let many: String = (0..1_025).map(|n| format!("[caller.c{n}]\n")).collect();
    check(&many, "1:too_many");
    let hint = &faults("[caller.A]\n")[0].hint;
    assert_eq!(hint, "write 1 to 64 small letters, digits, `-`, `_`, `.`");
}

#[test]
fn skills_and_tools() {
    assert_eq!(caller("").skills, None);
    assert_eq!(caller("skills = []\n").skills, Some(Vec::new()));
    assert_eq!(
        caller("skills = [\"*\"]\n").skills,
        Some(vec![SkillPattern::All])
    );
    let tool = SkillPattern::Tool {
        skill: "ci".to_owned(),
        tool: "run_tests".to_owned(),
    };
    let both = Some(vec![SkillPattern::Skill("crm".to_owned()), tool]);
    assert_eq!(
        caller("skills = [\"crm\", \"ci.run_tests\"]\n").skills,
        both
    );
    for wrong in [
        "crm.",
        ".run",
        "CRM",
        "crm.*",
        "*.run",
        "crm.a.b",
        "crm@1",
        "crm.run tests",
    ] {
        refused(&format!("skills = [\"{wrong}\"]\n"), "2:wrong_value");
    }
    for overlap in [
        "\"crm\", \"crm.find\"",
        "\"crm.find\", \"crm\"",
        "\"*\", \"crm\"",
    ] {
        refused(&format!("skills = [{overlap}]\n"), "2:overlap");
    }
    refused("skills = [\"crm\", \"crm\"]\n", "2:duplicate");
    refused("skills = [\"crm.a\", \"crm.b\"]\n", "ok");
    refused("skills = \"crm\"\n", "2:wrong_type");
    refused("skills = [1]\n", "2:wrong_type");
    refused("skill = \"crm\"\n", "2:wrong_type");
    let found = &faults("[caller.a]\nskills = [\"crm.find\", \"crm\"]\n")[0];
    assert_eq!(found.message, "`crm.find` is in `crm` already");
    assert_eq!(found.hint, "keep one of the two");
}

#[test]
fn caps_are_by_name_and_unit() {
    let caps = caller("limits = { memory_bytes = \"32MiB\", time_ms = 5_000 }\n").caps;
    let shown: Vec<_> = caps.iter().map(|cap| (cap.name, cap.value)).collect();
    let expected = [
        (LimitName::TimeMs, 5_000),
        (LimitName::MemoryBytes, 32 << 20),
    ];
    assert_eq!(shown, expected);
    assert_eq!(caps[0].place.line, 2);
    for name in LimitName::ALL {
        let own = caller(&format!("[caller.agent.limits]\n{name} = 7\n")).caps;
        assert_eq!((own[0].name, own[0].value, own[0].place.line), (name, 7, 3));
        assert!(Limits::STANDARD.get(name) > 7);
    }
    refused("[caller.agent.limits]\ntime = 1\n", "3:unknown_key");
    refused("[caller.agent.limits]\ntime_ms = 0\n", "3:wrong_type");
    refused(
        "[caller.agent.limits]\ntime_ms = \"5MiB\"\n",
        "3:wrong_value",
    );
    refused("[caller.agent.limits]\nfuel = \"5s\"\n", "3:wrong_value");
    refused("limits = 1\n", "2:wrong_type");
    let found = &faults("[caller.agent.limits]\ntime_mss = 1\n")[0];
    assert_eq!(found.message, "[caller.agent.limits] has no key `time_mss`");
    assert_eq!(found.hint, "write `time_ms`");
}

#[test]
fn rates_and_counts() {
    let own = caller("rate = \"60/min\"\nat_once = 8\n");
    let rate = Rate {
        count: 60,
        per_ms: 60_000,
    };
    assert_eq!((own.rate, own.at_once), (Some(rate), Some(8)));
    refused("rate = \"60\"\n", "2:wrong_value");
    refused("rate = 60\n", "2:wrong_type");
    refused("at_once = 0\n", "2:wrong_type");
    refused("at_once = 10_000\n", "ok");
    refused("at_once = 10_001\n", "2:too_large");
    refused("at_once = \"8s\"\n", "2:wrong_value");
    let own = caller("[caller.agent.skill.crm]\nrate = \"60/min\"\nat_once = 1\n");
    let crm = &own.per_skill["crm"];
    assert_eq!(
        (crm.rate, crm.at_once, crm.place.line),
        (Some(rate), Some(1), 2)
    );
}

#[test]
fn a_narrowing_is_of_a_skill_that_the_caller_may_use() {
    let with = |skills: &str| format!("skills = {skills}\n[caller.agent.skill.crm]\nat_once = 1\n");
    refused(&with("[\"crm\"]"), "ok");
    refused(&with("[\"crm.find\"]"), "ok");
    refused(&with("[\"*\"]"), "ok");
    refused(&with("[\"ci\"]"), "3:unfit_table");
    refused(&with("[]"), "3:unfit_table");
    let hint = "add \"crm\" to its `skills`, or remove the table";
    assert_eq!(mend(&with("[\"ci\"]")), hint);
    refused("[caller.agent.skill.crm]\n", "2:missing_key");
    refused(
        "[caller.agent.skill.crm]\nrates = \"1/s\"\n",
        "3:unknown_key",
    );
    refused("[caller.agent.skill.CRM]\nat_once = 1\n", "2:wrong_value");
    let hint = "write `rate`";
    assert_eq!(mend("[caller.agent.skill.crm]\nrates = \"1/s\"\n"), hint);
}

#[test]
fn a_token_is_there_by_its_hash_only() {
    let hash = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    let own = caller(&format!("token_sha256 = \"{hash}\"\n"));
    assert_eq!(own.token, Some(TokenHash::of(b"foo")));
    assert_ne!(own.token, Some(TokenHash::of(b"bar")));
    assert!(!format!("{own:?}").contains("2c26"), "{own:?}");
    let upper = caller(&format!("token_sha256 = \"{}\"\n", hash.to_uppercase()));
    assert_eq!(upper.token, own.token);
    for wrong in [
        &hash[1..],
        &hash.replace('2', "g"),
        &"é".repeat(32),
        "hunter2",
    ] {
        refused(&format!("token_sha256 = \"{wrong}\"\n"), "2:wrong_value");
    }
    for (key, code) in [("token_sha256", "wrong_value"), ("token", "unknown_key")] {
        let text = format!("[caller.agent]\n{key} = \"hunter2-hunter2\"\n");
        let found = &faults(&text)[0];
        assert_eq!((found.line, found.code), (Some(2), code));
        assert!(!found.to_string().contains("hunter2"), "{found}");
        assert!(found.hint.starts_with("write token_sha256"), "{found}");
    }
    let two =
        format!("[caller.a]\ntoken_sha256 = \"{hash}\"\n[caller.b]\ntoken_sha256 = \"{hash}\"\n");
    check(&two, "4:duplicate");
    assert_eq!(faults(&two)[0].hint, "give each caller its own");
}

//! `[assistant.NAME]`, in permitted and refused pairs.

use super::{check, faults, read};
use crate::config::{AssistantTable, ToolListing};

/// An assistant: its own keys begin in line 2.
fn assistant(keys: &str) -> AssistantTable {
    read(&format!("[assistant.sales]\n{keys}")).assistants["sales"].clone()
}

fn refused(keys: &str, expected: &str) {
    check(&format!("[assistant.sales]\n{keys}"), expected);
}

#[test]
fn names() {
    for name in ["sales", "a", "9", "\"a.b\"", &"x".repeat(64)] {
        check(&format!("[assistant.{name}]\nskills = [\"crm\"]\n"), "ok");
    }
    let long = "x".repeat(65);
    for name in ["A", "\"\"", "\"a b\"", "\"a/b\"", &long] {
        check(&format!("\n[assistant.{name}]\n"), "2:wrong_name");
    }
    check("assistant = 1\n", "1:wrong_type");
    check("[assistant.a]\nskill = [\"crm\"]\n", "1:missing_key");
    assert!(read("").assistants.is_empty());
    let many: String = (0..257).map(|n| format!("[assistant.a{n}]\n")).collect();
    check(&many, "1:too_many");
}

#[test]
fn skills_are_pinned() {
    let digest = format!("quote-docx@sha256:{}", "0".repeat(64));
    let keys = format!("skills = [\"tax-check@1\", \"{digest}\", \"crm\", \"web@1.2.0\"]\n");
    let pins = assistant(&keys).skills;
    let pins: Vec<_> = pins.iter().map(|one| one.pin.to_string()).collect();
    assert_eq!(pins, ["tax-check@^1", &digest, "crm", "web@1.2.0"]);
    for wrong in [
        "",
        "@1",
        "crm@",
        "crm@one",
        "crm@sha256:12",
        "a b",
        "crm.search",
        "*",
    ] {
        let code = if wrong.is_empty() {
            "empty_pattern"
        } else {
            "wrong_value"
        };
        refused(&format!("skills = [\"{wrong}\"]\n"), &format!("2:{code}"));
    }
    refused("skills = []\n", "2:empty_pattern");
    refused("skills = \"crm\"\n", "2:wrong_type");
    refused("tools = \"menu\"\n", "1:missing_key");
}

#[test]
fn no_skill_stands_twice() {
    refused("skills = [\"crm\", \"crm\"]\n", "2:duplicate");
    refused("skills = [\"crm@1\",\n\"crm@2\"]\n", "3:duplicate");
    refused("skills = [\"crm@1\", \"crn@2\"]\n", "ok");
}

#[test]
fn tools_and_callers() {
    let with = |keys: &str| assistant(&format!("skills = [\"crm\"]\n{keys}"));
    assert_eq!(with("").tools, ToolListing::Menu);
    assert_eq!(with("tools = \"menu\"\n").tools, ToolListing::Menu);
    assert_eq!(with("tools = \"direct\"\n").tools, ToolListing::Direct);
    refused("skills = [\"crm\"]\ntools = \"all\"\n", "3:wrong_value");
    refused("skills = [\"crm\"]\ntool = \"menu\"\n", "3:unknown_key");
    assert_eq!(with("").callers, None);
    assert_eq!(with("callers = [\"ann\"]\n").callers.unwrap(), ["ann"]);
    refused("skills = [\"crm\"]\ncallers = []\n", "3:empty_pattern");
    refused("skills = [\"crm\"]\ncallers = [\"A\"]\n", "3:wrong_value");
}

#[test]
fn callers_are_those_that_the_file_lists() {
    let text = |caller: &str| {
        format!("[caller.ann]\n[assistant.s]\nskills = [\"crm\"]\ncallers = [\"{caller}\"]\n")
    };
    check(&text("ann"), "ok");
    check(&text("anne"), "4:unknown_caller");
    assert_eq!(faults(&text("anne"))[0].hint, "write \"ann\"");
}

//! skill.toml: what is refused, with line and mend.

use std::time::{Duration, Instant};

use hotcell_package::{DIAGNOSTICS_MAX, Manifest};

/// Two lines, so that what follows begins on the third.
const HEAD: &str = "[skill]\nversion = \"1.0.0\"\n";
const HTTP: &str = "[[http]]\nid = \"runs\"\norigin = \"https://a.example\"\nmethods = [\"GET\"]\npath = \"/a/{x}\"\n";

fn check(rest: &str, expected: &str) {
    let text = format!("{HEAD}{rest}");
    let shown = Manifest::parse(&text).map_or_else(
        |found| format!("{}:{}", found[0].line.unwrap(), found[0].code),
        |_| "ok".to_owned(),
    );
    assert_eq!(shown, expected, "{rest}");
}

#[test]
fn the_skill_and_its_version() {
    check("", "ok");
    check("[tools]\n", "3:unknown_key");
    check("[skill]\n", "3:duplicate_key");
    assert_eq!(Manifest::parse("").unwrap_err()[0].code, "missing_key");
    let short = Manifest::parse("[skill]\nversion = \"1.0\"\n").unwrap_err();
    assert_eq!(short[0].code, "wrong_version");
}

#[test]
fn tools_and_limits() {
    check(
        "[tool.x]\neffect = \"read\"\nmode = \"async\"\nidempotency = \"required\"\n",
        "ok",
    );
    for word in ["optional", "derived", "none"] {
        check(&format!("[tool.x]\nidempotency = \"{word}\"\n"), "ok");
    }
    check("[tool.x]\nidempotency = \"random\"\n", "4:wrong_value");
    check("[tool.x]\nefect = \"read\"\n", "4:unknown_key");
    check("[tool.x]\neffect = \"all\"\n", "4:wrong_value");
    check("[limits]\nfuel = 1_000\nhandles = 0x10\n", "ok");
    check("[limits]\nfuel = 0\n", "4:wrong_type");
    check("[limits]\nfuel = -1\n", "4:wrong_type");
}

#[test]
fn requests() {
    check(HTTP, "ok");
    check(&HTTP.replace("[\"GET\"]", "[]"), "6:empty_pattern");
    check(&HTTP.replace("GET", "get"), "6:wrong_value");
    check(&HTTP.replace("/a/{x}", ""), "7:empty_pattern");
    check(&HTTP.replace("/a/{x}", "/a/../b"), "7:wrong_path");
    for origin in [
        "https://*.example",
        "https://A.example",
        "https://a.example/",
        "https://u@a.example",
        "https://a.example:443",
        "ftp://a.example",
        "https://0x7f.1",
        "https://a.example:0",
        "https://",
    ] {
        check(&HTTP.replace("https://a.example", origin), "5:wrong_origin");
    }
}

#[test]
fn requests_that_overlap() {
    let more = HTTP.replace("runs", "more");
    check(&format!("{HTTP}{}", more.replace("{x}", "b")), "8:overlap");
    check(&format!("{HTTP}{}", more.replace("GET", "POST")), "ok");
}

#[test]
fn credentials_and_settings() {
    let credential = |on: &str| format!("{HTTP}[[credential]]\nname = \"ci\"\non = [\"{on}\"]\n");
    check(
        &format!("{}scopes = [\"read\"]\n", credential("runs")),
        "ok",
    );
    check(&credential("rnus"), "10:undeclared_id");
    check("[[config]]\nkey = \"url\"\n", "3:missing_key");
}

#[test]
fn tables_and_keys_that_come_again() {
    check("[tool.x]\n[tool.x]\n", "4:duplicate_key");
    check(
        "[tool]\nx.effect = 'read'\n[tool.x]\nmode = 'sync'\n",
        "5:duplicate_key",
    );
    check(
        "[tool.x]\neffect = 'read'\n[tool]\nx.mode = 'sync'\n",
        "6:duplicate_key",
    );
    check("[tool.x]\neffect = 1979-05-27\n", "4:wrong_type");
    check("[limits]\nfuel = 1e3\n", "4:wrong_type");
    check("[limits]\nfuel = 99999999999999999999\n", "4:wrong_type");
    let deep = format!("[{}x]\n", "tool.".repeat(10_000));
    assert_eq!(Manifest::parse(&deep).unwrap_err()[0].code, "toml_syntax");
}

/// Each mistake takes a look through the text for its place.
#[test]
fn mistakes_everywhere_are_told_soon() {
    let started = Instant::now();
    let keys: String = (0..37_000).map(|n| format!("k{n:04}=1\n")).collect();
    let found = Manifest::parse(&format!("{HEAD}[tool.x]\n{keys}")).unwrap_err();
    assert_eq!(
        (found.len(), found[0].code),
        (DIAGNOSTICS_MAX, "unknown_key")
    );
    let methods: String = (0..30_000).map(|n| format!("\"M{n:05}\",")).collect();
    check(&HTTP.replace("\"GET\"", &methods), "6:too_many");
    assert!(
        started.elapsed() < Duration::from_millis(500),
        "{:?}",
        started.elapsed()
    );
}

/// Each smallest part of what is asked is a line, so that a new one is seen.
#[test]
fn what_is_asked_for_as_lines() {
    let lines = |rest: &str| {
        Manifest::parse(&format!("{HEAD}{rest}"))
            .unwrap()
            .ask_lines()
    };
    let credential = "[[credential]]\nname = \"ci\"\non = [\"runs\"]\nscopes = [\"a\\u001b\"]\n";
    let rest = format!(
        "[limits]\nfuel = 7\n[tool.x]\neffect = \"write\"\n{}{credential}[[config]]\nkey = \"k\"\n\
         description = \"d\"\n",
        HTTP.replace("\"GET\"", "\"GET\", \"PUT\"")
    );
    let expected = [
        "credential ci on runs",
        "credential ci scope a\\u{1b}",
        "http runs: GET https://a.example/a/{x}",
        "http runs: PUT https://a.example/a/{x}",
        "limit fuel=7",
        "setting k",
        "tool x: writes without a key",
    ];
    assert_eq!(lines(&rest), expected);
    assert!(lines("").is_empty());
    assert_eq!(
        lines("[tool.x]\neffect = \"read\"\nmode = \"async\"\n"),
        ["tool x: reads", "tool x: runs as a job"]
    );
    let keyed = "[tool.x]\neffect = \"write\"\nidempotency = \"required\"\n";
    assert_eq!(lines(keyed), ["tool x: writes"]);
    // A weaker key than it had is told as something new.
    assert_eq!(
        lines(&keyed.replace("required", "derived")),
        ["tool x: writes with a key made of its request"]
    );
}

/// Where only the operator knows the server, it could be any: such asks overlap with every other.
#[test]
fn an_open_server_overlaps_with_every_other() {
    let open = HTTP.replace("https://a.example", "*");
    check(&open, "ok");
    check(
        &format!("{open}{}", HTTP.replace("runs", "more")),
        "8:overlap",
    );
    check(
        &format!("{HTTP}{}", open.replace("runs", "more")),
        "8:overlap",
    );
    check(
        &format!("{open}{}", open.replace("runs", "more")),
        "8:overlap",
    );
    let apart = open.replace("runs", "more").replace("/a/{x}", "/b/{x}");
    check(&format!("{open}{apart}"), "ok");
    check(
        &format!(
            "{open}{}",
            open.replace("runs", "more").replace("/a/{x}", "/{*all}")
        ),
        "8:overlap",
    );
}

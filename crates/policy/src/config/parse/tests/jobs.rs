//! `[jobs]`, in permitted and refused pairs.

use super::{check, faults, read, secret};
use crate::config::JobsTable;

/// The table: its own keys begin in line 2.
fn jobs(keys: &str) -> JobsTable {
    read(&format!("[jobs]\n{keys}")).jobs
}

fn refused(keys: &str, expected: &str) {
    check(&format!("[jobs]\n{keys}"), expected);
}

#[test]
fn what_holds_without_a_word() {
    let standard = JobsTable {
        workers: 2,
        attempts: 5,
        backoff_ms: 1_000,
        backoff_max_ms: 3_600_000,
        lease_ms: 30_000,
        callback_origins: Vec::new(),
        callback_attempts: 12,
        callback_secret: None,
    };
    assert_eq!(read("").jobs, standard);
    assert_eq!(jobs(""), standard);
    refused("worker = 1\n", "2:unknown_key");
    assert_eq!(faults("[jobs]\nworker = 1\n")[0].hint, "write `workers`");
    check("jobs = 2\n", "1:wrong_type");
}

#[test]
fn counts_and_times_have_an_end() {
    let own = jobs(
        "workers = 8\nattempts = 1\nbackoff_ms = \"2s\"\nbackoff_max_ms = \"60s\"\n\
         lease_ms = \"5s\"\ncallback_attempts = 3\n",
    );
    assert_eq!(
        (own.workers, own.attempts, own.callback_attempts),
        (8, 1, 3)
    );
    assert_eq!(
        (own.backoff_ms, own.backoff_max_ms, own.lease_ms),
        (2_000, 60_000, 5_000)
    );
    for (key, most) in [
        ("workers", 256),
        ("attempts", 100),
        ("callback_attempts", 100),
        ("backoff_max_ms", 604_800_000),
        ("lease_ms", 3_600_000),
    ] {
        refused(&format!("{key} = {most}\n"), "ok");
        refused(&format!("{key} = {}\n", most + 1), "2:too_large");
        refused(&format!("{key} = 0\n"), "2:wrong_type");
        refused(&format!("{key} = \"1KiB\"\n"), "2:wrong_value");
    }
    refused("backoff_ms = 604_800_001\n", "2:too_large");
    refused("lease_ms = 999\n", "2:too_small");
    let found = &faults("[jobs]\nlease_ms = 999\n")[0];
    assert_eq!(found.message, "`lease_ms` is less than 1000");
    assert!(found.hint.starts_with("write more"), "{found}");
}

#[test]
fn the_first_wait_is_not_longer_than_the_longest() {
    refused("backoff_ms = 5\nbackoff_max_ms = 5\n", "ok");
    refused("backoff_ms = 6\nbackoff_max_ms = 5\n", "3:wrong_value");
    refused("backoff_max_ms = 999\n", "2:wrong_value");
    refused("backoff_ms = \"3601s\"\n", "2:wrong_value");
    let hint = "raise `backoff_max_ms`, or lower `backoff_ms`";
    assert_eq!(faults("[jobs]\nbackoff_max_ms = 999\n")[0].hint, hint);
}

/// A secret of four lines for `https://a.example`; the table begins in line 5.
fn callbacks(keys: &str) -> String {
    secret("bearer", &format!("[jobs]\n{keys}"))
}

const ORIGINS: &str = "callback_origins = [\"https://a.example\"]\n";

#[test]
fn callbacks_go_where_the_file_says_and_are_signed() {
    let own = read(&callbacks(&format!("{ORIGINS}callback_secret = \"s\"\n"))).jobs;
    assert_eq!(own.callback_origins[0].to_string(), "https://a.example");
    assert_eq!(own.callback_secret.as_deref(), Some("s"));
    check(&callbacks(ORIGINS), "5:missing_key");
    check(&callbacks("callback_secret = \"s\"\n"), "6:unfit_key");
    check(&callbacks("callback_origins = []\n"), "6:empty_pattern");
    for (wrong, code) in [
        ("https://a.example/hook", "wrong_origin"),
        ("*", "wrong_origin"),
        ("http://a.example", "plain_http"),
    ] {
        let keys = format!("callback_origins = [\"{wrong}\"]\ncallback_secret = \"s\"\n");
        check(&callbacks(&keys), &format!("6:{code}"));
    }
}

#[test]
fn the_secret_that_signs_is_there_and_fits() {
    let named = |name: &str| callbacks(&format!("{ORIGINS}callback_secret = \"{name}\"\n"));
    check(&named("hook-key"), "7:undefined_secret");
    assert_eq!(
        faults(&named("hook-key"))[0].hint,
        "add a table `[secret.hook-key]`"
    );
    let near = named("crm-tokem").replace("[secret.s]", "[secret.crm-token]");
    assert_eq!(faults(&near)[0].hint, "write \"crm-token\"");
    let other = format!(
        "{}\n",
        named("s").replace("[\"https://a.example\"]\n[", "[\"https://b.example\"]\n[")
    );
    check(&other, "7:origin_not_allowed");
    assert_eq!(
        faults(&other)[0].hint,
        "add it to the origins of `[secret.s]`"
    );
    let keys = format!("issuer = \"i\"\n[jobs]\n{ORIGINS}callback_secret = \"s\"\n");
    let jwt = secret("jwt", &keys);
    check(&jwt, "8:unfit_secret");
    assert!(faults(&jwt)[0].hint.contains("whsec_"));
    // A secret with a mistake of its own is there.
    let found = faults(&named("s").replace("\"bearer\"", "\"x\""));
    assert_eq!(found.len(), 1, "{found:?}");
}

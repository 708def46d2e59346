//! `[[grant]]`, in permitted and refused pairs.

use super::{check, faults, read, secret};
use crate::config::{Approver, GrantSubject, Rate, VersionSelector};

/// A secret of four lines; the grant begins in line 5, its own keys in line 6.
fn grant(keys: &str) -> String {
    secret("bearer", &format!("[[grant]]\n{keys}"))
}

const GIVES: &str = "credential = \"crm\"\nsecret = \"s\"\n";

#[test]
fn a_grant_gives_a_credential_or_requests() {
    let whole = format!(
        "skill = \"crm@1\"\n{GIVES}origins = [\"https://a.example\"]\nmethods = [\"GET\"]\nrate = \"30/min\"\n"
    );
    let read = read(&grant(&whole)).grants.remove(0);
    assert_eq!(read.place.line, 5);
    assert_eq!(
        (read.methods, read.origins.len()),
        (vec!["GET".to_owned()], 1)
    );
    assert_eq!(
        read.rate,
        Some(Rate {
            count: 30,
            per_ms: 60_000
        })
    );
    let subject = GrantSubject::Credential {
        credential: "crm".to_owned(),
        secret: "s".to_owned(),
    };
    assert_eq!(read.subject, subject);
}

#[test]
fn a_grant_says_what_it_gives_and_nothing_else() {
    check(&grant("skill = \"crm@1\"\nhttp = [\"page\"]\n"), "ok");
    check(&grant("skill = \"crm@1\"\n"), "5:missing_key");
    check(
        &grant("skill = \"crm@1\"\ncredential = \"crm\"\n"),
        "5:missing_key",
    );
    check(
        &grant("skill = \"crm@1\"\nsecret = \"s\"\n"),
        "5:missing_key",
    );
    check(&grant(GIVES), "5:missing_key");
    check(
        &grant(&format!("skill = \"crm@1\"\n{GIVES}http = [\"a\"]\n")),
        "5:unfit_key",
    );
    check(
        &grant("skill = \"crm@1\"\nhttp = [\"a\"]\nsecret = \"s\"\n"),
        "5:unfit_key",
    );
    check(&grant("skill = \"crm@1\"\nhttp = []\n"), "7:empty_pattern");
    check(
        &grant("skill = \"crm@1\"\nhttp = [\"A\"]\n"),
        "7:wrong_name",
    );
    check(
        &grant(&format!("skill = \"crm@1\"\n{GIVES}method = [\"GET\"]\n")),
        "9:unknown_key",
    );
    check(
        &grant(&format!("skill = \"crm@1\"\n{GIVES}methods = [\"get\"]\n")),
        "9:wrong_value",
    );
    check(
        &grant(&format!(
            "skill = \"crm@1\"\n{GIVES}methods = [\"CONNECT\"]\n"
        )),
        "9:wrong_value",
    );
    check(
        &grant(&format!("skill = \"crm@1\"\n{GIVES}methods = []\n")),
        "9:empty_pattern",
    );
    check(
        &grant(&format!("skill = \"crm@1\"\n{GIVES}origins = [\"*\"]\n")),
        "9:wrong_origin",
    );
    check(
        &grant(&format!(
            "skill = \"crm@1\"\n{GIVES}origins = [\"http://a.example\"]\n"
        )),
        "9:plain_http",
    );
}

#[test]
fn a_grant_of_a_secret_that_is_not_there() {
    let text = grant("skill = \"crm@1\"\ncredential = \"crm\"\nsecret = \"crm-token\"\n");
    check(&text, "8:undefined_secret");
    assert_eq!(faults(&text)[0].hint, "add a table `[secret.crm-token]`");
    let near = text.replace("[secret.s]", "[secret.crm-tokens]");
    assert_eq!(faults(&near)[0].hint, "write \"crm-tokens\"");
    // A secret with a mistake of its own is there.
    let found =
        faults(&grant(&format!("skill = \"crm@1\"\n{GIVES}")).replace("\"bearer\"", "\"x\""));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn which_versions() {
    let with = |skill: &str| grant(&format!("skill = \"{skill}\"\n{GIVES}"));
    for range in [
        "crm@1",
        "crm@^1.2",
        "crm@1.2.3",
        "crm@=1.2.3",
        "crm@>=1.2, <3",
        "crm@~1.2",
    ] {
        let read = read(&with(range));
        let VersionSelector::Range(range) = &read.grants[0].skill.version else {
            panic!("it is a range");
        };
        assert!(range.matches(&"1.2.3".parse().unwrap()));
    }
    let digest = format!("crm@sha256:{}", "a".repeat(64));
    assert_eq!(read(&with(&digest)).grants[0].skill.to_string(), digest);
    for wrong in [
        "crm",
        "crm@",
        "crm@*",
        "crm@latest",
        "crm@sha256:aa",
        "crm@1.2.3.4",
    ] {
        check(&with(wrong), "6:wrong_skill");
    }
    check(
        &with(&digest.to_uppercase().replace("CRM@SHA256", "crm@sha256")),
        "6:wrong_skill",
    );
    for wrong in ["CRM@1", "@1", "c--m@1", "*@1"] {
        check(&with(wrong), "6:wrong_value");
    }
}

#[test]
fn rates() {
    let with = |rate: &str| grant(&format!("skill = \"crm@1\"\n{GIVES}rate = \"{rate}\"\n"));
    let rate = |text: &str| read(&with(text)).grants[0].rate.unwrap();
    for (text, count, per_ms) in [
        ("30/min", 30, 60_000),
        ("5/10s", 5, 10_000),
        ("1/s", 1, 1_000),
        ("100/h", 100, 3_600_000),
        ("1000/day", 1_000, 86_400_000),
        ("1000000/7day", 1_000_000, 604_800_000),
    ] {
        assert_eq!(rate(text), Rate { count, per_ms });
        assert_eq!(rate(text).to_string(), text);
    }
    assert_eq!(rate("5/60s").to_string(), "5/min");
    for wrong in [
        "30",
        "0/s",
        "-1/s",
        "+1/s",
        "1/0s",
        "1/year",
        "1.5/s",
        "/s",
        "30/",
        "30/m",
        "1000001/s",
        "1/8day",
        "01/s",
        "1/99999999999999999999s",
        "99999999999999999999/s",
        " 1/s",
    ] {
        check(&with(wrong), "9:wrong_value");
    }
}

#[test]
fn two_grants_of_the_same() {
    let two = |a: &str, b: &str| format!("{}[[grant]]\n{b}", grant(a));
    let one = format!("skill = \"crm@1\"\n{GIVES}");
    check(&two(&one, &one), "9:duplicate");
    check(&two(&one, &one.replace("crm@1", "crm@^1")), "9:duplicate");
    check(&two(&one, &one.replace("crm@1", "crm@2")), "ok");
    check(&two(&one, &one.replace("crm@1", "erp@1")), "ok");
    check(&two(&one, &one.replace("\"crm\"", "\"more\"")), "ok");
    let http = |ids: &str| format!("skill = \"web@1\"\nhttp = {ids}\n");
    check(
        &two(&http("[\"a\", \"b\"]"), &http("[\"b\"]")),
        "8:duplicate",
    );
    check(&two(&http("[\"a\"]"), &http("[\"b\"]")), "ok");
    check(&two(&one, "skill = \"crm@1\"\nhttp = [\"crm\"]\n"), "ok");
}

#[test]
fn who_approves_changes_is_the_operator_unless_the_file_says_the_client() {
    let approver = |keys: &str| {
        let keys = format!("skill = \"f@1\"\nwork = \"notes\"\n{keys}");
        match read(&grant(&keys)).grants.remove(0).subject {
            GrantSubject::Work(work) => work.approval,
            other => panic!("a folder: {other:?}"),
        }
    };
    assert_eq!(approver(""), Approver::Operator);
    assert_eq!(approver("preview = true\n"), Approver::Operator);
    let client = "preview = true\napproval = \"client\"\n";
    assert_eq!(approver(client), Approver::Client);
    let refused = |keys: &str, fault: &str| {
        check(&grant(&format!("skill = \"f@1\"\n{keys}")), fault);
    };
    let work = "work = \"notes\"\n";
    refused(&format!("{work}approval = \"client\"\n"), "8:unfit_key");
    let nobody = format!("{work}preview = true\napproval = \"nobody\"\n");
    refused(&nobody, "9:wrong_value");
    refused(&format!("{GIVES}approval = \"client\"\n"), "9:unfit_key");
}

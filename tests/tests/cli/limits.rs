//! `--limit`: each name with each kind of value.

use hotcell_policy::LimitName;
use hotcell_testkit::components::answers;

use crate::room::{Room, example};

#[test]
fn what_is_no_limit() {
    let room = Room::with_own_cache();
    room.tool(&answers::ok());
    let before = room.everything();
    let check = |limit: &str, words: &[&str]| {
        room.run(&["run", "probe", "answer", "--limit", limit])
            .fails(2, words);
    };
    check("speed=1", &["no limit is named `speed`", "fuel, time_ms"]);
    check("fuel", &["`fuel` has no value", "NAME=VALUE"]);
    check("fuel=", &["no value for fuel"]);
    check("fuel=lots", &["`lots` is no value for fuel"]);
    check("fuel=-1", &["`-1` is no value for fuel"]);
    check("fuel=1MiB", &["no value for fuel", "whole number"]);
    check("time_ms=1h", &["no value for time_ms", "ms or s"]);
    check("memory_bytes=1MB", &["no value for memory_bytes", "MiB"]);
    check(
        "memory_bytes=99999999999GiB",
        &["no value for memory_bytes"],
    );
    check("fuel=18446744073709551616", &["no value for fuel"]);
    check("sp\u{1b}[31m\u{202e}=1", &["sp\\u{1b}[31m\\u{202e}"]);
    assert_eq!(room.everything(), before);
}

/// The ends of each range: whatever comes of it is an Outcome.
#[test]
fn nothing_and_everything() {
    let room = Room::new();
    let tax = example("tax-check");
    let input = r#"{"number": "DE136695976"}"#;
    for name in LimitName::ALL {
        for value in [0, 1, u64::MAX] {
            let limit = format!("{name}={value}");
            let call = [
                "run",
                &tax,
                "check_vat_number",
                "--input",
                input,
                "--json",
                "--limit",
                &limit,
            ];
            let ran = room.run(&call);
            let outcome = ran.json();
            let status = outcome["status"].as_str().unwrap().to_owned();
            let expected = match status.as_str() {
                "ok" => 0,
                "refused" => 3,
                "limit" => 4,
                _ => panic!("{limit}: {outcome}"),
            };
            assert_eq!(ran.code, expected, "{limit}");
            if value == u64::MAX {
                assert_eq!(status, "ok", "{limit}: {outcome}");
            }
        }
    }
}

#[test]
fn the_last_word_on_a_limit_holds() {
    let room = Room::new();
    room.tool(&answers::ok());
    let call = [
        "run",
        "probe",
        "answer",
        "--limit",
        "fuel=1",
        "--limit",
        "fuel=1_000_000",
    ];
    assert_eq!(room.run(&call).code, 0);
    let call = [
        "run",
        "probe",
        "answer",
        "--limit",
        "fuel=1_000_000",
        "--limit",
        "fuel=1",
    ];
    room.run(&call)
        .fails(4, &["limit_fuel", "fuel=1", "--limit fuel="]);
}

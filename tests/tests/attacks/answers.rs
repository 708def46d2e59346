//! Guests whose answer or log is the attack.

use hotcell_policy::{LimitName, Limits};
use hotcell_sandbox::End;
use hotcell_testkit::components::answers;

use crate::ends::{BY_FUEL, Ends, check};

const LIMITS: Limits = Limits::STANDARD;

#[test]
fn honest_ones_are_answered() {
    check(
        "an honest answer",
        &answers::ok(),
        &LIMITS,
        Ends::Answer("{\"ok\":true}"),
    );
    check(
        "an honest echo",
        &answers::echo(),
        &LIMITS,
        Ends::Answer("{}"),
    );
    check(
        "the time left",
        &answers::time_left(),
        &LIMITS,
        Ends::Answer("10000"),
    );
}

#[test]
fn as_long_as_allowed_and_longer() {
    const MAX: u32 = 1 << 20;
    let limit = Ends::Limit(LimitName::OutputBytes);
    for (name, bytes) in [
        ("an answer one byte too long", MAX + 1),
        ("an answer of 60 MiB", 60 << 20),
    ] {
        check(name, &answers::huge(bytes), &LIMITS, limit);
    }
    let answered = spaces("an answer of the longest length", MAX);
    assert_eq!(answered, MAX as usize);
}

/// Runs [`answers::huge`] and returns how long its answer is.
fn spaces(name: &str, bytes: u32) -> usize {
    let tool = answers::huge(bytes);
    let text = " ".repeat(bytes as usize);
    let report = check(name, &tool, &LIMITS, Ends::Answer(&text));
    match report.end {
        End::Answer(answer) => answer.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn failures_are_as_bounded_as_answers() {
    let limit = Ends::Limit(LimitName::OutputBytes);
    let tool = answers::huge_failure(60 << 20);
    check("a failure's message of 60 MiB", &tool, &LIMITS, limit);
}

#[test]
fn pointers_that_lie() {
    let bounds = Ends::Trap("out of bounds");
    check(
        "an answer past the memory",
        &answers::out_of_bounds(),
        &LIMITS,
        bounds,
    );
    check("an answer of 4 GiB", &answers::endless(), &LIMITS, bounds);
    check(
        "a pointer past the memory",
        &answers::pointer_out_of_bounds(),
        &LIMITS,
        bounds,
    );
    let aligned = Ends::Trap("aligned");
    check(
        "a pointer between bytes",
        &answers::pointer_unaligned(),
        &LIMITS,
        aligned,
    );
    let tool = answers::realloc_out_of_bounds();
    let realloc = Ends::Trap("realloc return: beyond end of memory");
    check("arguments past the memory", &tool, &LIMITS, realloc);
}

#[test]
fn bytes_that_lie() {
    let utf8 = Ends::Trap("utf-8");
    check(
        "an answer that is no UTF-8",
        &answers::invalid_utf8(),
        &LIMITS,
        utf8,
    );
    let case = Ends::Trap("discriminant");
    check(
        "a result of a third kind",
        &answers::invalid_case(),
        &LIMITS,
        case,
    );
}

#[test]
fn floods_of_the_log() {
    const CHUNK: u32 = 4_096;
    const WRITES: u32 = 20_000;
    for (name, tool) in [
        ("80 MB to stdout", answers::stdout_flood(WRITES, CHUNK)),
        ("80 MB to stderr", answers::stderr_flood(WRITES, CHUNK)),
    ] {
        let report = check(name, &tool, &LIMITS, Ends::Answer("20000"));
        assert_eq!(report.log.bytes.len() as u64, LIMITS.log_bytes);
        let dropped = u64::from(WRITES * CHUNK) - LIMITS.log_bytes;
        assert_eq!(report.log.dropped_bytes, dropped);
    }
}

#[test]
fn writes_of_nothing() {
    let tool = answers::empty_writes(20_000_000);
    let fuel = Ends::Limit(LimitName::Fuel);
    let report = check("20 million empty writes", &tool, &BY_FUEL, fuel);
    assert!(report.log.bytes.is_empty());
}

#[test]
fn zeroes_without_end() {
    let tool = answers::endless_zeroes();
    let report = check("2^62 zeroes to stdout", &tool, &LIMITS, Ends::Trap("write"));
    assert!(report.log.bytes.len() as u64 <= LIMITS.log_bytes);
}

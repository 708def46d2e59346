//! Guests that do not come to an end.

use hotcell_policy::{LimitName, Limits};
use hotcell_testkit::components::spin;

use crate::ends::{BY_FUEL, BY_TIME, Ends, check};

const TIME: Ends<'_> = Ends::Limit(LimitName::TimeMs);
const FUEL: Ends<'_> = Ends::Limit(LimitName::Fuel);

#[test]
fn in_start() {
    check("spin in start, by time", &spin::in_start(), &BY_TIME, TIME);
    check("spin in start, by fuel", &spin::in_start(), &BY_FUEL, FUEL);
}

#[test]
fn in_call() {
    check("spin in call, by time", &spin::in_call(), &BY_TIME, TIME);
    check("spin in call, by fuel", &spin::in_call(), &BY_FUEL, FUEL);
}

#[test]
fn in_realloc() {
    check(
        "spin in realloc, by time",
        &spin::in_realloc(),
        &BY_TIME,
        TIME,
    );
    check(
        "spin in realloc, by fuel",
        &spin::in_realloc(),
        &BY_FUEL,
        FUEL,
    );
}

#[test]
fn in_post_return() {
    let tool = spin::in_post_return();
    check("spin in post-return, by time", &tool, &BY_TIME, TIME);
    check("spin in post-return, by fuel", &tool, &BY_FUEL, FUEL);
}

#[test]
fn asleep() {
    check(
        "sleep for three hundred years",
        &spin::asleep(),
        &BY_TIME,
        TIME,
    );
}

#[test]
fn polling_many() {
    let tool = spin::polling(100);
    check("poll 100 timers that never fire", &tool, &BY_TIME, TIME);
    let handles = Ends::Limit(LimitName::Handles);
    let tool = spin::polling(1_000);
    check("poll more timers than handles", &tool, &BY_TIME, handles);
}

#[test]
fn polling_what_is_ready() {
    let tool = spin::polling_what_is_ready();
    check("poll what is ready, by time", &tool, &BY_TIME, TIME);
    check("poll what is ready, by fuel", &tool, &BY_FUEL, FUEL);
}

#[test]
fn deep_recursion() {
    let stack = Ends::Trap("ran out of stack");
    check("recursion without end", &spin::recursing(), &BY_TIME, stack);
}

/// Fuel is the same on every machine and in every run, or it could not be billed.
#[test]
fn fuel_repeats_itself() {
    let limits = Limits {
        fuel: 12_345_678,
        ..BY_FUEL
    };
    let tool = hotcell_testkit::components::answers::squares(10_000);
    let answer = Ends::Answer("333283335000");
    let first = check("ten thousand squares, once", &tool, &limits, answer);
    let second = check("ten thousand squares, again", &tool, &limits, answer);
    assert_eq!(first.fuel, second.fuel);
}

//! Guests that die by their own hand: each ends its own call and nothing else.

use hotcell_policy::Limits;
use hotcell_testkit::components::{host_calls, traps};

use crate::ends::{Ends, check};

const LIMITS: Limits = Limits::STANDARD;

#[test]
fn by_instruction() {
    let unreachable = Ends::Trap("unreachable");
    check("unreachable", &traps::unreachable(), &LIMITS, unreachable);
    let division = Ends::Trap("divide by zero");
    check(
        "division by zero",
        &traps::division_by_zero(),
        &LIMITS,
        division,
    );
    let bounds = Ends::Trap("out of bounds memory access");
    check(
        "load past the memory",
        &traps::load_out_of_bounds(),
        &LIMITS,
        bounds,
    );
    let element = Ends::Trap("uninitialized element");
    check(
        "call of an empty table",
        &traps::empty_table_call(),
        &LIMITS,
        element,
    );
}

#[test]
fn by_exit() {
    let ended = Ends::Trap("exit code 0");
    check("exit with success", &traps::exit(0), &LIMITS, ended);
    let ended = Ends::Trap("exit code 1");
    check("exit with failure", &traps::exit(1), &LIMITS, ended);
}

#[test]
fn by_handle() {
    let unknown = Ends::Trap("unknown handle index");
    check(
        "a handle never given out",
        &host_calls::invented_handle(),
        &LIMITS,
        unknown,
    );
    check(
        "a handle after its end",
        &host_calls::dropped_handle(),
        &LIMITS,
        unknown,
    );
    let wrong = Ends::Trap("handle index 1 used with the wrong type");
    check(
        "a handle of another kind",
        &host_calls::mistaken_handle(),
        &LIMITS,
        wrong,
    );
}

//! Skills that do not come to an end.

use super::{Interface, Tool};

const FOREVER: &str = "(loop $forever (br $forever))";

/// Spins before there is anything to call.
pub fn in_start() -> Tool {
    Tool::new("(call $ok)").fields(format!("(func $begin {FOREVER}) (start $begin)"))
}

/// Spins where it should answer.
pub fn in_call() -> Tool {
    Tool::new(format!("{FOREVER} (unreachable)"))
}

/// Spins while the host wants room for the arguments.
pub fn in_realloc() -> Tool {
    Tool::new("(call $ok)").realloc(format!("{FOREVER} (unreachable)"))
}

/// Spins after the host has read the answer.
pub fn in_post_return() -> Tool {
    Tool::new("(call $ok)").post_return(FOREVER)
}

/// Waits for a timer that fires after three hundred years.
pub fn asleep() -> Tool {
    Tool::new(
        "(call $block (call $subscribe-duration (i64.const 0x7fff_ffff_ffff_ffff)))
         (call $ok)",
    )
    .import(Interface::MonotonicClock)
}

/// Waits for `count` timers at once, that fire as late.
pub fn polling(count: u32) -> Tool {
    Tool::new(format!(
        "(loop $more
           (i32.store (i32.add (i32.const 8192) (i32.shl (local.get $i) (i32.const 2)))
             (call $subscribe-duration (i64.const 0x7fff_ffff_ffff_ffff)))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const {count}))))
         (call $poll (i32.const 8192) (i32.const {count}) (i32.const 768))
         (call $ok)"
    ))
    .import(Interface::MonotonicClock)
    .pages(4)
}

/// Polls timers that have fired already, again and again.
pub fn polling_what_is_ready() -> Tool {
    Tool::new(
        "(i32.store (i32.const 1024) (call $subscribe-duration (i64.const 0)))
         (loop $forever
           (call $poll (i32.const 1024) (i32.const 1) (i32.const 768))
           (br $forever))
         (unreachable)",
    )
    .import(Interface::MonotonicClock)
    .realloc_in_one_place()
}

/// Calls itself without end.
pub fn recursing() -> Tool {
    Tool::new("(drop (call $deeper (i64.const 1))) (call $ok)").fields(
        "(func $deeper (param i64) (result i64)
           (i64.add (local.get 0) (call $deeper (i64.add (local.get 0) (i64.const 1)))))",
    )
}

/// Reports progress once, so that one knows that it runs, and spins.
pub fn after_report() -> Tool {
    Tool::new(format!(
        "(call $report (i64.const 0) (i32.const 0) (i64.const 0) (i32.const 512) (i32.const 4))
         {FOREVER} (unreachable)"
    ))
    .import(Interface::Progress)
}

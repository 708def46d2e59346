//! Skills that keep checkpoints.

use super::{Interface, Tool};

/// Loads the last state, saves its own `bytes` bytes, all of the letter `s`, and loads again.
///
/// Answers `BEFORE * 100_000_000_000 + ANSWER * 10_000_000_000 + AFTER`, where BEFORE and AFTER
/// are 1 more than how many bytes were loaded, 0 for none; ANSWER is 0 where it was saved, 1 for
/// `unavailable`, 2 for `too-large`.
pub fn save_and_load(bytes: u32) -> Tool {
    Tool::new(format!(
        "(call $load (i32.const 768))
         (local.set $x (i64.mul (call $loaded) (i64.const 100000000000)))
         (memory.fill (i32.const 65536) (i32.const 115) (i32.const {bytes}))
         (call $save (i32.const 65536) (i32.const {bytes}) (i32.const 768))
         (if (i32.load8_u (i32.const 768)) (then
           (local.set $x (i64.add (local.get $x) (i64.mul (i64.const 10000000000)
             (i64.extend_i32_u (i32.add (i32.const 1) (i32.load8_u (i32.const 769)))))))))
         (call $load (i32.const 768))
         (call $number (i64.add (local.get $x) (call $loaded)))"
    ))
    .fields(
        "(func $loaded (result i64)
           (if (result i64) (i32.load8_u (i32.const 768))
             (then (i64.extend_i32_u (i32.add (i32.const 1) (i32.load (i32.const 776)))))
             (else (i64.const 0))))",
    )
    .import(Interface::Checkpoint)
    .pages(4 + 2 * (bytes >> 16))
    .realloc(format!("(i32.const {})", (2 + (bytes >> 16)) << 16))
}

//! Skills whose answer is the attack, and the honest ones that they are compared with.

use super::{Interface, Tool};

/// Honest: answers `{"ok":true}`.
pub fn ok() -> Tool {
    Tool::new("(call $ok)")
}

/// Honest: answers its arguments.
pub fn echo() -> Tool {
    Tool::new("(call $answer (local.get $arguments) (local.get $arguments_len))")
}

/// Honest: answers how many milliseconds it was told to have left.
pub fn time_left() -> Tool {
    Tool::new("(call $number (local.get $time_left))")
}

/// Honest: adds up the squares of the numbers below `count`, and answers the sum.
pub fn squares(count: u32) -> Tool {
    Tool::new(format!(
        "(loop $more
           (local.set $x (i64.add (local.get $x) (i64.mul (local.get $y) (local.get $y))))
           (local.set $y (i64.add (local.get $y) (i64.const 1)))
           (br_if $more (i64.lt_u (local.get $y) (i64.const {count}))))
         (call $number (local.get $x))"
    ))
}

/// Answers `bytes` spaces, out of a memory that has them.
pub fn huge(bytes: u32) -> Tool {
    Tool::new(format!(
        "(memory.fill (i32.const 8192) (i32.const 32) (i32.const {bytes}))
         (call $answer (i32.const 8192) (i32.const {bytes}))"
    ))
    .pages(pages_for(bytes))
}

/// Fails with a message of `bytes` letters.
pub fn huge_failure(bytes: u32) -> Tool {
    Tool::new(format!(
        "(memory.fill (i32.const 8192) (i32.const 65) (i32.const {bytes}))
         (call $refuse (i32.const 8192) (i32.const {bytes}))"
    ))
    .pages(pages_for(bytes))
}

/// Answers a string that ends past its memory.
pub fn out_of_bounds() -> Tool {
    Tool::new("(call $answer (i32.const 131071) (i32.const 2))")
}

/// Answers a string of 4 GiB.
pub fn endless() -> Tool {
    Tool::new("(call $answer (i32.const 0) (i32.const -1))")
}

/// Returns a pointer past its memory.
pub fn pointer_out_of_bounds() -> Tool {
    Tool::new("(i32.const -8)")
}

/// Returns a pointer that is not aligned.
pub fn pointer_unaligned() -> Tool {
    Tool::new("(i32.const 17)")
}

/// Answers bytes that are no UTF-8.
pub fn invalid_utf8() -> Tool {
    Tool::new("(call $answer (i32.const 1024) (i32.const 3))")
        .fields("(data (i32.const 1024) \"\\ff\\fe\\80\")")
}

/// Answers with a case that `result` does not have.
pub fn invalid_case() -> Tool {
    Tool::new("(i32.store8 (i32.const 16) (i32.const 7)) (i32.const 16)")
}

/// Has `realloc` place the arguments past its memory.
pub fn realloc_out_of_bounds() -> Tool {
    Tool::new("(call $ok)").realloc("(i32.const -65536)")
}

/// Writes `bytes` to stdout in writes of `chunk` bytes, then answers how many writes it made.
pub fn stdout_flood(writes: u32, chunk: u32) -> Tool {
    log_flood("stdout", writes, chunk).import(Interface::Stdout)
}

/// The same to stderr.
pub fn stderr_flood(writes: u32, chunk: u32) -> Tool {
    log_flood("stderr", writes, chunk).import(Interface::Stderr)
}

fn log_flood(stream: &str, writes: u32, chunk: u32) -> Tool {
    Tool::new(format!(
        "(local.set $n (call ${stream}))
         (memory.fill (i32.const 8192) (i32.const 108) (i32.const {chunk}))
         (loop $more
           (call $stream-blocking-write (local.get $n) (i32.const 8192) (i32.const {chunk})
             (i32.const 768))
           (if (i32.eqz (i32.load8_u (i32.const 768)))
             (then (local.set $x (i64.add (local.get $x) (i64.const 1)))))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const {writes}))))
         (call $number (local.get $x))"
    ))
    .pages(pages_for(chunk))
}

/// Makes `writes` writes of nothing to stdout.
pub fn empty_writes(writes: u32) -> Tool {
    Tool::new(format!(
        "(local.set $n (call $stdout))
         (loop $more
           (call $stream-write (local.get $n) (i32.const 8192) (i32.const 0) (i32.const 768))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const {writes}))))
         (call $number (i64.extend_i32_u (local.get $i)))"
    ))
    .import(Interface::Stdout)
}

/// Asks stdout for 2⁶² zeroes.
pub fn endless_zeroes() -> Tool {
    Tool::new(
        "(call $write-zeroes (call $stdout) (i64.const 0x4000_0000_0000_0000) (i32.const 768))
         (call $ok)",
    )
    .import(Interface::Stdout)
}

fn pages_for(bytes: u32) -> u32 {
    1 + (8_192 + bytes).div_ceil(64 << 10)
}

//! Skills that let the host work for them.

use super::{Interface, Tool};

/// Asks `calls` times for `bytes` of randomness.
pub fn random(calls: u32, bytes: u32) -> Tool {
    repeated(
        calls,
        &format!("(call $random (i64.const {bytes}) (i32.const 768))"),
    )
    .import(Interface::Random)
    .realloc_in_one_place()
}

/// Asks once for `bytes` of randomness, and answers how many it was given.
pub fn random_once(bytes: u64) -> Tool {
    Tool::new(format!(
        "(call $random (i64.const {bytes}) (i32.const 768))
         (call $number (i64.extend_i32_u (i32.load (i32.const 772))))"
    ))
    .import(Interface::Random)
}

/// Reads the clock without end.
pub fn clock() -> Tool {
    Tool::new("(loop $forever (drop (call $now)) (br $forever)) (unreachable)")
        .import(Interface::MonotonicClock)
}

/// Reports progress without end, each time with a message of `bytes`.
pub fn progress(bytes: u32) -> Tool {
    Tool::new(format!(
        "(memory.fill (i32.const 8192) (i32.const 112) (i32.const {bytes}))
         (loop $forever
           (call $report (local.get $x) (i32.const 0) (i64.const 0) (i32.const 8192)
             (i32.const {bytes}))
           (local.set $x (i64.add (local.get $x) (i64.const 1)))
           (br $forever))
         (unreachable)"
    ))
    .import(Interface::Progress)
    .pages(2 + (bytes >> 16))
}

/// Answers how many environment variables and arguments it sees, and 1 more for a working
/// folder.
pub fn environment() -> Tool {
    Tool::new(
        "(call $environment (i32.const 768))
         (call $arguments (i32.const 776))
         (call $initial-cwd (i32.const 784))
         (call $number (i64.extend_i32_u (i32.add (i32.load8_u (i32.const 784))
           (i32.add (i32.load (i32.const 772)) (i32.load (i32.const 780))))))",
    )
    .import(Interface::Environment)
}

/// Asks for a TCP socket, a UDP socket and the address of a name, `times` times over, and answers
/// how often the host said `access-denied`.
pub fn sockets(times: u32) -> Tool {
    let count = |call: &str| {
        format!(
            "{call}
             (local.set $y (i64.add (local.get $y) (i64.extend_i32_u (i32.and
               (i32.eq (i32.load8_u (i32.const 768)) (i32.const 1))
               (i32.eq (i32.load8_u (i32.const 772)) (i32.const 1))))))"
        )
    };
    Tool::new(format!(
        "(i32.store (i32.const 700) (i32.const 0x6c6d6165))
         (loop $more
           {tcp} {udp}
           (local.set $n (call $instance-network))
           {name}
           (call $drop-network (local.get $n))
           (local.set $x (i64.add (local.get $x) (i64.const 1)))
           (br_if $more (i64.lt_u (local.get $x) (i64.const {times}))))
         (call $number (local.get $y))",
        tcp = count("(call $create-tcp (i32.const 0) (i32.const 768))"),
        udp = count("(call $create-udp (i32.const 1) (i32.const 768))"),
        name =
            count("(call $resolve (local.get $n) (i32.const 700) (i32.const 4) (i32.const 768))"),
    ))
    .import(Interface::Sockets)
}

/// Keeps a timer's handle from each of `count` calls.
pub fn leaking_pollables(count: u32) -> Tool {
    repeated(count, "(drop (call $subscribe-duration (i64.const 0)))")
        .import(Interface::MonotonicClock)
}

/// Keeps a handle of stdout from each of `count` calls.
pub fn leaking_streams(count: u32) -> Tool {
    repeated(count, "(drop (call $stdout))").import(Interface::Stdout)
}

/// Keeps the handles of all folders from each of `count` calls.
pub fn leaking_folders(count: u32) -> Tool {
    repeated(count, "(call $get-directories (i32.const 768))").import(Interface::Preopens)
}

/// Uses a handle that was never given out.
pub fn invented_handle() -> Tool {
    Tool::new("(call $block (i32.const 77)) (call $ok)").import(Interface::Poll)
}

/// Uses a handle after it was dropped.
pub fn dropped_handle() -> Tool {
    Tool::new(
        "(local.set $i (call $subscribe-duration (i64.const 0)))
         (call $drop-pollable (local.get $i))
         (call $block (local.get $i))
         (call $ok)",
    )
    .import(Interface::MonotonicClock)
}

/// Uses a handle of one resource as one of another.
pub fn mistaken_handle() -> Tool {
    Tool::new("(call $block (call $stdout)) (call $ok)").import(Interface::Stdout)
}

fn repeated(count: u32, call: &str) -> Tool {
    Tool::new(format!(
        "(loop $more
           {call}
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const {count}))))
         (call $number (i64.extend_i32_u (local.get $i)))"
    ))
}

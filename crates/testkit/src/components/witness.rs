//! Skills that take note of all that they are told: honest, and hard to repeat by chance.
//!
//! Each mixes what it is told into one number, acts as that number says, and answers it. It
//! prints the number and writes it to a file in `/out` at its end.

use super::{Interface, Tool};

/// How often the witness of [`clocks`] reads each clock.
pub const READINGS: u32 = 3_000;

/// Bytes of one chunk of a request's body, where it is not written by 4,096.
pub const CHUNK_BYTES: u32 = 40_000;

/// Reads both clocks [`READINGS`] times, and randomness after each hundred.
pub fn clocks() -> Tool {
    witness(&format!(
        "(loop $more
           (call $look)
           (if (i32.eqz (i32.rem_u (local.get $i) (i32.const 100)))
             (then (call $random (i64.const 64) (i32.const 768)) (call $mix-list)))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const {READINGS}))))"
    ))
}

/// Asks `times` times for randomness. Its fuel is the same in each run, though ticks of the
/// epoch fall into every part of it.
pub fn random(times: u32) -> Tool {
    witness(&format!(
        "(loop $more
           (call $random (i64.const 64) (i32.const 768)) (call $mix-list)
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const {times}))))"
    ))
}

/// Sleeps three times 100 ms, and looks at the clocks each time.
pub fn sleeps() -> Tool {
    witness("(call $sleep) (call $sleep) (call $sleep)")
}

/// Polls timers of 3, 1, 7 and 5 ms until each has fired, together with stdout's pollable, and
/// asks each whether it is ready.
pub fn polls() -> Tool {
    witness("(call $timers)")
}

/// Sends two requests at one time, the first with `chunks` chunks of a body; waits for both,
/// reads what comes in many ways, and asks for the trailers, the last denial and a credential.
pub fn fetch(chunks: u32) -> Tool {
    witness(&format!("(call $exchange (i32.const {chunks}))"))
}

/// Sends a request and moves the body of its response to stdout, with and without waiting.
pub fn splices() -> Tool {
    witness("(call $splice-all)")
}

/// Loads the last checkpoint, saves its number, and loads again; three times.
pub fn checkpoints() -> Tool {
    witness("(call $keep) (call $keep) (call $keep)")
}

/// All of it.
pub fn everything(chunks: u32) -> Tool {
    witness(&format!(
        "(call $look) (call $keep) (call $timers) (call $exchange (i32.const {chunks}))
         (call $look) (call $keep) (call $sleep) (call $exchange (i32.const 1)) (call $look)
         (call $random (i64.const 64) (i32.const 768)) (call $mix-list)"
    ))
}

/// Asks the clock once; there is nothing to repeat but that.
pub fn one_reading() -> Tool {
    witness("(call $mix (call $now))")
}

/// Loads the last checkpoint `times` times.
pub fn loads(times: u32) -> Tool {
    witness(&format!(
        "(loop $more
           (call $load (i32.const 768))
           (call $mix (i64.extend_i32_u (i32.load (i32.const 776))))
           (call $save (i32.const 8192) (local.get $i) (i32.const 768))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $i) (i32.const {times}))))"
    ))
}

fn witness(what: &str) -> Tool {
    Tool::new(format!(
        "{what} (call $leave) (call $number (global.get $sum))"
    ))
    .fields(MIXING)
    .fields(TIME)
    .fields(SENDING)
    .fields(RECEIVING)
    .fields(ENDING)
    .import(Interface::Http)
    .import(Interface::MonotonicClock)
    .import(Interface::WallClock)
    .import(Interface::Random)
    .import(Interface::Credentials)
    .import(Interface::Checkpoint)
    .import(Interface::Stdout)
    .import(Interface::Preopens)
    .pages(64)
    .realloc(WRAPPING)
}

/// Gives out memory from 64 KiB up, and begins again at 2 MiB: nothing is needed for long.
const WRAPPING: &str = "
    (if (i32.gt_u (global.get $top) (i32.const 0x200000))
      (then (global.set $top (i32.const 0x10000))))
    (if (i32.lt_u (global.get $top) (i32.const 0x10000))
      (then (global.set $top (i32.const 0x10000))))
    (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.set $top (i32.add (global.get $top) (local.get $len)))
    (i32.sub (global.get $top) (local.get $len))";

/// `$mix (i64)` mixes a number in; `$mix-list` mixes in the list that 768 tells of, byte by
/// byte.
const MIXING: &str = r#"
    (data (i32.const 1899) "/a.example")
    (global $sum (mut i64) (i64.const 0xcbf29ce484222325))
    (func $mix (param $value i64)
      (global.set $sum (i64.mul (i64.const 0x100000001b3)
        (i64.xor (local.get $value) (i64.rotl (global.get $sum) (i64.const 7))))))
    (func $mix-list (call $mix-bytes (i32.load (i32.const 768)) (i32.load (i32.const 772))))
    (func $mix-bytes (param $at i32) (param $len i32)
      (call $mix (i64.extend_i32_u (local.get $len)))
      (block $end
        (loop $next
          (br_if $end (i32.eqz (local.get $len)))
          (call $mix (i64.load8_u (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $len (i32.sub (local.get $len) (i32.const 1)))
          (br $next))))
    (func $mix-byte (param $at i32) (call $mix (i64.load8_u (local.get $at))))
    (func $sum-bits (param $mask i32) (result i32)
      (i32.and (local.get $mask) (i32.wrap_i64 (i64.shr_u (global.get $sum) (i64.const 23)))))
"#;

const TIME: &str = r#"
    (func $look
      (call $mix (call $now))
      (call $wall-now (i32.const 768))
      (call $mix (i64.load (i32.const 768)))
      (call $mix (i64.load32_u (i32.const 776))))
    (func $sleep
      (local $timer i32)
      (local.set $timer (call $subscribe-duration (i64.const 100000000)))
      (call $mix (i64.extend_i32_u (call $ready (local.get $timer))))
      (call $block (local.get $timer))
      (call $mix (i64.extend_i32_u (call $ready (local.get $timer))))
      (call $drop-pollable (local.get $timer))
      (call $look))
    (func $timers
      (local $i i32) (local $place i32) (local $fired i32)
      (i32.store (i32.const 1024) (call $subscribe-duration (i64.const 3000000)))
      (i32.store (i32.const 1028) (call $subscribe-duration (i64.const 1000000)))
      (i32.store (i32.const 1032) (call $subscribe-duration (i64.const 7000000)))
      (i32.store (i32.const 1036) (call $subscribe-duration (i64.const 5000000)))
      (loop $more
        (call $poll (i32.const 1024) (i32.const 4) (i32.const 768))
        (local.set $i (i32.const 0))
        (call $mix (i64.load32_u (i32.const 772)))
        (loop $places
          (local.set $place (i32.load (i32.add (i32.load (i32.const 768))
            (i32.shl (local.get $i) (i32.const 2)))))
          (call $mix (i64.extend_i32_u (local.get $place)))
          (local.set $fired (i32.or (local.get $fired)
            (i32.shl (i32.const 1) (local.get $place))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $places (i32.lt_u (local.get $i) (i32.load (i32.const 772)))))
        (call $mix (i64.extend_i32_u (call $ready (i32.load (i32.const 1032)))))
        (call $look)
        (br_if $more (i32.ne (local.get $fired) (i32.const 15))))
      (call $drop-pollable (i32.load (i32.const 1024)))
      (call $drop-pollable (i32.load (i32.const 1028)))
      (call $drop-pollable (i32.load (i32.const 1032)))
      (call $drop-pollable (i32.load (i32.const 1036))))
    (func $keep
      (call $load (i32.const 768))
      (call $mix-byte (i32.const 768))
      (if (i32.load8_u (i32.const 768)) (then
        (call $mix-bytes (i32.load (i32.const 772)) (i32.load (i32.const 776)))))
      (i64.store (i32.const 1024) (global.get $sum))
      (call $save (i32.const 1024) (i32.const 8) (i32.const 768))
      (call $mix-byte (i32.const 768))
      (call $mix-byte (i32.const 769)))
"#;

/// `$send (chunks)` sends a request and writes its body; its result is the future response.
const SENDING: &str = r#"
    (func $send (param $chunks i32) (result i32)
      (local $request i32) (local $body i32) (local $out i32) (local $future i32)
      (local.set $request (call $request-new (call $fields-new)))
      (drop (call $set-authority (local.get $request) (i32.const 1) (i32.const 1900)
        (i32.const 9)))
      (drop (call $set-path (local.get $request) (i32.const 1) (i32.const 1899) (i32.const 1)))
      (drop (call $set-scheme (local.get $request) (i32.const 1) (i32.const 1) (i32.const 0)
        (i32.const 0)))
      (call $request-body (local.get $request) (i32.const 768))
      (local.set $body (i32.load (i32.const 772)))
      (call $handle (local.get $request) (i32.const 0) (i32.const 0) (i32.const 768))
      (local.set $future (i32.load (i32.const 776)))
      (call $body-write (local.get $body) (i32.const 768))
      (local.set $out (i32.load (i32.const 772)))
      (block $end
        (loop $more
          (br_if $end (i32.eqz (local.get $chunks)))
          (br_if $end (i32.eqz (call $write-chunk (local.get $out))))
          (local.set $chunks (i32.sub (local.get $chunks) (i32.const 1)))
          (br $more)))
      (call $drop-output-stream (local.get $out))
      (call $body-finish (local.get $body) (i32.const 0) (i32.const 0) (i32.const 768))
      (call $mix-byte (i32.const 768))
      (local.get $future))
    (func $write-chunk (param $out i32) (result i32)
      (local $pollable i32) (local $len i32)
      (loop $again
        (call $check-write (local.get $out) (i32.const 768))
        (call $mix-byte (i32.const 768))
        (if (i32.load8_u (i32.const 768)) (then
          (call $mix-byte (i32.const 776))
          (return (i32.const 0))))
        (call $mix (i64.load (i32.const 776)))
        (if (i64.eqz (i64.load (i32.const 776))) (then
          (local.set $pollable (call $stream-subscribe (local.get $out)))
          (call $block (local.get $pollable))
          (call $drop-pollable (local.get $pollable))
          (br $again))))
      (local.set $len (i32.const 40000))
      (if (i64.lt_u (i64.load (i32.const 776)) (i64.const 40000))
        (then (local.set $len (i32.load (i32.const 776)))))
      (if (call $sum-bits (i32.const 1))
        (then (call $stream-write (local.get $out) (i32.const 0x240000) (local.get $len)
          (i32.const 768)))
        (else (call $stream-blocking-write (local.get $out) (i32.const 0x240000)
          (i32.const 4096) (i32.const 768))))
      (call $mix-byte (i32.const 768))
      (if (i32.load8_u (i32.const 768)) (then
        (call $mix-byte (i32.const 772))
        (return (i32.const 0))))
      (i32.const 1))
"#;

/// `$receive (future)` reads a response to its end.
const RECEIVING: &str = r#"
    (func $exchange (param $chunks i32)
      (local $first i32) (local $second i32)
      (local.set $first (call $send (local.get $chunks)))
      (local.set $second (call $send (i32.const 0)))
      (i32.store (i32.const 1024) (call $response-subscribe (local.get $first)))
      (i32.store (i32.const 1028) (call $response-subscribe (local.get $second)))
      (call $poll (i32.const 1024) (i32.const 2) (i32.const 768))
      (call $mix (i64.load32_u (i32.const 772)))
      (call $mix (i64.load32_u (i32.load (i32.const 768))))
      (call $drop-pollable (i32.load (i32.const 1024)))
      (call $drop-pollable (i32.load (i32.const 1028)))
      (call $denied)
      (call $receive (local.get $second))
      (call $receive (local.get $first))
      (call $denied))
    (func $denied
      (call $last-denial (i32.const 768))
      (call $mix-byte (i32.const 768))
      (if (i32.load8_u (i32.const 768)) (then
        (call $mix-bytes (i32.load (i32.const 776)) (i32.load (i32.const 780)))
        (call $mix-byte (i32.const 784))))
      (call $mix (i64.extend_i32_u (call $credential-status (i32.const 1900) (i32.const 9)))))
    (func $await (param $future i32)
      (local $pollable i32) (local $timer i32) (local $i i32)
      (local.set $pollable (call $response-subscribe (local.get $future)))
      (block $come
        (loop $wait
          (call $response-get (local.get $future) (i32.const 768))
          (call $mix-byte (i32.const 768))
          (br_if $come (i32.load8_u (i32.const 768)))
          (local.set $timer (call $subscribe-duration (i64.const 2000000)))
          (i32.store (i32.const 1024) (local.get $timer))
          (i32.store (i32.const 1028) (local.get $pollable))
          (call $poll (i32.const 1024) (i32.const 2) (i32.const 768))
          (call $mix (i64.load32_u (i32.const 772)))
          (call $mix (i64.load32_u (i32.load (i32.const 768))))
          (call $drop-pollable (local.get $timer))
          (br $wait)))
      (call $drop-pollable (local.get $pollable)))
    (func $open-body (param $future i32) (result i32)
      (local $response i32) (local $body i32)
      (call $await (local.get $future))
      (call $mix-byte (i32.const 784))
      (if (i32.load8_u (i32.const 784)) (then
        (call $mix-byte (i32.const 792))
        (call $drop-future-response (local.get $future))
        (return (i32.const -1))))
      (local.set $response (i32.load (i32.const 792)))
      (call $mix (i64.extend_i32_u (call $status (local.get $response))))
      (call $consume (local.get $response) (i32.const 768))
      (local.set $body (i32.load (i32.const 772)))
      (call $drop-response (local.get $response))
      (call $drop-future-response (local.get $future))
      (local.get $body))
    (func $receive (param $future i32)
      (local $body i32) (local $in i32) (local $pollable i32)
      (local.set $body (call $open-body (local.get $future)))
      (if (i32.eq (local.get $body) (i32.const -1)) (then (return)))
      (call $body-stream (local.get $body) (i32.const 768))
      (local.set $in (i32.load (i32.const 772)))
      (local.set $pollable (call $input-subscribe (local.get $in)))
      (loop $more (br_if $more (call $take (local.get $in) (local.get $pollable))))
      (call $drop-pollable (local.get $pollable))
      (call $drop-input-stream (local.get $in))
      (call $trailers (local.get $body)))
    (func $trailers (param $body i32)
      (local $trailers i32) (local $pollable i32)
      (local.set $trailers (call $body-trailers (local.get $body)))
      (call $trailers-get (local.get $trailers) (i32.const 768))
      (call $mix-byte (i32.const 768))
      (local.set $pollable (call $trailers-subscribe (local.get $trailers)))
      (call $block (local.get $pollable))
      (call $drop-pollable (local.get $pollable))
      (call $trailers-get (local.get $trailers) (i32.const 768))
      (call $mix-byte (i32.const 768))
      (call $mix-byte (i32.const 784))
      (call $mix-byte (i32.const 792))
      (call $drop-future-trailers (local.get $trailers)))
    (func $take (param $in i32) (param $pollable i32) (result i32)
      (local $way i32)
      (local.set $way (call $sum-bits (i32.const 3)))
      (if (i32.eq (local.get $way) (i32.const 2)) (then
        (call $skip (local.get $in) (i64.const 700) (i32.const 768))
        (call $mix-byte (i32.const 768))
        (call $mix (i64.load (i32.const 776)))
        (return (i32.eqz (i32.load8_u (i32.const 768))))))
      (if (i32.eq (local.get $way) (i32.const 3)) (then
        (call $mix (i64.extend_i32_u (call $ready (local.get $pollable))))
        (call $block (local.get $pollable))))
      (if (i32.eq (local.get $way) (i32.const 1))
        (then (call $blocking-read (local.get $in) (i64.const 3000) (i32.const 768)))
        (else (call $read (local.get $in) (i64.const 20000) (i32.const 768))))
      (call $mix-byte (i32.const 768))
      (if (i32.load8_u (i32.const 768)) (then
        (call $mix-byte (i32.const 772))
        (return (i32.const 0))))
      (call $mix-bytes (i32.load (i32.const 772)) (i32.load (i32.const 776)))
      (i32.const 1))
    (func $splice-all
      (local $body i32) (local $in i32) (local $out i32)
      (local.set $body (call $open-body (call $send (i32.const 0))))
      (if (i32.eq (local.get $body) (i32.const -1)) (then (return)))
      (call $body-stream (local.get $body) (i32.const 768))
      (local.set $in (i32.load (i32.const 772)))
      (local.set $out (call $stdout))
      (loop $more
        (if (call $sum-bits (i32.const 1))
          (then (call $splice (local.get $out) (local.get $in) (i64.const 900)
            (i32.const 768)))
          (else (call $blocking-splice (local.get $out) (local.get $in) (i64.const 5000)
            (i32.const 768))))
        (call $mix-byte (i32.const 768))
        (call $mix (i64.load (i32.const 776)))
        (br_if $more (i32.eqz (i32.load8_u (i32.const 768)))))
      (call $drop-input-stream (local.get $in)))
"#;

/// `$leave` prints the number, eight bytes, and writes it to a file in `/out`.
const ENDING: &str = r#"
    (data (i32.const 1920) "sum")
    (func $leave
      (local $at i32) (local $left i32)
      (i64.store (i32.const 1024) (global.get $sum))
      (call $stream-blocking-write (call $stdout) (i32.const 1024) (i32.const 8)
        (i32.const 768))
      (call $get-directories (i32.const 768))
      (local.set $at (i32.load (i32.const 768)))
      (local.set $left (i32.load (i32.const 772)))
      (loop $next
        (if (i32.eq (i32.const 116) (i32.load8_u (i32.sub (i32.add
              (i32.load offset=4 (local.get $at)) (i32.load offset=8 (local.get $at)))
              (i32.const 1))))
          (then
            (call $open-at (i32.load (local.get $at)) (i32.const 0) (i32.const 1920)
              (i32.const 3) (i32.const 1) (i32.const 3) (i32.const 768))
            (call $file-write (i32.load (i32.const 772)) (i32.const 1024) (i32.const 8)
              (i64.const 0) (i32.const 768))
            (return)))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $next (local.get $left))))
"#;

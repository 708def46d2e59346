//! A skill that changes something elsewhere, and tells apart what it is to do by its tools.

use super::{Interface, Tool};

/// Sends requests to `authority`, such as `localhost:4433`, over TLS. Its tools take
/// `{"effect":"NAME"}`, where NAME is at most 60 bytes, and answer `{"ok":true}`:
///
/// - `keyed` posts to `/keyed/NAME`, once;
/// - `plain` posts to `/plain/NAME`, once;
/// - `job` posts to `/keyed/NAME/0` and so on, `steps` times (at most 9), and saves a checkpoint
///   and tells its progress after each;
/// - `echo` posts nothing;
/// - `wait` posts nothing, and ends only after an hour.
///
/// What is not answered by 200 makes it fail with the code `REFUSED`, which advises the same key.
pub fn effects(authority: &str, steps: u32) -> Tool {
    assert!(steps < 10, "a step is one digit");
    effects_of(DISPATCH, authority, steps)
}

fn effects_of(call: &str, authority: &str, steps: u32) -> Tool {
    let length = authority.len();
    Tool::new(call)
        .import(Interface::Http)
        .import(Interface::MonotonicClock)
        .import(Interface::Progress)
        .import(Interface::Checkpoint)
        .fields(format!(
            "(data (i32.const 1024) \"/keyed/\") (data (i32.const 1032) \"/plain/\")
             (data (i32.const 1040) \"again\") (data (i32.const 1100) \"{authority}\")
             (global $authority-len i32 (i32.const {length}))
             (global $steps i32 (i32.const {steps}))"
        ))
        .fields(POST)
        .fields(PATH)
        .fields(JOB)
}

/// As `keyed` of [`effects`], but it posts a second time by itself where the first is not answered
/// by 200: what its server cannot tell from another effect.
pub fn impatient(authority: &str) -> Tool {
    effects_of(IMPATIENT, authority, 0)
}

const IMPATIENT: &str = r"
  (local.set $n (call $path (i32.const 1024) (local.get $arguments) (local.get $arguments_len)))
  (if (call $post (local.get $n)) (then (return (call $ok))))
  (call $told (call $post (local.get $n)))";

/// The tools by their first letters.
const DISPATCH: &str = r"
  (local.set $i (i32.load8_u (local.get $tool)))
  (if (i32.eq (local.get $i) (i32.const 106)) (then
    (return (call $job (local.get $arguments) (local.get $arguments_len)))))
  (if (i32.eq (local.get $i) (i32.const 119)) (then
    (call $block (call $subscribe-duration (i64.const 3600000000000)))))
  (if (i32.eq (local.get $i) (i32.const 107)) (then
    (return (call $told (call $post (call $path (i32.const 1024)
      (local.get $arguments) (local.get $arguments_len)))))))
  (if (i32.eq (local.get $i) (i32.const 112)) (then
    (return (call $told (call $post (call $path (i32.const 1032)
      (local.get $arguments) (local.get $arguments_len)))))))
  (call $ok)";

/// Posts to the path at 2048, and returns 1 where the answer is 200.
const POST: &str = r"
(func $post (param $len i32) (result i32)
  (local $request i32) (local $future i32) (local $pollable i32)
  (local.set $request (call $request-new (call $fields-new)))
  (drop (call $set-method (local.get $request) (i32.const 2) (i32.const 0) (i32.const 0)))
  (drop (call $set-scheme (local.get $request) (i32.const 1) (i32.const 1) (i32.const 0)
    (i32.const 0)))
  (drop (call $set-authority (local.get $request) (i32.const 1) (i32.const 1100)
    (global.get $authority-len)))
  (drop (call $set-path (local.get $request) (i32.const 1) (i32.const 2048) (local.get $len)))
  (call $handle (local.get $request) (i32.const 0) (i32.const 0) (i32.const 768))
  (if (i32.load8_u (i32.const 768)) (then (return (i32.const 0))))
  (local.set $future (i32.load (i32.const 776)))
  (local.set $pollable (call $response-subscribe (local.get $future)))
  (call $block (local.get $pollable))
  (call $drop-pollable (local.get $pollable))
  (call $response-get (local.get $future) (i32.const 768))
  (if (i32.or (i32.eqz (i32.load8_u (i32.const 768)))
      (i32.or (i32.load8_u (i32.const 776)) (i32.load8_u (i32.const 784))))
    (then (return (i32.const 0))))
  (local.set $request (i32.load (i32.const 792)))
  (local.set $len (call $status (local.get $request)))
  (call $drop-response (local.get $request))
  (call $drop-future-response (local.get $future))
  (i32.eq (local.get $len) (i32.const 200)))
(func $told (param $done i32) (result i32)
  (local $at i32)
  (if (local.get $done) (then (return (call $ok))))
  (local.set $at (call $refuse (i32.const 1040) (i32.const 5)))
  (i32.store8 (i32.const 40) (i32.const 1))
  (local.get $at))";

/// Writes a path to 2048: seven bytes at `$prefix`, and the value of the arguments' one key.
const PATH: &str = r"
(func $path (param $prefix i32) (param $arguments i32) (param $len i32) (result i32)
  (memory.copy (i32.const 2048) (local.get $prefix) (i32.const 7))
  (local.set $len (i32.sub (local.get $len) (i32.const 13)))
  (memory.copy (i32.const 2055) (i32.add (local.get $arguments) (i32.const 11))
    (local.get $len))
  (i32.add (i32.const 7) (local.get $len)))";

/// Goes on at the step that the last checkpoint names, and does the rest.
const JOB: &str = r"
(func $job (param $arguments i32) (param $arguments_len i32) (result i32)
  (local $len i32) (local $step i32)
  (local.set $len (call $path (i32.const 1024) (local.get $arguments)
    (local.get $arguments_len)))
  (i32.store8 (i32.add (i32.const 2048) (local.get $len)) (i32.const 47))
  (call $load (i32.const 768))
  (if (i32.load8_u (i32.const 768)) (then
    (local.set $step (i32.load8_u (i32.load (i32.const 772))))))
  (block $end (loop $more
    (br_if $end (i32.ge_u (local.get $step) (global.get $steps)))
    (i32.store8 (i32.add (i32.const 2049) (local.get $len))
      (i32.add (i32.const 48) (local.get $step)))
    (if (i32.eqz (call $post (i32.add (local.get $len) (i32.const 2))))
      (then (return (call $told (i32.const 0)))))
    (local.set $step (i32.add (local.get $step) (i32.const 1)))
    (i32.store8 (i32.const 1050) (local.get $step))
    (call $save (i32.const 1050) (i32.const 1) (i32.const 768))
    (call $report (i64.extend_i32_u (local.get $step)) (i32.const 1)
      (i64.extend_i32_u (global.get $steps)) (i32.const 1040) (i32.const 0))
    (br $more)))
  (call $ok))";

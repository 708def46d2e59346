//! The host's interfaces as a component imports them, with just the functions that attacks
//! need.

mod hotcell;
mod http;
mod sockets;

/// One interface of the host. The order is that of the imports: an interface stands after
/// those whose types it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interface {
    /// `wasi:io/error`
    Error,
    /// `wasi:io/poll`
    Poll,
    /// `wasi:io/streams`
    Streams,
    /// `wasi:clocks/monotonic-clock`
    MonotonicClock,
    /// `wasi:clocks/wall-clock`
    WallClock,
    /// `wasi:random/random`
    Random,
    /// `wasi:cli/environment`
    Environment,
    /// `wasi:cli/exit`
    Exit,
    /// `wasi:cli/stdout`
    Stdout,
    /// `wasi:cli/stderr`
    Stderr,
    /// `wasi:filesystem/types`
    FileTypes,
    /// `wasi:filesystem/preopens`
    Preopens,
    /// `wasi:http/types` and `wasi:http/outgoing-handler`
    Http,
    /// `hotcell:skill/credentials`
    Credentials,
    /// `hotcell:skill/progress`
    Progress,
    /// `hotcell:skill/checkpoint`
    Checkpoint,
    /// `wasi:sockets`, as far as one needs it to ask for a connection
    Sockets,
}

/// One function of an interface, lowered so that a core module can call it.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// What the core module calls it, without the `$`.
    pub name: &'static str,
    /// The canonical built-in that makes it.
    pub canon: Canon,
    /// Its core type: parameters and results.
    pub signature: &'static str,
}

/// How a core function comes about.
#[derive(Debug, Clone, Copy)]
pub enum Canon {
    /// Calls the function of that name in the instance of that name.
    Lower(&'static str, &'static str),
    /// Drops a handle of that resource.
    Drop(&'static str),
}

const fn lower(
    name: &'static str,
    instance: &'static str,
    function: &'static str,
    signature: &'static str,
) -> Function {
    Function {
        name,
        canon: Canon::Lower(instance, function),
        signature,
    }
}

const fn dropper(name: &'static str, resource: &'static str) -> Function {
    Function {
        name,
        canon: Canon::Drop(resource),
        signature: "(param i32)",
    }
}

impl Interface {
    /// Returns the interfaces whose types this one uses.
    pub fn needs(self) -> &'static [Interface] {
        match self {
            Interface::Streams => &[Interface::Error, Interface::Poll],
            Interface::MonotonicClock => &[Interface::Poll],
            Interface::Stdout | Interface::Stderr | Interface::FileTypes => &[Interface::Streams],
            Interface::Preopens => &[Interface::FileTypes],
            Interface::Http => &[Interface::Streams],
            _ => &[],
        }
    }

    /// Returns the import and the aliases of its resources, as component text.
    pub fn import(self) -> &'static str {
        match self {
            Interface::Error => ERROR,
            Interface::Poll => POLL,
            Interface::Streams => STREAMS,
            Interface::MonotonicClock => MONOTONIC_CLOCK,
            Interface::WallClock => WALL_CLOCK,
            Interface::Random => RANDOM,
            Interface::Environment => ENVIRONMENT,
            Interface::Exit => EXIT,
            Interface::Stdout => STDOUT,
            Interface::Stderr => STDERR,
            Interface::FileTypes => FILE_TYPES,
            Interface::Preopens => PREOPENS,
            Interface::Http => http::TYPES,
            Interface::Credentials => hotcell::CREDENTIALS,
            Interface::Progress => hotcell::PROGRESS,
            Interface::Checkpoint => hotcell::CHECKPOINT,
            Interface::Sockets => sockets::SOCKETS,
        }
    }

    /// Returns its functions.
    pub fn functions(self) -> &'static [Function] {
        match self {
            Interface::Error => &[],
            Interface::Poll => &POLL_FUNCTIONS,
            Interface::Streams => &STREAMS_FUNCTIONS,
            Interface::MonotonicClock => &CLOCK_FUNCTIONS,
            Interface::WallClock => &WALL_CLOCK_FUNCTIONS,
            Interface::Random => &RANDOM_FUNCTIONS,
            Interface::Environment => &ENVIRONMENT_FUNCTIONS,
            Interface::Exit => &EXIT_FUNCTIONS,
            Interface::Stdout => &STDOUT_FUNCTIONS,
            Interface::Stderr => &STDERR_FUNCTIONS,
            Interface::FileTypes => &FILE_FUNCTIONS,
            Interface::Preopens => &PREOPENS_FUNCTIONS,
            Interface::Http => &http::FUNCTIONS,
            Interface::Credentials => &hotcell::CREDENTIALS_FUNCTIONS,
            Interface::Progress => &hotcell::PROGRESS_FUNCTIONS,
            Interface::Checkpoint => &hotcell::CHECKPOINT_FUNCTIONS,
            Interface::Sockets => &sockets::FUNCTIONS,
        }
    }
}

const ERROR: &str = r#"
(import "wasi:io/error@0.2.0" (instance $errors
  (export "error" (type (sub resource)))))
(alias export $errors "error" (type $error))
"#;

const POLL: &str = r#"
(import "wasi:io/poll@0.2.0" (instance $poll
  (export "pollable" (type $p (sub resource)))
  (export "[method]pollable.block" (func (param "self" (borrow $p))))
  (export "[method]pollable.ready" (func (param "self" (borrow $p)) (result bool)))
  (export "poll" (func (param "in" (list (borrow $p))) (result (list u32))))))
(alias export $poll "pollable" (type $pollable))
"#;

const POLL_FUNCTIONS: [Function; 4] = [
    lower("block", "$poll", "[method]pollable.block", "(param i32)"),
    lower(
        "ready",
        "$poll",
        "[method]pollable.ready",
        "(param i32) (result i32)",
    ),
    lower("poll", "$poll", "poll", "(param i32 i32 i32)"),
    dropper("drop-pollable", "$pollable"),
];

const STREAMS: &str = r#"
(import "wasi:io/streams@0.2.0" (instance $streams
  (export "error" (type $e (eq $error)))
  (export "pollable" (type $p (eq $pollable)))
  (type $failed (variant (case "last-operation-failed" (own $e)) (case "closed")))
  (export "stream-error" (type $stream-error (eq $failed)))
  (export "output-stream" (type $o (sub resource)))
  (export "[method]output-stream.check-write" (func (param "self" (borrow $o))
    (result (result u64 (error $stream-error)))))
  (export "[method]output-stream.write" (func (param "self" (borrow $o))
    (param "contents" (list u8)) (result (result (error $stream-error)))))
  (export "[method]output-stream.blocking-write-and-flush" (func (param "self" (borrow $o))
    (param "contents" (list u8)) (result (result (error $stream-error)))))
  (export "[method]output-stream.write-zeroes" (func (param "self" (borrow $o))
    (param "len" u64) (result (result (error $stream-error)))))
  (export "[method]output-stream.subscribe" (func (param "self" (borrow $o))
    (result (own $p))))
  (export "input-stream" (type $i (sub resource)))
  (export "[method]input-stream.read" (func (param "self" (borrow $i)) (param "len" u64)
    (result (result (list u8) (error $stream-error)))))
  (export "[method]input-stream.blocking-read" (func (param "self" (borrow $i))
    (param "len" u64) (result (result (list u8) (error $stream-error)))))
  (export "[method]input-stream.skip" (func (param "self" (borrow $i)) (param "len" u64)
    (result (result u64 (error $stream-error)))))
  (export "[method]input-stream.subscribe" (func (param "self" (borrow $i))
    (result (own $p))))
  (export "[method]output-stream.splice" (func (param "self" (borrow $o))
    (param "src" (borrow $i)) (param "len" u64)
    (result (result u64 (error $stream-error)))))
  (export "[method]output-stream.blocking-splice" (func (param "self" (borrow $o))
    (param "src" (borrow $i)) (param "len" u64)
    (result (result u64 (error $stream-error)))))))
(alias export $streams "output-stream" (type $output-stream))
(alias export $streams "input-stream" (type $input-stream))
"#;

const STREAMS_FUNCTIONS: [Function; 13] = [
    lower(
        "read",
        "$streams",
        "[method]input-stream.read",
        "(param i32 i64 i32)",
    ),
    lower(
        "blocking-read",
        "$streams",
        "[method]input-stream.blocking-read",
        "(param i32 i64 i32)",
    ),
    lower(
        "skip",
        "$streams",
        "[method]input-stream.skip",
        "(param i32 i64 i32)",
    ),
    lower(
        "input-subscribe",
        "$streams",
        "[method]input-stream.subscribe",
        "(param i32) (result i32)",
    ),
    lower(
        "splice",
        "$streams",
        "[method]output-stream.splice",
        "(param i32 i32 i64 i32)",
    ),
    lower(
        "blocking-splice",
        "$streams",
        "[method]output-stream.blocking-splice",
        "(param i32 i32 i64 i32)",
    ),
    dropper("drop-input-stream", "$input-stream"),
    lower(
        "check-write",
        "$streams",
        "[method]output-stream.check-write",
        "(param i32 i32)",
    ),
    lower(
        "stream-write",
        "$streams",
        "[method]output-stream.write",
        "(param i32 i32 i32 i32)",
    ),
    lower(
        "stream-blocking-write",
        "$streams",
        "[method]output-stream.blocking-write-and-flush",
        "(param i32 i32 i32 i32)",
    ),
    lower(
        "write-zeroes",
        "$streams",
        "[method]output-stream.write-zeroes",
        "(param i32 i64 i32)",
    ),
    lower(
        "stream-subscribe",
        "$streams",
        "[method]output-stream.subscribe",
        "(param i32) (result i32)",
    ),
    dropper("drop-output-stream", "$output-stream"),
];

const MONOTONIC_CLOCK: &str = r#"
(import "wasi:clocks/monotonic-clock@0.2.0" (instance $monotonic
  (export "pollable" (type $p (eq $pollable)))
  (export "now" (func (result u64)))
  (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
"#;

const CLOCK_FUNCTIONS: [Function; 2] = [
    lower("now", "$monotonic", "now", "(result i64)"),
    lower(
        "subscribe-duration",
        "$monotonic",
        "subscribe-duration",
        "(param i64) (result i32)",
    ),
];

const WALL_CLOCK: &str = r#"
(import "wasi:clocks/wall-clock@0.2.0" (instance $wall
  (type $datetime' (record (field "seconds" u64) (field "nanoseconds" u32)))
  (export "datetime" (type $datetime (eq $datetime')))
  (export "now" (func (result $datetime)))))
"#;

const WALL_CLOCK_FUNCTIONS: [Function; 1] = [lower("wall-now", "$wall", "now", "(param i32)")];

const RANDOM: &str = r#"
(import "wasi:random/random@0.2.0" (instance $randomness
  (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
"#;

const RANDOM_FUNCTIONS: [Function; 1] = [lower(
    "random",
    "$randomness",
    "get-random-bytes",
    "(param i64 i32)",
)];

const ENVIRONMENT: &str = r#"
(import "wasi:cli/environment@0.2.0" (instance $environment
  (export "get-environment" (func (result (list (tuple string string)))))
  (export "get-arguments" (func (result (list string))))
  (export "initial-cwd" (func (result (option string))))))
"#;

const ENVIRONMENT_FUNCTIONS: [Function; 3] = [
    lower(
        "environment",
        "$environment",
        "get-environment",
        "(param i32)",
    ),
    lower("arguments", "$environment", "get-arguments", "(param i32)"),
    lower("initial-cwd", "$environment", "initial-cwd", "(param i32)"),
];

const EXIT: &str = r#"
(import "wasi:cli/exit@0.2.0" (instance $exits
  (export "exit" (func (param "status" (result))))))
"#;

const EXIT_FUNCTIONS: [Function; 1] = [lower("exit", "$exits", "exit", "(param i32)")];

const STDOUT: &str = r#"
(import "wasi:cli/stdout@0.2.0" (instance $out
  (export "output-stream" (type $o (eq $output-stream)))
  (export "get-stdout" (func (result (own $o))))))
"#;

const STDOUT_FUNCTIONS: [Function; 1] = [lower("stdout", "$out", "get-stdout", "(result i32)")];

const STDERR: &str = r#"
(import "wasi:cli/stderr@0.2.0" (instance $err
  (export "output-stream" (type $o (eq $output-stream)))
  (export "get-stderr" (func (result (own $o))))))
"#;

const STDERR_FUNCTIONS: [Function; 1] = [lower("stderr", "$err", "get-stderr", "(result i32)")];

const FILE_TYPES: &str = r#"
(import "wasi:filesystem/types@0.2.0" (instance $files
  (type $codes (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock"
    "quota" "exist" "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted"
    "invalid" "io" "is-directory" "loop" "too-many-links" "message-size" "name-too-long"
    "no-device" "no-entry" "no-lock" "insufficient-memory" "insufficient-space"
    "not-directory" "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device"
    "overflow" "not-permitted" "pipe" "read-only" "invalid-seek" "text-file-busy"
    "cross-device"))
  (export "error-code" (type $code (eq $codes)))
  (type $path-bits (flags "symlink-follow"))
  (export "path-flags" (type $path-flags (eq $path-bits)))
  (type $open-bits (flags "create" "directory" "exclusive" "truncate"))
  (export "open-flags" (type $open-flags (eq $open-bits)))
  (type $bits (flags "read" "write" "file-integrity-sync" "data-integrity-sync"
    "requested-write-sync" "mutate-directory"))
  (export "descriptor-flags" (type $descriptor-flags (eq $bits)))
  (export "output-stream" (type $o (eq $output-stream)))
  (export "descriptor" (type $d (sub resource)))
  (export "[method]descriptor.open-at" (func (param "self" (borrow $d))
    (param "path-flags" $path-flags) (param "path" string) (param "open-flags" $open-flags)
    (param "flags" $descriptor-flags) (result (result (own $d) (error $code)))))
  (export "[method]descriptor.write" (func (param "self" (borrow $d))
    (param "buffer" (list u8)) (param "offset" u64) (result (result u64 (error $code)))))
  (export "[method]descriptor.append-via-stream" (func (param "self" (borrow $d))
    (result (result (own $o) (error $code)))))
  (export "[method]descriptor.set-size" (func (param "self" (borrow $d)) (param "size" u64)
    (result (result (error $code)))))
  (export "[method]descriptor.create-directory-at" (func (param "self" (borrow $d))
    (param "path" string) (result (result (error $code)))))
  (export "[method]descriptor.symlink-at" (func (param "self" (borrow $d))
    (param "old-path" string) (param "new-path" string) (result (result (error $code)))))
  (export "[method]descriptor.link-at" (func (param "self" (borrow $d))
    (param "old-path-flags" $path-flags) (param "old-path" string)
    (param "new-descriptor" (borrow $d)) (param "new-path" string)
    (result (result (error $code)))))
  (export "[method]descriptor.rename-at" (func (param "self" (borrow $d))
    (param "old-path" string) (param "new-descriptor" (borrow $d)) (param "new-path" string)
    (result (result (error $code)))))
  (export "[method]descriptor.unlink-file-at" (func (param "self" (borrow $d))
    (param "path" string) (result (result (error $code)))))))
(alias export $files "descriptor" (type $descriptor))
"#;

const FILE_FUNCTIONS: [Function; 10] = [
    lower(
        "open-at",
        "$files",
        "[method]descriptor.open-at",
        "(param i32 i32 i32 i32 i32 i32 i32)",
    ),
    lower(
        "file-write",
        "$files",
        "[method]descriptor.write",
        "(param i32 i32 i32 i64 i32)",
    ),
    lower(
        "append-via-stream",
        "$files",
        "[method]descriptor.append-via-stream",
        "(param i32 i32)",
    ),
    lower(
        "set-size",
        "$files",
        "[method]descriptor.set-size",
        "(param i32 i64 i32)",
    ),
    lower(
        "create-directory-at",
        "$files",
        "[method]descriptor.create-directory-at",
        "(param i32 i32 i32 i32)",
    ),
    lower(
        "symlink-at",
        "$files",
        "[method]descriptor.symlink-at",
        "(param i32 i32 i32 i32 i32 i32)",
    ),
    lower(
        "link-at",
        "$files",
        "[method]descriptor.link-at",
        "(param i32 i32 i32 i32 i32 i32 i32 i32)",
    ),
    lower(
        "rename-at",
        "$files",
        "[method]descriptor.rename-at",
        "(param i32 i32 i32 i32 i32 i32 i32)",
    ),
    lower(
        "unlink-file-at",
        "$files",
        "[method]descriptor.unlink-file-at",
        "(param i32 i32 i32 i32)",
    ),
    dropper("drop-descriptor", "$descriptor"),
];

const PREOPENS: &str = r#"
(import "wasi:filesystem/preopens@0.2.0" (instance $preopens
  (export "descriptor" (type $d (eq $descriptor)))
  (export "get-directories" (func (result (list (tuple (own $d) string)))))))
"#;

const PREOPENS_FUNCTIONS: [Function; 1] = [lower(
    "get-directories",
    "$preopens",
    "get-directories",
    "(param i32)",
)];

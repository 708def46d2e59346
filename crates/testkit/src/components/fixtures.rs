//! Skills of several tools, with which a server is tested from outside: what the MCP conformance
//! suite asks for by name, and what a guest tries against the server that runs it.

use std::fmt::Write;

use super::{Interface, Tool, files};

const PIXEL: &[u8] = include_bytes!("fixtures/pixel.png");
const TONE: &[u8] = include_bytes!("fixtures/tone.wav");

/// Answers as the MCP conformance suite (0.2.0-alpha.12) wants its fixture tools to. With the
/// package `tests/packages/test`, their flat names are the suite's: `test_simple_text` and so on;
/// `slow` and `failing` have its jobs, `slow_compute` and `failing_job`.
pub fn conformance() -> Tool {
    let mut tools = ByName::default();
    let text = tools.answer("\"This is a simple text response for testing.\"");
    tools.tool("simple_text", &text);
    let mixed = tools.answer("\"Multiple content types test:\"");
    let nothing = tools.answer("null");
    let pixel = tools.file("pixel.png", PIXEL);
    let tone = tools.file("tone.wav", TONE);
    let note = tools.file("note.txt", b"This is an embedded resource content.");
    let data = tools.file("data.json", b"{\"test\":\"data\",\"value\":123}");
    tools.tool("image_content", &format!("{pixel} {nothing}"));
    tools.tool("audio_content", &format!("{tone} {nothing}"));
    tools.tool("embedded_resource", &format!("{note} {nothing}"));
    tools.tool("multiple_content_types", &format!("{pixel} {data} {mixed}"));
    let message = tools.text(b"This tool intentionally returns an error for testing");
    tools.tool("error_handling", &format!("(call $refuse {message})"));
    let done = tools.answer("\"It is done.\"");
    // Whoever tells more often than every 50 ms is not heard each time.
    let pause = "(call $block (call $subscribe-duration (i64.const 60000000)))";
    let told = [0, 50, 100].map(|done| format!("{} {pause}", report(done, 100)));
    let told = told.concat();
    tools.tool("tool_with_progress", &format!("{told} {done}"));
    // The job that the suite follows and cancels: of the package `tests/packages/slow`.
    let long = "(call $block (call $subscribe-duration (i64.const 2000000000)))";
    tools.tool("compute", &format!("{long} {done}"));
    tools.tool("job", &format!("(call $refuse {message})"));
    tools.into_tool().import(Interface::MonotonicClock)
}

/// Goes for the server that runs it: `forged` is what it prints, a line for each. Its tools:
///
/// - `echo` answers its arguments;
/// - `forge` prints the lines to stdout and stderr, and answers `{"ok":true}`;
/// - `spin` tells that it has begun, and spins;
/// - `wait` tells that it has begun, and waits for an hour;
/// - `file` leaves a text and a PDF of a few bytes;
/// - `peek` answers how many variables and arguments its environment has.
pub fn against_servers(forged: &str) -> Tool {
    let mut tools = ByName::default();
    tools.tool(
        "echo",
        "(call $answer (local.get $arguments) (local.get $arguments_len))",
    );
    let lines = tools.text(forged.as_bytes());
    let print = |stream: &str| {
        format!("(call $stream-blocking-write (call ${stream}) {lines} (i32.const 768))")
    };
    let forge = format!("{} {} (call $ok)", print("stdout"), print("stderr"));
    tools.tool("forge", &forge);
    let begun = report(1, 2);
    let spin = format!("{begun} (loop $forever (br $forever)) (unreachable)");
    tools.tool("spin", &spin);
    let wait = "(call $block (call $subscribe-duration (i64.const 3600000000000))) (call $ok)";
    tools.tool("wait", &format!("{begun} {wait}"));
    let text = tools.file("report.txt", b"a report\n");
    let pdf = tools.file("report.pdf", b"%PDF-1.7 \xff\x00 no page\n");
    tools.tool("file", &format!("{text} {pdf} (call $ok)"));
    tools.tool(
        "peek",
        "(call $environment (i32.const 768)) (local.set $i (i32.load (i32.const 772)))
         (call $arguments (i32.const 768))
         (call $number (i64.extend_i32_u
           (i32.add (local.get $i) (i32.load (i32.const 772)))))",
    );
    tools
        .into_tool()
        .import(Interface::Stdout)
        .import(Interface::Stderr)
        .import(Interface::MonotonicClock)
        .import(Interface::Environment)
}

fn report(done: u32, total: u32) -> String {
    format!(
        "(call $report (i64.const {done}) (i32.const 1) (i64.const {total}) (i32.const 512)
           (i32.const 0))"
    )
}

/// A skill in the making, whose tools have instructions of their own.
#[derive(Debug, Default)]
struct ByName {
    call: String,
    data: String,
    /// Bytes of the texts so far.
    length: usize,
}

/// Where the texts begin; below is the room of the helpers for files.
const TEXTS: usize = 2048;
/// Where they have to end.
const TEXTS_END: usize = 8192;

/// `$is (text) (length)`: whether the called tool has that name.
/// `$write (name) (length) (data) (length)`: writes a file to `/out`.
const FIELDS: &str = r#"
(func $is (param $tool i32) (param $tool_len i32) (param $name i32) (param $len i32) (result i32)
  (if (i32.ne (local.get $tool_len) (local.get $len)) (then (return (i32.const 0))))
  (loop $next
    (local.set $len (i32.sub (local.get $len) (i32.const 1)))
    (if (i32.ne
        (i32.load8_u (i32.add (local.get $tool) (local.get $len)))
        (i32.load8_u (i32.add (local.get $name) (local.get $len))))
      (then (return (i32.const 0))))
    (br_if $next (local.get $len)))
  (i32.const 1))
(func $write (param $name i32) (param $name_len i32) (param $data i32) (param $len i32)
  (local $file i32)
  (local.set $file (call $open (call $folder (i32.const 116)) (local.get $name)
    (local.get $name_len)))
  (call $file-write (local.get $file) (local.get $data) (local.get $len) (i64.const 0)
    (i32.const 768))
  (call $drop-descriptor (local.get $file)))
"#;

impl ByName {
    /// Adds a tool.
    fn tool(&mut self, name: &str, instructions: &str) {
        let name = self.text(name.as_bytes());
        writeln!(
            self.call,
            "(if (call $is (local.get $tool) (local.get $tool_len) {name})
               (then (return {instructions})))"
        )
        .expect("writing to a string cannot fail");
    }

    /// Returns the two operands that say where a text stands.
    fn text(&mut self, text: &[u8]) -> String {
        let (at, length) = (TEXTS + self.length, text.len());
        self.length += length;
        assert!(TEXTS + self.length <= TEXTS_END, "the texts are too long");
        let escaped: String = text.iter().map(|byte| format!("\\{byte:02x}")).collect();
        write!(self.data, "(data (i32.const {at}) \"{escaped}\")")
            .expect("writing to a string cannot fail");
        format!("(i32.const {at}) (i32.const {length})")
    }

    /// Returns the instruction that answers this JSON.
    fn answer(&mut self, json: &str) -> String {
        format!("(call $answer {})", self.text(json.as_bytes()))
    }

    /// Returns the instruction that leaves a file.
    fn file(&mut self, name: &str, bytes: &[u8]) -> String {
        let (name, bytes) = (self.text(name.as_bytes()), self.text(bytes));
        format!("(call $write {name} {bytes})")
    }

    fn into_tool(self) -> Tool {
        files::on_files(&format!("{} (call $ok)", self.call))
            .fields(FIELDS)
            .fields(self.data)
    }
}

//! `hotcell mcp`, spoken to line by line.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio as Pipe};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A server on two pipes. Every line that it says is JSON, or the test fails.
pub(crate) struct Stdio {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Value>,
    stderr: Option<JoinHandle<String>>,
    /// What came before an answer that was waited for.
    pub(crate) aside: Vec<Value>,
    last_id: u64,
}

impl Stdio {
    /// Starts the server.
    pub(crate) fn start(command: &mut Command) -> Stdio {
        let command = command.stdin(Pipe::piped()).stdout(Pipe::piped());
        let mut process = command.stderr(Pipe::piped()).spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let mut stderr = process.stderr.take().unwrap();
        let (said, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        Stdio {
            input: process.stdin.take(),
            process,
            lines,
            stderr: Some(stderr),
            aside: Vec::new(),
            last_id: 0,
        }
    }

    /// Opens a session of the 2025 revision.
    pub(crate) fn open(&mut self) {
        let told = self.ask("initialize", open_params());
        assert_eq!(told["result"]["protocolVersion"], "2025-11-25", "{told}");
        self.tell("notifications/initialized", json!({}));
    }

    /// Writes bytes as they are.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// Sends a request, and returns its id.
    pub(crate) fn send(&mut self, method: &str, params: Value) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.write(format!("{request}\n").as_bytes());
        id
    }

    /// Sends a notification.
    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        let told = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.write(format!("{told}\n").as_bytes());
    }

    /// Returns the next line.
    pub(crate) fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE);
        let line = line.expect("the server says something within two minutes");
        assert!(line.is_object(), "no message: {line}");
        line
    }

    /// Waits for the answer to a request; what comes before it is put aside.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        loop {
            let line = self.next();
            if line["id"] == id && line.get("method").is_none() {
                return line;
            }
            self.aside.push(line);
        }
    }

    /// Waits for a notification; what comes before it is put aside.
    pub(crate) fn wait_for(&mut self, method: &str) -> Value {
        loop {
            let line = self.next();
            if line["method"] == method {
                return line;
            }
            self.aside.push(line);
        }
    }

    /// Sends a request and returns its answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        self.answer(id)
    }

    /// Calls a tool through `call_tool`, and returns the result.
    pub(crate) fn call(&mut self, skill: &str, tool: &str, arguments: Value) -> Value {
        let told = self.ask("tools/call", call_params(skill, tool, arguments));
        assert!(told.get("result").is_some(), "{told}");
        told["result"].clone()
    }

    /// Begins a call that tells when it has begun, and waits until it has.
    pub(crate) fn begin(&mut self, skill: &str, tool: &str) -> u64 {
        let mut params = call_params(skill, tool, json!({}));
        params["_meta"] = json!({ "progressToken": format!("begun-{}", self.last_id) });
        let id = self.send("tools/call", params);
        self.wait_for("notifications/progress");
        id
    }

    /// Ends the input, and returns how the server ended, what it still said, and its stderr.
    pub(crate) fn end(mut self) -> (ExitStatus, Vec<Value>, String) {
        drop(self.input.take());
        let rest: Vec<_> = self.lines.iter().collect();
        let status = self.process.wait().unwrap();
        let stderr = self.stderr.take().expect("it is taken once");
        (status, rest, stderr.join().unwrap())
    }

    /// Returns the server's process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Stdio {
    fn drop(&mut self) {
        // A test that failed leaves no server behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The parameters with which a client of the 2025 revision opens a session.
pub(crate) fn open_params() -> Value {
    json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "tests", "version": "1" },
    })
}

/// The parameters of a call through `call_tool`.
pub(crate) fn call_params(skill: &str, tool: &str, arguments: Value) -> Value {
    let arguments = json!({ "skill": skill, "tool": tool, "arguments": arguments });
    json!({ "name": "call_tool", "arguments": arguments })
}

/// Returns the text of a result's first block.
pub(crate) fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}

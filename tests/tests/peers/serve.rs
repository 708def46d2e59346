//! `hotcell serve`, spoken to byte by byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};

use crate::stdio::PATIENCE;

/// A server on a port of the loopback.
pub(crate) struct Served {
    process: Child,
    pub(crate) address: SocketAddr,
    stderr: Option<JoinHandle<String>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Returns the message in the body, of JSON or of a stream of events.
    pub(crate) fn message(&self) -> Value {
        let events = self
            .body
            .lines()
            .filter_map(|line| line.strip_prefix("data:"));
        let event = events.map(str::trim).rfind(|data| data.starts_with('{'));
        let text = event.unwrap_or(&self.body);
        serde_json::from_str(text).unwrap_or_else(|_| panic!("no message: {self:?}"))
    }

    /// Returns a header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Served {
    /// Starts the server, and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Served {
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let mut text = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it ended: {text}");
            text += &line;
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split('/').next().unwrap().parse().unwrap();
            }
        };
        let stderr = thread::spawn(move || {
            let _ = lines.read_to_string(&mut text);
            text
        });
        Served {
            process,
            address,
            stderr: Some(stderr),
        }
    }

    /// Returns where clients find it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Opens a connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a request of the 2026 revision with these headers besides its own.
    pub(crate) fn post(&self, headers: &[(&str, &str)], message: &Value) -> Answer {
        self.post_bytes(headers, message.to_string().as_bytes())
    }

    /// The same with any bytes.
    pub(crate) fn post_bytes(&self, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = self.connect();
        // A server that refuses a body need not read it.
        let _ = stream.write_all(&self.request(headers, body));
        read_answer(stream)
    }

    /// Returns a request's bytes. A header of `headers` takes the place of the usual one.
    pub(crate) fn request(&self, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let host = self.address.to_string();
        let length = body.len().to_string();
        let usual = [
            ("Host", host.as_str()),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("MCP-Protocol-Version", "2026-07-28"),
            ("Connection", "close"),
            ("Content-Length", &length),
        ];
        let is_given = |name: &str| {
            headers
                .iter()
                .any(|(given, _)| given.eq_ignore_ascii_case(name))
        };
        let mut head = "POST /mcp HTTP/1.1\r\n".to_owned();
        let kept = usual.iter().filter(|(name, _)| !is_given(name));
        for (name, value) in kept.chain(headers).filter(|(_, value)| !value.is_empty()) {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        [head.as_bytes(), body].concat()
    }

    /// Calls a tool of the 2026 revision as the caller of `token`.
    pub(crate) fn call(&self, token: &str, name: &str, arguments: Value) -> Answer {
        let params = json!({ "name": name, "arguments": arguments });
        self.ask(token, "tools/call", name, params)
    }

    /// Asks something of the 2026 revision; `name` is what its header says.
    pub(crate) fn ask(&self, token: &str, method: &str, name: &str, params: Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Mcp-Method", method)];
        if !name.is_empty() {
            headers.push(("Mcp-Name", name));
        }
        if !token.is_empty() {
            headers.push(("Authorization", &bearer));
        }
        self.post(&headers, &message(method, params))
    }

    /// Returns the server's process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Tells the server to end, and returns its stderr.
    pub(crate) fn end(mut self) -> String {
        let process = i32::try_from(self.process.id()).unwrap();
        let process = nix::unistd::Pid::from_raw(process);
        nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM).unwrap();
        assert!(self.process.wait().unwrap().success());
        self.stderr
            .take()
            .expect("it is taken once")
            .join()
            .unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns a request of the 2026 revision, which has no session.
pub(crate) fn message(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "tests", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

/// Reads an answer to the end of its connection.
pub(crate) fn read_answer(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    // It may be cut off by a server that did not read what was sent.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

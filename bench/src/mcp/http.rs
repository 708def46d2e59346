//! A client of `hotcell serve`, in the revision without sessions.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use serde_json::json;

use super::{call, expect};
use crate::Result;

pub(super) struct Server {
    child: Child,
    at: String,
}

/// One kept connection.
struct Connection {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Server {
    /// Starts a server at a port of its own.
    pub(super) fn start(mut command: Command) -> Result<Server> {
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let stderr = child.stderr.as_mut().ok_or("it is piped")?;
        BufReader::new(stderr).read_line(&mut line)?;
        let at = line.split("http://").nth(1);
        let at = at.and_then(|at| at.split("/mcp").next());
        let at = at.ok_or_else(|| format!("the server said {line}"))?;
        Ok(Server {
            child,
            at: at.to_owned(),
        })
    }

    /// Returns how long each call took, in microseconds.
    pub(super) fn one_by_one(&mut self, calls: usize) -> Result<Vec<f64>> {
        Connection::open(&self.at)?.calls(calls)
    }

    /// Returns how many calls there are in a second over so many connections.
    pub(super) fn in_flight(&mut self, at_once: usize, calls: usize) -> Result<f64> {
        let begun = Instant::now();
        let clients: Vec<_> = (0..at_once)
            .map(|_| {
                let at = self.at.clone();
                thread::spawn(move || Connection::open(&at)?.calls(calls / at_once))
            })
            .collect();
        let mut count = 0;
        for client in clients {
            count += client.join().map_err(|_| "a client panicked")??.len();
        }
        Ok(count as f64 / begun.elapsed().as_secs_f64())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Connection {
    fn open(at: &str) -> Result<Connection> {
        let mut params = call();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let body = message.to_string();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: {at}\r\ncontent-type: application/json\r\n\
             accept: application/json, text/event-stream\r\n\
             mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: call_tool\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream: BufReader::new(stream),
            request,
        })
    }

    fn calls(&mut self, calls: usize) -> Result<Vec<f64>> {
        let mut took = Vec::with_capacity(calls);
        for _ in 0..calls {
            let begun = Instant::now();
            self.stream.get_mut().write_all(self.request.as_bytes())?;
            self.answer()?;
            took.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        Ok(took)
    }

    fn answer(&mut self) -> Result<()> {
        let (mut head, mut length) = (String::new(), None);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(format!("the server closed after {head}").into());
            }
            if line == "\r\n" {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse::<usize>().ok();
            }
            head.push_str(&line);
        }
        let length = length.ok_or_else(|| format!("an answer without a length: {head}"))?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        match head.contains(" 200 ") {
            true => expect(&String::from_utf8_lossy(&body)),
            false => Err(format!("{head}{}", String::from_utf8_lossy(&body)).into()),
        }
    }
}

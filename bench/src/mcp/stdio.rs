//! A client of `hotcell mcp`, in the revision with sessions.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::{call, expect};
use crate::Result;

pub(super) struct Client {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    line: String,
}

impl Client {
    /// Starts a server and opens its session.
    pub(super) fn start(mut command: Command) -> Result<Client> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let to = child.stdin.take();
        let from = BufReader::new(child.stdout.take().ok_or("it is piped")?);
        let mut client = Client {
            child,
            to,
            from,
            line: String::new(),
        };
        let about = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "bench", "version": "1" },
        });
        client.send(&request(0, "initialize", &about))?;
        client.answer()?;
        client.send(&format!(
            "{}\n",
            json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })
        ))?;
        Ok(client)
    }

    /// Asks for the menu.
    pub(super) fn menu(&mut self) -> Result<()> {
        let list = json!({ "name": "list_skills", "arguments": {} });
        self.send(&request(1, "tools/call", &list))?;
        self.answer()
    }

    /// Returns how long each call took, in microseconds.
    pub(super) fn one_by_one(&mut self, calls: usize) -> Result<Vec<f64>> {
        let mut took = Vec::with_capacity(calls);
        for id in 0..calls {
            let request = request(id, "tools/call", &call());
            let begun = Instant::now();
            self.send(&request)?;
            self.answer()?;
            took.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        Ok(took)
    }

    /// Returns how many calls there are in a second where so many are under way.
    pub(super) fn in_flight(&mut self, at_once: usize, calls: usize) -> Result<f64> {
        let requests: Vec<String> = (0..calls)
            .map(|id| request(id, "tools/call", &call()))
            .collect();
        let begun = Instant::now();
        self.send(&requests[..at_once].concat())?;
        for next in at_once..calls + at_once {
            self.answer()?;
            if let Some(request) = requests.get(next) {
                self.send(request)?;
            }
        }
        Ok(calls as f64 / begun.elapsed().as_secs_f64())
    }

    fn send(&mut self, text: &str) -> Result<()> {
        let to = self.to.as_mut().ok_or("it is open")?;
        Ok(to.write_all(text.as_bytes())?)
    }

    fn answer(&mut self) -> Result<()> {
        self.line.clear();
        if self.from.read_line(&mut self.line)? == 0 {
            return Err("the server ended".into());
        }
        expect(&self.line)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The end of its input ends a server.
        self.to = None;
        let _ = self.child.wait();
    }
}

fn request(id: usize, method: &str, params: &Value) -> String {
    let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    format!("{message}\n")
}

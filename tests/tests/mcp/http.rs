//! Over HTTP: who may call, and what is answered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use hotcell_testkit::components::answers::ok;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::room::Room;
use crate::site::room;

/// SHA-256 of `ann-token` and of `bob-token`, told by the test itself.
pub(crate) fn hash(token: &str) -> String {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(token);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A server at a port of its own.
pub(crate) struct Server {
    child: Child,
    at: String,
}

impl Server {
    pub(crate) fn start(room: &Room, arguments: &[&str]) -> Server {
        let all = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut child = room.command(&all).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let stderr = child.stderr.as_mut().unwrap();
        BufReader::new(stderr).read_line(&mut line).unwrap();
        let at = line.split("http://").nth(1).unwrap();
        let at = at.split("/mcp").next().unwrap().to_owned();
        Server { child, at }
    }

    /// Sends one request, and returns its status, its head and its body.
    pub(crate) fn send(&self, path: &str, headers: &[&str], body: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.at).unwrap();
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nconnection: close\r\ncontent-type: application/json\r\n\
             accept: application/json, text/event-stream\r\ncontent-length: {}\r\n",
            body.len()
        );
        if !headers.iter().any(|header| header.starts_with("host:")) {
            head.push_str(&format!("host: {}\r\n", self.at));
        }
        for header in headers {
            head.push_str(&format!("{header}\r\n"));
        }
        stream
            .write_all(format!("{head}\r\n{body}").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    pub(crate) fn end(mut self) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(pid, Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

/// A request of the 2026 revision, with the headers that go with it.
fn request(method: &str, params: Value) -> (Vec<String>, String) {
    request_with(method, params, &json!({}))
}

/// The same of a client with these capabilities.
pub(crate) fn request_with(
    method: &str,
    mut params: Value,
    capabilities: &Value,
) -> (Vec<String>, String) {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    });
    let mut headers = vec![
        "mcp-protocol-version: 2026-07-28".to_owned(),
        format!("mcp-method: {method}"),
    ];
    if let Some(name) = params["name"].as_str() {
        headers.push(format!("mcp-name: {name}"));
    }
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    (headers, body.to_string())
}

fn call_of(arguments: Value) -> (Vec<String>, String) {
    request(
        "tools/call",
        json!({ "name": "call_tool", "arguments": arguments }),
    )
}

#[test]
fn a_tool_is_called_and_a_foreign_page_is_not_heard() {
    let room = room(&ok());
    let server = Server::start(&room, &[]);
    let (headers, body) = call_of(json!({ "skill": "probe", "tool": "answer" }));
    let own: Vec<_> = headers.iter().map(String::as_str).collect();
    let (status, _, answer) = server.send("/mcp", &own, &body);
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["result"]["structuredContent"], json!({ "ok": true }));
    for foreign in [
        "origin: http://evil.example",
        "origin: null",
        "host: evil.example",
    ] {
        let headers = [&own[..], &[foreign]].concat();
        let (status, _, answer) = server.send("/mcp", &headers, &body);
        assert_eq!(status, 403, "{foreign}: {answer}");
    }
    assert_eq!(server.send("/mcp", &own, "{").0, 400);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let (status, _, answer) = server.send("/mcp", &own, &deep);
    assert!((400..500).contains(&status), "{status} {answer}");
    assert_eq!(server.send("/elsewhere", &own, &body).0, 404);
    server.end();
}

#[test]
fn a_token_tells_the_caller() {
    let room = room(&ok());
    room.write(
        "hotcell.toml",
        format!(
            "[caller.ann]\ntoken_sha256 = \"{}\"\n[caller.bob]\nskills = []\ntoken_sha256 = \"{}\"\n",
            hash("ann-token"),
            hash("bob-token")
        ),
    );
    let server = Server::start(&room, &["--config", "hotcell.toml"]);
    let (headers, body) = call_of(json!({ "skill": "probe", "tool": "answer" }));
    let send = |token: &str| {
        let token = format!("authorization: Bearer {token}");
        let mut all: Vec<_> = headers.iter().map(String::as_str).collect();
        all.push(&token);
        server.send("/mcp", &all, &body)
    };
    let none: Vec<_> = headers.iter().map(String::as_str).collect();
    let (status, head, _) = server.send("/mcp", &none, &body);
    assert_eq!(status, 401);
    assert!(head.contains("www-authenticate: bearer"), "{head}");
    let (status, head, _) = send("wrong");
    assert!(status == 401 && head.contains("invalid_token"), "{head}");
    let (_, _, ann) = send("ann-token");
    assert!(ann.contains("\"status\":\"ok\""), "{ann}");
    let (_, _, bob) = send("bob-token");
    assert!(bob.contains("unknown_skill"), "{bob}");
    server.end();
}

#[test]
fn a_session_is_its_own_callers() {
    let room = room(&ok());
    room.write(
        "hotcell.toml",
        format!(
            "[caller.ann]\ntoken_sha256 = \"{}\"\n[caller.bob]\ntoken_sha256 = \"{}\"\n",
            hash("ann-token"),
            hash("bob-token")
        ),
    );
    let server = Server::start(&room, &["--config", "hotcell.toml"]);
    let (ann, bob) = (
        "authorization: Bearer ann-token",
        "authorization: Bearer bob-token",
    );
    let begin = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "t", "version": "1" } } });
    let (status, head, _) = server.send("/mcp", &[ann], &begin.to_string());
    assert_eq!(status, 200);
    let id = head
        .lines()
        .find(|line| line.starts_with("mcp-session-id:"));
    let id = id.unwrap();
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(server.send("/mcp", &[ann, id], &ready.to_string()).0, 202);
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    assert_eq!(server.send("/mcp", &[ann, id], &list).0, 200);
    assert_eq!(server.send("/mcp", &[bob, id], &list).0, 404);
    assert_eq!(server.send("/mcp/office", &[ann, id], &list).0, 404);
    server.end();
}

#[test]
fn beyond_this_machine_somebody_must_have_a_token() {
    let room = room(&ok());
    let refused = room.run(&["serve", "--listen", "0.0.0.0:0"]);
    refused.fails(2, &["no caller has a token", "token_sha256"]);
}

#[test]
fn tokens_follow_the_operators_file() {
    let room = room(&ok());
    let caller = |name: &str| {
        let hash = hash(&format!("{name}-token"));
        format!("[caller.{name}]\ntoken_sha256 = \"{hash}\"\n")
    };
    let write = |text: String| room.write("hotcell.toml", text);
    write(caller("ann") + &caller("bob"));
    let server = Server::start(&room, &["--config", "hotcell.toml"]);
    let (headers, body) = call_of(json!({ "skill": "probe", "tool": "answer" }));
    let status = |name: &str| {
        let token = format!("authorization: Bearer {name}-token");
        let mut all: Vec<_> = headers.iter().map(String::as_str).collect();
        all.push(&token);
        server.send("/mcp", &all, &body).0
    };
    assert_eq!([status("ann"), status("bob")], [200, 200]);
    write(caller("bob"));
    assert_eq!(
        [status("ann"), status("bob")],
        [401, 200],
        "ann's is removed"
    );
    // A server that runs does not know what carol may do.
    write(caller("bob") + &caller("carol"));
    assert_eq!([status("carol"), status("bob")], [401, 200]);
    write("[caller.bob\n".to_owned());
    assert_eq!(
        [status("ann"), status("bob")],
        [503, 503],
        "it cannot be read"
    );
    std::fs::remove_file(room.at("hotcell.toml")).unwrap();
    assert_eq!(status("bob"), 503);
    write("[caller.ann]\n[caller.bob]\n".to_owned());
    assert_eq!([status("ann"), status("bob")], [401, 401], "no door opens");
    write(caller("ann"));
    assert_eq!([status("ann"), status("bob")], [200, 401]);
    server.end();
}

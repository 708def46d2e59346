//! The third face: `hotcell mcp` over stdio, and `hotcell serve` for some.
//!
//! A server has skills that are installed, rather than a package that one points at: a case that
//! names no skill, or another one, is no case for it, nor is one that passes files. Limits are those
//! of the caller in the operator's file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::case::Case;
use crate::faces::{CACHE, PROGRAM, correlation_id};
use crate::seen::Seen;

/// Most memory that a manifest gets without more of the operator.
const MEMORY_MIB_MAX: u64 = 256;

/// Which way a case goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Stdio,
    Http,
}

/// Returns whether a server can be asked for a case.
pub(crate) fn can_be_asked(case: &Case) -> bool {
    let package = case.package.file_name().and_then(OsStr::to_str);
    let skill = case.request["skill"].as_str().unwrap_or_default();
    let skill = skill.split(['.', '@']).next();
    let limits = case.limits.iter().all(|limit| is_cap(limit));
    limits && case.input.is_empty() && skill == package && case.request.get("input").is_some()
}

/// Returns whether a caller's cap can say a limit: it is at least 1, and only lowers. No case asks
/// for more of anything but memory.
fn is_cap(limit: &str) -> bool {
    let value = limit.split_once('=').map_or("", |(_, value)| value);
    let mib = value
        .strip_suffix("MiB")
        .and_then(|value| value.parse().ok());
    value != "0" && mib.is_none_or(|mib: u64| mib <= MEMORY_MIB_MAX)
}

/// Runs a case through a server.
pub(crate) fn mcp(case: &Case, way: Way) -> Result<Seen, String> {
    let place = Place::new(case)?;
    let mut server = place.server(way)?;
    let params = json!({ "name": "call_tool", "arguments": case.request });
    let told = server.ask("tools/call", "call_tool", params)?;
    let (outcome, uris) = outcome(&told)?;
    let mut files = BTreeMap::new();
    for (name, uri) in uris {
        let told = server.ask("resources/read", &uri, json!({ "uri": uri }))?;
        files.insert(name, bytes(&told)?);
    }
    Seen::new(outcome, correlation_id(case), files)
}

/// Puts the Outcome together: `_meta` has it without the output.
fn outcome(told: &Value) -> Result<(Value, Vec<(String, String)>), String> {
    let result = &told["result"];
    let mut outcome = result["_meta"]["hotcell/outcome"].clone();
    let Some(parts) = outcome.as_object_mut() else {
        return Err(format!("there is no Outcome: {told}"));
    };
    // The other faces put nothing on record, and a call without effect is put there later.
    let recorded = parts.insert("recorded".to_owned(), json!("no"));
    if ![Some(json!("yes")), Some(json!("pending"))].contains(&recorded) {
        return Err(format!("it is not on record: {told}"));
    }
    let is_error = result["isError"] == true;
    if is_error == (parts["status"] == "ok") {
        return Err(format!("`isError` is wrong: {told}"));
    }
    if let Some(output) = result.get("structuredContent") {
        parts.insert("output".to_owned(), output.clone());
    }
    let artifacts = parts.entry("artifacts").or_insert_with(|| json!([]));
    let take = |artifact: &mut Value| {
        let uri = artifact
            .as_object_mut()
            .and_then(|artifact| artifact.remove("uri"));
        let name = artifact["name"].as_str()?.to_owned();
        Some((name, uri?.as_str()?.to_owned()))
    };
    let artifacts = artifacts.as_array_mut().into_iter().flatten();
    let uris: Option<Vec<_>> = artifacts.map(take).collect();
    Ok((outcome, uris.ok_or("an artifact has no address")?))
}

fn bytes(told: &Value) -> Result<Vec<u8>, String> {
    let contents = &told["result"]["contents"][0];
    match (contents["text"].as_str(), contents["blob"].as_str()) {
        (Some(text), None) => Ok(text.as_bytes().to_vec()),
        (None, Some(blob)) => STANDARD.decode(blob).map_err(|error| error.to_string()),
        _ => Err(format!("no file: {told}")),
    }
}

/// A folder in which the case's package is installed.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new(case: &Case) -> Result<Place, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut config = String::new();
        if !case.limits.is_empty() {
            config += "[caller.local.limits]\n";
            for limit in &case.limits {
                let (name, value) = limit.split_once('=').ok_or("a limit has no value")?;
                let is_number = value
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'_');
                let quote = if is_number { "" } else { "\"" };
                config += &format!("{name} = {quote}{value}{quote}\n");
            }
        }
        let place = Place { folder };
        fs::write(place.folder.path().join("hotcell.toml"), config)
            .map_err(|error| error.to_string())?;
        let added = place.command("add").arg(&case.package).output();
        let added = added.map_err(|error| error.to_string())?;
        match added.status.success() {
            true => Ok(place),
            false => Err(String::from_utf8_lossy(&added.stderr).into_owned()),
        }
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        let at: &Path = self.folder.path();
        command
            .env_clear()
            .arg(name)
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        command.arg("--config").arg(at.join("hotcell.toml"));
        command.arg("--data").arg(at.join("data"));
        command.args(["--cache", CACHE]);
        command
    }

    fn server(&self, way: Way) -> Result<Server, String> {
        let mut command = match way {
            Way::Stdio => self.command("mcp"),
            Way::Http => self.command("serve"),
        };
        match way {
            Way::Stdio => command.stdin(Stdio::piped()).stdout(Stdio::piped()),
            Way::Http => command.args(["--listen", "127.0.0.1:0"]),
        };
        let mut process = command.spawn().map_err(|error| error.to_string())?;
        let address = match way {
            Way::Stdio => None,
            Way::Http => {
                let mut line = String::new();
                let stderr = process.stderr.as_mut().ok_or("it is piped")?;
                let read = BufReader::new(stderr).read_line(&mut line);
                read.map_err(|error| error.to_string())?;
                let at = line
                    .split("http://")
                    .nth(1)
                    .and_then(|at| at.split('/').next());
                Some(at.ok_or_else(|| line.clone())?.to_owned())
            }
        };
        Ok(Server {
            stdout: process.stdout.take().map(BufReader::new),
            process,
            address,
        })
    }
}

/// A server, and where it listens where that is not its stdin.
struct Server {
    process: Child,
    stdout: Option<BufReader<ChildStdout>>,
    address: Option<String>,
}

impl Server {
    /// Asks one thing of the 2026 revision, which needs no session.
    fn ask(&mut self, method: &str, name: &str, mut params: Value) -> Result<Value, String> {
        let mut meta = Map::new();
        let mut put = |key: &str, value: Value| {
            meta.insert(format!("io.modelcontextprotocol/{key}"), value);
        };
        put("protocolVersion", json!("2026-07-28"));
        put("clientInfo", json!({ "name": "cases", "version": "1" }));
        put("clientCapabilities", json!({}));
        params["_meta"] = Value::Object(meta);
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let told = match &self.address {
            None => self.over_stdio(&message),
            Some(address) => over_http(address, method, name, &message),
        };
        let told = told.map_err(|error| error.to_string())?;
        serde_json::from_str(&told).map_err(|error| format!("{error}: {told}"))
    }

    fn over_stdio(&mut self, message: &Value) -> std::io::Result<String> {
        let stdin = self.process.stdin.as_mut().expect("it is piped");
        writeln!(stdin, "{message}")?;
        let stdout = self.stdout.as_mut().expect("it is piped");
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        Ok(line)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn over_http(at: &str, method: &str, name: &str, message: &Value) -> std::io::Result<String> {
    let body = message.to_string();
    let mut stream = TcpStream::connect(at)?;
    write!(
        stream,
        "POST /mcp HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
         MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\nMcp-Name: {name}\r\n\r\n{body}",
        body.len()
    )?;
    let mut told = String::new();
    stream.read_to_string(&mut told)?;
    let body = told.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    Ok(body.unwrap_or(told))
}

//! An MCP client's session with the installed skills, as a model has it: the menu, one skill loaded,
//! a call, and the document that it wrote, fetched as a resource.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::crm::failed;
use super::{Demo, title};
use crate::failure::{Failure, Result};
use crate::process;

/// Most characters of an answer that are shown.
const SHOWN_MAX: usize = 900;

pub(super) fn run(demo: &Demo) -> Result<()> {
    let data = demo.out.join("mcp");
    title("an MCP client: six tools, whatever is installed");
    let mut add = hotcell(demo, "add", &data);
    add.args(["skills-examples/tax-check", "skills-examples/quote-docx"]);
    process::run("demo", &mut add)?;
    let mut client = Client::start(&mut hotcell(demo, "mcp", &data))?;
    let listed = client.ask("tools/list", json!({}))?;
    println!("\ntools: {}", names(&listed["tools"]));
    title("… the model sees the menu, loads a skill, and its tools appear");
    println!("{}", shown(&client.call("list_skills", json!({}))?));
    let loaded = client.call("load_skill", json!({ "skill": "quote-docx" }))?;
    println!("{}", shown(&loaded));
    let listed = client.ask("tools/list", json!({}))?;
    println!("tools: {}", names(&listed["tools"]));
    title("… it calls one; the document is a resource");
    let input = Path::new("skills-examples/quote-docx/examples/office.json");
    let input = fs::read_to_string(input).map_err(|error| failed(input, &error))?;
    let input: Value = serde_json::from_str(&input).map_err(|error| unread(&error))?;
    let made = json!({ "skill": "quote-docx", "tool": "make_quote", "arguments": input });
    let made = client.call("call_tool", made)?;
    println!("{}", shown(&made));
    let blocks = made["content"].as_array().into_iter().flatten();
    let uri = blocks.filter_map(|block| block["uri"].as_str()).next();
    let uri = uri.ok_or_else(|| Failure::new("demo: no document came", "a fault of Hotcell"))?;
    let read = client.ask("resources/read", json!({ "uri": uri }))?;
    let blob = read["contents"][0]["blob"].as_str().unwrap_or_default();
    println!("{uri}: {} bytes", blob.len() / 4 * 3);
    Ok(())
}

fn hotcell(demo: &Demo, command: &str, data: &Path) -> Command {
    let mut hotcell = demo.hotcell(command);
    hotcell.arg("--data").arg(data);
    hotcell.arg("--cache").arg(demo.out.join("cache"));
    hotcell
}

/// A client that speaks the wire itself.
struct Client {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    id: u64,
}

impl Client {
    fn start(command: &mut Command) -> Result<Client> {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| gone(&error))?;
        let to = child.stdin.take().expect("it is piped");
        let from = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut client = Client {
            child,
            to,
            from,
            id: 0,
        };
        let about = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "demo", "version": "1" },
        });
        client.ask("initialize", about)?;
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))?;
        Ok(client)
    }

    /// Returns the result of a request; notifications before it are printed.
    fn ask(&mut self, method: &str, params: Value) -> Result<Value> {
        self.id += 1;
        let id = self.id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        loop {
            let mut line = String::new();
            let read = self.from.read_line(&mut line);
            if read.map_err(|error| gone(&error))? == 0 {
                return Err(Failure::new("demo: the server ended", "a fault of Hotcell"));
            }
            let mut told: Value = serde_json::from_str(&line).map_err(|error| unread(&error))?;
            match (told["id"] == id, told.get("result").is_some()) {
                (true, true) => return Ok(told["result"].take()),
                (true, false) => {
                    let problem = format!("demo: {method}: {}", told["error"]);
                    return Err(Failure::new(problem, "a fault of Hotcell"));
                }
                (false, _) => println!("{}", told["method"].as_str().unwrap_or_default()),
            }
        }
    }

    fn call(&mut self, tool: &str, arguments: Value) -> Result<Value> {
        let params = json!({ "name": tool, "arguments": arguments });
        let result = self.ask("tools/call", params)?;
        match result["isError"] == true {
            false => Ok(result),
            true => Err(Failure::new(
                format!("demo: {tool}: {}", shown(&result)),
                "a fault of Hotcell",
            )),
        }
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        writeln!(self.to, "{message}").map_err(|error| gone(&error))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the texts of a result, cut where they are long.
fn shown(result: &Value) -> String {
    let blocks = result["content"].as_array().into_iter().flatten();
    let texts: Vec<_> = blocks.filter_map(|block| block["text"].as_str()).collect();
    let text = texts.join("\n");
    match text.char_indices().nth(SHOWN_MAX) {
        Some((cut, _)) => format!("{} …", &text[..cut]),
        None => text,
    }
}

fn names(tools: &Value) -> String {
    let tools = tools.as_array().into_iter().flatten();
    let names: Vec<_> = tools.filter_map(|tool| tool["name"].as_str()).collect();
    names.join(", ")
}

fn gone(error: &std::io::Error) -> Failure {
    Failure::new(format!("demo: hotcell mcp: {error}"), "run it again")
}

fn unread(error: &serde_json::Error) -> Failure {
    Failure::new(format!("demo: no JSON: {error}"), "a fault of Hotcell")
}

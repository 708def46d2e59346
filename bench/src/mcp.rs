//! The MCP server beside what its peers do: a call over stdio and over HTTP, one and sixteen in
//! flight, and how soon a server answers that has one skill or a hundred.
//!
//! The client speaks the wire itself, so that no library of its own is measured; the Python client
//! stands beside it, as other servers are measured with it. Every call runs in a fresh store and is
//! on record, as it is for everybody: that cannot be turned off. What an operator can is that the
//! payloads of calls without an effect are kept (`sample_percent = 0`).

mod http;
mod python;
mod stdio;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use crate::Result;
use crate::figure::{Figures, percentile};

/// Calls of each measurement, and the first ones, which warm up.
const CALLS: usize = 4_000;
const WARM_UP: usize = 400;
const IN_FLIGHT: usize = 16;
/// Starts of which the median is told.
const STARTS: usize = 15;
/// Skills of a large installation.
const MANY: usize = 100;

/// The program, and a home of its own with what is installed.
struct Site {
    program: PathBuf,
    home: tempfile::TempDir,
}

/// Measures the server.
pub(crate) fn figures(root: &Path, python: Option<&Path>, figures: &mut Figures) -> Result<()> {
    let site = Site::new(root, 1)?;
    let mut client = stdio::Client::start(site.command(&["mcp"]))?;
    let mut alone = client.one_by_one(WARM_UP + CALLS)?.split_off(WARM_UP);
    let stdio = percentile(&mut alone, 50);
    figures.at_most("MCP over stdio, one call, p50", stdio, "µs", 100.0);
    figures.add(
        "MCP over stdio, one call, p99",
        percentile(&mut alone, 99),
        "µs",
    );
    let rate = client.in_flight(IN_FLIGHT, 5 * CALLS)?;
    figures.at_least("MCP over stdio, 16 in flight", rate, "/s", 20_000.0);
    drop(client);
    if let Some(python) = python {
        python::figures(python, root, &site, figures)?;
    }
    digests_only(root, figures)?;
    let mut server = http::Server::start(site.command(&["serve", "--listen", "127.0.0.1:0"]))?;
    let mut over = server.one_by_one(WARM_UP + CALLS)?.split_off(WARM_UP);
    let http = percentile(&mut over, 50);
    figures.add("MCP over HTTP, one call, p50", http, "µs");
    figures.at_most("MCP over HTTP / over stdio, p50", http / stdio, "×", 2.0);
    figures.add(
        "MCP over HTTP, 16 in flight",
        server.in_flight(IN_FLIGHT, 2 * CALLS)?,
        "/s",
    );
    drop(server);
    figures.add("MCP, start to first reply, 1 skill", starts(&site)?, "ms");
    let many = Site::new(root, MANY)?;
    figures.at_most(
        "MCP, start to first reply, 100 skills",
        starts(&many)?,
        "ms",
        20.0,
    );
    Ok(())
}

/// Measures a server whose operator keeps no payloads.
fn digests_only(root: &Path, figures: &mut Figures) -> Result<()> {
    let site = Site::new(root, 1)?;
    site.configure("[record]\nsample_percent = 0\n")?;
    let mut client = stdio::Client::start(site.command(&["mcp"]))?;
    let mut alone = client.one_by_one(WARM_UP + CALLS)?.split_off(WARM_UP);
    figures.add(
        "MCP over stdio without payloads, p50",
        percentile(&mut alone, 50),
        "µs",
    );
    figures.add(
        "MCP over stdio without payloads, 16 in flight",
        client.in_flight(IN_FLIGHT, 5 * CALLS)?,
        "/s",
    );
    Ok(())
}

/// Returns the median time from starting a server to the menu that it tells, in milliseconds.
fn starts(site: &Site) -> Result<f64> {
    let mut all = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut client = stdio::Client::start(site.command(&["mcp"]))?;
        client.menu()?;
        all.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(percentile(&mut all, 50))
}

impl Site {
    /// Installs `tax-check`, and others like it under other names.
    fn new(root: &Path, skills: usize) -> Result<Site> {
        let program = root.join("target/debug/hotcell");
        let home = tempfile::tempdir()?;
        let site = Site { program, home };
        let from = root.join("skills-examples/tax-check");
        let mut packages = vec![from.display().to_string()];
        for number in 1..skills {
            let name = format!("tax-check-{number}");
            let folder = site.home.path().join("packages").join(&name);
            fs::create_dir_all(&folder)?;
            for file in ["skill.toml", "schema.json", "skill.wasm"] {
                fs::copy(from.join(file), folder.join(file))?;
            }
            let document = fs::read_to_string(from.join("SKILL.md"))?;
            let named = document.replacen("name: tax-check", &format!("name: {name}"), 1);
            fs::write(folder.join("SKILL.md"), named)?;
            packages.push(folder.display().to_string());
        }
        let mut add = site.command(&["add"]);
        let added = add.args(packages).output()?;
        match added.status.success() {
            true => Ok(site),
            false => Err(String::from_utf8_lossy(&added.stderr).into_owned().into()),
        }
    }

    /// Writes the operator's file.
    fn configure(&self, text: &str) -> Result<()> {
        let folder = self.home.path().join(".config/hotcell");
        fs::create_dir_all(&folder)?;
        Ok(fs::write(folder.join("hotcell.toml"), text)?)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().env("HOME", self.home.path());
        command.args(arguments);
        command
    }
}

/// Returns the call that is measured: a number's check digit.
fn call() -> Value {
    json!({
        "name": "call_tool",
        "arguments": {
            "skill": "tax-check",
            "tool": "check_vat_number",
            "arguments": { "number": "DE136695976" },
        },
    })
}

/// Says what is wrong with an answer that is none.
fn expect(answer: &str) -> Result<()> {
    match answer.contains("\"isError\":true") || answer.contains("\"error\":") {
        true => Err(format!("the server answered {answer}").into()),
        false => Ok(()),
    }
}

//! A server of its own for the suite, with a fresh folder of data.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use super::{STEP, unusable};
use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::{root, target};

/// What it prints when it listens.
const LISTENS: &str = "serving MCP at ";

/// `hotcell serve`, until this is dropped.
pub(super) struct Server {
    process: Child,
    origin: String,
}

impl Server {
    /// Installs the fixtures below `folder`, and serves them.
    pub(super) fn start(folder: &Path, fixtures: &[&str]) -> Result<Server> {
        for name in fixtures {
            install(folder, name)?;
        }
        // The suite calls as a page of the server's own origin would, which therefore has to be
        // known before.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        let address = free.map_err(|error| unusable(folder, &error))?;
        let origin = format!("http://{address}");
        let mut serve = hotcell(folder, "serve");
        serve
            .args(["--listen", &address.to_string(), "--origin", &origin])
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = serve.spawn().map_err(|error| unusable(folder, &error))?;
        let stderr = process.stderr.take().expect("it is piped");
        let server = Server { process, origin };
        let mut lines = BufReader::new(stderr)
            .lines()
            .map_while(std::result::Result::ok);
        let mut said = String::new();
        if !lines.any(|line| {
            said += &line;
            line.contains(LISTENS)
        }) {
            return Err(Failure::new(
                format!("{STEP}: `hotcell serve` does not serve: {said}"),
                "run it by hand",
            ));
        }
        // It would wait for whoever does not read.
        thread::spawn(move || lines.for_each(|line| eprintln!("{line}")));
        Ok(server)
    }

    /// Returns where an assistant's skills are served.
    pub(super) fn url(&self, assistant: &str) -> String {
        format!("{}/mcp/{assistant}", self.origin)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its folder is thrown away; nothing in it needs an orderly end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes a fixture's package whole, and installs it.
fn install(folder: &Path, name: &str) -> Result<()> {
    let from = root().join("tests/packages").join(name);
    let package = folder.join(name);
    fs::create_dir_all(&package).map_err(|error| unusable(&package, &error))?;
    for file in ["SKILL.md", "skill.toml", "schema.json"] {
        fs::copy(from.join(file), package.join(file)).map_err(|error| unusable(&from, &error))?;
    }
    let mut write = Command::new(target().join("debug/conformance-component"));
    process::run(STEP, write.arg(package.join("skill.wasm")))?;
    process::run(STEP, hotcell(folder, "add").arg(&package))
}

fn hotcell(folder: &Path, command: &str) -> Command {
    let mut hotcell = Command::new(target().join("debug/hotcell"));
    hotcell
        .arg(command)
        .arg("--config")
        .arg(root().join("tests/conformance/hotcell.toml"))
        .arg("--data")
        .arg(folder.join("data"))
        .arg("--cache")
        .arg(folder.join("cache"));
    hotcell
}

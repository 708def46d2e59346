//! A server of its own for each test: a folder with its configuration, record and skills.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hotcell_testkit::components::Tool;
use serde_json::Value;
use tempfile::TempDir;

use crate::serve::Served;
use crate::stdio::Stdio as Client;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_hotcell-under-test");

/// Compiled code, for all tests.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/mcp-cache");

/// A folder to serve from.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// Returns an empty place with this `hotcell.toml`.
    pub(crate) fn new(config: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        fs::write(folder.path().join("hotcell.toml"), config).unwrap();
        Place { folder }
    }

    /// The same with the skill `intruder`, which prints `forged`.
    pub(crate) fn with_intruder(config: &str, forged: &str) -> Place {
        let place = Place::new(config);
        let component = hotcell_testkit::components::fixtures::against_servers(forged);
        place.install_fixture("intruder", &component);
        place
    }

    /// Returns a path in the place.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Installs a package of `tests/packages` with this component.
    pub(crate) fn install_fixture(&self, name: &str, component: &Tool) {
        let package = self.at(name);
        fs::create_dir_all(&package).unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("packages")
            .join(name);
        for file in ["SKILL.md", "skill.toml", "schema.json"] {
            fs::copy(from.join(file), package.join(file)).unwrap();
        }
        fs::write(package.join("skill.wasm"), component.to_bytes()).unwrap();
        self.install(&package);
    }

    /// Installs an example skill; `cargo xtask examples` has built its component.
    pub(crate) fn install_example(&self, name: &str) {
        self.install(&repository().join("skills-examples").join(name));
    }

    /// Installs a package.
    pub(crate) fn install(&self, package: &Path) {
        self.run(&["add", package.to_str().unwrap()]);
    }

    /// Runs a command to its good end, and returns its stdout.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns a call of the program, with nothing of this process's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            .env("HOME", self.at("home"))
            .env("XDG_CACHE_HOME", CACHE)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .args(arguments)
            .arg("--config")
            .arg(self.at("hotcell.toml"))
            .arg("--data")
            .arg(self.at("data"));
        command
    }

    /// Starts `hotcell mcp`, and opens a session of the 2025 revision.
    pub(crate) fn mcp(&self) -> Client {
        let mut client = self.mcp_unopened(&[]);
        client.open();
        client
    }

    /// Starts `hotcell mcp` with more arguments, and says nothing yet.
    pub(crate) fn mcp_unopened(&self, arguments: &[&str]) -> Client {
        let mut command = self.command(&["mcp"]);
        Client::start(command.args(arguments))
    }

    /// Starts `hotcell serve` on a free port.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Served {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        Served::start(command.args(arguments))
    }

    /// Returns the events on record of one kind, such as `begun`.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let told = self.run(&["audit", "list", "--json", "--limit", "1000"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let all = told["events"].as_array().unwrap().clone();
        all.into_iter()
            .filter(|event| event["kind"] == kind)
            .collect()
    }

    /// Returns the status with which each invocation of a tool ended, in the order of their ends.
    pub(crate) fn ends(&self, tool: &str) -> Vec<String> {
        let begun = self.events("begun");
        let is_of = |end: &Value| {
            begun.iter().any(|event| {
                event["invocation"] == end["invocation"] && event["body"]["tool"] == tool
            })
        };
        let ends = self.events("ended").into_iter().filter(is_of);
        let status = |end: Value| end["body"]["status"].as_str().unwrap().to_owned();
        ends.map(status).collect()
    }
}

/// Returns the root of the repository.
pub(crate) fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("it is a folder of the repository")
        .to_owned()
}

//! The broker at work: a skill uses a CRM's API with a secret that it never sees.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::{Demo, record, title};
use crate::failure::{Failure, Result};
use crate::{process, workspace};

const TOKEN: &str = "crm-live-7f3a91c4e8d25b60aa17";
const NEXT_TOKEN: &str = "crm-live-02c6e5f8b1947d3ebb84";

/// Secret, grant, call, rotation, and what happens when a server hands a secret back.
pub(super) fn run(demo: &Demo) -> Result<()> {
    let crm = Crm::start(demo)?;
    crm.configure("")?;
    title("crm: what it asks for, and what an operator would write");
    process::run_to_failure("demo", &mut crm.hotcell("check-config", &[PACKAGE]))?;

    title("the operator keeps a token in the vault, grants it, and approves the package");
    crm.configure(&crm.grant())?;
    crm.secret("set", TOKEN)?;
    process::run("demo", &mut crm.hotcell("approve", &[PACKAGE, "--yes"]))?;
    process::run("demo", &mut crm.hotcell("check-config", &[PACKAGE]))?;

    title("the skill searches the CRM by HTTPS");
    let search = "@skills-examples/crm/examples/search.json";
    process::run("demo", &mut crm.call("search_contacts", search))?;

    title("the skill prints all that it can see");
    let view = process::output("demo", &mut crm.call("show_view", "{}"))?;
    println!("{view}");
    match [TOKEN, NEXT_TOKEN].iter().any(|token| view.contains(token)) {
        false => println!("The token is not in it."),
        true => {
            return Err(Failure::new(
                "demo: the skill saw the token",
                "a fault of Hotcell",
            ));
        }
    }

    title("the CRM takes a new token: rotated in the vault, and the next call has it");
    crm.say(&format!("token {NEXT_TOKEN}"))?;
    process::run_to_failure("demo", &mut crm.call("search_contacts", search))?;
    crm.secret("rotate", NEXT_TOKEN)?;
    process::run("demo", &mut crm.call("search_contacts", search))?;

    title("a CRM that hands the token back: the answer is stopped, the grant suspended");
    crm.say("twist echo")?;
    process::run_to_failure("demo", &mut crm.call("search_contacts", search))?;
    crm.say("twist honest")?;
    process::run_to_failure("demo", &mut crm.call("search_contacts", search))?;
    process::run("demo", &mut crm.hotcell("lift", &["crm/crm"]))?;
    process::run("demo", &mut crm.call("search_contacts", search))?;
    record::run(&crm)
}

const PACKAGE: &str = "skills-examples/crm";

/// A CRM server on the loopback with a TLS certificate of its own authority.
pub(super) struct Crm<'a> {
    pub(super) demo: &'a Demo,
    pub(super) folder: PathBuf,
    server: Child,
    answers: std::cell::RefCell<BufReader<ChildStdout>>,
    pub(super) origin: String,
    address: String,
    pub(super) web: String,
    web_address: String,
}

impl Drop for Crm<'_> {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl<'a> Crm<'a> {
    fn start(demo: &'a Demo) -> Result<Crm<'a>> {
        let folder = demo.out.join("crm");
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        let mut command = Command::new(workspace::target().join("debug/loopback-servers"));
        command.arg(folder.join("ca.pem")).args(["--token", TOKEN]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().map_err(|error| failed(&folder, &error))?;
        let stdout = server.stdout.take().expect("it is piped");
        let mut answers = BufReader::new(stdout);
        let mut line = String::new();
        answers
            .read_line(&mut line)
            .map_err(|error| failed(&folder, &error))?;
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
        Ok(Crm {
            demo,
            address: text("crm_address"),
            origin: format!("https://{}", text("crm_address")),
            web: format!("https://{}", text("web_address")),
            web_address: text("web_address"),
            folder,
            server,
            answers: answers.into(),
        })
    }

    /// Tells the server to change, and waits until it has.
    pub(super) fn say(&self, line: &str) -> Result<String> {
        let mut stdin = self.server.stdin.as_ref().expect("it is piped");
        writeln!(stdin, "{line}").map_err(|error| failed(&self.folder, &error))?;
        let mut answer = String::new();
        let mut answers = self.answers.borrow_mut();
        answers
            .read_line(&mut answer)
            .map_err(|error| failed(&self.folder, &error))?;
        Ok(answer)
    }

    pub(super) fn hotcell(&self, command: &str, arguments: &[&str]) -> Command {
        let mut hotcell = self.demo.hotcell(command);
        hotcell.args(arguments);
        hotcell
            .arg("--config")
            .arg(self.folder.join("hotcell.toml"));
        hotcell.arg("--data").arg(self.folder.join("data"));
        hotcell
    }

    fn call(&self, tool: &str, input: &str) -> Command {
        let mut run = self.hotcell("run", &[PACKAGE, tool, "--input", input]);
        run.arg("--cache").arg(self.demo.out.join("cache"));
        run
    }

    /// Hands a value to `hotcell secret` by its stdin: a value is never an argument.
    fn secret(&self, command: &str, value: &str) -> Result<()> {
        let mut hotcell = self.hotcell("secret", &[command, "crm-token"]);
        process::run_with_input("demo", &mut hotcell, value)
    }

    /// Writes the operator's file: where the CRM is, and what is granted.
    pub(super) fn configure(&self, grants: &str) -> Result<()> {
        let file = self.folder.join("hotcell.toml");
        let (origin, address) = (&self.origin, &self.address);
        let web_address = &self.web_address;
        let text = format!(
            r#"[settings.crm]
base_url = "{origin}"

[egress]
ca_files = ["ca.pem"]
private = ["{address}", "{web_address}"]
{grants}"#
        );
        fs::write(&file, &text).map_err(|error| failed(&file, &error))?;
        println!("\n{}:\n\n{text}", file.display());
        Ok(())
    }

    pub(super) fn grant(&self) -> String {
        let origin = &self.origin;
        format!(
            r#"
[secret.crm-token]
source = "vault:crm-token"
kind = "bearer"
origins = ["{origin}"]
scopes = ["contacts:read", "contacts:write", "deals:read"]

[[grant]]
skill = "crm@1"
credential = "crm"
secret = "crm-token"
origins = ["{origin}"]
rate = "60/min"
"#
        )
    }
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("demo: {}: {error}", path.display()), "run it again")
}

//! The record at work: done once, a job that outlives `kill -9`, a replay, and a log that shows what was changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use serde_json::Value;

use super::crm::{Crm, failed};
use super::title;
use crate::failure::{Failure, Result};
use crate::process;

/// Pages of the job: each is 3 MB, so that it takes long enough to be killed, and all of them
/// fit into its fuel.
const PAGES: usize = 5;
/// How often the job is looked at before the demonstration gives up.
const LOOKS_MAX: usize = 2_000;

pub(super) fn run(crm: &Crm<'_>) -> Result<()> {
    title("installed: versions of skills that never change");
    let web = format!(
        "\n[[grant]]\nskill = \"web@1\"\nhttp = [\"pages\"]\norigins = [\"{}\"]\n\n[jobs]\nlease_ms = 1000\n",
        crm.web
    );
    crm.configure(&format!("{}{web}", crm.grant()))?;
    step(&mut hotcell(
        crm,
        "add",
        &["skills-examples/crm", "skills-examples/web"],
    ))?;
    step(&mut crm.hotcell("approve", &["web", "--yes"]))?;
    step(&mut crm.hotcell("list", &[]))?;
    let id = once(crm)?;
    job(crm)?;
    title("a recorded call runs again, sealed from the network");
    step(&mut hotcell(crm, "replay", &[&id]))?;
    tampering(crm)
}

/// Calls twice with one key: one request arrives.
fn once(crm: &Crm<'_>) -> Result<String> {
    title("one key, two calls, one request at the server");
    let before = requests(crm, "crm")?;
    let input = "@skills-examples/crm/examples/create.json";
    let arguments = [
        "crm.create_contact",
        "--key",
        "contact-17",
        "--correlation",
        "demo-1",
        "--input",
        input,
        "--json",
    ];
    let first = json(&mut hotcell(crm, "call", &arguments))?;
    let second = json(&mut hotcell(crm, "call", &arguments))?;
    let sent = requests(crm, "crm")? - before;
    println!("\nthe first call:  replayed {}", first["replayed"]);
    println!("the second call: replayed {}", second["replayed"]);
    println!("requests at the server: {sent}");
    let is_same = first["output"] == second["output"] && second["replayed"] == true;
    check(is_same && sent == 1, "the second call was done again")?;
    step(&mut crm.hotcell("timeline", &["demo-1"]))?;
    Ok(first["invocation_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// Kills the worker of a job, and another one ends it.
fn job(crm: &Crm<'_>) -> Result<()> {
    title("a job whose worker is killed with -9 goes on, and ends once");
    let before = requests(crm, "web")?;
    let urls = vec![format!("{}/large.html", crm.web); PAGES];
    let input = serde_json::json!({ "urls": urls, "max_chars": 200 }).to_string();
    let accepted = json(&mut hotcell(
        crm,
        "call",
        &["web.read_pages", "--input", &input, "--json"],
    ))?;
    let id = accepted["job_id"].as_str().unwrap_or_default().to_owned();
    println!("\nthe job: {id}");
    let mut worker = Worker::start(crm)?;
    let done = look(crm, &id, |row| row["progress"]["done"].as_u64() >= Some(2))?;
    worker.kill();
    println!(
        "kill -9 of the worker, after page {}",
        done["progress"]["done"]
    );
    let _second = Worker::start(crm)?;
    let ended = look(crm, &id, |row| row["ended_ms"].is_u64())?;
    println!(
        "the job is {} in attempt {}",
        ended["state"], ended["attempt"]
    );
    let sent = requests(crm, "web")? - before;
    println!("requests at the server: {sent}, for {PAGES} pages");
    let is_once = ended["state"] == "done" && sent <= PAGES as u64 + 1;
    check(is_once, "the job was not done once")?;
    step(&mut crm.hotcell("job", &[&id]))
}

/// Changes one byte of a copy of the log: the check names the row.
fn tampering(crm: &Crm<'_>) -> Result<()> {
    title("the log is signed: one byte of a copy is changed, and the check names the row");
    step(&mut hotcell(crm, "audit", &["verify"]))?;
    let copy = crm.folder.join("copy");
    fs::create_dir_all(&copy).map_err(|error| failed(&copy, &error))?;
    let (data, file) = (crm.folder.join("data"), copy.join("record.db"));
    step(&mut hotcell(crm, "backup", &[&file.display().to_string()]))?;
    let key = "host.key";
    fs::copy(data.join(key), copy.join(key)).map_err(|error| failed(&copy, &error))?;
    change(&file)?;
    let mut verify = crm.demo.hotcell("audit");
    verify.arg("verify").arg("--data").arg(&copy);
    verify.arg("--config").arg(crm.folder.join("hotcell.toml"));
    process::run_to_failure("demo", &mut verify)
}

/// Writes another letter into the event of a call.
fn change(file: &Path) -> Result<()> {
    let mut bytes = fs::read(file).map_err(|error| failed(file, &error))?;
    let told = b"\"tool\":\"create_contact\"";
    let at = bytes.windows(told.len()).position(|window| window == told);
    let at =
        at.ok_or_else(|| Failure::new("demo: the call is not in the copy", "a fault of Hotcell"))?;
    bytes[at + 8] = b'C';
    fs::write(file, bytes).map_err(|error| failed(file, &error))
}

/// A worker that is killed with the demonstration.
struct Worker(Child);

impl Worker {
    fn start(crm: &Crm<'_>) -> Result<Worker> {
        let mut work = hotcell(crm, "work", &[]);
        let child = work.spawn();
        Ok(Worker(child.map_err(|error| failed(&crm.folder, &error))?))
    }

    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Looks at a job until it is as wanted.
fn look(crm: &Crm<'_>, id: &str, is_wanted: impl Fn(&Value) -> bool) -> Result<Value> {
    for _ in 0..LOOKS_MAX {
        let output = crm.hotcell("job", &[id, "--json"]).output();
        let output = output.map_err(|error| failed(&crm.folder, &error))?;
        let row: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if is_wanted(&row["job"]) {
            return Ok(row["job"].clone());
        }
    }
    Err(Failure::new(
        format!("demo: the job {id} does not go on"),
        "hotcell job tells where it stands",
    ))
}

fn requests(crm: &Crm<'_>, server: &str) -> Result<u64> {
    let told: Value = serde_json::from_str(&crm.say("requests")?).unwrap_or_default();
    Ok(told[server].as_u64().unwrap_or_default())
}

fn hotcell(crm: &Crm<'_>, command: &str, arguments: &[&str]) -> Command {
    let mut hotcell = crm.hotcell(command, arguments);
    let cache: PathBuf = crm.demo.out.join("cache");
    if !matches!(command, "audit" | "backup") {
        hotcell.arg("--cache").arg(cache);
    }
    hotcell
}

fn step(command: &mut Command) -> Result<()> {
    process::run("demo", command)
}

fn json(command: &mut Command) -> Result<Value> {
    let text = process::output("demo", command)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("demo: no JSON: {error}"), "a fault of Hotcell"))
}

fn check(holds: bool, what: &str) -> Result<()> {
    match holds {
        true => Ok(()),
        false => Err(Failure::new(format!("demo: {what}"), "a fault of Hotcell")),
    }
}

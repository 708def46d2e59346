//! JavaScript and TypeScript: checked by the TypeScript compiler, bundled by esbuild, and made a
//! component by componentize-js.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotcell_package::Diagnostic;
use serde_json::{Value, json};

use super::kept::{Found, Made};
use super::report::Report;
use super::{InstallScripts, Job, Language, kit, process};

/// Where a skill's code begins, in the order in which it is looked for.
const ENTRIES: [&str; 10] = [
    "src/index.ts",
    "src/index.js",
    "index.ts",
    "index.js",
    "index.mjs",
    "src/skill.ts",
    "src/skill.js",
    "skill.ts",
    "skill.js",
    "tools.js",
];

/// Builds a skill in JavaScript or TypeScript.
pub(super) fn make(job: &Job<'_>) -> Result<Made, Vec<Diagnostic>> {
    let node = node()?;
    let package = read_package(&job.folder)?;
    let entry = entry(&job.folder, &package)?;
    let tools = kit::folder(job.options.cache, Language::JavaScript, |folder| {
        job.tell("bringing componentize-js, esbuild and TypeScript, once");
        bring(folder)
    })?;
    install(job, &package)?;
    let schema = job.work.join("schema.json");
    let given = package["hotcell"]["schema"] == "given";
    let output = job.work.join("skill.wasm");
    let order = json!({
        "folder": job.folder,
        "entry": entry,
        "work": job.work,
        "tools": tools,
        "sdk": tools.join("sdk"),
        "wit": tools.join("wit"),
        "output": output,
        "schema": (!given).then_some(&schema),
    });
    let mut command = Command::new(node);
    command.arg(tools.join("build.mjs")).arg(order.to_string());
    command.current_dir(&tools);
    let mut report = Report::default();
    let tell = job.options.tell;
    let ran = process::run_telling(&mut command, &mut |line| report.take(line, tell));
    let ran = ran.map_err(|error| vec![no_node(&error.to_string())])?;
    let said = report.finish(&ran.last_words())?;
    Ok(Made {
        component: output,
        schema: fs::read_to_string(&schema).ok(),
        found: Found {
            tools: said.tools,
            late: Vec::new(),
        },
    })
}

/// Whether the skill's code begins in TypeScript.
pub(super) fn is_typescript(folder: &Path) -> bool {
    let entry = read_package(folder).and_then(|package| entry(folder, &package));
    entry.is_ok_and(|file| {
        file.extension()
            .is_some_and(|ending| ending == "ts" || ending == "mts")
    })
}

/// Finds Node, of a version that componentize-js runs on.
fn node() -> Result<PathBuf, Vec<Diagnostic>> {
    let ran = process::run(Command::new("node").arg("--version"));
    let ran = ran.map_err(|error| vec![no_node(&error.to_string())])?;
    let version = ran.stdout.trim().trim_start_matches('v').to_owned();
    let major = version.split('.').next().and_then(|part| part.parse().ok());
    match major {
        Some(20_u32..) => Ok("node".into()),
        _ => Err(vec![no_node(&format!("`node` is version {version}"))]),
    }
}

fn no_node(why: &str) -> Diagnostic {
    let message = format!("JavaScript needs Node 20 or newer with npm: {why}");
    Diagnostic::error("no_node", "node", message).hint(
        "install it from https://nodejs.org or by your system's package manager, then build again",
    )
}

fn read_package(folder: &Path) -> Result<Value, Vec<Diagnostic>> {
    let Ok(text) = fs::read_to_string(folder.join("package.json")) else {
        return Ok(Value::Null);
    };
    serde_json::from_str(&text).map_err(|error| {
        let found = Diagnostic::error("package_json", "package.json", error.to_string());
        vec![found.hint("mend the JSON")]
    })
}

fn entry(folder: &Path, package: &Value) -> Result<PathBuf, Vec<Diagnostic>> {
    let main = package["main"].as_str();
    let found = main.into_iter().chain(ENTRIES);
    let found = found
        .map(|name| folder.join(name))
        .find(|file| file.is_file());
    found.ok_or_else(|| {
        let message = "the skill's code is not found";
        let hint =
            "write src/index.ts or src/index.js, or say where it is: \"main\" of package.json";
        vec![Diagnostic::error("no_entry", "package.json", message).hint(hint)]
    })
}

/// Brings the tools in the versions of the lock file, each with its SHA-512. Their own scripts do not
/// run.
fn bring(folder: &Path) -> Result<(), Vec<Diagnostic>> {
    let mut command = npm(folder);
    command.args(["ci", "--ignore-scripts"]);
    npm_ran(&mut command, "componentize-js, esbuild and TypeScript")
}

/// What npm says where it cannot write a file of a package, and then succeeds.
const UNWRITTEN: &str = "TAR_ENTRY_ERROR";

fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command.args([
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        // A file that it cannot write is a warning of npm's, and no failure: `UNWRITTEN`.
        "--loglevel=warn",
        // By itself, npm waits more than a minute for a registry that is not there.
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=5000",
    ]);
    command
}

fn npm_ran(command: &mut Command, what: &str) -> Result<(), Vec<Diagnostic>> {
    let ran = process::run(command).map_err(|error| vec![no_node(&format!("npm: {error}"))])?;
    if ran.stderr.contains(UNWRITTEN) {
        let message =
            format!("npm cannot write {what}: the disk is full, or the folder is not writable");
        let hint = "make room, remove the skill's node_modules, then build again";
        return Err(vec![
            Diagnostic::error("disk_full", "npm", message).hint(hint),
        ]);
    }
    if ran.succeeded {
        return Ok(());
    }
    let words = ran.last_words();
    let offline = [
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ETIMEDOUT",
        "ECONNRESET",
        "ENOTCACHED",
    ];
    if offline.iter().any(|code| words.contains(code)) {
        let message = format!("npm cannot reach its registry, and {what} are not here yet");
        let hint = "connect to the network and build again; `npm config get registry` says where npm looks";
        return Err(vec![
            Diagnostic::error("registry_offline", "npm", message).hint(hint),
        ]);
    }
    let message = format!("npm cannot install {what}: {words}");
    Err(vec![
        Diagnostic::error("npm_failed", "npm", message).hint("mend package.json, then build again"),
    ])
}

/// Returns whether the packages were installed before package.json or its lock was last written. npm
/// notes what it installed in a file of its own; other installers do not, and are trusted.
fn are_older(folder: &Path) -> bool {
    let written = |name: &str| fs::metadata(folder.join(name)).and_then(|about| about.modified());
    let Ok(installed) = written("node_modules/.package-lock.json") else {
        return false;
    };
    ["package.json", "package-lock.json"]
        .iter()
        .any(|name| written(name).is_ok_and(|at| at > installed))
}

/// Installs the skill's own packages, where it has any that are not there as asked.
fn install(job: &Job<'_>, package: &Value) -> Result<(), Vec<Diagnostic>> {
    let wanted = package["dependencies"].as_object();
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(());
    };
    let there = |name: &String| job.folder.join("node_modules").join(name).is_dir();
    if wanted.keys().all(there) && !are_older(&job.folder) {
        return Ok(());
    }
    job.tell("installing the skill's npm packages");
    let mut command = npm(&job.folder);
    let locked = job.folder.join("package-lock.json").is_file();
    command.arg(if locked { "ci" } else { "install" });
    if job.options.install_scripts == InstallScripts::Refused {
        command.arg("--ignore-scripts");
    }
    npm_ran(&mut command, "the packages of package.json")
}

//! Python: the schema read from the source by `ast`, requirements from wheels without native code,
//! and a component by componentize-py.
//!
//! The schema is read and not asked of the running module: what runs of the author's code while it is
//! built runs in WebAssembly, where componentize-py starts it, and never with the rights of the author.

mod guest;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotcell_package::Diagnostic;
use serde_json::json;

use super::kept::{Found, Made};
use super::process::Ran;
use super::report::{Report, Said};
use super::{Job, Language, kit, process};
use guest::Guest;

/// Where a skill's code begins, in the order in which it is looked for.
const ENTRIES: [&str; 6] = [
    "src/skill.py",
    "skill.py",
    "src/tools.py",
    "tools.py",
    "src/main.py",
    "main.py",
];

/// The Python inside of componentize-py 0.25, for which wheels are chosen.
const GUEST_PYTHON: &str = "3.14";

/// Builds a skill in Python.
pub(super) fn make(job: &Job<'_>) -> Result<Made, Vec<Diagnostic>> {
    check_python()?;
    let project = read_project(&job.folder)?;
    let entry = entry(&job.folder)?;
    let tools = kit::folder(job.options.cache, Language::Python, |folder| {
        job.tell("bringing componentize-py, once");
        bring(folder)
    })?;
    let site = job.work.join("site");
    install(job, &project, &site)?;
    job.tell("reading the schema");
    let schema = (!project.schema_given).then(|| job.work.join("schema.json"));
    let said = describe(job, &tools, &entry, schema.as_deref())?;
    job.tell("making the component");
    let guest = Guest {
        job,
        tools: &tools,
        entry: &entry,
        site: &site,
    };
    let (component, late) = guest.component(said.late)?;
    Ok(Made {
        component,
        schema: schema.and_then(|schema| fs::read_to_string(schema).ok()),
        found: Found {
            tools: said.tools,
            late,
        },
    })
}

fn python() -> Command {
    let mut command = Command::new("python3");
    // Nothing of the author's environment, and no bytecode beside the sources.
    command.args(["-B"]).env_remove("PYTHONPATH");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn check_python() -> Result<(), Vec<Diagnostic>> {
    let newest = "import sys, pip; sys.exit(sys.version_info < (3, 10))";
    match process::run(python().args(["-c", newest])) {
        Ok(ran) if ran.succeeded => Ok(()),
        Ok(ran) if ran.stderr.contains("No module named") => Err(vec![no_python("pip is missing")]),
        Ok(_) => Err(vec![no_python("`python3` is older")]),
        Err(error) => Err(vec![no_python(&error.to_string())]),
    }
}

fn no_python(why: &str) -> Diagnostic {
    let message = format!("Python skills need python3, 3.10 or newer, with pip: {why}");
    Diagnostic::error("no_python", "python3", message)
        .hint("install it from https://python.org, or `apt-get install python3 python3-pip`, then build again")
}

/// What `pyproject.toml` says of a skill.
#[derive(Default)]
struct Project {
    requirements: Vec<String>,
    schema_given: bool,
}

fn read_project(folder: &Path) -> Result<Project, Vec<Diagnostic>> {
    let mut project = Project::default();
    if let Ok(text) = fs::read_to_string(folder.join("pyproject.toml")) {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let found = Diagnostic::error("pyproject", "pyproject.toml", error.message());
            vec![found.hint("mend the TOML")]
        })?;
        let named = |table: &toml::Table, outer: &str, inner: &str| {
            table.get(outer)?.as_table()?.get(inner).cloned()
        };
        let wanted = named(&table, "project", "dependencies");
        let wanted = wanted.as_ref().and_then(|list| list.as_array().cloned());
        project.requirements = wanted
            .unwrap_or_default()
            .iter()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect();
        let ours = named(&table, "tool", "hotcell");
        let schema = ours.as_ref().and_then(|ours| ours.get("schema")?.as_str());
        project.schema_given = schema == Some("given");
    }
    if let Ok(text) = fs::read_to_string(folder.join("requirements.txt")) {
        project.requirements.extend(text.lines().map(str::to_owned));
    }
    project
        .requirements
        .retain(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    Ok(project)
}

fn entry(folder: &Path) -> Result<PathBuf, Vec<Diagnostic>> {
    let found = ENTRIES.map(|name| folder.join(name));
    let found = found.into_iter().find(|file| file.is_file());
    found.ok_or_else(|| {
        let message = "the skill's code is not found";
        let hint = "write src/skill.py";
        vec![Diagnostic::error("no_entry", "src/skill.py", message).hint(hint)]
    })
}

fn pip(target: &Path) -> Command {
    let mut command = python();
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--no-compile",
    ]);
    command.args(["--disable-pip-version-check", "--root-user-action=ignore"]);
    command
        .args(["--only-binary", ":all:", "--target"])
        .arg(target);
    command
}

/// Brings componentize-py in the version of `requirements.txt`, each wheel with its SHA-256.
fn bring(folder: &Path) -> Result<(), Vec<Diagnostic>> {
    let mut command = pip(&folder.join("tool"));
    command
        .args(["--require-hashes", "-r"])
        .arg(folder.join("requirements.txt"));
    let ran = process::run(&mut command).map_err(|error| vec![no_python(&error.to_string())])?;
    if ran.succeeded {
        return Ok(());
    }
    Err(vec![pip_failed(&ran, "componentize-py")])
}

fn pip_failed(ran: &Ran, what: &str) -> Diagnostic {
    if is_offline(&ran.stderr) {
        let message = format!("pip cannot reach its index, and {what} is not here yet");
        let hint = "connect to the network and build again; `pip config list` says where pip looks";
        return Diagnostic::error("registry_offline", "pip", message).hint(hint);
    }
    let message = format!("pip cannot install {what}: {}", ran.last_words());
    Diagnostic::error("pip_failed", "pip", message).hint("mend the requirements, then build again")
}

fn is_offline(stderr: &str) -> bool {
    let signs = [
        "NewConnectionError",
        "Failed to establish",
        "ConnectTimeoutError",
        "NameResolutionError",
        "ProxyError",
        "Connection refused",
        // What pip says of a package that is surely there, where it hides why.
        "componentize-py==0.25.0 (from versions: none)",
    ];
    signs.iter().any(|sign| stderr.contains(sign))
}

/// Installs the skill's requirements, as wheels that hold no native code.
fn install(job: &Job<'_>, project: &Project, site: &Path) -> Result<(), Vec<Diagnostic>> {
    if project.requirements.is_empty() {
        return fs::create_dir_all(site).map_err(|error| vec![super::unusable(site, &error)]);
    }
    job.tell("installing the skill's requirements");
    let list = job.work.join("requirements.txt");
    let written = fs::write(&list, project.requirements.join("\n") + "\n");
    written.map_err(|error| vec![super::unusable(&list, &error)])?;
    let mut command = pip(site);
    command.args([
        "--platform",
        "any",
        "--implementation",
        "py",
        "--abi",
        "none",
    ]);
    command
        .args(["--python-version", GUEST_PYTHON, "-r"])
        .arg(&list);
    let ran = process::run(&mut command).map_err(|error| vec![no_python(&error.to_string())])?;
    if ran.succeeded {
        return Ok(());
    }
    if is_offline(&ran.stderr) {
        return Err(vec![pip_failed(&ran, "the requirements")]);
    }
    let missing = ran
        .stderr
        .split("No matching distribution found for ")
        .nth(1);
    let missing = missing.and_then(|rest| rest.split_whitespace().next());
    let Some(name) = missing else {
        return Err(vec![pip_failed(&ran, "the requirements")]);
    };
    let native = has_native_wheel(job, name);
    Err(vec![not_installed(name, native)])
}

fn not_installed(name: &str, native: bool) -> Diagnostic {
    let (code, why, hint) = if native {
        (
            "native_dependency",
            "has native code and no wheel that is Python throughout, so it cannot run in a sealed skill",
            "use a package that is Python throughout (its wheel is named `none-any`)",
        )
    } else {
        (
            "no_wheel",
            "is not on the index as a wheel, or the index cannot be reached",
            "look at its name and version, and at the network; `pip config list` says where pip looks",
        )
    };
    let message = format!("the package `{name}` {why}");
    Diagnostic::error(code, "requirements.txt", message).hint(hint)
}

/// Whether the index has the package for this machine: then native code is why it does not fit.
fn has_native_wheel(job: &Job<'_>, name: &str) -> bool {
    let mut command = pip(&job.work.join("probe"));
    command.args(["--dry-run", "--no-deps", name]);
    process::run(&mut command).is_ok_and(|ran| ran.succeeded)
}

fn describe(
    job: &Job<'_>,
    tools: &Path,
    entry: &Path,
    schema: Option<&Path>,
) -> Result<Said, Vec<Diagnostic>> {
    let order = json!({ "folder": job.folder, "entry": entry, "schema": schema });
    let mut command = python();
    command
        .arg("-I")
        .arg(tools.join("describe.py"))
        .arg(order.to_string());
    let mut report = Report::default();
    let tell = job.options.tell;
    let ran = process::run_telling(&mut command, &mut |line| report.take(line, tell));
    let ran = ran.map_err(|error| vec![no_python(&error.to_string())])?;
    report.finish(&ran.last_words())
}

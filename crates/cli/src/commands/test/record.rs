//! `hotcell test --record`: one live call, as the operator's file allows it, written as a case.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hotcell_author::recording::case_of;
use hotcell_host::Ask;
use hotcell_package::TESTS_FOLDER;
use hotcell_policy::{Invocation, Policy};

use super::super::read_package;
use super::Arguments;
use crate::calling::{Stop, input_value};
use crate::operator::operator;
use crate::{exit, house, print};

/// Records a call, and tells where.
pub(super) fn run(arguments: &Arguments, name: &str) -> u8 {
    let runtime = house::runtime().map_err(|fault| Stop::fault(fault.message));
    match runtime.and_then(|runtime| runtime.block_on(record(arguments, name))) {
        Ok(path) => {
            print::result(&path.display().to_string());
            print::note(
                "look through it before it is committed: secrets are removed by their names",
            );
            exit::OK
        }
        Err(stop) => stop.tell(arguments.json),
    }
}

async fn record(arguments: &Arguments, name: &str) -> Result<PathBuf, Stop> {
    let [folder] = &arguments.packages[..] else {
        return Err(Stop::usage(
            "--record takes one skill",
            Some("name one folder"),
        ));
    };
    let path = case_path(arguments, folder, name)?;
    let package = read_package(folder).map_err(|found| Stop::invalid_package(&found))?;
    let tool = arguments.tool.clone().ok_or_else(|| {
        let hint = "add --tool TOOL, and --input where it takes arguments";
        Stop::usage("--record needs the tool to call", Some(hint))
    })?;
    if package.contract.tool(&tool).is_none() {
        let names = package.contract.tools.iter().map(|tool| tool.name.as_str());
        let hint = format!("it has {}", names.collect::<Vec<_>>().join(", "));
        let message = format!("the skill `{}` has no tool `{tool}`", package.name);
        return Err(Stop::usage(message, Some(&hint)));
    }
    let mut invocation = Invocation::new(tool, input_value(arguments.input.as_deref())?);
    invocation.idempotency_key.clone_from(&arguments.key);
    let operator = arguments
        .places
        .places()
        .and_then(|places| operator(&places));
    let operator = operator.map_err(|found| Stop::invalid_config(&found))?;
    let set = operator.config.settings.get(&package.name);
    let set = set.into_iter().flatten();
    let settings: Vec<_> = set
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let host = house::host(arguments.cache.clone(), Policy::standard(), Some(operator))
        .map_err(|error| Stop::fault(format!("the host cannot start: {error}")))?;
    let skill = host
        .load(package)
        .await
        .map_err(|error| Stop::load(&error))?;
    let (reply, seen) = host.invoke_seen(&skill, Ask::new(invocation.clone())).await;
    let text = case_of(&invocation, &settings, &reply, &seen);
    write(arguments, &path, &text)
        .map_err(|error| Stop::usage(format!("{}: {error}", path.display()), Some(FORCE)))?;
    Ok(path)
}

const FORCE: &str = "choose another name, or replace it with --force";

/// Returns the file of the case; one that is there already is found before anything is sent.
fn case_path(arguments: &Arguments, folder: &Path, name: &str) -> Result<PathBuf, Stop> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if name.is_empty() || !name.chars().all(is_plain) {
        let hint = "write letters, digits, `-` and `_`";
        return Err(Stop::usage(
            format!("`{name}` cannot name a case"),
            Some(hint),
        ));
    }
    let path = folder.join(TESTS_FOLDER).join(format!("{name}.toml"));
    match path.exists() && !arguments.force {
        true => Err(Stop::usage(
            format!("{} is there", path.display()),
            Some(FORCE),
        )),
        false => Ok(path),
    }
}

fn write(arguments: &Arguments, path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    let replaces = arguments.force;
    options
        .write(true)
        .create(true)
        .create_new(!replaces)
        .truncate(replaces);
    options.open(path)?.write_all(text.as_bytes())
}

//! One case as its folder has it: what is called, with what, under which limits.

use std::fs;
use std::path::{Path, PathBuf};

use hotcell_testkit::components::{Interface, Tool};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    /// What the case shows, in one sentence.
    about: String,
    /// The package's folder: in the case's own folder, else from the root of the repository.
    package: PathBuf,
    /// Files that the tool sees in `/in`; they are looked for as the package is.
    #[serde(default, rename = "in")]
    files: Vec<PathBuf>,
    /// Limits that the operator sets, as `NAME=VALUE`.
    #[serde(default)]
    limits: Vec<String>,
    /// What the component does, for a package that has none of its own.
    component: Option<Component>,
}

/// A component as `hotcell_testkit::components::Tool` builds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    /// The instructions of `call`.
    call: String,
    /// Functions, globals and data beside it.
    #[serde(default)]
    fields: String,
    /// Pages of memory from the start.
    pages: Option<u32>,
    /// Whether it prints: it then imports `wasi:cli/stdout`.
    #[serde(default)]
    prints: bool,
}

/// One case, ready to run.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) package: PathBuf,
    pub(crate) request: Value,
    pub(crate) request_file: PathBuf,
    pub(crate) input: Vec<PathBuf>,
    pub(crate) limits: Vec<String>,
    /// Holds the package where its component was made for the case.
    _made: Option<TempDir>,
}

impl Case {
    /// Reads the case in `folder` and makes its component.
    pub(crate) fn read(folder: &Path) -> Result<Case, String> {
        let text = read(&folder.join("case.toml"))?;
        let description: Description =
            toml::from_str(&text).map_err(|error| format!("case.toml: {error}"))?;
        if description.about.trim().is_empty() {
            return Err("case.toml: `about` says nothing".to_owned());
        }
        let request_file = folder.join("request.json");
        let request = serde_json::from_str(&read(&request_file)?)
            .map_err(|error| format!("request.json: {error}"))?;
        let place = |path: &PathBuf| find(folder, path);
        let mut package = place(&description.package)?;
        let mut made = None;
        if let Some(component) = &description.component {
            let temporary = tempfile::tempdir().map_err(|error| error.to_string())?;
            package = make(&package, component, temporary.path())?;
            made = Some(temporary);
        }
        Ok(Case {
            package,
            request,
            request_file,
            input: description
                .files
                .iter()
                .map(place)
                .collect::<Result<_, _>>()?,
            limits: description.limits,
            _made: made,
        })
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn find(folder: &Path, path: &Path) -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = root.expect("tests is a folder of the repository");
    [folder, root]
        .into_iter()
        .map(|base| base.join(path))
        .find(|path| path.exists())
        .ok_or_else(|| format!("case.toml: there is no {}", path.display()))
}

/// Copies `package` to a folder of the same name in `into`, and adds the component.
fn make(package: &Path, component: &Component, into: &Path) -> Result<PathBuf, String> {
    let name = package.file_name().ok_or("the package has no name")?;
    let made = into.join(name);
    let put = |name: &str, bytes: &[u8]| {
        fs::write(made.join(name), bytes).map_err(|error| format!("{name}: {error}"))
    };
    fs::create_dir(&made).map_err(|error| error.to_string())?;
    for file in ["SKILL.md", "skill.toml", "schema.json"] {
        put(file, read(&package.join(file))?.as_bytes())?;
    }
    let mut tool = Tool::new(&component.call).fields(&component.fields);
    if let Some(pages) = component.pages {
        tool = tool.pages(pages);
    }
    if component.prints {
        tool = tool.import(Interface::Stdout);
    }
    put("skill.wasm", &tool.to_bytes())?;
    Ok(made)
}

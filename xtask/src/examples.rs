//! Builds the example skills and puts each component beside its manifest.
//!
//! A folder of `skills-examples/` with a `skill.toml` is an example skill. A crate has the folder's
//! name; what is no crate is built by `hotcell build`. The components are results, not sources: they are never committed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace;

/// What the example skills are compiled for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// The component's name in a package.
const COMPONENT: &str = "skill.wasm";

/// One example skill, ready to run.
pub(crate) struct BuiltExample {
    /// The skill's name, which is its folder's too.
    pub(crate) name: String,
    /// The package: the folder that now holds `skill.wasm`.
    pub(crate) path: PathBuf,
    /// The size of the component, in bytes.
    pub(crate) bytes: u64,
}

/// Builds and prints what was built.
pub(crate) fn run() -> Result<()> {
    for BuiltExample { name, path, bytes } in build()? {
        let place = path.join(COMPONENT);
        let place = place.strip_prefix(workspace::root()).unwrap_or(&place);
        println!(
            "{name:<20} {:>8.1} KiB  {}",
            bytes as f64 / 1024.0,
            place.display()
        );
    }
    Ok(())
}

/// Builds every example skill and returns them by name.
///
/// What has not changed is neither compiled nor written again.
pub(crate) fn build() -> Result<Vec<BuiltExample>> {
    let names = names(&workspace::examples())?;
    let is_crate = |name: &String| {
        workspace::examples()
            .join(name)
            .join("Cargo.toml")
            .is_file()
    };
    let (crates, projects): (Vec<_>, Vec<_>) = names.into_iter().partition(is_crate);
    let mut built = build_crates(crates)?;
    for name in projects {
        built.push(build_project(name)?);
    }
    built.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(built)
}

/// Builds an example in JavaScript, TypeScript or Python, as its author would. The tools are kept
/// below `target`.
fn build_project(name: String) -> Result<BuiltExample> {
    let mut cargo = workspace::cargo();
    process::run(
        "examples",
        cargo.args(["build", "--workspace", "--all-targets"]),
    )?;
    let path = workspace::examples().join(&name);
    let target = workspace::target();
    let mut hotcell = Command::new(target.join("debug/hotcell"));
    hotcell.arg("build").arg(&path);
    hotcell.arg("--cache").arg(target.join("author-tools"));
    hotcell
        .arg("--output")
        .arg(target.join(format!("{name}.zip")));
    process::run("examples", &mut hotcell)?;
    let place = path.join(COMPONENT);
    let bytes = fs::metadata(&place).map_err(|error| unreadable(&place, &error))?;
    Ok(BuiltExample {
        name,
        path,
        bytes: bytes.len(),
    })
}

/// Builds each crate by itself: in one run of cargo, what one asks of a library that they share
/// would change the component of another.
fn build_crates(names: Vec<String>) -> Result<Vec<BuiltExample>> {
    names.into_iter().map(build_crate).collect()
}

fn build_crate(name: String) -> Result<BuiltExample> {
    let mut cargo = workspace::cargo_in_examples();
    cargo.args([
        "build",
        "--release",
        "--locked",
        "--lib",
        "--target",
        TARGET,
    ]);
    process::run("examples", cargo.args(["--package", &name]))?;
    place(name)
}

fn place(name: String) -> Result<BuiltExample> {
    let path = workspace::examples().join(&name);
    let file = format!("{}.wasm", name.replace('-', "_"));
    let built = workspace::examples()
        .join("target")
        .join(TARGET)
        .join("release")
        .join(file);
    let bytes = copy_if_changed(&built, &path.join(COMPONENT)).map_err(|error| {
        Failure::new(
            format!(
                "examples: {name}: {} cannot be put in place: {error}",
                built.display()
            ),
            "the crate needs the folder's name and `crate-type = [\"cdylib\", \"rlib\"]`",
        )
    })?;
    Ok(BuiltExample { name, path, bytes })
}

/// Copies by rename, so that a test that runs meanwhile never reads half a component.
fn copy_if_changed(from: &Path, to: &Path) -> std::io::Result<u64> {
    let new = fs::read(from)?;
    if fs::read(to).ok().as_deref() != Some(&new) {
        let pending = to.with_extension("wasm.pending");
        fs::write(&pending, &new)?;
        fs::rename(&pending, to)?;
    }
    Ok(new.len() as u64)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        if entry.path().join("skill.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    if names.is_empty() {
        return Err(Failure::new(
            format!(
                "examples: no folder of {} holds a skill.toml",
                folder.display()
            ),
            "check the work tree: git status",
        ));
    }
    names.sort();
    Ok(names)
}

fn unreadable(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("examples: {} cannot be read: {error}", folder.display()),
        "check the work tree: git status",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_with_a_manifest_are_skills() {
        let folder = tempfile::tempdir().unwrap();
        for (name, file) in [
            ("b", "skill.toml"),
            ("a", "skill.toml"),
            ("lib", "Cargo.toml"),
        ] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join(file), "").unwrap();
        }
        assert_eq!(names(folder.path()).unwrap(), ["a", "b"]);
    }

    #[test]
    fn a_folder_without_skills_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(names(folder.path()).is_err());
        assert!(names(&folder.path().join("absent")).is_err());
    }

    #[test]
    fn a_component_is_written_only_when_it_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("skill.wasm"));
        fs::write(&from, b"one").unwrap();
        assert_eq!(copy_if_changed(&from, &to).unwrap(), 3);
        let first = fs::metadata(&to).unwrap().modified().unwrap();
        assert_eq!(copy_if_changed(&from, &to).unwrap(), 3);
        assert_eq!(fs::metadata(&to).unwrap().modified().unwrap(), first);
        fs::write(&from, b"three").unwrap();
        assert_eq!(copy_if_changed(&from, &to).unwrap(), 5);
        assert_eq!(fs::read(&to).unwrap(), b"three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}

//! A new skill's folder, which builds, tests and lints clean at once.
//!
//! A skill in Rust needs the SDK, which is not published: its sources are part of this program, and
//! stand in the new folder as `.hotcell/sdk`. So the folder builds on every machine as it is, and no path
//! of this one is in it.

mod files;
mod text;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hotcell_package::{Diagnostic, Manifest, Origin, SkillDocument, is_skill_name};

use self::text::render;

/// Most origins that a new skill may ask for.
const ORIGINS_MAX: usize = 8;

/// An origin that only the operator knows.
const ANY_ORIGIN: &str = "*";

/// What the new skill is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Rust.
    Rust,
    /// JavaScript with JSDoc.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// Python.
    Python,
}

impl Template {
    /// Returns the word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Template::Rust => "rust",
            Template::JavaScript => "js",
            Template::TypeScript => "ts",
            Template::Python => "python",
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Template::Rust => "Rust",
            Template::JavaScript => "JavaScript",
            Template::TypeScript => "TypeScript",
            Template::Python => "Python",
        })
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "rust" => Ok(Template::Rust),
            "js" | "javascript" => Ok(Template::JavaScript),
            "ts" | "typescript" => Ok(Template::TypeScript),
            "python" | "py" => Ok(Template::Python),
            _ => Err("it is one of rust, js, ts and python".to_owned()),
        }
    }
}

/// What a new skill is to be.
pub struct NewSkill<'a> {
    /// The folder that is to be made; its last name is the skill's.
    pub folder: &'a Path,
    /// The language.
    pub template: Template,
    /// Servers that it may ask for, such as `https://api.example.com`.
    pub origins: &'a [String],
}

/// Makes the folder, and returns its files in order.
///
/// # Errors
/// Where the name or an origin is wrong, and where anything of that name is there already: nothing
/// is ever overwritten.
pub fn new(skill: &NewSkill<'_>) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let name = skill.folder.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    check_choice(skill, name)?;
    let files = render(skill, name);
    check(&files)?;
    let shown = skill.folder.display().to_string();
    if skill.folder.symlink_metadata().is_ok() {
        let message = "it is there already, and is left as it is";
        let found = Diagnostic::error("not_made", &shown, message);
        return Err(vec![found.hint("choose another name")]);
    }
    make(skill.folder, &files).map_err(|error| {
        let message = format!("the folder cannot be made: {error}");
        let hint = "choose another folder, which is writable and whose disk has room";
        vec![Diagnostic::error("not_made", &shown, message).hint(hint)]
    })?;
    Ok(files.into_iter().map(|(file, _)| file.into()).collect())
}

/// Checks the name and the origins that the person chose.
fn check_choice(skill: &NewSkill<'_>, name: &str) -> Result<(), Vec<Diagnostic>> {
    let refuse = |code, at: &str, message: String, hint: &str| {
        Err(vec![Diagnostic::error(code, at, message).hint(hint)])
    };
    if !is_skill_name(name) {
        let shown = skill.folder.display().to_string();
        let message = match name {
            "" => "this names no new folder".to_owned(),
            _ => format!("`{name}` cannot name a skill"),
        };
        let hint = "choose 1 to 64 of a-z, 0-9 and single hyphens: hotcell new tax-check";
        return refuse("name_invalid", &shown, message, hint);
    }
    if skill.origins.len() > ORIGINS_MAX {
        let message = format!("a new skill asks for at most {ORIGINS_MAX} origins");
        let hint = "add the others to skill.toml";
        return refuse("too_many_origins", "--http", message, hint);
    }
    for (at, origin) in skill.origins.iter().enumerate() {
        if origin != ANY_ORIGIN
            && let Err(why) = Origin::parse(origin)
        {
            let message = format!("`{origin}` is not an origin: {why}");
            let hint = "write scheme and host: --http https://api.example.com";
            return refuse("wrong_origin", "--http", message, hint);
        }
        if skill.origins[..at].contains(origin) {
            let message = format!("`{origin}` is named twice");
            return refuse("duplicate", "--http", message, "name it once");
        }
    }
    Ok(())
}

/// Checks the new files by reading them as any package is read.
fn check(files: &[(String, String)]) -> Result<(), Vec<Diagnostic>> {
    let text = |wanted: &str| {
        let found = files.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, text)| text.as_str())
    };
    SkillDocument::parse_strict(text("SKILL.md"))?;
    Manifest::parse(text("skill.toml"))?;
    Ok(())
}

/// Makes the folder whole or not at all.
fn make(folder: &Path, files: &[(String, String)]) -> io::Result<()> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(parent)?;
    let pending = tempfile::Builder::new()
        .prefix(".new-skill-")
        .tempdir_in(parent)?;
    for (name, text) in files {
        let file = pending.path().join(name);
        fs::create_dir_all(file.parent().expect("it stands in the folder"))?;
        fs::write(file, text)?;
    }
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(pending.path(), open)?;
    // Where a folder came there meanwhile and has something in it, this fails.
    fs::rename(pending.path(), folder)?;
    let _ = pending.keep();
    Ok(())
}

//! All that goes into a build, as one digest.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hotcell_package::{BUILD_FOLDERS, Diagnostic};
use sha2::{Digest as _, Sha256};

use super::{Language, kit, schema};

/// Most files of a skill's folder, dependencies left out.
const FILES_MAX: usize = 4_096;

/// The digest of a skill's sources, of its language, and of Hotcell's tools.
pub(super) struct Inputs(Sha256);

impl Inputs {
    /// Reads the folder. Left out is what a build makes.
    pub(super) fn read(folder: &Path, language: Language) -> Result<Inputs, Diagnostic> {
        let mut files = Vec::new();
        list(folder, "", &mut files).map_err(|error| unreadable(folder, &error.to_string()))?;
        if files.len() > FILES_MAX {
            let message = format!("there are more than {FILES_MAX} files in the skill's folder");
            return Err(unreadable(folder, &message));
        }
        files.sort();
        let mut inputs = Inputs(Sha256::new());
        inputs.add(kit::digest(language).as_bytes());
        inputs.add(language.word().as_bytes());
        for name in files {
            let bytes = fs::read(folder.join(&name));
            let bytes = bytes.map_err(|error| unreadable(folder, &format!("{name}: {error}")))?;
            inputs.add(name.as_bytes());
            inputs.add(&bytes);
        }
        Ok(inputs)
    }

    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Returns the digest, in hexadecimal digits.
    pub(super) fn digest(&self) -> String {
        hex(&self.0.clone().finalize())
    }
}

/// Returns bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
    }
    text
}

fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        let made = prefix.is_empty() && is_made(&name);
        let hidden = name.starts_with('.') && name != ".hotcell";
        if made || hidden || files.len() > FILES_MAX {
            continue;
        }
        let path = format!("{prefix}{name}");
        if kind.is_dir() && !BUILD_FOLDERS.contains(&name.as_str()) {
            list(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() && path != schema::MARK {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a build, or who tests the skill, makes it; none of these reaches the component.
fn is_made(name: &str) -> bool {
    matches!(
        name,
        "skill.wasm" | "schema.json" | "tests" | "SKILL.md" | "skill.toml" | "README.md"
    ) || name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending == "zip")
}

fn unreadable(folder: &Path, message: &str) -> Diagnostic {
    Diagnostic::error("folder_unreadable", &folder.display().to_string(), message)
        .hint("check who may read the folder")
}

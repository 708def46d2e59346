//! A whole package: its files and what they say.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::contract::{CONTRACT_FILE, Contract};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;
use crate::document::{DOCUMENT_FILE, SkillDocument};
use crate::file_tree::FileTree;
use crate::limits::{CONTRACT_BYTES_MAX, DOCUMENT_BYTES_MAX, MANIFEST_BYTES_MAX, ReadLimits};
use crate::manifest::{MANIFEST_FILE, Manifest};
use crate::{archive, folder};

/// The component's name in a package.
pub const COMPONENT_FILE: &str = "skill.wasm";

/// First eight bytes of a WebAssembly component: magic, version 13, layer 1.
const COMPONENT_HEADER: &[u8] = b"\0asm\x0d\0\x01\0";
/// First eight bytes of a core module: magic, version 1, layer 0.
const MODULE_HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// A package that has been read and found sound in form. Its component has not been
/// validated: that is the sandbox's part.
#[derive(Debug, Clone)]
pub struct Package {
    /// The skill's name, from SKILL.md.
    pub name: String,
    /// SKILL.md.
    pub document: SkillDocument,
    /// skill.toml.
    pub manifest: Manifest,
    /// schema.json.
    pub contract: Contract,
    /// All files, these and the component included.
    pub files: FileTree,
    /// The canonical digest of `files`.
    pub digest: Digest,
    /// The folder that held the files, on disk or in the archive; none where they stood at an
    /// archive's root. Not part of the digest.
    pub folder: Option<String>,
}

impl Package {
    /// Reads a package from a folder, or from an archive of any name.
    ///
    /// # Errors
    /// Everything that can be found wrong at once.
    pub fn read(path: &Path, limits: &ReadLimits) -> Result<Self, PackageError> {
        let (files, folder) = folder::read_path(path, limits)?;
        Self::from_parts(files, folder)
    }

    /// Reads a package from the bytes of an archive.
    ///
    /// # Errors
    /// Everything that can be found wrong at once.
    pub fn from_zip(bytes: &[u8], limits: &ReadLimits) -> Result<Self, PackageError> {
        let (files, folder) = archive::read(bytes, limits)?;
        Self::from_parts(files, folder)
    }

    /// Reads a package from its files.
    ///
    /// # Errors
    /// Everything that can be found wrong at once.
    pub fn from_files(files: FileTree) -> Result<Self, PackageError> {
        Self::from_parts(files, None)
    }

    /// Returns the bytes of `skill.wasm`.
    pub fn component(&self) -> &Arc<[u8]> {
        self.files
            .get(COMPONENT_FILE)
            .expect("a package is made only of files that hold a component")
    }

    pub(crate) fn from_parts(
        files: FileTree,
        folder: Option<String>,
    ) -> Result<Self, PackageError> {
        let mut found = Vec::new();
        let document = text(&files, DOCUMENT_FILE, DOCUMENT_BYTES_MAX, &mut found)
            .and_then(|text| keep(SkillDocument::parse_strict(text), &mut found));
        let manifest = text(&files, MANIFEST_FILE, MANIFEST_BYTES_MAX, &mut found)
            .and_then(|text| keep(Manifest::parse(text), &mut found));
        let contract = text(&files, CONTRACT_FILE, CONTRACT_BYTES_MAX, &mut found)
            .and_then(|text| keep(Contract::parse(text), &mut found));
        if let (Some(manifest), Some(contract)) = (&manifest, &contract) {
            found.extend(manifest.check_tools(contract));
        }
        found.extend(check_component(&files));
        match (document, manifest, contract) {
            (Some(document), Some(manifest), Some(contract)) if found.is_empty() => Ok(Self {
                name: document.name.clone(),
                document,
                manifest,
                contract,
                digest: Digest::of_tree(&files),
                files,
                folder,
            }),
            _ => Err(PackageError::new(found)),
        }
    }
}

/// Why a package cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageError {
    diagnostics: Vec<Diagnostic>,
}

impl PackageError {
    /// Returns what was found; at least one diagnostic, and the first is the one to tell.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Returns the code of the first diagnostic.
    pub fn code(&self) -> &'static str {
        self.diagnostics[0].code
    }

    pub(crate) fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        if diagnostics.is_empty() {
            let message = "the package cannot be read";
            diagnostics.push(Diagnostic::error("package_unreadable", "package", message));
        }
        Self { diagnostics }
    }
}

impl From<Diagnostic> for PackageError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(vec![diagnostic])
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            let line_break = if index > 0 { "\n" } else { "" };
            write!(f, "{line_break}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PackageError {}

fn keep<T>(parsed: Result<T, Vec<Diagnostic>>, found: &mut Vec<Diagnostic>) -> Option<T> {
    parsed.map_err(|errors| found.extend(errors)).ok()
}

/// Returns the text of a file that every package has.
pub(crate) fn text<'f>(
    files: &'f FileTree,
    name: &str,
    bytes_max: u64,
    found: &mut Vec<Diagnostic>,
) -> Option<&'f str> {
    let Some(bytes) = files.get(name) else {
        found.push(missing(files, name));
        return None;
    };
    if bytes.len() as u64 > bytes_max {
        let message = format!("{name} has {} bytes; the limit is {bytes_max}", bytes.len());
        let hint = "move what is not needed on every call to references/";
        found.push(Diagnostic::error("file_too_large", name, message).hint(hint));
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let place = Place::of_offset(&valid, valid.len());
            let found_here = Diagnostic::error("not_utf8", name, format!("{name} is not UTF-8"));
            found.push(found_here.at(place).hint("save it as UTF-8"));
            None
        }
    }
}

fn missing(files: &FileTree, name: &str) -> Diagnostic {
    let folded = files.paths().find(|path| path.eq_ignore_ascii_case(name));
    let hint = match (folded, name) {
        (Some(path), _) => format!("rename `{path}` to `{name}`"),
        (None, MANIFEST_FILE) => {
            "the smallest one is two lines: `[skill]` and `version = \"0.1.0\"`".to_owned()
        }
        (None, DOCUMENT_FILE) => {
            "begin with `---`, `name: …`, `description: …`, `---`, then say how to use the tools"
                .to_owned()
        }
        (None, CONTRACT_FILE) => "write {\"tools\": [{\"name\": \"…\", \"description\": \"…\", \
             \"input_schema\": {\"type\": \"object\"}}]}"
            .to_owned(),
        (None, _) => "run `hotcell build`".to_owned(),
    };
    let code = match name {
        MANIFEST_FILE => "no_manifest",
        DOCUMENT_FILE => "no_document",
        _ => "no_contract",
    };
    Diagnostic::error(code, name, format!("the package has no {name}")).hint(hint)
}

fn check_component(files: &FileTree) -> Option<Diagnostic> {
    let error = |code, message: &str, hint: &str| {
        Some(Diagnostic::error(code, COMPONENT_FILE, message).hint(hint))
    };
    let Some(bytes) = files.get(COMPONENT_FILE) else {
        return match files.paths().find(|path| is_source(path)) {
            Some(source) => {
                let message = format!("the package has sources (`{source}`) and no skill.wasm");
                let hint = "run `hotcell build`; for Rust: cargo build --release --target wasm32-wasip2, then \
                            copy the .wasm here as skill.wasm";
                error("not_built", &message, hint)
            }
            None => {
                let hint = "compile the skill to a WebAssembly component (`hotcell build`)";
                error("no_component", "the package has no skill.wasm", hint)
            }
        };
    };
    if bytes.starts_with(COMPONENT_HEADER) {
        return None;
    }
    if bytes.starts_with(MODULE_HEADER) {
        let message = "skill.wasm is a core module, not a component";
        let hint = "build for the target wasm32-wasip2, or wrap it with `wasm-tools component new`";
        return error("core_module", message, hint);
    }
    if bytes.starts_with(b"\0asm") {
        let message = "skill.wasm is a component of a version that Hotcell does not know";
        return error("component_version", message, "build it with current tools");
    }
    let hint = "put the compiled component there (`hotcell build`)";
    error("not_wasm", "skill.wasm is not WebAssembly", hint)
}

/// Whether a file tells that this is a skill's source.
fn is_source(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(
        name,
        "Cargo.toml" | "package.json" | "pyproject.toml" | "go.mod"
    ) || matches!(
        ending,
        "py" | "js" | "mjs" | "ts" | "rs" | "go" | "c" | "cs"
    )
}

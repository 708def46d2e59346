//! A skill without a component: somebody's SKILL.md and the files beside it.
//!
//! Other hosts' skills are read, not run. They are read as those hosts read them: what can serve
//! is taken with warnings, what cannot is refused. Nothing of them grants anything.

use std::path::Path;

use semver::{BuildMetadata, Version};

use crate::contract::CONTRACT_FILE;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::{DOCUMENT_FILE, SkillDocument};
use crate::file_tree::FileTree;
use crate::hidden::first_hidden;
use crate::limits::{DOCUMENT_BYTES_MAX, ReadLimits};
use crate::manifest::MANIFEST_FILE;
use crate::package::{COMPONENT_FILE, Package, PackageError, text};
use crate::{Place, archive, folder};

/// Most bytes of the name of somebody else's skill: twice what the standard allows.
pub const FOREIGN_NAME_BYTES_MAX: usize = 128;
/// Digits of the digest in a version.
const VERSION_DIGITS: usize = 12;

/// Returns whether somebody else's skill can be called by this name: 1 to 128 of `a-zA-Z0-9-_`.
/// Each name by the standard is one.
pub fn is_foreign_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=FOREIGN_NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(allowed)
}

/// A skill without a component.
#[derive(Debug, Clone)]
pub struct Documentation {
    /// By which it is called: the name in SKILL.md; where nothing can be called so, the folder's.
    pub name: String,
    /// SKILL.md.
    pub document: SkillDocument,
    /// All files.
    pub files: FileTree,
    /// The canonical digest of `files`.
    pub digest: Digest,
    /// What the standard says against it.
    pub warnings: Vec<Diagnostic>,
}

impl Documentation {
    /// Reads one from its files; `folder` is the name of the folder that held them.
    ///
    /// # Errors
    /// Why it must be skipped: no SKILL.md, broken YAML, no description, no name that can serve.
    pub fn from_files(files: FileTree, folder: Option<&str>) -> Result<Self, PackageError> {
        let mut found = Vec::new();
        let Some(raw) = text(&files, DOCUMENT_FILE, DOCUMENT_BYTES_MAX, &mut found) else {
            return Err(PackageError::new(found));
        };
        let (document, warnings) = SkillDocument::parse_lenient(raw, folder)?;
        let names = [Some(document.name.as_str()), folder];
        let name = names
            .into_iter()
            .flatten()
            .find(|name| is_foreign_name(name));
        let Some(name) = name.map(str::to_owned) else {
            let message = "neither SKILL.md nor the folder has a name that can serve";
            let found = Diagnostic::error("name_unusable", DOCUMENT_FILE, message);
            return Err(found
                .hint("write `name: …`, of a-z, 0-9 and hyphens")
                .into());
        };
        Ok(Documentation {
            name,
            document,
            digest: Digest::of_tree(&files),
            files,
            warnings,
        })
    }

    /// Returns its version: the one in `metadata` where there is one, else 0.0.0; behind it the
    /// first digits of the digest, because authors of such skills change them as they like.
    pub fn version(&self) -> Version {
        let own = self.document.metadata.get("version");
        let own = own.and_then(|text| Version::parse(text.trim()).ok());
        let mut version = own.unwrap_or(Version::new(0, 0, 0));
        let digest = self.digest.to_string();
        let digits = digest.trim_start_matches("sha256:").get(..VERSION_DIGITS);
        let digits = digits.expect("a digest has more digits");
        version.build = BuildMetadata::new(digits).expect("hex digits may stand there");
        version
    }

    /// Returns where a text for a model (`.md`, `.txt`) has a character that a person cannot see:
    /// the first place of each file.
    pub fn hidden_characters(&self) -> Vec<Diagnostic> {
        let hint = "remove it, and look for others";
        let mut found = Vec::new();
        for (path, bytes) in &self.files {
            let is_read = path.ends_with(".md") || path.ends_with(".txt");
            let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| is_read) else {
                continue;
            };
            if let Some((at, c)) = first_hidden(text.strip_prefix('\u{feff}').unwrap_or(text)) {
                let message = format!("the hidden character U+{:04X} stands here", u32::from(c));
                let found_here = Diagnostic::error("hidden_character", path, message);
                found.push(found_here.at(Place::of_offset(text, at)).hint(hint));
            }
        }
        if let Some((_, c)) = first_hidden(&self.document.description) {
            let message = format!(
                "the description holds the hidden character U+{:04X}",
                u32::from(c)
            );
            found.push(Diagnostic::error("hidden_character", DOCUMENT_FILE, message).hint(hint));
        }
        found
    }
}

/// What can be installed: a package, or a skill without a component.
#[derive(Debug, Clone)]
pub enum Installable {
    /// A package.
    Runnable(Box<Package>),
    /// A skill without a component.
    Documentation(Box<Documentation>),
}

impl Installable {
    /// Reads what stands at a path, a folder or an archive. It is a skill without a component
    /// where it has a SKILL.md and nothing else of a package.
    ///
    /// # Errors
    /// Everything that can be found wrong at once.
    pub fn read(path: &Path, limits: &ReadLimits) -> Result<Self, PackageError> {
        let (files, folder) = folder::read_path(path, limits)?;
        Self::from_parts(files, folder)
    }

    /// Reads the bytes of an archive.
    ///
    /// # Errors
    /// Everything that can be found wrong at once.
    pub fn from_zip(bytes: &[u8], limits: &ReadLimits) -> Result<Self, PackageError> {
        let (files, folder) = archive::read(bytes, limits)?;
        Self::from_parts(files, folder)
    }

    /// Returns the name by which it is called.
    pub fn name(&self) -> &str {
        match self {
            Installable::Runnable(package) => &package.name,
            Installable::Documentation(skill) => &skill.name,
        }
    }

    /// Returns its version.
    pub fn version(&self) -> Version {
        match self {
            Installable::Runnable(package) => package.manifest.version.clone(),
            Installable::Documentation(skill) => skill.version(),
        }
    }

    /// Returns its canonical digest.
    pub fn digest(&self) -> Digest {
        match self {
            Installable::Runnable(package) => package.digest,
            Installable::Documentation(skill) => skill.digest,
        }
    }

    /// Returns its SKILL.md.
    pub fn document(&self) -> &SkillDocument {
        match self {
            Installable::Runnable(package) => &package.document,
            Installable::Documentation(skill) => &skill.document,
        }
    }

    /// Returns its files.
    pub fn files(&self) -> &FileTree {
        match self {
            Installable::Runnable(package) => &package.files,
            Installable::Documentation(skill) => &skill.files,
        }
    }

    fn from_parts(files: FileTree, folder: Option<String>) -> Result<Self, PackageError> {
        if is_documentation(&files) {
            let skill = Documentation::from_files(files, folder.as_deref())?;
            return Ok(Installable::Documentation(Box::new(skill)));
        }
        let package = Package::from_parts(files, folder)?;
        Ok(Installable::Runnable(Box::new(package)))
    }
}

/// Returns whether these are the files of a skill that was never meant to be a package.
fn is_documentation(files: &FileTree) -> bool {
    let parts = [MANIFEST_FILE, CONTRACT_FILE, COMPONENT_FILE];
    files.get(DOCUMENT_FILE).is_some() && parts.iter().all(|part| files.get(part).is_none())
}

/// Returns whether the folder at `path` holds such a skill, by the names in it alone.
pub fn is_documentation_folder(path: &Path) -> bool {
    let has = |name: &str| path.join(name).symlink_metadata().is_ok();
    has(DOCUMENT_FILE)
        && ![MANIFEST_FILE, CONTRACT_FILE, COMPONENT_FILE]
            .iter()
            .any(|n| has(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Level;

    fn read(text: &str, folder: Option<&str>) -> Result<Documentation, PackageError> {
        let files = FileTree::new([(DOCUMENT_FILE, text.as_bytes())]).unwrap();
        Documentation::from_files(files, folder)
    }

    #[test]
    fn what_can_serve_is_taken_with_warnings() {
        let long = "x".repeat(80);
        for (name, folder, expected, warned) in [
            ("pdf", Some("pdf"), "pdf", None),
            (&*long, Some(&*long), &*long, Some("name_too_long")),
            ("pdf", Some("docs"), "pdf", Some("name_folder")),
            (
                "My Skill",
                Some("my-skill"),
                "my-skill",
                Some("name_invalid"),
            ),
        ] {
            let text = format!("---\nname: {name}\ndescription: Reads.\n---\nbody\n");
            let skill = read(&text, folder).unwrap();
            assert_eq!(skill.name, expected);
            let first = skill.warnings.first();
            assert_eq!(first.map(|one| one.code), warned, "{name}");
            assert!(skill.warnings.iter().all(|one| one.level == Level::Warning));
        }
    }

    #[test]
    fn what_cannot_serve_is_refused() {
        for (text, code) in [
            ("---\nname: a\n---\n", "description_missing"),
            ("---\nname: [a\ndescription: x\n---\n", "frontmatter_yaml"),
            ("# only a heading\n", "no_frontmatter"),
            ("---\nname: a b\ndescription: x\n---\n", "name_unusable"),
        ] {
            assert_eq!(read(text, None).unwrap_err().code(), code);
        }
    }

    #[test]
    fn a_version_follows_the_content() {
        let one = read("---\nname: a\ndescription: x\n---\n", None).unwrap();
        let two = read("---\nname: a\ndescription: y\n---\n", None).unwrap();
        assert_ne!(one.version(), two.version());
        assert!(one.version().to_string().starts_with("0.0.0+"));
        let text = "---\nname: a\ndescription: x\nmetadata:\n  version: 1.2.0\n---\n";
        assert!(
            read(text, None)
                .unwrap()
                .version()
                .to_string()
                .starts_with("1.2.0+")
        );
    }

    #[test]
    fn hidden_characters_are_found_in_every_text() {
        let text = "---\nname: a\ndescription: x\n---\nsee\u{200b}\n";
        let found = read(text, None).unwrap().hidden_characters();
        assert_eq!((found.len(), found[0].line), (1, Some(5)));
        let clean = "---\nname: a\ndescription: x\n---\nsee\n";
        assert!(read(clean, None).unwrap().hidden_characters().is_empty());
    }
}

//! A skill's component from its sources, in the language that the folder is written in.
//!
//! The languages' own tools run as processes: cargo, Node with componentize-js, Python with
//! componentize-py. They are brought once, in exact versions, into a folder of Hotcell's own.
//!
//! What the same JavaScript or Python built before is taken from there again, under the digest of
//! all that went in. For Python this also gives one source one digest, on one machine: its engine draws
//! random numbers while it is started, and two builds differ in bytes that mean nothing. JavaScript's
//! engine is started without them (`tools/js/world.mjs`), and has one digest everywhere.
//! Rust needs none of this: cargo knows what has changed, also in crates beside the skill.

mod engine;
mod given;
mod inputs;
mod javascript;
mod kept;
mod kit;
mod language;
mod process;
mod python;
mod report;
mod rust;
mod schema;
mod traceback;

use std::fs;
use std::path::{Path, PathBuf};

use hotcell_package::Diagnostic;

use crate::new::Template;

pub use engine::engine;
pub use language::Language;

/// Whether scripts of npm packages may run when they are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallScripts {
    /// They may not: what every package needs is its files.
    Refused,
    /// The author asked for them.
    Allowed,
}

/// What a build is told.
pub struct BuildOptions<'a> {
    /// The skill's folder.
    pub folder: &'a Path,
    /// Its language; found by itself where there is none.
    pub language: Option<Language>,
    /// Where tools and earlier builds are kept.
    pub cache: &'a Path,
    /// Whether scripts of npm packages may run.
    pub install_scripts: InstallScripts,
    /// Is told what is being done.
    pub tell: &'a dyn Fn(&str),
}

/// What came of a build.
#[derive(Debug, Clone)]
pub struct Built {
    /// The language that it was built from.
    pub language: Language,
    /// What its author wrote: a language of the command line, where TypeScript is one of its own.
    pub written_in: Template,
    /// `skill.wasm`.
    pub component: PathBuf,
    /// Its size.
    pub component_bytes: u64,
    /// Whether it is the component of before.
    pub unchanged: bool,
    /// What the author should look at.
    pub warnings: Vec<Diagnostic>,
}

/// A component in the skill's folder.
#[derive(Default)]
struct Placed {
    bytes: u64,
    unchanged: bool,
    warnings: Vec<Diagnostic>,
}

/// One build under way.
struct Job<'a> {
    options: &'a BuildOptions<'a>,
    /// The skill's folder, absolute.
    folder: PathBuf,
    /// A folder for this build alone.
    work: PathBuf,
}

impl Job<'_> {
    fn tell(&self, what: &str) {
        (self.options.tell)(what);
    }
}

const NO_FOLDER: &str = "give the skill's folder: hotcell build my-skill";

/// Builds the skill: writes `skill.wasm`, and `schema.json` where the sources say it.
///
/// This runs the author's own code: build scripts of Rust, install scripts of npm where they
/// are allowed. Build only what you trust.
///
/// # Errors
/// What is wrong with the sources, or which tool is missing, each with its mend.
pub fn build(options: &BuildOptions<'_>) -> Result<Built, Vec<Diagnostic>> {
    let shown = options.folder.display().to_string();
    let folder = options.folder.canonicalize().map_err(|error| {
        let found = Diagnostic::error("folder_unreadable", &shown, error.to_string());
        vec![found.hint(NO_FOLDER)]
    })?;
    if !folder.is_dir() {
        let found = Diagnostic::error("folder_unreadable", &shown, "this is no folder");
        return Err(one(found.hint(NO_FOLDER)));
    }
    let language = match options.language {
        Some(language) => language,
        None => Language::of_folder(options.folder).map_err(one)?,
    };
    fs::create_dir_all(options.cache).map_err(|error| vec![unusable(options.cache, &error)])?;
    let cache = options.cache.canonicalize();
    let cache = cache.map_err(|error| vec![unusable(options.cache, &error)])?;
    let work = tempfile::Builder::new().prefix("work-").tempdir_in(&cache);
    let work = work.map_err(|error| vec![unusable(&cache, &error)])?;
    let options = BuildOptions {
        cache: &cache,
        ..*options
    };
    let job = Job {
        options: &options,
        folder,
        work: work.path().to_owned(),
    };
    let placed = match language {
        Language::Rust => {
            let made = rust::make(&job)?;
            let placed = place_component(&job.folder, &made.component)?;
            Placed {
                warnings: made.warnings,
                ..placed
            }
        }
        Language::JavaScript => kept::taken_or_made(&job, language, javascript::make)?,
        Language::Python => kept::taken_or_made(&job, language, python::make)?,
    };
    Ok(Built {
        language,
        written_in: written_in(&job.folder, language),
        component: job.folder.join("skill.wasm"),
        component_bytes: placed.bytes,
        unchanged: placed.unchanged,
        warnings: placed.warnings,
    })
}

fn written_in(folder: &Path, language: Language) -> Template {
    match language {
        Language::Rust => Template::Rust,
        Language::Python => Template::Python,
        Language::JavaScript if javascript::is_typescript(folder) => Template::TypeScript,
        Language::JavaScript => Template::JavaScript,
    }
}

fn one(diagnostic: Diagnostic) -> Vec<Diagnostic> {
    vec![diagnostic]
}

fn unusable(place: &Path, error: &std::io::Error) -> Diagnostic {
    let place = place.display().to_string();
    Diagnostic::error("cache_unusable", &place, error.to_string())
        .hint("choose another folder with --cache DIR")
}

/// Puts a component into the skill's folder.
fn place_component(folder: &Path, made: &Path) -> Result<Placed, Vec<Diagnostic>> {
    let place = folder.join("skill.wasm");
    let placed = fs::read(made).and_then(|component| {
        let changed = write_changed(&place, &component)?;
        Ok(Placed {
            bytes: component.len() as u64,
            unchanged: !changed,
            warnings: Vec::new(),
        })
    });
    placed.map_err(|error| {
        let hint = "see that the skill's folder is writable, and that its disk has room";
        let found = Diagnostic::error("folder_unwritable", "skill.wasm", error.to_string());
        one(found.hint(hint))
    })
}

/// Writes a file by rename, so that who reads meanwhile has the old one or the new one. Returns
/// whether it was another one before.
fn write_changed(place: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    if fs::read(place).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    let folder = place.parent().expect("a file stands in a folder");
    let mut pending = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut pending, bytes)?;
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    pending.as_file().set_permissions(permissions)?;
    pending.persist(place)?;
    Ok(true)
}

//! Components that were built before, each under the digest of all that went in.

use std::fs;
use std::path::{Path, PathBuf};

use hotcell_package::Diagnostic;
use serde::{Deserialize, Serialize};

use super::inputs::Inputs;
use super::report::{CodeTool, LateImport};
use super::{Job, Language, Placed, given, one, place_component, schema, unusable};

/// What a language's tools made, in a folder that goes away.
pub(super) struct Made {
    pub(super) component: PathBuf,
    /// `schema.json` as the sources say it; none where the author gives it.
    pub(super) schema: Option<String>,
    /// What was found in the sources.
    pub(super) found: Found,
}

/// What was found in the sources, kept beside what was made of them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Found {
    /// The tools that the code has; none where that cannot be read from it.
    pub(super) tools: Option<Vec<CodeTool>>,
    /// Imports of what the component does not have.
    pub(super) late: Vec<LateImport>,
}

/// The file of [`Found`].
const FOUND_FILE: &str = "found.json";

/// Puts what the same inputs made before into the skill's folder, or else what `make` makes of them.
pub(super) fn taken_or_made(
    job: &Job<'_>,
    language: Language,
    make: impl FnOnce(&Job<'_>) -> Result<Made, Vec<Diagnostic>>,
) -> Result<Placed, Vec<Diagnostic>> {
    let folder = &job.folder;
    let place = || -> Result<PathBuf, Vec<Diagnostic>> {
        let inputs = Inputs::read(folder, language).map_err(one)?;
        Ok(job.options.cache.join("built").join(inputs.digest()))
    };
    let kept = place()?;
    if kept.join("skill.wasm").is_file() {
        let taken = take(&kept, folder)?;
        return Ok(Placed {
            unchanged: true,
            ..taken
        });
    }
    let made = make(job)?;
    // A lock file that the build wrote is one of its inputs from now on.
    let kept = place()?;
    keep(&kept, &made).map_err(|error| vec![unusable(job.options.cache, &error)])?;
    let taken = take(&kept, folder)?;
    Ok(Placed {
        unchanged: false,
        ..taken
    })
}

/// Keeps what was made: whole or not at all.
fn keep(kept: &Path, made: &Made) -> std::io::Result<()> {
    let parent = kept.parent().expect("it stands in the folder `built`");
    fs::create_dir_all(parent)?;
    let pending = tempfile::Builder::new().prefix("new-").tempdir_in(parent)?;
    fs::copy(&made.component, pending.path().join("skill.wasm"))?;
    if let Some(schema) = &made.schema {
        fs::write(pending.path().join("schema.json"), schema)?;
    }
    let found = serde_json::to_vec(&made.found)?;
    fs::write(pending.path().join(FOUND_FILE), found)?;
    match fs::rename(pending.path(), kept) {
        Ok(()) => {
            // It is no temporary folder any more.
            let _ = pending.keep();
            Ok(())
        }
        // Another process was quicker with the same inputs.
        Err(_) if kept.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Puts what is kept into the skill's folder.
fn take(kept: &Path, folder: &Path) -> Result<Placed, Vec<Diagnostic>> {
    let found = fs::read(kept.join(FOUND_FILE)).unwrap_or_default();
    let found: Found = serde_json::from_slice(&found).unwrap_or_default();
    let mut warnings: Vec<_> = found.late.iter().map(LateImport::warning).collect();
    match fs::read_to_string(kept.join("schema.json")) {
        Ok(derived) => schema::write(folder, &derived).map_err(one)?,
        Err(_) => warnings.extend(given::check(folder, found.tools.as_deref())?),
    }
    let placed = place_component(folder, &kept.join("skill.wasm"))?;
    Ok(Placed { warnings, ..placed })
}

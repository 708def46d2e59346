//! Components that were built before, each under the digest of all that went in.

use std::fs;
use std::path::{Path, PathBuf};

use hotcell_package::Diagnostic;

use super::inputs::Inputs;
use super::{Job, Language, one, place_component, schema, unusable};

/// What a language's tools made, in a folder that goes away.
pub(super) struct Made {
    pub(super) component: PathBuf,
    /// `schema.json` as the sources say it; none where the author gives it.
    pub(super) schema: Option<String>,
}

/// Puts what the same inputs made before into the skill's folder, or else what `make` makes of them.
/// Returns the component's size, and whether it is one of before.
pub(super) fn taken_or_made(
    job: &Job<'_>,
    language: Language,
    make: impl FnOnce(&Job<'_>) -> Result<Made, Vec<Diagnostic>>,
) -> Result<(u64, bool), Vec<Diagnostic>> {
    let folder = &job.folder;
    let place = || -> Result<PathBuf, Vec<Diagnostic>> {
        let inputs = Inputs::read(folder, language).map_err(one)?;
        Ok(job.options.cache.join("built").join(inputs.digest()))
    };
    let kept = place()?;
    if kept.join("skill.wasm").is_file() {
        return Ok((take(&kept, folder)?, true));
    }
    let made = make(job)?;
    // A lock file that the build wrote is one of its inputs from now on.
    let kept = place()?;
    keep(&kept, &made).map_err(|error| vec![unusable(job.options.cache, &error)])?;
    Ok((take(&kept, folder)?, false))
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

/// Puts what is kept into the skill's folder, and returns the component's size.
fn take(kept: &Path, folder: &Path) -> Result<u64, Vec<Diagnostic>> {
    if let Ok(derived) = fs::read_to_string(kept.join("schema.json")) {
        schema::write(folder, &derived).map_err(one)?;
    }
    let (bytes, _) = place_component(folder, &kept.join("skill.wasm"))?;
    Ok(bytes)
}

//! The engine of a language, in a skill of Hotcell's own.

use std::fs;
use std::path::Path;

use hotcell_package::Diagnostic;

use super::{BuildOptions, InstallScripts, Language, build, unusable};
use crate::new::{NewSkill, Template, new};

/// Returns a component that has the engine of `language`, and nothing of an author's in it: what a
/// new skill is made of, built with the tools of `cache`. None for Rust, which has no engine.
///
/// Every skill of the language carries the same engine, so a host that has compiled this one
/// compiles the others in a third of the time.
///
/// # Errors
/// As those of [`build`].
pub fn engine(
    language: Language,
    cache: &Path,
    tell: &dyn Fn(&str),
) -> Result<Option<Vec<u8>>, Vec<Diagnostic>> {
    let template = match language {
        Language::Rust => return Ok(None),
        Language::JavaScript => Template::JavaScript,
        Language::Python => Template::Python,
    };
    let failed = |error: std::io::Error| vec![unusable(cache, &error)];
    let place = tempfile::Builder::new()
        .prefix("engine-")
        .tempdir_in(cache)
        .map_err(failed)?;
    let folder = place.path().join("engine");
    new(&NewSkill {
        folder: &folder,
        template,
        origins: &[],
    })?;
    let built = build(&BuildOptions {
        folder: &folder,
        language: Some(language),
        cache,
        install_scripts: InstallScripts::Refused,
        tell,
    })?;
    fs::read(&built.component).map(Some).map_err(failed)
}

//! A package that a command is told by its path, or by the name under which it is installed.

use std::path::Path;

use hotcell_host::{Reference, RegistryError};
use hotcell_package::{Diagnostic, Package, ReadLimits};

use crate::config::PlacesArguments;
use crate::house;
use crate::record::Record;

/// Which version a reference means that fits several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The one that a call gets.
    Called,
    /// The highest, enabled or not.
    Newest,
}

/// Reads the package at a path; where there is nothing, the installed one of that name.
///
/// # Errors
///
/// Returns all that is wrong with it.
pub(crate) fn package(
    told: &Path,
    places: &PlacesArguments,
    which: Which,
) -> Result<Package, Vec<Diagnostic>> {
    let read =
        || Package::read(told, &ReadLimits::STANDARD).map_err(|error| error.diagnostics().to_vec());
    let Some(reference) = reference(told) else {
        return read();
    };
    let places = places.places()?;
    let config = places.read_config()?;
    let runtime = house::runtime().map_err(|fault| {
        vec![Diagnostic::error("fault", &reference.name, &fault.message).hint(&fault.mend)]
    })?;
    runtime.block_on(async {
        let Some(record) = Record::open_if_any(&places, &config).await? else {
            return read();
        };
        let found = installed(&record, &reference, which).await;
        found.map_err(|error| {
            let code = match error {
                RegistryError::Absent(_) => "not_found",
                _ => "not_readable",
            };
            let at = told.display().to_string();
            let message = match error {
                RegistryError::Absent(_) => format!("no such file, and {error}"),
                _ => error.to_string(),
            };
            vec![Diagnostic::error(code, &at, message).hint(error.mend())]
        })
    })
}

/// Returns the reference that was told; none where it is a path.
fn reference(told: &Path) -> Option<Reference> {
    let text = told.to_str()?;
    let is_path = text.contains(std::path::MAIN_SEPARATOR) || told.symlink_metadata().is_ok();
    match is_path {
        true => None,
        false => text.parse().ok(),
    }
}

async fn installed(
    record: &Record,
    reference: &Reference,
    which: Which,
) -> Result<Package, RegistryError> {
    let release = match which {
        Which::Called => record.registry.find(reference).await?,
        Which::Newest => record.registry.newest(reference).await?,
    };
    let digest = release.digest.parse().map_err(|_| {
        let digest = hotcell_package::Digest::of_bytes(b"");
        let why = "its digest is none".to_owned();
        RegistryError::Package { digest, why }
    })?;
    record.registry.package(digest)
}

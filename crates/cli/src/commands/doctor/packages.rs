//! Whether what is installed is whole, compiles, and is what assistants are to have.

use std::path::PathBuf;

use hotcell_host::journal::Release;
use hotcell_host::{Fault, Host, LoadError, Registry};
use hotcell_package::{Digest, Installable};
use hotcell_policy::Policy;
use hotcell_policy::config::Config;

use super::Finding;
use crate::record::Record;
use crate::{house, waiting};

const PACKAGES: &str = "packages";

/// Looks at every release, and at what assistants are to have of them.
pub(super) async fn look(record: &Record, config: &Config, cache: Option<PathBuf>) -> Vec<Finding> {
    let registry = &record.registry;
    let releases = match registry.releases().await {
        Ok(releases) => releases,
        Err(error) => return vec![Finding::wrong(PACKAGES, error.to_string(), error.mend())],
    };
    let host = match house::host(cache, Policy::standard(), None) {
        Ok(host) => host,
        Err(error) => {
            let what = format!("the folder of compiled code: {error}");
            return vec![Finding::wrong(
                PACKAGES,
                what,
                "choose another with --cache DIR",
            )];
        }
    };
    let mut found = Vec::new();
    for release in releases.iter() {
        found.push(of_release(&host, registry, release).await);
    }
    found.extend(of_waiting(registry).await);
    found.extend(of_assistants(config, &releases));
    found
}

async fn of_release(host: &Host, registry: &Registry, release: &Release) -> Finding {
    let name = format!("{} {}", release.name, release.version);
    let read = release.digest.parse::<Digest>().ok();
    let read = read.map(|digest| registry.installable(digest));
    let again = "hotcell add its package again, or restore a backup of the data folder";
    let package = match read {
        Some(Ok(Installable::Runnable(package))) => package,
        Some(Ok(Installable::Documentation(_))) => {
            return Finding::well(PACKAGES, format!("{name} is whole, and is read only"));
        }
        Some(Err(error)) => return Finding::wrong(PACKAGES, format!("{name}: {error}"), again),
        None => return Finding::wrong(PACKAGES, format!("{name}: its digest is none"), again),
    };
    let compiling = format!("compiling {name}");
    match waiting::for_work(&compiling, host.load(*package)).await {
        Ok(_) => Finding::well(PACKAGES, format!("{name} is whole and compiled")),
        Err(LoadError::Component { message, hint, .. }) => {
            Finding::wrong(PACKAGES, format!("{name}: {message}"), hint)
        }
        Err(error) => Finding::wrong(
            PACKAGES,
            format!("{name}: {error}"),
            format!("hotcell remove {}@{}", release.name, release.version),
        ),
    }
}

async fn of_waiting(registry: &Registry) -> Vec<Finding> {
    match registry.waiting().await {
        Ok(waiting) => {
            let finding = |(name, version): &(String, String)| {
                Finding::look(
                    PACKAGES,
                    format!("{name} {version} asks for more than before, and waits"),
                    format!("hotcell approve {name}@{version}"),
                )
            };
            waiting.iter().map(finding).collect()
        }
        Err(error) => {
            let fault = Fault::from(error);
            vec![Finding::wrong(PACKAGES, fault.message, fault.mend)]
        }
    }
}

/// Whether each skill of each assistant is installed in a version that it may be.
fn of_assistants(config: &Config, releases: &[Release]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, table) in &config.assistants {
        for one in &table.skills {
            let pin = &one.pin;
            let fits = |release: &&Release| {
                release.is_enabled && pin.fits(&release.name, &release.version, &release.digest)
            };
            found.push(match releases.iter().find(fits) {
                Some(_) => Finding::well("assistants", format!("{name} has {pin}")),
                None => Finding::wrong(
                    "assistants",
                    format!(
                        "{name} is to have {pin} ({}:{}), and no enabled version fits",
                        config.file, one.place.line
                    ),
                    "add or enable one (`hotcell list`), or correct the line",
                ),
            });
        }
    }
    found
}

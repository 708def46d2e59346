//! The bytes of packages: one zip for each digest.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use hotcell_package::{Digest, Installable, Package, pack};

use super::{Registry, RegistryError};

/// What is wrong with an installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The skill's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What is wrong.
    pub why: String,
}

/// What sweeping removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Registry {
    /// Reads an installed package, and checks that it is the one that its name says.
    ///
    /// # Errors
    ///
    /// Fails where it is not there or not whole.
    pub fn package(&self, digest: Digest) -> Result<Package, RegistryError> {
        match self.installable(digest)? {
            Installable::Runnable(package) => Ok(*package),
            Installable::Documentation(_) => Err(RegistryError::Package {
                digest,
                why: "it is a skill without a component, which is read and not run".to_owned(),
            }),
        }
    }

    /// Returns the bytes of an archive.
    pub(super) fn zip(&self, digest: Digest) -> Result<Vec<u8>, RegistryError> {
        let path = self.place(digest);
        fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => RegistryError::Package {
                digest,
                why: "its file is gone".to_owned(),
            },
            _ => RegistryError::File(path, error),
        })
    }

    /// Reads every installed package, and returns what is wrong.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn verify(&self) -> Result<Vec<Broken>, RegistryError> {
        let mut broken = Vec::new();
        for release in self.releases().await?.iter() {
            let read = release
                .digest
                .parse()
                .map_err(|_| "its digest is none".to_owned())
                .and_then(|digest| self.installable(digest).map_err(|error| error.to_string()));
            if let Err(why) = read {
                let (name, version) = (release.name.clone(), release.version.clone());
                broken.push(Broken { name, version, why });
            }
        }
        Ok(broken)
    }

    /// Removes the packages that no release and none of `named` names. Nothing else may run.
    ///
    /// # Errors
    ///
    /// Fails where the record or the folder cannot be read.
    pub async fn sweep(&self, named: &BTreeSet<String>) -> Result<Swept, RegistryError> {
        let (paths, swept) = self.unnamed(named).await?;
        for path in paths {
            fs::remove_file(&path).map_err(|error| RegistryError::File(path, error))?;
        }
        self.sweep_cards(&self.named(named).await?);
        Ok(swept)
    }

    /// Returns what [`Registry::sweep`] would remove.
    ///
    /// # Errors
    ///
    /// As [`Registry::sweep`].
    pub async fn sweepable(&self, named: &BTreeSet<String>) -> Result<Swept, RegistryError> {
        Ok(self.unnamed(named).await?.1)
    }

    /// Returns the packages that a release or one of `named` names.
    async fn named(&self, named: &BTreeSet<String>) -> Result<BTreeSet<PathBuf>, RegistryError> {
        let releases = self.releases().await?;
        let digests = releases.iter().map(|release| &release.digest).chain(named);
        let places = digests.filter_map(|digest| Some(self.place(digest.parse().ok()?)));
        Ok(places.collect())
    }

    async fn unnamed(
        &self,
        named: &BTreeSet<String>,
    ) -> Result<(Vec<PathBuf>, Swept), RegistryError> {
        let keep = self.named(named).await?;
        let failed = |error| RegistryError::File(self.folder.clone(), error);
        let mut paths = Vec::new();
        let mut swept = Swept::default();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((paths, swept)),
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            if !keep.contains(&entry.path()) {
                swept.bytes += entry.metadata().map_err(failed)?.len();
                swept.files += 1;
                paths.push(entry.path());
            }
        }
        Ok((paths, swept))
    }

    /// Keeps a package's bytes: written under another name, synced, then named.
    pub(super) fn keep(&self, installed: &Installable) -> Result<(), RegistryError> {
        let digest = installed.digest();
        let path = self.place(digest);
        if path.exists() && self.installable(digest).is_ok() {
            return Ok(());
        }
        let failed = |error| RegistryError::File(path.clone(), error);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let zip = pack(installed.files(), installed.name());
        let zip = zip.expect("a skill's name can name a folder");
        let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(failed)?;
        file.write_all(&zip)
            .and_then(|()| file.as_file().sync_all())
            .map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        let folder = fs::File::open(&self.folder).map_err(failed)?;
        folder.sync_all().map_err(failed)?;
        self.keep_card(installed);
        Ok(())
    }

    pub(super) fn place(&self, digest: Digest) -> PathBuf {
        let text = digest.to_string();
        let hex = text.trim_start_matches("sha256:");
        self.folder.join(format!("{hex}.zip"))
    }
}

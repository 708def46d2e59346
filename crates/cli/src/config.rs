//! The operator's file and the data folder: where they are, and how the file is read.
//!
//! The working directory and packages are never looked in: who can place a file there would
//! decide what is granted.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use directories::ProjectDirs;
use hotcell_host::State;
use hotcell_package::{Diagnostic, Digest};
use hotcell_policy::config::{
    CONFIG_BYTES_MAX, CONFIG_FILE, Config, GrantSubject, SecretKind, SecretSource, VaultKey,
};

/// Where the operator's file and the data folder are; flatten it into a command's arguments.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlacesArguments {
    /// The operator's file [default: hotcell.toml in the platform's configuration folder]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// The folder of approvals, suspensions and the vault [default: the platform's data folder]
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
}

/// Where the operator's file and the data folder are.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The operator's file; it need not be there unless somebody named it.
    pub(crate) config: PathBuf,
    /// The folder of approvals, suspensions and the vault; it need not be there.
    pub(crate) data: PathBuf,
    is_named: bool,
}

impl PlacesArguments {
    /// Returns the operator's file, where it is named.
    pub(crate) fn config_named(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// Returns the data folder, where it is named.
    pub(crate) fn data_named(&self) -> Option<&Path> {
        self.data.as_deref()
    }

    /// Returns the places that are named, and for the others the platform's.
    ///
    /// # Errors
    ///
    /// Fails where one is not named and this user has no home folder.
    pub(crate) fn places(&self) -> Result<Places, Vec<Diagnostic>> {
        let folders = ProjectDirs::from("", "", "hotcell");
        let place = |named: &Option<PathBuf>, usual: fn(&ProjectDirs) -> PathBuf| match named {
            Some(named) => Some(named.clone()),
            None => folders.as_ref().map(usual),
        };
        let config = place(&self.config, |folders| {
            folders.config_dir().join(CONFIG_FILE)
        });
        let data = place(&self.data, |folders| folders.data_dir().to_owned());
        match (config, data) {
            (Some(config), Some(data)) => Ok(Places {
                config,
                data,
                is_named: self.config.is_some(),
            }),
            _ => Err(vec![
                Diagnostic::error("no_home", CONFIG_FILE, "this user has no home folder")
                    .hint("name both places: --config FILE --data DIR"),
            ]),
        }
    }
}

impl Places {
    /// Reads the operator's file; where it is not there and nobody named it, nothing is granted.
    /// Paths in it are made whole: they begin at its folder.
    ///
    /// # Errors
    ///
    /// Returns all that is wrong with it.
    pub(crate) fn read_config(&self) -> Result<Config, Vec<Diagnostic>> {
        let name = self.config.display().to_string();
        let text = match self.read_text() {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_named => {
                String::new()
            }
            Err(error) => {
                let found = Diagnostic::error("unreadable", &name, error.to_string());
                return Err(vec![found.hint("name another with --config FILE")]);
            }
        };
        let mut config = Config::parse(&name, &text)?;
        // Of the file, not of its folder: the folder of a bare name is empty, which is no path.
        let file = std::path::absolute(&self.config).unwrap_or_else(|_| self.config.clone());
        make_whole(&mut config, file.parent().unwrap_or(Path::new("/")));
        Ok(config)
    }

    /// Returns the digest of the operator's file; none where it is not there and nobody named it.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be read.
    pub(crate) fn config_digest(&self) -> Result<Option<Digest>, Vec<Diagnostic>> {
        match self.read_text() {
            Ok(text) => Ok(Some(Digest::of_bytes(text.as_bytes()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_named => Ok(None),
            Err(error) => {
                let name = self.config.display().to_string();
                Err(vec![Diagnostic::error(
                    "unreadable",
                    &name,
                    error.to_string(),
                )])
            }
        }
    }

    /// Returns the approvals and suspensions of the data folder.
    pub(crate) fn state(&self) -> State {
        State::new(self.data.clone(), SystemTime::now)
    }

    /// Returns whether the file is there.
    pub(crate) fn has_config(&self) -> bool {
        self.config.exists()
    }

    fn read_text(&self) -> io::Result<String> {
        let file = File::open(&self.config)?;
        refuse_shared(&file)?;
        let mut text = String::new();
        // One byte more than may be there, so that the parser says that it is too much.
        let mut bounded = file.take(CONFIG_BYTES_MAX as u64 + 1);
        bounded.read_to_string(&mut text)?;
        Ok(text)
    }
}

/// Refuses a file that every user of the machine may write.
#[cfg(unix)]
fn refuse_shared(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    match file.metadata()?.permissions().mode() & 0o002 {
        0 => Ok(()),
        _ => Err(io::Error::other(
            "every user may write it; run `chmod o-w` on it",
        )),
    }
}

#[cfg(not(unix))]
fn refuse_shared(_: &File) -> io::Result<()> {
    Ok(())
}

fn make_whole(config: &mut Config, folder: &Path) {
    let whole = |path: &mut PathBuf| *path = folder.join(&*path);
    for secret in config.secrets.values_mut() {
        if let SecretSource::File(path) = &mut secret.source {
            whole(path);
        }
        if let SecretKind::Mtls { certificate } = &mut secret.kind {
            whole(certificate);
        }
    }
    for grant in &mut config.grants {
        if let GrantSubject::Work(work) = &mut grant.subject {
            whole(&mut work.folder);
        }
    }
    config.egress.ca_files.iter_mut().for_each(whole);
    config.package_folders.iter_mut().for_each(whole);
    if let VaultKey::File(path) = &mut config.vault {
        whole(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_files_folder() {
        let text = "[egress]\nca_files = [\"ca.pem\", \"/etc/ca.pem\"]\n[vault]\nkey = \"file:key\"\n\
                    [secret.s]\nsource = \"file:s\"\nkind = \"mtls\"\ncertificate = \"../c.pem\"\n\
                    origins = [\"https://a.example\"]\n[registry]\nfolders = [\"skills\"]\n";
        let mut config = Config::parse(CONFIG_FILE, text).expect("it is right");
        make_whole(&mut config, Path::new("/o"));
        let secret = &config.secrets["s"];
        assert_eq!(
            config.egress.ca_files,
            [Path::new("/o/ca.pem"), Path::new("/etc/ca.pem")]
        );
        assert_eq!(config.package_folders, [Path::new("/o/skills")]);
        assert_eq!(config.vault, VaultKey::File("/o/key".into()));
        assert_eq!(secret.source, SecretSource::File("/o/s".into()));
        let certificate = PathBuf::from("/o/../c.pem");
        assert_eq!(secret.kind, SecretKind::Mtls { certificate });
    }
}

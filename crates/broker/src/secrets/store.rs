//! The store that the broker asks for secrets by their names in `hotcell.toml`.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use hotcell_policy::config::{SecretSource, SecretTable};

use super::error::{SecretError, SecretFault};
use super::file_source::FileSource;
use super::keyring;
use super::rules::check_value;
use super::used::Used;
use super::value::SecretValue;
use super::vault::Vault;

/// The keyring is asked again after this time: it has nothing that tells whether it changed, and
/// an answer takes some milliseconds.
const KEYRING_KEPT: Duration = Duration::from_secs(5);

/// The folder of last uses, in the data folder.
const USED_FOLDER: &str = "used";

/// What the store is made of.
#[derive(Debug)]
pub struct SecretsOptions {
    /// The operator's `[secret.NAME]` tables, with absolute paths.
    pub tables: BTreeMap<String, SecretTable>,
    /// The environment variables that the tables name, as the binary read them when it started.
    pub environment: BTreeMap<String, SecretValue>,
    /// The vault, where there may be one. It is opened when a secret is asked of it.
    pub vault: Option<Vault>,
    /// The data folder.
    pub data: PathBuf,
    /// The time.
    pub clock: fn() -> SystemTime,
}

/// A value that is there now, and which one it is.
#[derive(Debug, Clone)]
pub struct Held {
    /// The value.
    pub value: SecretValue,
    /// Tells it from earlier ones in records: the vault's number, when a file was written, or
    /// the name of the source. It says nothing of the value.
    pub version: String,
}

/// The secrets of `hotcell.toml`, wherever they are kept.
#[derive(Debug)]
pub struct Secrets {
    tables: BTreeMap<String, SecretTable>,
    environment: BTreeMap<String, SecretValue>,
    vault: Option<Vault>,
    files: FileSource,
    keyring: Mutex<HashMap<String, (SystemTime, SecretValue)>>,
    used: Used,
    clock: fn() -> SystemTime,
}

impl Secrets {
    /// Returns a store. Nothing is read before it is asked for.
    pub fn new(options: SecretsOptions) -> Self {
        Self {
            tables: options.tables,
            environment: options.environment,
            vault: options.vault,
            files: FileSource::default(),
            keyring: Mutex::default(),
            used: Used::new(options.data.join(USED_FOLDER)),
            clock: options.clock,
        }
    }

    /// Returns the value that a secret has now. What was read before is used again as long as
    /// its file is the same one, so that a rotation is seen by the next call.
    ///
    /// # Errors
    /// Fails where the source has no value, is not private, or has one that cannot be
    /// protected or that its kind cannot carry.
    pub fn get(&self, name: &str) -> Result<Held, SecretError> {
        let table = self.table(name)?;
        let held = self.read(&table.source).map_err(|error| error.of(name))?;
        check_value(&table.kind, &held.value, || source_text(&table.source))
            .map_err(|error| error.of(name))?;
        Ok(held)
    }

    /// Replaces a value where it came from, for tokens that a service rotates. The old one is
    /// kept until the new one is on the disk.
    ///
    /// # Errors
    /// Fails where the source cannot be written, and where the value would not be read back.
    pub fn replace(&self, name: &str, value: &SecretValue) -> Result<(), SecretError> {
        let table = self.table(name)?;
        let source = source_text(&table.source);
        check_value(&table.kind, value, || source.clone()).map_err(|error| error.of(name))?;
        let written = match &table.source {
            SecretSource::Env(_) => Err(SecretError::new(
                SecretFault::ReadOnly,
                source,
                "an environment variable cannot be written, and this secret is replaced by its service",
                format!(
                    "keep it in the vault: hotcell secret set {name}, source = \"vault:{name}\""
                ),
            )),
            SecretSource::File(path) => self.files.replace(path, value),
            SecretSource::Keyring { service, user } => {
                self.forget_keyring(&source);
                keyring::set(service, user, value)
            }
            SecretSource::Vault(entry) => self
                .vault()
                .and_then(|vault| vault.rotate(entry, value, (self.clock)()))
                .map(drop),
        };
        written.map_err(|error| error.of(name))
    }

    /// Notes that a secret is used now; for `hotcell secret list`, so that failing is no error.
    pub fn used(&self, name: &str) {
        self.used.note(name, (self.clock)());
    }

    /// Returns when a secret was used last, to the second, if it is known.
    pub fn last_used(&self, name: &str) -> Option<SystemTime> {
        self.used.last(name)
    }

    /// Returns the vault, for the commands that change it.
    ///
    /// # Errors
    /// Fails where none was handed in.
    pub fn vault(&self) -> Result<&Vault, SecretError> {
        self.vault.as_ref().ok_or_else(|| {
            SecretError::new(
                SecretFault::Missing,
                "the vault",
                "this program runs without one",
                "hand it the vault, or choose another source: `env:NAME`, `file:PATH`",
            )
        })
    }

    pub(crate) fn table(&self, name: &str) -> Result<&SecretTable, SecretError> {
        self.tables.get(name).ok_or_else(|| {
            SecretError::new(
                SecretFault::Unknown,
                "hotcell.toml",
                "there is no such secret",
                format!("write a table [secret.{name}]"),
            )
            .of(name)
        })
    }

    fn read(&self, source: &SecretSource) -> Result<Held, SecretError> {
        match source {
            SecretSource::Env(variable) => self.read_environment(variable),
            SecretSource::File(path) => {
                let (value, version) = self.files.get(path, (self.clock)())?;
                Ok(Held { value, version })
            }
            SecretSource::Keyring { service, user } => self.read_keyring(service, user),
            SecretSource::Vault(entry) => {
                let (value, version) = self.vault()?.get(entry)?;
                let version = version.to_string();
                Ok(Held { value, version })
            }
        }
    }

    fn read_environment(&self, variable: &str) -> Result<Held, SecretError> {
        let value = self.environment.get(variable).ok_or_else(|| {
            SecretError::new(
                SecretFault::Missing,
                format!("env:{variable}"),
                "the variable was not set when this program started",
                format!("set {variable}, and start it again"),
            )
        })?;
        Ok(Held {
            value: value.clone(),
            version: "env".to_owned(),
        })
    }

    fn read_keyring(&self, service: &str, user: &str) -> Result<Held, SecretError> {
        let now = (self.clock)();
        let place = keyring::origin(service, user);
        let mut kept = self
            .keyring
            .lock()
            .expect("nothing panics while it is held");
        let fresh = kept.get(&place).filter(|(read, _)| {
            let age = now.duration_since(*read);
            age.is_ok_and(|age| age < KEYRING_KEPT)
        });
        let value = match fresh {
            Some((_, value)) => value.clone(),
            None => {
                kept.remove(&place);
                let value = keyring::get(service, user)?;
                kept.insert(place, (now, value.clone()));
                value
            }
        };
        let version = "keyring".to_owned();
        Ok(Held { value, version })
    }

    fn forget_keyring(&self, place: &str) {
        let mut kept = self
            .keyring
            .lock()
            .expect("nothing panics while it is held");
        kept.remove(place);
    }
}

/// Returns a source as `hotcell.toml` writes it.
fn source_text(source: &SecretSource) -> String {
    match source {
        SecretSource::Env(variable) => format!("env:{variable}"),
        SecretSource::File(path) => format!("file:{}", path.display()),
        SecretSource::Keyring { service, user } => keyring::origin(service, user),
        SecretSource::Vault(name) => format!("vault:{name}"),
    }
}

#[cfg(test)]
mod tests;

//! Secrets as this program has them: what the operator's file names, read once, and the vault.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::time::SystemTime;

use hotcell_host::broker::secrets::vault::{VAULT_FILE, Vault, VaultOptions};
use hotcell_host::broker::secrets::{SecretValue, Secrets, SecretsOptions};
use hotcell_policy::config::{Config, SecretSource, VaultKey};
use zeroize::Zeroizing;

use crate::config::Places;

/// Has the passphrase of a vault that is opened by one. Only this program reads it.
const PASSPHRASE_VARIABLE: &str = "HOTCELL_VAULT_PASSPHRASE";

/// Returns the secrets of `config` and the vault of the data folder. Of the environment, only
/// the variables that the file names are read. A passphrase is asked for where a secret lies
/// in the vault and a person is there.
///
/// # Errors
/// Fails where a passphrase was to be typed and was not.
pub(crate) fn of_config(config: &Config, places: &Places) -> io::Result<Secrets> {
    let is_in_vault = |source: &SecretSource| matches!(source, SecretSource::Vault(_));
    let mut tables = config.secrets.values();
    let is_used = tables.any(|table| is_in_vault(&table.source));
    let passphrase = match config.vault {
        VaultKey::Passphrase if is_used && has_vault(places) => passphrase(Times::Once)?,
        _ => None,
    };
    Ok(with_passphrase(config, places, passphrase))
}

/// The same for a command that opens the vault in any case, and may make it.
///
/// # Errors
/// As [`of_config`].
pub(crate) fn with_vault(config: &Config, places: &Places) -> io::Result<Secrets> {
    let passphrase = match config.vault {
        VaultKey::Passphrase if has_vault(places) => passphrase(Times::Once)?,
        VaultKey::Passphrase => passphrase(Times::Twice)?,
        _ => None,
    };
    Ok(with_passphrase(config, places, passphrase))
}

fn has_vault(places: &Places) -> bool {
    places.data.join(VAULT_FILE).exists()
}

fn with_passphrase(config: &Config, places: &Places, passphrase: Option<SecretValue>) -> Secrets {
    Secrets::new(SecretsOptions {
        tables: config.secrets.clone(),
        environment: environment(config),
        vault: Some(Vault::new(VaultOptions {
            folder: places.data.clone(),
            key: config.vault.clone(),
            passphrase,
        })),
        data: places.data.clone(),
        clock: SystemTime::now,
    })
}

fn environment(config: &Config) -> BTreeMap<String, SecretValue> {
    let variables = config.secrets.values().filter_map(|table| {
        let SecretSource::Env(name) = &table.source else {
            return None;
        };
        Some((name.clone(), variable(name)?))
    });
    variables.collect()
}

fn variable(name: &str) -> Option<SecretValue> {
    let value = std::env::var_os(name)?;
    Some(SecretValue::new(value.into_encoded_bytes()))
}

/// How often something is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// It can be tried.
    Once,
    /// It is new: a mistake would be noticed too late.
    Twice,
}

/// Returns the passphrase of the environment, or the one that a person types. None where there is
/// neither; the vault says what to do then.
fn passphrase(times: Times) -> io::Result<Option<SecretValue>> {
    match variable(PASSPHRASE_VARIABLE) {
        None if io::stderr().is_terminal() => typed("Passphrase of the vault", times).map(Some),
        found => Ok(found),
    }
}

/// Asks the person at the terminal; nothing of what is typed is shown.
///
/// # Errors
/// Fails where there is no terminal, the person ends it, or the two are not the same.
pub(crate) fn typed(what: &str, times: Times) -> io::Result<SecretValue> {
    let first = Zeroizing::new(rpassword::prompt_password(format!("{what}: "))?);
    if times == Times::Twice {
        let second = Zeroizing::new(rpassword::prompt_password(format!("{what}, again: "))?);
        if first != second {
            return Err(io::Error::other("the two are not the same"));
        }
    }
    Ok(SecretValue::copy_of(first.as_bytes()))
}

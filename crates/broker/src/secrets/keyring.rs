//! `keyring:SERVICE/USER`: a value in the platform's keyring, where this build has the feature.

use super::error::{SecretError, SecretFault};
use super::value::SecretValue;

/// Returns the name of a place in the keyring, as `hotcell.toml` writes it.
pub(crate) fn origin(service: &str, user: &str) -> String {
    format!("keyring:{service}/{user}")
}

/// Returns the value that the keyring has.
#[cfg(feature = "keyring")]
pub(crate) fn get(service: &str, user: &str) -> Result<SecretValue, SecretError> {
    let entry = entry(service, user)?;
    let bytes = entry
        .get_secret()
        .map_err(|error| told(service, user, &error))?;
    Ok(SecretValue::new(bytes))
}

/// Puts a value into the keyring, which replaces the one that it has.
#[cfg(feature = "keyring")]
pub(crate) fn set(service: &str, user: &str, value: &SecretValue) -> Result<(), SecretError> {
    entry(service, user)?
        .set_secret(value.expose())
        .map_err(|error| told(service, user, &error))
}

#[cfg(feature = "keyring")]
fn entry(service: &str, user: &str) -> Result<keyring_core::Entry, SecretError> {
    use std::sync::Mutex;

    /// The store is one for the process; it is chosen once.
    static CHOICE: Mutex<()> = Mutex::new(());
    let chosen = CHOICE.lock().expect("nothing panics while it is held");
    if keyring_core::get_default_store().is_none() {
        let store = zbus_secret_service_keyring_store::Store::new()
            .map_err(|error| told(service, user, &error))?;
        keyring_core::set_default_store(store);
    }
    drop(chosen);
    keyring_core::Entry::new(service, user).map_err(|error| told(service, user, &error))
}

/// Says what went wrong in words of ours: an error of the keyring may hold what is in it.
#[cfg(feature = "keyring")]
fn told(service: &str, user: &str, error: &keyring_core::Error) -> SecretError {
    use keyring_core::Error;

    let (fault, why, mend) = match error {
        Error::NoEntry => (
            SecretFault::Missing,
            "the keyring has no such entry",
            format!("secret-tool store --label=hotcell service {service} username {user}"),
        ),
        Error::Ambiguous(_) => (
            SecretFault::Failed,
            "the keyring has more than one such entry",
            "remove all but one".to_owned(),
        ),
        Error::NoStorageAccess(_) => (
            SecretFault::Failed,
            "the keyring is locked or cannot be reached",
            "unlock it, and see that a Secret Service runs in this session".to_owned(),
        ),
        _ => (
            SecretFault::Failed,
            "the keyring failed",
            "see that a Secret Service runs in this session, or choose another source".to_owned(),
        ),
    };
    SecretError::new(fault, origin(service, user), why, mend)
}

/// Returns an error: this build has no keyring.
#[cfg(not(feature = "keyring"))]
pub(crate) fn get(service: &str, user: &str) -> Result<SecretValue, SecretError> {
    Err(not_built(service, user))
}

/// Returns an error: this build has no keyring.
#[cfg(not(feature = "keyring"))]
pub(crate) fn set(service: &str, user: &str, _: &SecretValue) -> Result<(), SecretError> {
    Err(not_built(service, user))
}

#[cfg(not(feature = "keyring"))]
fn not_built(service: &str, user: &str) -> SecretError {
    SecretError::new(
        SecretFault::NotBuilt,
        origin(service, user),
        "this build has no keyring",
        "build Hotcell with `--features keyring`, or choose another source: `vault:NAME`, `file:PATH`",
    )
}

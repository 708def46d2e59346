//! Settings that are not secret, from `wasi:config`. Off wasm those of the
//! [`stub`](crate::stub), and none without one.

/// Why a setting could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(pub String);

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the settings cannot be read: {}", self.0)
    }
}

impl std::error::Error for SettingsError {}

/// Returns the value of the setting `key`; none where the operator has not set it.
///
/// # Errors
/// Where the host cannot read its settings.
pub fn get(key: &str) -> Result<Option<String>, SettingsError> {
    #[cfg(target_family = "wasm")]
    {
        use crate::bindings::wasi::config::store::{self, Error};
        store::get(key).map_err(|error| match error {
            Error::Upstream(message) | Error::Io(message) => SettingsError(message),
        })
    }
    #[cfg(not(target_family = "wasm"))]
    Ok(crate::stub::setting(key))
}

/// Returns every setting that has a value, as pairs of key and value.
///
/// # Errors
/// Where the host cannot read its settings.
pub fn all() -> Result<Vec<(String, String)>, SettingsError> {
    #[cfg(target_family = "wasm")]
    {
        use crate::bindings::wasi::config::store::{self, Error};
        store::get_all().map_err(|error| match error {
            Error::Upstream(message) | Error::Io(message) => SettingsError(message),
        })
    }
    #[cfg(not(target_family = "wasm"))]
    Ok(crate::stub::settings())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_wasm_no_setting_is_set() {
        assert_eq!(get("region"), Ok(None));
        assert_eq!(all(), Ok(Vec::new()));
    }
}

//! Secrets: their values, where these come from, and the vault.
//!
//! [`Secrets`] answers by the names of `[secret.NAME]`, whatever the source. A value that is too
//! short to be found again in a response, or that does not fit its kind, is refused as if it
//! were not there. Files and the vault are asked anew when they change, so that a rotation needs
//! no restart. Read `secrets/store.rs` first, then `secrets/vault.rs`.
//!
//! All of it is blocking file I/O: some microseconds where nothing has changed, and about half a
//! second where a vault must be opened by passphrase.

mod error;
mod file_source;
mod host_key;
mod keyring;
pub(crate) mod lock;
mod payload_key;
mod private_file;
mod rules;
pub(crate) mod state;
mod store;
mod used;
mod value;
pub mod vault;

pub use error::{SecretError, SecretFault};
pub use host_key::{HOST_KEY_FILE, host_key};
pub use payload_key::PayloadKey;
pub use rules::{
    SECRET_BYTES_MAX, SECRET_BYTES_MIN, SECRET_NAME_BYTES_MAX, is_secret_name, trim_newline,
};
pub use store::{Held, Secrets, SecretsOptions};
pub use value::SecretValue;

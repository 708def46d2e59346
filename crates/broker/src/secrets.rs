//! Secrets: their values, where these come from, and the vault.

mod value;

pub use value::SecretValue;

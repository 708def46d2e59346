//! What a skill may know of credentials: that they are there, never what they are.
//!
//! The host places the secret into a request after it has left the skill. Off wasm the
//! [`stub`](crate::stub) answers; without one every credential is undeclared and nothing was
//! ever denied.

/// Whether requests will carry a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialStatus {
    /// Granted by the operator: matching requests carry it.
    Granted,
    /// Declared in the manifest, but no operator has granted it.
    NotGranted,
    /// Granted once, and suspended by the host or the operator.
    Suspended,
    /// The manifest declares no credential of this name.
    Undeclared,
}

/// Why the host refused a request of this call, or stopped its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// A stable code, such as `egress_denied` or `rate_limited`.
    pub code: String,
    /// Milliseconds after which the same request may pass; none where waiting is no use.
    pub retry_after_ms: Option<u64>,
}

/// Returns the status of the credential that the manifest declares as `name`.
pub fn status(name: &str) -> CredentialStatus {
    #[cfg(target_family = "wasm")]
    {
        use crate::bindings::hotcell::skill::credentials::{self, CredentialStatus as Status};
        match credentials::status(name) {
            Status::Granted => CredentialStatus::Granted,
            Status::NotGranted => CredentialStatus::NotGranted,
            Status::Suspended => CredentialStatus::Suspended,
            Status::Undeclared => CredentialStatus::Undeclared,
        }
    }
    #[cfg(not(target_family = "wasm"))]
    crate::stub::credential(name)
}

/// Returns why the last refused request of this call was refused; none if none was.
pub fn last_denial() -> Option<Denial> {
    #[cfg(target_family = "wasm")]
    return crate::bindings::hotcell::skill::credentials::last_denial().map(|denial| Denial {
        code: denial.code,
        retry_after_ms: denial.retry_after_ms,
    });
    #[cfg(not(target_family = "wasm"))]
    crate::stub::last_denial()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_wasm_nothing_is_granted_and_nothing_was_denied() {
        assert_eq!(status("ci"), CredentialStatus::Undeclared);
        assert_eq!(last_denial(), None);
    }
}

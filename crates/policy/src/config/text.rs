//! The words of the file as text: as an operator would write them, for messages and listings.

use std::fmt;

use crate::config::{Rate, SecretKind, SecretSource, SkillSelector, VersionSelector};

/// Units of a rate's period, the largest first.
pub(super) const PERIODS_MS: [(&str, u64); 4] = [
    ("day", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
];

/// Writes `crm@sha256:…` or `crm@^1`.
impl fmt::Display for SkillSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            VersionSelector::Digest(digest) => write!(f, "{}@{digest}", self.name),
            VersionSelector::Range(range) => write!(f, "{}@{range}", self.name),
        }
    }
}

/// Writes `30/min`, `5/10s`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(_, ms): &&(&str, u64)| self.per_ms.is_multiple_of(*ms);
        match PERIODS_MS.iter().find(whole) {
            Some((unit, ms)) if self.per_ms == *ms => write!(f, "{}/{unit}", self.count),
            Some((unit, ms)) => write!(f, "{}/{}{unit}", self.count, self.per_ms / ms),
            None => write!(f, "{} in {} ms", self.count, self.per_ms),
        }
    }
}

impl SecretSource {
    /// Returns what stands before the colon: where the value is, and no name.
    pub fn scheme(&self) -> &'static str {
        match self {
            SecretSource::Env(_) => "env",
            SecretSource::File(_) => "file",
            SecretSource::Keyring { .. } => "keyring",
            SecretSource::Vault(_) => "vault",
        }
    }
}

impl SecretKind {
    /// Returns the kind as it stands in the file.
    pub fn name(&self) -> &'static str {
        match self {
            SecretKind::Bearer => "bearer",
            SecretKind::Basic { .. } => "basic",
            SecretKind::Header { .. } => "header",
            SecretKind::Query { .. } => "query",
            SecretKind::Json { .. } => "json",
            SecretKind::Hmac(_) => "hmac",
            SecretKind::SigV4 { .. } => "sigv4",
            SecretKind::Jwt(_) => "jwt",
            SecretKind::OauthClientCredentials(_) => "oauth-client-credentials",
            SecretKind::OauthRefresh(_) => "oauth-refresh",
            SecretKind::Mtls { .. } => "mtls",
        }
    }
}

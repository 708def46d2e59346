//! Which grant is for which package, and what names it.

use hotcell_package::{CredentialAsk, FilesAsk, HttpAsk};

use crate::config::{Config, GrantSubject, GrantTable, VersionSelector};
use crate::egress::{GrantId, SkillIdentity};

/// What a manifest asks a grant for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// A secret.
    Credential(&'a CredentialAsk),
    /// Requests without one.
    Http(&'a HttpAsk),
    /// A host folder.
    Work(&'a FilesAsk),
}

impl GrantTable {
    /// Returns what names the grant in state, records and commands.
    pub fn id(&self) -> GrantId {
        let skill = &self.skill.name;
        match &self.subject {
            GrantSubject::Credential { credential, .. } => {
                GrantId::of_credential(skill, credential)
            }
            GrantSubject::Http(ids) => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                GrantId::of_http(skill, &ids.join("+"))
            }
            GrantSubject::Work(_) => GrantId::of_work(skill),
        }
    }

    /// Returns whether the grant is for this very package: by its digest, or by a range that
    /// holds its version. Whether the digest is approved is asked elsewhere.
    pub fn is_for(&self, skill: SkillIdentity<'_>) -> bool {
        self.skill.name == skill.name
            && match &self.skill.version {
                VersionSelector::Digest(digest) => digest == skill.digest,
                VersionSelector::Range(range) => range.matches(&skill.manifest.version),
            }
    }

    /// Returns whether it waits for an operator to approve each digest.
    pub fn needs_approval(&self) -> bool {
        matches!(self.skill.version, VersionSelector::Range(_))
    }

    /// Returns whether it gives what is wanted.
    pub(super) fn gives(&self, wanted: Wanted<'_>) -> bool {
        match (&self.subject, wanted) {
            (GrantSubject::Credential { credential, .. }, Wanted::Credential(ask)) => {
                *credential == ask.name
            }
            (GrantSubject::Http(ids), Wanted::Http(ask)) => ids.contains(&ask.id),
            (GrantSubject::Work(_), Wanted::Work(_)) => true,
            _ => false,
        }
    }
}

/// Returns the grants that name the skill, in any version, and give what is wanted.
pub(super) fn naming<'c>(
    config: &'c Config,
    skill: SkillIdentity<'_>,
    wanted: Wanted<'_>,
) -> Vec<&'c GrantTable> {
    let all = config.grants.iter();
    all.filter(|grant| grant.skill.name == skill.name && grant.gives(wanted))
        .collect()
}

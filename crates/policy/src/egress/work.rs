//! Which host folder a skill finds at `/work`, and what it may do there.

use std::path::PathBuf;

use hotcell_package::{Effect, WorkAccess};

use crate::config::{Approver, Config, GrantSubject};
use crate::egress::decide::{Case, grant};
use crate::egress::select::Wanted;
use crate::egress::{Closed, GrantId, SkillIdentity, Standing};

/// The decision on the manifest's `[files]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkDecision {
    /// It gets a folder.
    Granted(WorkAllowed),
    /// It does not.
    Closed(Closed),
}

/// A host folder, and what of it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkAllowed {
    /// The folder.
    pub folder: PathBuf,
    /// The lesser of what is asked and what is granted.
    pub access: WorkAccess,
    /// Whether somebody has to say yes to each call's changes.
    pub preview: bool,
    /// Who that may be.
    pub approval: Approver,
    /// The grant that gives it.
    pub grant: GrantId,
    /// The line of that grant in `hotcell.toml`.
    pub line: u32,
}

impl WorkAllowed {
    /// Returns what a tool of this effect may do there; none where it sees no `/work`.
    pub fn for_effect(&self, effect: Effect) -> Option<WorkAccess> {
        match effect {
            Effect::None => None,
            Effect::Read => Some(WorkAccess::Read),
            Effect::Write => Some(self.access),
        }
    }
}

/// Decides which folder a skill works in; none where it does not ask for one.
///
/// As with requests, nothing follows from the manifest alone: a grant has to name this very
/// package, or a range of versions in which an operator approved its digest.
pub fn work(
    config: &Config,
    skill: SkillIdentity<'_>,
    standing: &Standing,
) -> Option<WorkDecision> {
    let ask = skill.manifest.files.as_ref()?;
    let case = Case {
        config,
        skill,
        standing,
    };
    let grant = match grant(case, Wanted::Work(ask)) {
        Ok(grant) => grant,
        Err(closed) => return Some(WorkDecision::Closed(closed)),
    };
    let GrantSubject::Work(given) = &grant.subject else {
        return None;
    };
    Some(WorkDecision::Granted(WorkAllowed {
        folder: given.folder.clone(),
        access: ask.work.min(given.access),
        preview: given.preview,
        approval: given.approval,
        grant: grant.id(),
        line: grant.place.line,
    }))
}

//! What a new version asks for that nobody has looked at.

use std::collections::BTreeSet;

use hotcell_journal::{EventQuery, Kind, READ_ROWS_MAX, Release};
use hotcell_package::Package;

use hotcell_policy::Reference;

use super::{Registry, RegistryError, fits};
use crate::state::State;

/// A package beside what was looked at before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Review {
    /// The version that it is compared with; none where it is the first, or is approved itself.
    pub since: Option<String>,
    /// What it asks for and that version did not. Where there is any, it waits for approval.
    pub new_asks: Vec<String>,
}

impl Review {
    /// Returns whether the package waits: somebody has to look at it before it is called.
    pub fn waits(&self) -> bool {
        !self.new_asks.is_empty()
    }
}

impl Registry {
    /// Compares what a package asks for with the version that was approved last. Where none ever
    /// was, with the highest enabled one; where none is enabled either, all that it asks for is new.
    ///
    /// # Errors
    ///
    /// Fails where the record or the approvals cannot be read.
    pub async fn review(&self, package: &Package, state: &State) -> Result<Review, RegistryError> {
        let standing = state.standing(&package.name)?;
        if standing.approved.contains(&package.digest) {
            return Ok(Review::default());
        }
        let (since, former) = match state.last_approved(&package.name)? {
            Some(last) => (last.version, last.asks),
            None => match self.former(package).await? {
                Some(former) => former,
                None => return Ok(Review::default()),
            },
        };
        let mut new_asks = package.manifest.ask_lines();
        new_asks.retain(|ask| !former.contains(ask));
        Ok(Review {
            since: Some(since),
            new_asks,
        })
    }

    /// Returns the version that a new one follows, and what it asks for.
    async fn former(
        &self,
        package: &Package,
    ) -> Result<Option<(String, Vec<String>)>, RegistryError> {
        let version = package.manifest.version.to_string();
        let all = self.releases().await?;
        let is_other = |one: &&Release| one.name == package.name && one.version != version;
        let others: Vec<_> = all.iter().filter(is_other).collect();
        let Some(release) = others.iter().find(|release| release.is_enabled) else {
            let any = others.first();
            return Ok(any.map(|release| (release.version.clone(), Vec::new())));
        };
        // Of one that cannot be read, nothing is known: all that the new one asks for is new.
        let asks = release.digest.parse().ok().and_then(|digest| {
            let former = self.package(digest).ok()?;
            Some(former.manifest.ask_lines())
        });
        Ok(Some((release.version.clone(), asks.unwrap_or_default())))
    }

    /// Returns the releases, by name and version, that were added and wait for somebody to look
    /// at them. One that an operator disabled does not wait.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn waiting(&self) -> Result<BTreeSet<(String, String)>, RegistryError> {
        let mut waiting = BTreeSet::new();
        let mut query = EventQuery {
            kinds: vec![Kind::Added, Kind::Enabled, Kind::Disabled, Kind::Removed],
            limit: READ_ROWS_MAX,
            ..EventQuery::default()
        };
        loop {
            let events = self.journal.events(&query).await?;
            for event in &events {
                let text = |key: &str| event.body.get(key)?.as_str().map(str::to_owned);
                let (Some(skill), Some(version)) = (text("skill"), text("version")) else {
                    continue;
                };
                let waits = event.body.get("enabled") == Some(&false.into());
                match event.kind == Kind::Added && waits {
                    true => waiting.insert((skill, version)),
                    false => waiting.remove(&(skill, version)),
                };
            }
            match events.last() {
                Some(last) if events.len() == query.limit => query.from = last.seq + 1,
                _ => return Ok(waiting),
            }
        }
    }

    /// Returns the release that `reference` names for a person to look at: the one that a call
    /// gets, or else the highest that fits.
    ///
    /// # Errors
    ///
    /// Fails where there is none, or the record cannot be read.
    pub async fn find(&self, reference: &Reference) -> Result<Release, RegistryError> {
        if let Ok(release) = self.resolve(reference, |_| true).await? {
            return Ok(release);
        }
        self.newest(reference).await
    }

    /// Returns the highest release that fits, enabled or not.
    ///
    /// # Errors
    ///
    /// As [`Registry::find`].
    pub async fn newest(&self, reference: &Reference) -> Result<Release, RegistryError> {
        let all = self.releases().await?;
        let found = all.iter().find(|release| fits(reference, release)).cloned();
        match (found, self.resolve(reference, |_| true).await?) {
            (Some(release), _) | (None, Ok(release)) => Ok(release),
            (None, Err(refusal)) => Err(RegistryError::Absent(refusal)),
        }
    }
}

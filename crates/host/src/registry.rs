//! The registry: which versions of which skills are installed, and where their bytes are.
//!
//! A package's bytes are a zip in a folder, named by the package's digest; that there is a
//! release of it is a row of the record. The bytes are written first, under another name, and
//! the row last, so that half an add never shows. What no row and no invocation names is swept.

mod card;
mod folders;
mod keep;
mod review;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hotcell_journal::{Changed, Entry, Journal, JournalError, Kind, Release, ReleaseChange};
use hotcell_package::{Digest, Documentation, Installable, Package};
use hotcell_policy::{Reference, Refusal, unknown_skill};
use semver::Version;
use serde_json::{Map, Value, json};

pub use card::{Card, SkillKind, ToolCard};
pub use folders::{FolderFinding, hidden_characters, read_folder};
pub use keep::{Broken, Swept};
pub use review::Review;

use crate::state::StateError;

/// For how long a call goes by what was read of the releases before: after this time at most, what
/// another process changed holds. A change of this process holds at once.
const RELEASES_FRESH: Duration = Duration::from_millis(250);

/// The installed skills. Many processes may share the folder and the record.
#[derive(Debug, Clone)]
pub struct Registry {
    folder: PathBuf,
    journal: Arc<dyn Journal>,
    read: Arc<Mutex<Option<Read>>>,
    cards: Arc<Mutex<BTreeMap<String, Arc<Card>>>>,
}

/// All releases, and when they were read.
type Read = (Instant, Arc<[Release]>);

/// What came of adding a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is installed.
    New,
    /// It was installed already.
    Same,
}

impl Registry {
    /// Returns the registry whose packages are kept in `folder`, which is made with the first.
    pub fn new(folder: PathBuf, journal: Arc<dyn Journal>) -> Registry {
        Registry {
            folder,
            journal,
            read: Arc::default(),
            cards: Arc::default(),
        }
    }

    /// Installs a package. One that `waits` is not called before somebody enables it.
    ///
    /// # Errors
    ///
    /// Fails where its version is there with another digest, or was once: a version is immutable.
    pub async fn add(
        &self,
        package: &Package,
        waits: bool,
        by: &str,
    ) -> Result<Added, RegistryError> {
        self.keep(&Installable::Runnable(Box::new(package.clone())))?;
        let version = package.manifest.version.to_string();
        let change = ReleaseChange::Add {
            name: package.name.clone(),
            version: version.clone(),
            digest: package.digest.to_string(),
            is_enabled: !waits,
        };
        let mut entry = entry(Kind::Added, &package.name, &version, by);
        entry.body.insert("digest".into(), json!(package.digest));
        entry.body.insert("enabled".into(), json!(!waits));
        let asks = package.manifest.ask_lines();
        entry.body.insert("asks".into(), json!(asks));
        let changed = self.journal.change_release(change, entry).await?;
        self.forget();
        match changed {
            Changed::Conflict(digest) => Err(RegistryError::OtherDigest {
                name: package.name.clone(),
                version,
                digest,
            }),
            Changed::Same => Ok(Added::Same),
            Changed::Done | Changed::Unknown => Ok(Added::New),
        }
    }

    /// Installs a skill without a component. Where it was installed before and another one of its
    /// name since, it is the newest again.
    ///
    /// # Errors
    ///
    /// Fails where the record or the folder cannot be used.
    pub async fn add_documentation(
        &self,
        skill: &Documentation,
        by: &str,
    ) -> Result<Added, RegistryError> {
        self.keep(&Installable::Documentation(Box::new(skill.clone())))?;
        let (name, version) = (skill.name.clone(), skill.version().to_string());
        let named = Reference::any(name.clone());
        let all = self.releases().await?;
        let newest = all.iter().find(|release| fits(&named, release));
        let is_behind = newest.is_some_and(|newest| newest.version != version);
        let own = all
            .iter()
            .find(|one| one.name == name && one.version == version);
        if let Some(own) = own.filter(|own| is_behind && own.is_enabled) {
            let own = Reference::digest(&own.name, parsed(&own.digest)?);
            self.remove(&own, by).await?;
        }
        let change = ReleaseChange::Add {
            name: name.clone(),
            version: version.clone(),
            digest: skill.digest.to_string(),
            is_enabled: true,
        };
        let mut entry = entry(Kind::Added, &name, &version, by);
        entry.body.insert("digest".into(), json!(skill.digest));
        entry.body.insert("enabled".into(), json!(true));
        entry
            .body
            .insert("kind".into(), json!(SkillKind::Documentation));
        let changed = self.journal.change_release(change, entry).await?;
        self.forget();
        Ok(match changed {
            Changed::Same => Added::Same,
            Changed::Done | Changed::Unknown => Added::New,
            Changed::Conflict(digest) => {
                let digest = digest.clone();
                return Err(RegistryError::OtherDigest {
                    name,
                    version,
                    digest,
                });
            }
        })
    }

    /// Returns all releases, by name and then by version, the highest first. Of versions that
    /// differ in their build only (Semantic Versioning 2, 10), the one that was added last is first.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn releases(&self) -> Result<Arc<[Release]>, RegistryError> {
        let fresh = |(at, _): &&Read| at.elapsed() < RELEASES_FRESH;
        if let Some((_, all)) = self.read().as_ref().filter(fresh) {
            return Ok(Arc::clone(all));
        }
        let mut all = self.journal.releases().await?;
        all.sort_by(|a, b| a.name.cmp(&b.name).then(newer(b, a)));
        let all: Arc<[Release]> = all.into();
        *self.read() = Some((Instant::now(), Arc::clone(&all)));
        Ok(all)
    }

    pub(super) fn cards(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Card>>> {
        self.cards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        *self.read() = None;
    }

    fn read(&self) -> MutexGuard<'_, Option<Read>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the releases that `reference` names be called, or not. Returns those that changed.
    ///
    /// # Errors
    ///
    /// Fails where there is none.
    pub async fn enable(
        &self,
        reference: &Reference,
        is_enabled: bool,
        by: &str,
    ) -> Result<Vec<Release>, RegistryError> {
        let kind = match is_enabled {
            true => Kind::Enabled,
            false => Kind::Disabled,
        };
        self.change(reference, kind, by, |release| ReleaseChange::Enable {
            name: release.name.clone(),
            version: release.version.clone(),
            is_enabled,
        })
        .await
    }

    /// Removes the releases that `reference` names. Their packages stay as long as a record
    /// names them.
    ///
    /// # Errors
    ///
    /// Fails where there is none.
    pub async fn remove(
        &self,
        reference: &Reference,
        by: &str,
    ) -> Result<Vec<Release>, RegistryError> {
        self.change(reference, Kind::Removed, by, |release| {
            ReleaseChange::Remove {
                name: release.name.clone(),
                version: release.version.clone(),
            }
        })
        .await
    }

    /// Returns the release that a call of `reference` gets: the highest enabled one that fits.
    ///
    /// # Errors
    ///
    /// Refuses where there is none, or all that fit are disabled. `is_visible` tells which releases
    /// the caller may know of: one that it may not looks absent.
    pub async fn resolve(
        &self,
        reference: &Reference,
        is_visible: impl Fn(&Release) -> bool,
    ) -> Result<Result<Release, Refusal>, RegistryError> {
        let all = self.releases().await?;
        let visible = all.iter().filter(|release| is_visible(release));
        Ok(pick(&visible.collect::<Vec<_>>(), reference))
    }

    /// Returns for each skill the release that a call gets: of those that `is_visible` lets be
    /// known, the highest enabled one. They are in the order of their names.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn current(
        &self,
        is_visible: impl Fn(&Release) -> bool,
    ) -> Result<Vec<Release>, RegistryError> {
        let all = self.releases().await?;
        let visible: Vec<_> = all.iter().filter(|release| is_visible(release)).collect();
        let skills = visible.chunk_by(|a, b| a.name == b.name);
        let picked = skills.filter_map(|own| pick(own, &Reference::any(&own[0].name)).ok());
        Ok(picked.collect())
    }

    async fn change(
        &self,
        reference: &Reference,
        kind: Kind,
        by: &str,
        change: impl Fn(&Release) -> ReleaseChange,
    ) -> Result<Vec<Release>, RegistryError> {
        let all = self.releases().await?;
        let named: Vec<_> = all.iter().filter(|r| fits(reference, r)).collect();
        if named.is_empty() {
            let all: Vec<_> = all.iter().collect();
            return Err(RegistryError::Absent(unknown(&all, reference)));
        }
        let mut changed = Vec::new();
        for release in named {
            let mut entry = entry(kind, &release.name, &release.version, by);
            entry.body.insert("digest".into(), json!(release.digest));
            let done = self.journal.change_release(change(release), entry).await?;
            if done == Changed::Done {
                changed.push(release.clone());
            }
        }
        self.forget();
        Ok(changed)
    }
}

/// Returns the highest enabled release that fits. A pre-release is taken only where nothing else
/// fits.
fn pick(all: &[&Release], reference: &Reference) -> Result<Release, Refusal> {
    let fitting = || all.iter().filter(|release| fits(reference, release));
    let enabled = || fitting().filter(|release| release.is_enabled);
    let is_final = |release: &&&Release| {
        version(&release.version).is_some_and(|version| version.pre.is_empty())
    };
    if let Some(found) = enabled().find(is_final).or_else(|| enabled().next()) {
        return Ok((*found).clone());
    }
    Err(match fitting().next() {
        Some(release) => {
            let (name, version) = (&release.name, &release.version);
            let message = format!("the skill `{name}` {version} is not enabled");
            Refusal::new("skill_disabled", message)
                .hint(format!("an operator can: hotcell enable {name}@{version}"))
        }
        None => unknown(all, reference),
    })
}

/// Tells that no release fits, and what comes near.
fn unknown(all: &[&Release], reference: &Reference) -> Refusal {
    let versions: Vec<_> = all
        .iter()
        .filter(|release| release.name == reference.name)
        .map(|release| release.version.as_str())
        .collect();
    if !versions.is_empty() {
        let message = format!("no version of `{}` fits {reference}", reference.name);
        return Refusal::new("unknown_version", message)
            .hint(format!("there is {}", versions.join(", ")));
    }
    unknown_skill(&reference.name, all.iter().map(|r| r.name.as_str()))
}

/// Returns whether `reference` names this release.
pub(crate) fn fits(reference: &Reference, release: &Release) -> bool {
    reference.fits(&release.name, &release.version, &release.digest)
}

/// Orders two releases of a skill: the newer one is greater.
fn newer(a: &Release, b: &Release) -> Ordering {
    let precedence = match (version(&a.version), version(&b.version)) {
        (Some(a), Some(b)) => a.cmp_precedence(&b),
        (a, b) => a.cmp(&b),
    };
    let added = a.added_ms.cmp(&b.added_ms);
    precedence.then(added).then(a.version.cmp(&b.version))
}

/// Returns a digest that is on record.
pub(crate) fn parsed(digest: &str) -> Result<Digest, RegistryError> {
    digest.parse().map_err(|error| RegistryError::Package {
        digest: Digest::of_bytes(digest.as_bytes()),
        why: format!("{error}"),
    })
}

/// Returns a version that is on record; none where it is none, which no add lets happen.
fn version(text: &str) -> Option<Version> {
    Version::parse(text).ok()
}

fn entry(kind: Kind, name: &str, version: &str, by: &str) -> Entry {
    let body: Map<String, Value> = [("skill", name), ("version", version)]
        .into_iter()
        .map(|(key, text)| (key.to_owned(), json!(text)))
        .collect();
    Entry {
        kind,
        actor: Some(by.to_owned()),
        invocation: None,
        correlation: None,
        body,
        payloads: Vec::new(),
    }
}

/// Why the registry cannot do what it is asked.
#[derive(Debug)]
pub enum RegistryError {
    /// The version has another digest.
    OtherDigest {
        /// The skill's name.
        name: String,
        /// Its version.
        version: String,
        /// The digest that it has.
        digest: String,
    },
    /// There is no such release.
    Absent(Refusal),
    /// A package is not there, or is not what its name says.
    Package {
        /// Its digest.
        digest: Digest,
        /// What is wrong.
        why: String,
    },
    /// A file cannot be read or written.
    File(PathBuf, std::io::Error),
    /// What was approved cannot be read.
    State(StateError),
    /// The record cannot be read or written.
    Journal(JournalError),
}

impl From<StateError> for RegistryError {
    fn from(error: StateError) -> Self {
        RegistryError::State(error)
    }
}

impl From<JournalError> for RegistryError {
    fn from(error: JournalError) -> Self {
        RegistryError::Journal(error)
    }
}

impl RegistryError {
    /// Returns what to do about it.
    pub fn mend(&self) -> String {
        match self {
            RegistryError::OtherDigest { name, .. } => format!(
                "a version never changes: give the new content a new version in skill.toml, or \
                 call the one that is there: hotcell show {name}"
            ),
            RegistryError::Absent(refusal) => refusal.hint.clone().unwrap_or_default(),
            RegistryError::Package { .. } => {
                "add the package again, or restore a backup of the data folder".to_owned()
            }
            RegistryError::File(..) => "look at the folder's rights and room".to_owned(),
            RegistryError::State(_) => "choose another folder with --data DIR".to_owned(),
            RegistryError::Journal(error) => error.mend(),
        }
    }
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegistryError::OtherDigest {
                name,
                version,
                digest,
            } => write!(f, "{name} {version} is there with other content, {digest}"),
            RegistryError::Absent(refusal) => f.write_str(&refusal.message),
            RegistryError::Package { digest, why } => write!(f, "the package {digest}: {why}"),
            RegistryError::File(path, error) => write!(f, "{}: {error}", path.display()),
            RegistryError::State(error) => error.fmt(f),
            RegistryError::Journal(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RegistryError {}

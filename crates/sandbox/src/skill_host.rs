//! The host's side of `hotcell:skill`: credentials, progress, checkpoint and settings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::Result;
use wasmtime::component::HasData;

use crate::bindings::hotcell::skill::{checkpoint, credentials, progress};
use crate::bindings::wasi::config::store;
use crate::checkpoints::{CHECKPOINT_BYTES_MAX, CheckpointError, Checkpoints};
use crate::outbound::Wall;
use crate::tape::{Deck, Event, Kept};

/// Bytes of a progress message that are passed on.
pub(crate) const PROGRESS_MESSAGE_BYTES_MAX: usize = 200;

/// The shortest time between two progress reports that are passed on; those between are
/// merged into the next, and a finished one always passes.
pub(crate) const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// How far a call has come, as the guest tells it: untrusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Units that are finished.
    pub done: u64,
    /// All units, where that is known.
    pub total: Option<u64>,
    /// What it is about, at most `PROGRESS_MESSAGE_BYTES_MAX` (200) bytes.
    pub message: String,
}

/// Who is told of a call's progress.
pub type ProgressSink = Arc<dyn Fn(Progress) + Send + Sync>;

/// What a skill may know of a credential that its manifest declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialStatus {
    /// Matching requests carry it.
    Granted,
    /// Declared, and not granted.
    NotGranted,
    /// Granted once, and suspended.
    Suspended,
}

/// What a guest may ask its host, for one call.
pub(crate) struct SkillHost {
    pub(crate) settings: Arc<BTreeMap<String, String>>,
    pub(crate) progress: Option<ProgressSink>,
    pub(crate) reported: Option<Instant>,
    pub(crate) checkpoints: Option<Arc<dyn Checkpoints>>,
}

/// [`SkillHost`] together with the wall that knows of denials, and the tape.
pub(crate) struct SkillView<'a> {
    pub(crate) skill: &'a mut SkillHost,
    pub(crate) wall: &'a mut Wall,
    pub(crate) deck: &'a mut Deck,
}

/// Names [`SkillView`] to wasmtime's linker.
pub(crate) struct HasSkill;

impl HasData for HasSkill {
    type Data<'a> = SkillView<'a>;
}

impl credentials::Host for SkillView<'_> {
    fn status(&mut self, name: String) -> Result<credentials::CredentialStatus> {
        let played = self
            .deck
            .played("the status of a credential", |event| match event {
                Event::Status(status) => Some(status),
                _ => None,
            })?;
        let status = played.unwrap_or_else(|| self.wall.credential(&name));
        self.deck.note(|| Event::Status(status));
        Ok(match status {
            Some(CredentialStatus::Granted) => credentials::CredentialStatus::Granted,
            Some(CredentialStatus::NotGranted) => credentials::CredentialStatus::NotGranted,
            Some(CredentialStatus::Suspended) => credentials::CredentialStatus::Suspended,
            None => credentials::CredentialStatus::Undeclared,
        })
    }

    fn last_denial(&mut self) -> Result<Option<credentials::Denial>> {
        let played = self.deck.played("the last denial", |event| match event {
            Event::Denial(denial) => Some(denial),
            _ => None,
        })?;
        let last = played.unwrap_or_else(|| self.wall.last_denial().map(Kept::from));
        self.deck.note(|| Event::Denial(last.clone()));
        Ok(last.map(|last| credentials::Denial {
            code: last.code,
            retry_after_ms: last.retry_after_ms,
        }))
    }
}

impl progress::Host for SkillView<'_> {
    fn report(&mut self, done: u64, total: Option<u64>, message: String) -> Result<()> {
        let Some(sink) = &self.skill.progress else {
            return Ok(());
        };
        let finished = total == Some(done);
        let too_soon = self
            .skill
            .reported
            .is_some_and(|at| at.elapsed() < PROGRESS_INTERVAL);
        if too_soon && !finished {
            return Ok(());
        }
        self.skill.reported = Some(Instant::now());
        let end = message.floor_char_boundary(PROGRESS_MESSAGE_BYTES_MAX);
        sink(Progress {
            done,
            total,
            message: message[..end].to_owned(),
        });
        Ok(())
    }
}

impl checkpoint::Host for SkillView<'_> {
    async fn save(&mut self, state: Vec<u8>) -> Result<Result<(), checkpoint::Error>> {
        let played = self
            .deck
            .played("the save of a checkpoint", |event| match event {
                Event::Save(saved) => Some(saved),
                _ => None,
            })?;
        let saved = match (played, &self.skill.checkpoints) {
            (Some(saved), _) => saved,
            (None, None) => Err(CheckpointError::Unavailable),
            (None, Some(_)) if state.len() > CHECKPOINT_BYTES_MAX => Err(CheckpointError::TooLarge),
            (None, Some(checkpoints)) => checkpoints.save(state).await,
        };
        self.deck.note(|| Event::Save(saved));
        Ok(saved.map_err(|error| match error {
            CheckpointError::Unavailable => checkpoint::Error::Unavailable,
            CheckpointError::TooLarge => checkpoint::Error::TooLarge,
        }))
    }

    async fn load(&mut self) -> Result<Option<Vec<u8>>> {
        let played = self
            .deck
            .played("the load of a checkpoint", |event| match event {
                Event::Load(state) => Some(state),
                _ => None,
            })?;
        let state = match (played, &self.skill.checkpoints) {
            (Some(state), _) => state,
            (None, None) => None,
            (None, Some(checkpoints)) => checkpoints.load().await,
        };
        self.deck.note(|| Event::Load(state.clone()));
        Ok(state)
    }
}

impl store::Host for SkillView<'_> {
    fn get(&mut self, key: String) -> Result<Result<Option<String>, store::Error>> {
        Ok(Ok(self.skill.settings.get(&key).cloned()))
    }

    fn get_all(&mut self) -> Result<Result<Vec<(String, String)>, store::Error>> {
        let pairs = self.skill.settings.iter();
        Ok(Ok(pairs
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()))
    }
}

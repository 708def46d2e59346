//! What the menu shows of an installed skill, kept beside its package.
//!
//! A card says nothing that the package does not: it is there so that a menu of a hundred skills
//! need not unpack a hundred archives and count their tokens. One that is missing, of an older
//! form, or beside an archive of another length is made anew. What is given to a model when a
//! skill is loaded comes from the package itself, by its digest.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hotcell_journal::Release;
use hotcell_package::{Digest, Effect, Installable, MenuLine, ReadLimits};
use serde::{Deserialize, Serialize};

use super::{Registry, RegistryError};
use crate::menu::shown::Shown;

/// The form of a card; one of another form is made anew.
const FORM: u32 = 1;
/// The ending of a card's file.
pub(super) const CARD_ENDING: &str = "json";

/// Whether a skill has tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkillKind {
    /// It has a component, whose tools can be called.
    Runnable,
    /// It has no component: a model reads it.
    Documentation,
}

/// What the menu shows of one package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    form: u32,
    digest: String,
    zip_bytes: u64,
    /// Whether it has tools.
    pub kind: SkillKind,
    /// Its description on one line; safe to print.
    pub description: String,
    /// What its line in the menu takes of a model's context.
    pub line_tokens: usize,
    /// What its instructions take when it is loaded.
    pub instructions_tokens: usize,
    /// Its tools, in its own order.
    pub tools: Vec<ToolCard>,
}

/// What the menu knows of one tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCard {
    /// Its name.
    pub name: String,
    /// What it may do to the world outside: `none`, `read` or `write`.
    pub effect: String,
    /// What its name, description and input schema take when it is loaded.
    pub tokens: usize,
}

impl Registry {
    /// Returns what the menu shows of a release.
    ///
    /// # Errors
    ///
    /// Fails where its package is not there or not whole.
    pub fn card(&self, release: &Release) -> Result<Arc<Card>, RegistryError> {
        if let Some(card) = self.cards().get(&release.digest) {
            return Ok(Arc::clone(card));
        }
        let digest = super::parsed(&release.digest)?;
        let zip = self.place(digest);
        let found = read(&zip).filter(|card| card.is_of(&release.digest, &zip));
        let card = match found {
            Some(card) => card,
            None => {
                let installed = self.installable(digest)?;
                self.keep_card(&installed)
            }
        };
        let card = Arc::new(card);
        let mut cards = self.cards();
        cards.insert(release.digest.clone(), Arc::clone(&card));
        Ok(card)
    }

    /// Writes the card of a package that is kept already. A card that cannot be written is made
    /// again when it is asked for.
    pub(super) fn keep_card(&self, installed: &Installable) -> Card {
        let zip = self.place(installed.digest());
        let bytes = fs::metadata(&zip).map_or(0, |is| is.len());
        let card = Card::of(installed, bytes);
        let text = serde_json::to_vec(&card).expect("a card is plain data");
        let written = tempfile::NamedTempFile::new_in(&self.folder).and_then(|mut file| {
            file.write_all(&text)?;
            file.persist(card_place(&zip)).map_err(|error| error.error)
        });
        if let Err(error) = written {
            tracing::warn!("{}: {error}", card_place(&zip).display());
        }
        card
    }
}

impl Card {
    fn of(installed: &Installable, zip_bytes: u64) -> Card {
        let shown = Shown::of(installed.clone());
        let tool = |tool: &Arc<crate::menu::shown::ShownTool>| ToolCard {
            name: tool.name.clone(),
            effect: word(tool.effect).to_owned(),
            tokens: tool.tokens,
        };
        let line = MenuLine::new(installed.name(), installed.document());
        let line = format!("- {}\n", line.text);
        Card {
            form: FORM,
            digest: installed.digest().to_string(),
            zip_bytes,
            kind: shown.kind,
            description: installed.document().one_line(),
            line_tokens: hotcell_package::tokens(&line),
            instructions_tokens: shown.instructions_tokens,
            tools: shown.tools.iter().map(tool).collect(),
        }
    }

    /// Returns whether it is of this package, and the archive has the length that it had.
    fn is_of(&self, digest: &str, zip: &Path) -> bool {
        let bytes = fs::metadata(zip).map(|is| is.len());
        self.form == FORM && self.digest == digest && bytes.is_ok_and(|own| own == self.zip_bytes)
    }
}

/// Returns an effect's word.
fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "none",
        Effect::Read => "read",
        Effect::Write => "write",
    }
}

/// Returns where the card of an archive is.
pub(super) fn card_place(zip: &Path) -> PathBuf {
    zip.with_extension(CARD_ENDING)
}

fn read(zip: &Path) -> Option<Card> {
    serde_json::from_slice(&fs::read(card_place(zip)).ok()?).ok()
}

impl Registry {
    /// Reads what is installed under a digest, and checks that it is what its name says.
    ///
    /// # Errors
    ///
    /// Fails where it is not there or not whole.
    pub fn installable(&self, digest: Digest) -> Result<Installable, RegistryError> {
        let bytes = self.zip(digest)?;
        let broken = |why: String| RegistryError::Package { digest, why };
        let installed = Installable::from_zip(&bytes, &ReadLimits::STANDARD)
            .map_err(|error| broken(format!("its file is damaged: {error}")))?;
        match installed.digest() == digest {
            true => Ok(installed),
            false => Err(broken("its file has other content".to_owned())),
        }
    }
}

//! What the menu shows of an installed skill, kept in a folder beside the packages.
//!
//! A card says nothing that the package does not: it is there so that a menu of a hundred skills
//! need not unpack a hundred archives and count their tokens. One that is missing, of an older
//! form, or of an archive that was written since is made anew. What is given to a model when a
//! skill is loaded comes from the package itself, by its digest.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use hotcell_journal::Release;
use hotcell_package::{Digest, Effect, Installable, MenuLine, ReadLimits};
use serde::{Deserialize, Serialize};

use super::folders::changed;
use super::{Registry, RegistryError, parsed};
use crate::menu::shown::Shown;

/// The form of a card; one of another form is made anew.
const FORM: u32 = 1;
/// The folder of cards, beside that of packages.
const CARDS_FOLDER: &str = "cards";

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
    /// Of the archive that it was made from: [`stamp_of`].
    stamp: String,
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
        let digest = parsed(&release.digest)?;
        let stamp = stamp_of(&self.place(digest));
        let is_of =
            |card: &Card| card.form == FORM && card.digest == release.digest && card.stamp == stamp;
        let card = match read(&self.card_place(digest)).filter(is_of) {
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
        let digest = installed.digest();
        let card = Card::of(installed, stamp_of(&self.place(digest)));
        let text = serde_json::to_vec(&card).expect("a card is plain data");
        let place = self.card_place(digest);
        let folder = self.cards_folder();
        let written = fs::create_dir_all(&folder)
            .and_then(|()| tempfile::NamedTempFile::new_in(&folder))
            .and_then(|mut file| {
                file.write_all(&text)?;
                file.persist(&place).map_err(|error| error.error)
            });
        if let Err(error) = written {
            tracing::warn!("{}: {error}", place.display());
        }
        card
    }

    /// Removes the cards of packages that are not among `keep`. One that cannot be removed stays:
    /// it says nothing that anybody asks for.
    pub(super) fn sweep_cards(&self, keep: &BTreeSet<PathBuf>) {
        let Ok(entries) = fs::read_dir(self.cards_folder()) else {
            return;
        };
        for entry in entries.flatten() {
            let zip = self.folder.join(entry.file_name()).with_extension("zip");
            if !keep.contains(&zip) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn cards_folder(&self) -> PathBuf {
        self.folder.with_file_name(CARDS_FOLDER)
    }

    fn card_place(&self, digest: Digest) -> PathBuf {
        let zip = self.place(digest);
        let name = zip.file_name().expect("a package has a name");
        self.cards_folder().join(name).with_extension("json")
    }
}

impl Card {
    fn of(installed: &Installable, stamp: String) -> Card {
        let shown = Shown::of(installed.clone(), None);
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
            stamp,
            kind: shown.kind,
            description: installed.document().one_line(),
            line_tokens: hotcell_package::tokens(&line),
            instructions_tokens: shown.instructions_tokens,
            tools: shown.tools.iter().map(tool).collect(),
        }
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

fn read(place: &Path) -> Option<Card> {
    serde_json::from_slice(&fs::read(place).ok()?).ok()
}

/// Returns what changes when an archive is written again: its length and its times. One that is
/// not there has none.
fn stamp_of(zip: &Path) -> String {
    let Ok(is) = fs::metadata(zip) else {
        return String::new();
    };
    let since = |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let modified = is.modified().map_or(0, since);
    format!("{} {modified} {}", is.len(), changed(&is))
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

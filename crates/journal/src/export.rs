//! Writes the log as other people's verifiers read it (C2SP tlog-tiles).

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;

use crate::journal::{Journal, JournalError, Result};
use crate::tree::{Edge, Hash};
use crate::words::SealedLog;

/// How many hashes or entries a whole tile has.
const TILE_WIDTH: usize = 256;

/// Writes the log into a new folder, up to a checkpoint that covers it: `checkpoint`, hashes in
/// `tile/<level>/…` and events in `tile/entries/…`. Payloads are not in it.
///
/// Refuses a folder that is there, and a log that the checkpoint does not fit.
pub async fn export(journal: &dyn Journal, to: &Path, seal: &SealedLog) -> Result<()> {
    fs::create_dir(to).await.map_err(|error| at(to, &error))?;
    let mut tiles = Tiles::new(to.join("tile"));
    while tiles.edge.size() < seal.size {
        let rows = journal.rows(tiles.edge.size(), TILE_WIDTH).await?;
        let left = seal.size - tiles.edge.size();
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        if rows.is_empty() {
            break;
        }
        for row in rows.iter().take(left) {
            tiles.push(&row.leaf, row.hash).await?;
        }
    }
    if tiles.edge.root() != seal.root || tiles.edge.size() != seal.size {
        let why = format!(
            "the checkpoint of {} events does not fit the log",
            seal.size
        );
        return Err(JournalError::Corrupt(why));
    }
    tiles.finish().await?;
    write(&to.join("checkpoint"), seal.note.as_bytes()).await
}

fn at(path: &Path, error: &io::Error) -> JournalError {
    JournalError::File {
        path: path.to_owned(),
        why: error.to_string(),
        mend: "name a new folder on a disk with room".to_owned(),
    }
}

async fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .await
            .map_err(|error| at(folder, &error))?;
    }
    fs::write(path, bytes)
        .await
        .map_err(|error| at(path, &error))
}

/// The tiles that grow at the right edge: one of entries, one of hashes on each level.
struct Tiles {
    folder: PathBuf,
    edge: Edge,
    entries: Vec<u8>,
    levels: Vec<Level>,
}

/// The last tile of a level.
#[derive(Default)]
struct Level {
    /// How many whole ones stand before it.
    before: u64,
    hashes: Vec<Hash>,
}

impl Tiles {
    fn new(folder: PathBuf) -> Tiles {
        Tiles {
            folder,
            edge: Edge::default(),
            entries: Vec::new(),
            levels: vec![Level::default()],
        }
    }

    /// Appends an event: its length in 16 bits, then its leaf.
    async fn push(&mut self, leaf: &str, hash: Hash) -> Result<()> {
        let long = |_| JournalError::Corrupt("an event is too long for a tile".to_owned());
        let length = u16::try_from(leaf.len()).map_err(long)?;
        self.entries.extend_from_slice(&length.to_be_bytes());
        self.entries.extend_from_slice(leaf.as_bytes());
        self.edge.push(hash);
        self.levels[0].hashes.push(hash);
        let mut level = 0;
        while self.levels[level].hashes.len() == TILE_WIDTH {
            self.write_level(level).await?;
            if level == 0 {
                self.write_entries().await?;
            }
            let mut subtree = Edge::default();
            let full = std::mem::take(&mut self.levels[level].hashes);
            full.into_iter().for_each(|hash| subtree.push(hash));
            self.levels[level].before += 1;
            level += 1;
            if level == self.levels.len() {
                self.levels.push(Level::default());
            }
            self.levels[level].hashes.push(subtree.root());
        }
        Ok(())
    }

    /// Writes what is left as partial tiles.
    async fn finish(&mut self) -> Result<()> {
        if !self.entries.is_empty() {
            self.write_entries().await?;
        }
        for level in 0..self.levels.len() {
            if !self.levels[level].hashes.is_empty() {
                self.write_level(level).await?;
            }
        }
        Ok(())
    }

    async fn write_level(&self, level: usize) -> Result<()> {
        let Level { before, hashes } = &self.levels[level];
        let path = self.path(&level.to_string(), *before, hashes.len());
        write(&path, hashes.as_flattened()).await
    }

    /// Writes the events of the last tile of level 0.
    async fn write_entries(&mut self) -> Result<()> {
        let bottom = &self.levels[0];
        let path = self.path("entries", bottom.before, bottom.hashes.len());
        write(&path, &std::mem::take(&mut self.entries)).await
    }

    /// Returns a tile's path: its number in groups of three digits, all but the last with an `x`.
    fn path(&self, kind: &str, number: u64, width: usize) -> PathBuf {
        let mut text = format!("{:03}", number % 1000);
        let mut rest = number / 1000;
        while rest > 0 {
            text = format!("x{:03}/{text}", rest % 1000);
            rest /= 1000;
        }
        if width < TILE_WIDTH {
            text = format!("{text}.p/{width}");
        }
        self.folder.join(kind).join(text)
    }
}

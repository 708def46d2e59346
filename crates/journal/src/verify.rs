//! Checking the record: that nobody edited, dropped, moved or cut rows of the log.

use std::collections::VecDeque;
use std::fmt;

use hotcell_package::printable;

use crate::journal::{Journal, Result};
use crate::leaf::{event_of, leaf_of, payload_sha256};
use crate::note::{NoteError, Verifier};
use crate::tree::{Edge, TreeHead, leaf_hash};
use crate::words::{Event, LogRow, SealedLog};

/// How many rows are read at once.
const ROWS_AT_ONCE: usize = 256;

/// What came of checking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything fits.
    Sound {
        /// How long the log is.
        head: TreeHead,
        /// How many checkpoints were checked.
        seals: usize,
        /// How many rows the last of them covers: later ones are only as good as the file.
        sealed: u64,
    },
    /// Something does not; this is the first.
    Broken(Flaw),
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// The row is not what was hashed.
    Edited {
        /// The row.
        seq: u64,
        /// What of it.
        what: String,
    },
    /// The row stands in another's place.
    Moved {
        /// The row.
        seq: u64,
        /// The place that it says.
        says: u64,
    },
    /// Rows are missing: from this one, up to another that is there.
    Dropped {
        /// The first that is missing.
        from: u64,
        /// The first that is there again.
        to: u64,
    },
    /// The log ends too early.
    Cut {
        /// The first row that is missing.
        from: u64,
        /// How long the log was.
        size: u64,
    },
    /// Rows were rewritten with their hashes: one of those between two checkpoints.
    Rewritten {
        /// The first that it may be: what the last sound checkpoint covers.
        from: u64,
        /// The first that it is not.
        to: u64,
    },
    /// A checkpoint is not what was signed.
    Seal {
        /// How many rows it says to cover.
        size: u64,
        /// What is wrong.
        why: String,
    },
    /// The checkpoint that was handed in is not one of this log.
    Against(NoteError),
    /// What the next row would be hashed onto is not the tree of these rows.
    Head,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Edited { seq, what } => write!(f, "row {seq} was edited: {}", printable(what)),
            Flaw::Moved { seq, says } => write!(f, "row {seq} was moved: it says {says}"),
            Flaw::Dropped { from, to } if from + 1 == *to => write!(f, "row {from} was dropped"),
            Flaw::Dropped { from, to } => write!(f, "rows {from} to {} were dropped", to - 1),
            Flaw::Cut { from, size } => {
                write!(f, "the log was cut at row {from}: it had {size} rows")
            }
            Flaw::Rewritten { from, to } => {
                write!(
                    f,
                    "a row from {from} to {} was rewritten with its hash",
                    to - 1
                )
            }
            Flaw::Seal { size, why } => {
                write!(f, "the checkpoint of {size} rows: {}", printable(why))
            }
            Flaw::Against(error) => write!(f, "the checkpoint that was handed in: {error}"),
            Flaw::Head => f.write_str("the tree's edge is not that of the rows"),
        }
    }
}

/// Checks the whole record against its checkpoints, and against one that was kept elsewhere.
///
/// Without one from elsewhere, whoever owns the file and the key can rewrite all, and whoever
/// owns the file can cut the log and its checkpoints together. Rows that no checkpoint covers
/// yet are checked against the file alone.
pub async fn verify(
    journal: &dyn Journal,
    verifier: &Verifier,
    against: Option<&str>,
) -> Result<Verdict> {
    // Before the rows: a log that grows meanwhile is longer than this, never shorter.
    let (seals, head) = (journal.seals().await?, journal.head().await?);
    let expected = match expectations(&seals, verifier, against) {
        Ok(expected) => expected,
        Err(flaw) => return Ok(Verdict::Broken(flaw)),
    };
    let mut check = Check::new(expected, head);
    while check.edge.size() < check.size {
        let rows = journal.rows(check.edge.size(), ROWS_AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(Verdict::Broken(check.cut()));
        }
        for row in &rows {
            if check.edge.size() == check.size {
                break;
            }
            if let Err(flaw) = check.row(row) {
                return Ok(Verdict::Broken(flaw));
            }
        }
    }
    if check.edge.head() != head {
        return Ok(Verdict::Broken(Flaw::Head));
    }
    Ok(Verdict::Sound {
        head,
        seals: seals.len(),
        sealed: check.sealed,
    })
}

/// Returns what is signed, the smallest first.
fn expectations(
    seals: &[SealedLog],
    verifier: &Verifier,
    against: Option<&str>,
) -> Result<VecDeque<TreeHead>, Flaw> {
    let mut heads = Vec::with_capacity(seals.len() + 1);
    for seal in seals {
        let wrong = |why: String| Flaw::Seal {
            size: seal.size,
            why,
        };
        let head = verifier
            .verify(&seal.note)
            .map_err(|error| wrong(error.to_string()))?;
        if (head.size, head.root) != (seal.size, seal.root) {
            return Err(wrong("its note says something else".to_owned()));
        }
        heads.push(head);
    }
    if let Some(note) = against {
        heads.push(verifier.verify(note).map_err(Flaw::Against)?);
    }
    heads.sort_by_key(|head| head.size);
    Ok(heads.into())
}

/// The check on its way.
struct Check {
    edge: Edge,
    expected: VecDeque<TreeHead>,
    /// How many rows the last sound checkpoint covers.
    sealed: u64,
    /// How long the log must be at least.
    size: u64,
}

impl Check {
    fn new(expected: VecDeque<TreeHead>, head: TreeHead) -> Check {
        let signed = expected.back().map_or(0, |head| head.size);
        Check {
            edge: Edge::default(),
            expected,
            sealed: 0,
            size: head.size.max(signed),
        }
    }

    fn cut(&self) -> Flaw {
        Flaw::Cut {
            from: self.edge.size(),
            size: self.size,
        }
    }

    fn row(&mut self, row: &LogRow) -> Result<(), Flaw> {
        let place = self.edge.size();
        if row.seq != place {
            return Err(Flaw::Dropped {
                from: place,
                to: row.seq,
            });
        }
        check_row(row)?;
        self.edge.push(row.hash);
        while let Some(head) = self.expected.front()
            && head.size <= self.edge.size()
        {
            // One of no rows covers none, and its root is that of no rows.
            if head.size > 0 && *head != self.edge.head() {
                return Err(Flaw::Rewritten {
                    from: self.sealed,
                    to: head.size,
                });
            }
            self.sealed = head.size;
            self.expected.pop_front();
        }
        Ok(())
    }
}

/// Checks a row by itself.
fn check_row(row: &LogRow) -> Result<(), Flaw> {
    let edited = |what: &str| Flaw::Edited {
        seq: row.seq,
        what: what.to_owned(),
    };
    let event = event_of(row.seq, &row.leaf);
    if let Ok(event) = &event
        && event.seq != row.seq
    {
        return Err(Flaw::Moved {
            seq: row.seq,
            says: event.seq,
        });
    }
    if leaf_hash(row.leaf.as_bytes()) != row.hash {
        return Err(edited("its hash is another"));
    }
    let event = event.map_err(|_| edited("it is no event"))?;
    if leaf_of(&event).ok().as_deref() != Some(row.leaf.as_str()) {
        return Err(edited("it is not canonical"));
    }
    if let Some(column) = &row.odd_column {
        return Err(edited(&format!("column `{column}` says something else")));
    }
    check_payloads(row, &event)
}

/// Checks the payloads that are kept against the event's digests.
fn check_payloads(row: &LogRow, event: &Event) -> Result<(), Flaw> {
    for (name, payload) in &row.payloads {
        let digest = event.payloads.iter().find(|digest| digest.name == *name);
        let fits = digest.is_some_and(|digest| {
            digest.bytes == payload.bytes.len() as u64
                && digest.sha256 == payload_sha256(&payload.salt, &payload.bytes)
        });
        if !fits {
            return Err(Flaw::Edited {
                seq: row.seq,
                what: format!("its payload `{name}`"),
            });
        }
    }
    Ok(())
}

//! How often each grant is used, counted across all processes that share a data folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use hotcell_policy::config::Rate;
use hotcell_policy::egress::GrantId;
use hotcell_policy::rate::FullAt;

use crate::secrets::lock::lock;
use crate::secrets::state::{file_name, open_file};

/// Bytes of a grant's file: its state, and the same with every bit turned, so that half a
/// write is seen.
const BYTES: usize = 16;

/// The meters of all grants: a small file for each.
///
/// A request is counted when it is admitted, and not given back if it fails later. That takes some
/// 6 µs of blocking file I/O for each grant; the test `an_admission_is_quick` prints it.
#[derive(Debug)]
pub struct Meter {
    folder: PathBuf,
}

/// A request is not admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which grant; of several the one with the longest wait.
    pub grant: GrantId,
    /// Milliseconds after which it may be used again, if nobody else does.
    pub retry_after_ms: u64,
    /// Why, for the operator: the rate is used up, or its file cannot be used.
    pub why: String,
}

/// What is advised while a meter's file cannot be used: an operator has to look.
const BROKEN_RETRY_MS: u64 = 60_000;

/// A grant's file, locked until it goes.
struct Open {
    file: File,
    state: FullAt,
}

impl Meter {
    /// Returns the meters in `folder`, which is made with the first of them.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Admits one request under all of `grants`, or counts it under none. A grant without a
    /// rate is not metered.
    ///
    /// # Errors
    /// Refuses where one of the grants is used up, and where its file cannot be used.
    pub fn admit(
        &self,
        grants: &[(GrantId, Option<Rate>)],
        now: SystemTime,
    ) -> Result<(), Refused> {
        let now_ms = now
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis();
        let now_ms = u64::try_from(now_ms).unwrap_or(u64::MAX);
        // Every process locks in one order, so that no two wait for each other.
        let metered: BTreeMap<&GrantId, Rate> = grants
            .iter()
            .filter_map(|(grant, rate)| Some((grant, (*rate)?)))
            .collect();
        let mut refused: Option<(&GrantId, u64)> = None;
        let mut taken = Vec::with_capacity(metered.len());
        for (grant, rate) in metered {
            let open = self.open(grant, rate, now_ms);
            let open = open.map_err(|error| self.broken(grant, &error))?;
            match rate.take(open.state, now_ms) {
                Ok(next) => taken.push((grant, open, next)),
                Err(wait) if refused.is_none_or(|(_, longest)| wait > longest) => {
                    refused = Some((grant, wait));
                }
                Err(_) => {}
            }
        }
        if let Some((grant, retry_after_ms)) = refused {
            return Err(Refused {
                grant: grant.clone(),
                retry_after_ms,
                why: format!("the rate of the grant {grant} is used up"),
            });
        }
        for (grant, open, next) in &taken {
            let written = open.file.write_all_at(&encode(*next), 0);
            written.map_err(|error| self.broken(grant, &error))?;
        }
        Ok(())
    }

    fn open(&self, grant: &GrantId, rate: Rate, now_ms: u64) -> io::Result<Open> {
        let file = open_file(&self.folder, grant.as_str())?;
        lock(&file)?;
        let mut bytes = [0; BYTES + 1];
        let read = file.read_at(&mut bytes, 0)?;
        // Where it is damaged, nobody knows how often the grant was used: as often as it may be.
        let stored = decode(&bytes[..read]).unwrap_or(FullAt::from_nanos(u64::MAX));
        let state = stored.min(spent(rate, now_ms));
        if state != stored {
            // The clock was set back, or the rate made stricter. What is left to wait for is
            // written down, or it would be ahead of the clock for as long as the jump was.
            file.write_all_at(&encode(state), 0)?;
            file.set_len(BYTES as u64)?;
        }
        Ok(Open { file, state })
    }

    fn broken(&self, grant: &GrantId, error: &io::Error) -> Refused {
        let file = self.folder.join(file_name(grant.as_str()));
        Refused {
            grant: grant.clone(),
            retry_after_ms: BROKEN_RETRY_MS,
            why: format!("the meter {} cannot be used: {error}", file.display()),
        }
    }
}

/// Returns the state of a grant that is used up at this moment. Intervals are rounded up to
/// nanoseconds, so that a bucket may be longer than its period by one for each request.
fn spent(rate: Rate, now_ms: u64) -> FullAt {
    let full_ms = now_ms.saturating_add(rate.per_ms);
    let rounding = u64::from(rate.count);
    FullAt::from_nanos(full_ms.saturating_mul(1_000_000).saturating_add(rounding))
}

fn encode(state: FullAt) -> [u8; BYTES] {
    let nanos = state.as_nanos();
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&nanos.to_le_bytes());
    bytes[8..].copy_from_slice(&(!nanos).to_le_bytes());
    bytes
}

/// Returns the state; none where the bytes are not what was written. An empty file is one of a
/// grant that was never used.
fn decode(bytes: &[u8]) -> Option<FullAt> {
    if bytes.is_empty() {
        return Some(FullAt::default());
    }
    let (nanos, turned) = bytes.split_first_chunk::<8>()?;
    let nanos = u64::from_le_bytes(*nanos);
    let is_whole = turned == (!nanos).to_le_bytes();
    is_whole.then(|| FullAt::from_nanos(nanos))
}

#[cfg(test)]
mod tests;

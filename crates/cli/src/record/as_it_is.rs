//! The record as it stands, for commands that look at it, copy it or put another in its place.

use std::path::PathBuf;

use hotcell_host::journal::{SealedLog, Signer};
use hotcell_host::{Fault, InUse, log_signer};
use hotcell_package::Diagnostic;

use super::{RECORD_FILE, Record, key, unusable};
use crate::config::Places;

impl Record {
    /// Opens the record together with other processes, and notices nothing: one that is damaged
    /// can be looked at. None where there is no record.
    ///
    /// # Errors
    ///
    /// Returns why the data folder cannot be used.
    pub(crate) fn open_as_it_is(places: &Places) -> Result<Option<Record>, Vec<Diagnostic>> {
        if !record_file(places).exists() {
            return Ok(None);
        }
        let key = key(places)?;
        let in_use = InUse::shared(&places.data).map_err(|error| {
            unusable(&places.data, error, "choose another folder with --data DIR")
        })?;
        Record::of(places, &key, in_use).map(Some)
    }

    /// Signs the log as it stands, and returns its last checkpoint; none where nothing was ever
    /// written.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be written.
    pub(crate) async fn seal(&self) -> Result<Option<SealedLog>, Fault> {
        self.close().await?;
        Ok(self.journal.seals().await?.pop())
    }
}

/// Returns where the record is, or would be.
pub(crate) fn record_file(places: &Places) -> PathBuf {
    places.data.join(RECORD_FILE)
}

/// Holds the data folder alone, and returns what signs its log; none where others are at work.
///
/// # Errors
///
/// Returns why the data folder cannot be used.
pub(crate) fn alone(places: &Places) -> Result<Option<(Signer, InUse)>, Vec<Diagnostic>> {
    let key = key(places)?;
    let in_use = InUse::alone(&places.data)
        .map_err(|error| unusable(&places.data, error, "choose another folder with --data DIR"))?;
    Ok(in_use.map(|in_use| (log_signer(&key), in_use)))
}

//! The signed log: a checkpoint of it from time to time, so that what was changed since shows.

use std::path::Path;
use std::time::Duration;

use hotcell_broker::secrets::SecretValue;
use hotcell_journal::{Entry, KeyName, Signer, Verdict, Verifier, export, verify};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::Host;
use crate::fault::Fault;

/// The log's name in its checkpoints.
pub const LOG_NAME: &str = "hotcell.local/log";
/// How often a busy log is signed.
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// What the key is for: another use of the host's key gets another key.
const PURPOSE: &[u8] = b"hotcell audit log 1";

/// Returns the key that signs a host's log: it follows from the host's own key. Who has both the
/// record and this key can write another log, so a checkpoint must also be kept elsewhere.
pub fn log_signer(host_key: &SecretValue) -> Signer {
    let name = KeyName::new(LOG_NAME).expect("it has neither a space nor a plus");
    Signer::new(name, &host_key.derive(PURPOSE))
}

impl Host {
    /// Signs the log as it stands.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be written.
    pub async fn seal(&self) -> Result<(), Fault> {
        let record = self.record()?;
        record.journal().seal(&record.options.signer).await?;
        Ok(())
    }

    /// Signs the log every second while something is written, until `until` is told.
    pub(crate) async fn keep_sealed(&self, mut until: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = sleep(SEAL_EVERY) => {}
                _ = until.wait_for(|told| *told) => return,
            }
            if let Err(fault) = self.seal().await {
                tracing::error!("the log is not signed: {fault}");
            }
        }
    }

    /// Checks the whole log against its checkpoints, and against one that was kept elsewhere.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be read.
    pub async fn verify_log(&self, against: Option<&str>) -> Result<Verdict, Fault> {
        let record = self.record()?;
        let verifier: Verifier = record.options.signer.verifier();
        Ok(verify(record.journal().as_ref(), &verifier, against).await?)
    }

    /// Writes the log into a new folder, in the form of a tiled transparency log (C2SP tlog-tiles),
    /// and returns how many events it has.
    ///
    /// # Errors
    ///
    /// Fails where the record is empty or cannot be read, or the folder is there.
    pub async fn export_log(&self, folder: &Path) -> Result<u64, Fault> {
        self.seal().await?;
        let record = self.record()?;
        let seals = record.journal().seals().await?;
        let last = seals.last();
        let last = last.ok_or_else(|| Fault::new("the log is empty", "call something first"))?;
        export(record.journal().as_ref(), folder, last).await?;
        Ok(last.size)
    }

    /// Copies the record into a new file, while others write.
    ///
    /// # Errors
    ///
    /// Fails where the file is there, or cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<(), Fault> {
        Ok(self.record()?.journal().backup(to).await?)
    }

    /// Writes down what an operator did.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be written.
    pub async fn record_act(&self, entry: Entry) -> Result<(), Fault> {
        self.record()?.note(entry).await
    }
}

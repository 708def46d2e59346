//! The record and the registry of the data folder, for commands that change what is installed or
//! allowed. It needs no vault, no network and no sandbox; a host is made upon it.

mod as_it_is;

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use hotcell_host::broker::secrets::{SecretValue, host_key};
use hotcell_host::journal::{
    Entry, EventQuery, Journal, Kind, READ_ROWS_MAX, Signer, Sqlite, SqliteOptions,
};
use hotcell_host::{Fault, InUse, Registry, RegistryError, log_signer};
use hotcell_package::Diagnostic;
use hotcell_policy::config::Config;
use serde_json::{Map, Value, json};

pub(crate) use as_it_is::{alone, record_file};

use crate::config::Places;
use crate::recorded::{RecordArguments, Trouble};
use crate::{exit, house, print};

/// Who does what is done at this command line, where no caller is named.
pub(crate) const OPERATOR: &str = "operator";
/// The record's file in the data folder.
const RECORD_FILE: &str = "record.db";
/// The folder of installed packages in the data folder.
const PACKAGES_FOLDER: &str = "packages";
/// What was read of the operator's folders of packages, in the data folder.
const FOLDERS_FILE: &str = "folders.json";

/// The record, open for one command.
pub(crate) struct Record {
    /// The log and its folds.
    pub(crate) journal: Arc<dyn Journal>,
    /// The installed skills.
    pub(crate) registry: Registry,
    /// Signs the log.
    pub(crate) signer: Signer,
    /// The data folder is ours, together with others or alone.
    pub(crate) in_use: InUse,
}

impl Record {
    /// Opens the record together with other processes, and notices what the operator changed:
    /// the file, and the folders of packages. What is wrong with a package is told.
    ///
    /// # Errors
    ///
    /// Returns why the data folder cannot be used.
    pub(crate) async fn open(places: &Places, config: &Config) -> Result<Record, Vec<Diagnostic>> {
        let key = key(places)?;
        let in_use = InUse::shared(&places.data).map_err(|error| {
            unusable(&places.data, error, "choose another folder with --data DIR")
        })?;
        let record = Record::of(places, &key, in_use)?;
        record.notice_config(places).await?;
        record.notice_folders(places, config).await?;
        Ok(record)
    }

    /// The same, where there is a record or something to put into one: a command that only reads
    /// leaves nothing behind.
    ///
    /// # Errors
    ///
    /// As [`Record::open`].
    pub(crate) async fn open_if_any(
        places: &Places,
        config: &Config,
    ) -> Result<Option<Record>, Vec<Diagnostic>> {
        let is_there = places.data.join(RECORD_FILE).exists();
        match is_there || !config.package_folders.is_empty() {
            true => Record::open(places, config).await.map(Some),
            false => Ok(None),
        }
    }

    /// Opens the record alone: nobody else has it open.
    ///
    /// # Errors
    ///
    /// Returns why the data folder cannot be used; none where others are at work.
    pub(crate) async fn open_alone(places: &Places) -> Result<Option<Record>, Vec<Diagnostic>> {
        let key = key(places)?;
        let in_use = InUse::alone(&places.data).map_err(|error| {
            unusable(&places.data, error, "choose another folder with --data DIR")
        })?;
        let Some(in_use) = in_use else {
            return Ok(None);
        };
        let record = Record::of(places, &key, in_use)?;
        record.notice_config(places).await?;
        Ok(Some(record))
    }

    fn of(places: &Places, key: &SecretValue, in_use: InUse) -> Result<Record, Vec<Diagnostic>> {
        let file = places.data.join(RECORD_FILE);
        let journal = Sqlite::open(SqliteOptions::new(&file, SystemTime::now))
            .map_err(|error| unusable(&file, &error, &error.mend()))?;
        let journal: Arc<dyn Journal> = Arc::new(journal);
        Ok(Record {
            registry: Registry::new(places.data.join(PACKAGES_FOLDER), Arc::clone(&journal)),
            journal,
            signer: log_signer(key),
            in_use,
        })
    }

    /// Writes down what an operator did.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be written.
    pub(crate) async fn act(&self, kind: Kind, body: Value) -> Result<(), Fault> {
        let body = match body {
            Value::Object(body) => body,
            _ => Map::new(),
        };
        let entry = Entry {
            kind,
            actor: Some(OPERATOR.to_owned()),
            invocation: None,
            correlation: None,
            body,
            payloads: Vec::new(),
        };
        Ok(self.journal.record(vec![entry]).await?)
    }

    /// Ends a command that changed something: signs the log.
    ///
    /// # Errors
    ///
    /// Fails where the record cannot be written.
    pub(crate) async fn close(&self) -> Result<(), Fault> {
        self.journal.seal(&self.signer).await?;
        Ok(())
    }

    /// Writes down that the operator's file says something else than when it was last written down.
    async fn notice_config(&self, places: &Places) -> Result<(), Vec<Diagnostic>> {
        let digest = places.config_digest()?.map(|digest| digest.to_string());
        let failed = |fault: Fault| unusable(&places.data, &fault, &fault.mend);
        let last = self.last_configured().await.map_err(failed)?;
        let last = last.as_ref().and_then(|body| body.get("digest"));
        let is_known = match &digest {
            Some(digest) => last.and_then(Value::as_str) == Some(digest),
            None => last.is_none_or(Value::is_null),
        };
        if is_known {
            return Ok(());
        }
        let file = std::path::absolute(&places.config).unwrap_or_else(|_| places.config.clone());
        let body = json!({ "digest": digest, "path": file });
        self.act(Kind::Configured, body).await.map_err(failed)
    }

    async fn last_configured(&self) -> Result<Option<Map<String, Value>>, Fault> {
        let mut query = EventQuery {
            kinds: vec![Kind::Configured],
            limit: READ_ROWS_MAX,
            ..EventQuery::default()
        };
        let mut found = None;
        loop {
            let mut events = self.journal.events(&query).await?;
            let is_full = events.len() == query.limit;
            if let Some(last) = events.pop() {
                query.from = last.seq + 1;
                found = Some(last.body);
            }
            if !is_full {
                return Ok(found);
            }
        }
    }

    async fn notice_folders(
        &self,
        places: &Places,
        config: &Config,
    ) -> Result<(), Vec<Diagnostic>> {
        if config.package_folders.is_empty() {
            return Ok(());
        }
        let memory = places.data.join(FOLDERS_FILE);
        let (folders, state) = (&config.package_folders, places.state());
        let registry = &self.registry;
        let read = registry.read_folders(folders, &state, &memory, OPERATOR);
        let found = read
            .await
            .map_err(|error| unusable(&places.data, &error, &error.mend()))?;
        print::diagnostics(&found);
        Ok(())
    }
}

/// Returns the host's key; the first command makes it, and the data folder.
fn key(places: &Places) -> Result<SecretValue, Vec<Diagnostic>> {
    host_key(&places.data).map_err(|error| unusable(&places.data, &error, error.mend()))
}

fn unusable(what: &Path, why: impl std::fmt::Display, mend: &str) -> Vec<Diagnostic> {
    let at = what.display().to_string();
    vec![Diagnostic::error("unusable", &at, why.to_string()).hint(mend)]
}

/// Does `work` with the record, and returns the exit code.
pub(crate) fn with_record(
    arguments: &RecordArguments,
    work: impl AsyncFnOnce(&Record, &Places, &Config) -> Result<u8, Trouble>,
) -> u8 {
    let done = arguments.places.places().map_err(Trouble::from);
    let done = done.and_then(|places| {
        let config = places.read_config()?;
        house::runtime()?.block_on(async {
            let record = Record::open(&places, &config).await?;
            let code = work(&record, &places, &config).await?;
            record.close().await?;
            Ok(code)
        })
    });
    done.unwrap_or_else(|trouble| trouble.tell(arguments.json))
}

/// The same for a command that only reads: it is handed none where there is nothing yet.
pub(crate) fn with_record_if_any(
    arguments: &RecordArguments,
    work: impl AsyncFnOnce(Option<&Record>) -> Result<u8, Trouble>,
) -> u8 {
    let done = arguments.places.places().map_err(Trouble::from);
    let done = done.and_then(|places| {
        let config = places.read_config()?;
        house::runtime()?.block_on(async {
            let record = Record::open_if_any(&places, &config).await?;
            let code = work(record.as_ref()).await?;
            if let Some(record) = &record {
                record.close().await?;
            }
            Ok(code)
        })
    });
    done.unwrap_or_else(|trouble| trouble.tell(arguments.json))
}

impl From<RegistryError> for Trouble {
    fn from(error: RegistryError) -> Trouble {
        let code = match &error {
            RegistryError::OtherDigest { .. } => exit::REFUSED,
            RegistryError::Absent(_)
            | RegistryError::Package { .. }
            | RegistryError::NoComponent(_)
            | RegistryError::State(_) => exit::USAGE,
            RegistryError::File(..) | RegistryError::Journal(_) => exit::FAULT,
        };
        Trouble::Told(code, error.to_string(), error.mend())
    }
}

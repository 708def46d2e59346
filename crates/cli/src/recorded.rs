//! What commands on the record have in common: where it is, and how they tell what went wrong.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use hotcell_host::{Fault, Host};
use hotcell_package::Diagnostic;
use hotcell_policy::Policy;
use serde_json::json;

use crate::calling::Stop;
use crate::config::{Places, PlacesArguments};
use crate::record::Record;
use crate::{exit, house, print};

/// Where the record is, and in which form is told; flatten it into a command's arguments.
#[derive(Debug, Args)]
pub(crate) struct RecordArguments {
    #[command(flatten)]
    pub(crate) places: PlacesArguments,
    /// Print it as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// Why a command did not do what it was told.
pub(crate) enum Trouble {
    /// The operator's file, a package or the data folder cannot be used.
    Unusable(Vec<Diagnostic>),
    /// Anything else, with the exit code, what is wrong, and what mends it.
    Told(u8, String, String),
    /// The end of a call that never came to an Outcome.
    Stop(Box<Stop>),
}

impl Trouble {
    /// What the command was told makes no sense.
    pub(crate) fn usage(message: impl Into<String>, mend: impl Into<String>) -> Trouble {
        Trouble::Told(exit::USAGE, message.into(), mend.into())
    }

    /// The command is not let do it.
    pub(crate) fn refused(message: impl Into<String>, mend: impl Into<String>) -> Trouble {
        Trouble::Told(exit::REFUSED, message.into(), mend.into())
    }

    /// Prints it and returns the exit code.
    pub(crate) fn tell(self, as_json: bool) -> u8 {
        match self {
            Trouble::Unusable(found) if as_json => {
                print::json(&json!({ "error": { "diagnostics": found } }));
                exit::USAGE
            }
            Trouble::Unusable(found) => {
                print::diagnostics(&found);
                exit::USAGE
            }
            Trouble::Told(code, message, mend) => {
                let mend = Some(mend.as_str()).filter(|mend| !mend.is_empty());
                match as_json {
                    true => print::json(&json!({ "error": { "message": message, "hint": mend } })),
                    false => print::error(&message, mend),
                }
                code
            }
            Trouble::Stop(stop) => stop.tell(as_json),
        }
    }
}

impl From<Vec<Diagnostic>> for Trouble {
    fn from(found: Vec<Diagnostic>) -> Trouble {
        Trouble::Unusable(found)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::Told(exit::FAULT, fault.message, fault.mend)
    }
}

impl From<Stop> for Trouble {
    fn from(stop: Stop) -> Trouble {
        Trouble::Stop(Box::new(stop))
    }
}

impl RecordArguments {
    /// Does `work` with a host that has the record, and returns the exit code.
    pub(crate) fn with_host(
        &self,
        work: impl AsyncFnOnce(&Arc<Host>, &Places) -> Result<u8, Trouble>,
    ) -> u8 {
        with_host(&self.places, self.json, work)
    }
}

impl RecordArguments {
    /// Does `work` with the record as it stands, and returns the exit code. Nothing of the
    /// operator's file or the log is read first, so that one that is damaged can be looked at.
    pub(crate) fn with_record(
        &self,
        work: impl AsyncFnOnce(&Record, &Places) -> Result<u8, Trouble>,
    ) -> u8 {
        let done = self.places.places().map_err(Trouble::from);
        let done = done.and_then(|places| {
            house::runtime()?.block_on(async {
                let Some(record) = Record::open_as_it_is(&places)? else {
                    let message = format!("there is no record in {}", places.data.display());
                    return Err(Trouble::usage(message, "name its folder with --data DIR"));
                };
                work(&record, &places).await
            })
        });
        done.unwrap_or_else(|trouble| trouble.tell(self.json))
    }
}

/// Does `work` with a host that has the record, and returns the exit code.
pub(crate) fn with_host(
    places: &PlacesArguments,
    json: bool,
    work: impl AsyncFnOnce(&Arc<Host>, &Places) -> Result<u8, Trouble>,
) -> u8 {
    with_host_in(None, places, json, work)
}

/// The same with another folder of compiled code than the platform's.
pub(crate) fn with_host_in(
    cache: Option<PathBuf>,
    places: &PlacesArguments,
    json: bool,
    work: impl AsyncFnOnce(&Arc<Host>, &Places) -> Result<u8, Trouble>,
) -> u8 {
    let done = places.places().map_err(Trouble::from);
    let done = done.and_then(|places| {
        house::runtime()?.block_on(async {
            let host = Arc::new(house::open(cache, Policy::standard(), &places).await?);
            let code = work(&host, &places).await?;
            house::close(&host).await?;
            Ok(code)
        })
    });
    done.unwrap_or_else(|trouble| trouble.tell(json))
}

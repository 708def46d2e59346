//! Who reads the menu, for the commands that show what a model is shown.

use std::sync::Arc;

use clap::Args;
use hotcell_host::{Host, Menu, Reader};
use hotcell_policy::Refusal;
use hotcell_policy::config::LOCAL_CALLER;

use crate::exit;
use crate::recorded::{RecordArguments, Trouble};

/// Who reads, and where the record is; flatten it into a command's arguments.
#[derive(Debug, Args)]
pub(crate) struct ReaderArguments {
    /// Who reads
    #[arg(long = "as", value_name = "CALLER", default_value = LOCAL_CALLER)]
    caller: String,
    /// By way of which assistant of the operator's file
    #[arg(long, value_name = "NAME")]
    assistant: Option<String>,
    #[command(flatten)]
    pub(crate) record: RecordArguments,
}

impl ReaderArguments {
    /// Returns who reads.
    pub(crate) fn reader(&self) -> Reader {
        Reader {
            caller: self.caller.clone(),
            assistant: self.assistant.clone(),
        }
    }

    /// Does `work` with the host and the menu, and returns the exit code.
    pub(crate) fn with_menu(
        &self,
        work: impl AsyncFnOnce(&Arc<Host>, Menu) -> Result<u8, Trouble>,
    ) -> u8 {
        self.record.with_host(async |host, _| {
            let menu = host.menu(&self.reader()).await??;
            work(host, menu).await
        })
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Trouble {
        let message = format!("{}: {}", refusal.code, refusal.message);
        Trouble::Told(exit::REFUSED, message, refusal.hint.unwrap_or_default())
    }
}

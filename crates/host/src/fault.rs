//! A fault of ours: nothing that a caller, a skill or a policy did.

use std::fmt;

use hotcell_journal::JournalError;

use crate::load::LoadError;
use crate::registry::RegistryError;

/// What failed, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What failed, safe to print.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

impl Fault {
    /// Returns a fault.
    pub fn new(message: impl Into<String>, mend: impl Into<String>) -> Fault {
        Fault {
            message: message.into(),
            mend: mend.into(),
        }
    }
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Fault {
        Fault::new(error.to_string(), error.mend())
    }
}

impl From<RegistryError> for Fault {
    fn from(error: RegistryError) -> Fault {
        Fault::new(error.to_string(), error.mend())
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Fault {
        let mend = match &error {
            LoadError::Component { hint, .. } => hint.clone(),
            _ => "call again; `hotcell verify` checks what is installed".to_owned(),
        };
        Fault::new(error.to_string(), mend)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

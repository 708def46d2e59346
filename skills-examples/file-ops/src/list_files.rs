//! Tool `list_files`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::failure::{Failed, Lists};
use crate::root::Root;

/// Entries of one answer.
const LISTED_MAX: usize = 1_000;

/// What to list.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ListInput {
    /// Only what is below this folder.
    #[schemars(length(max = 240))]
    #[serde(default)]
    folder: String,
    /// Only names that end so, such as `.md`.
    #[schemars(length(min = 1, max = 32))]
    ending: Option<String>,
}

/// What there is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listing {
    /// Files and folders, sorted by path.
    entries: Vec<Listed>,
    /// How many there are; more than are listed where there are many.
    total: usize,
}

/// A file or folder.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listed {
    /// Its path.
    path: String,
    /// `file` or `folder`.
    kind: Kind,
    /// Bytes of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

/// What a path leads to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Lists a folder.
pub(crate) fn list_files(input: ListInput, _: &Context) -> Result<Listing, Failed<Lists>> {
    let mut all = Root::of_call().walk(&input.folder)?;
    if let Some(ending) = &input.ending {
        all.retain(|entry| entry.bytes.is_some() && entry.path.ends_with(ending.as_str()));
    }
    let total = all.len();
    let listed = all.into_iter().take(LISTED_MAX).map(|entry| Listed {
        kind: match entry.bytes {
            Some(_) => Kind::File,
            None => Kind::Folder,
        },
        path: entry.path,
        bytes: entry.bytes,
    });
    Ok(Listing {
        entries: listed.collect(),
        total,
    })
}

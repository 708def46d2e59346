//! Tool `write_file`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::failure::{Failed, FileError, Writes};
use crate::root::Root;

/// What to write.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct WriteInput {
    /// The file; folders that lead to it are made.
    #[schemars(length(min = 1, max = 240))]
    path: String,
    /// All that is to stand in it.
    #[schemars(length(max = 500_000))]
    text: String,
    /// Whether a file that is there is to go.
    #[serde(default)]
    replace: bool,
}

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Written {
    /// The file.
    path: String,
    /// Its bytes.
    bytes: usize,
    /// Whether it replaced another.
    replaced: bool,
}

/// Writes a file.
pub(crate) fn write_file(input: WriteInput, _: &Context) -> Result<Written, Failed<Writes>> {
    let root = Root::of_call();
    let replaced = root.at(&input.path)?.is_file();
    if replaced && !input.replace {
        return Err(FileError::Exists(input.path).into());
    }
    root.write(&input.path, &input.text)?;
    Ok(Written {
        path: input.path,
        bytes: input.text.len(),
        replaced,
    })
}

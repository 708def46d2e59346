//! Tool `edit_file`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::diff_files::unified;
use crate::failure::{Edits, Failed, FileError};
use crate::root::{Root, TEXT_BYTES_MAX};

/// What to change.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct EditInput {
    /// The file.
    #[schemars(length(min = 1, max = 240))]
    path: String,
    /// The changes, one after the other.
    #[schemars(length(min = 1, max = 50))]
    edits: Vec<Edit>,
}

/// One change.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Edit {
    /// The text as it stands in the file.
    #[schemars(length(min = 1, max = 50_000))]
    find: String,
    /// What is to stand there instead.
    #[schemars(length(max = 50_000))]
    replace: String,
    /// Whether it is replaced wherever it stands; else it has to stand there once.
    #[serde(default)]
    all: bool,
}

/// What was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Edited {
    /// The file.
    path: String,
    /// Pieces that were replaced.
    replacements: usize,
    /// The change as a unified diff; left out where it is too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

/// Changes a file: all edits, or none.
pub(crate) fn edit_file(input: EditInput, _: &Context) -> Result<Edited, Failed<Edits>> {
    let root = Root::of_call();
    let old = root.text(&input.path)?;
    let mut new = old.clone();
    let mut replacements = 0;
    for (number, edit) in input.edits.iter().enumerate() {
        let times = new.matches(edit.find.as_str()).count();
        match times {
            0 => return Err(FileError::NoMatch(number + 1).into()),
            2.. if !edit.all => return Err(FileError::Ambiguous(number + 1, times).into()),
            _ => {}
        }
        let length = new.len() + times.saturating_mul(edit.replace.len());
        if length as u64 > 2 * TEXT_BYTES_MAX {
            return Err(FileError::TooLarge(input.path, TEXT_BYTES_MAX).into());
        }
        new = new.replace(edit.find.as_str(), &edit.replace);
        replacements += times;
    }
    if new.len() as u64 > TEXT_BYTES_MAX {
        return Err(FileError::TooLarge(input.path, TEXT_BYTES_MAX).into());
    }
    root.write(&input.path, &new)?;
    Ok(Edited {
        diff: unified(&input.path, &old, &input.path, &new).ok(),
        path: input.path,
        replacements,
    })
}

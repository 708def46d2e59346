//! Tool `diff_files`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};
use similar::{Algorithm, TextDiff};

use crate::failure::{Failed, FileError, Reads};
use crate::root::Root;

/// Lines of each text: comparing takes the longer the more they differ.
const LINES_MAX: usize = 5_000;
/// Bytes of a diff that is shown.
const DIFF_BYTES_MAX: usize = 128 << 10;

/// What to compare.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct DiffInput {
    /// The file.
    #[schemars(length(min = 1, max = 240))]
    path: String,
    /// What it is compared with.
    with: With,
}

/// What a file is compared with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum With {
    /// Another file.
    Path(#[schemars(length(min = 1, max = 240))] String),
    /// A text.
    Text(#[schemars(length(max = 200_000))] String),
}

/// In what they differ.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Diff {
    /// Whether they are the same.
    is_equal: bool,
    /// A unified diff from the file to the other.
    diff: String,
}

/// Compares a file.
pub(crate) fn diff_files(input: DiffInput, _: &Context) -> Result<Diff, Failed<Reads>> {
    let root = Root::of_call();
    let old = root.text(&input.path)?;
    let (name, new) = match input.with {
        With::Path(path) => {
            let text = root.text(&path)?;
            (path, text)
        }
        With::Text(text) => ("text".to_owned(), text),
    };
    let diff = unified(&input.path, &old, &name, &new)?;
    Ok(Diff {
        is_equal: old == new,
        diff,
    })
}

/// Returns a unified diff, empty where the texts are the same.
pub(crate) fn unified(
    old_name: &str,
    old: &str,
    new_name: &str,
    new: &str,
) -> Result<String, FileError> {
    for (name, text) in [(old_name, old), (new_name, new)] {
        if text.lines().count() > LINES_MAX {
            return Err(FileError::TooLarge(name.to_owned(), LINES_MAX as u64));
        }
    }
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .diff_lines(old, new);
    let mut unified = diff.unified_diff();
    let text = unified
        .context_radius(3)
        .header(old_name, new_name)
        .to_string();
    match text.len() > DIFF_BYTES_MAX {
        true => Err(FileError::TooLarge(
            old_name.to_owned(),
            DIFF_BYTES_MAX as u64,
        )),
        false => Ok(text),
    }
}

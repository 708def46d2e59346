//! Tool `read_file`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::failure::{Failed, FileError, Reads};
use crate::root::Root;

/// Bytes of one answer's text, so that it fits the limit of an answer however it is escaped.
const SHOWN_BYTES_MAX: usize = 128 << 10;

/// What to read.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ReadInput {
    /// The file.
    #[schemars(length(min = 1, max = 240))]
    path: String,
    /// The first line, from 1.
    #[schemars(range(min = 1, max = 10_000_000))]
    from_line: Option<usize>,
    /// How many lines.
    #[schemars(range(min = 1, max = 10_000))]
    lines: Option<usize>,
}

/// What stands in a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Text {
    /// The file.
    path: String,
    /// The lines, with their line breaks.
    text: String,
    /// The first of them.
    from_line: usize,
    /// Lines of the whole file.
    lines_total: usize,
    /// The line to go on from; none at the end.
    next_line: Option<usize>,
}

/// Reads some lines, as many as fit an answer.
pub(crate) fn read_file(input: ReadInput, _: &Context) -> Result<Text, Failed<Reads>> {
    let whole = Root::of_call().text(&input.path)?;
    let from_line = input.from_line.unwrap_or(1);
    let lines_max = input.lines.unwrap_or(usize::MAX);
    let mut text = String::new();
    let mut next_line = None;
    for (number, line) in whole.split_inclusive('\n').enumerate().skip(from_line - 1) {
        let is_full = text.len() + line.len() > SHOWN_BYTES_MAX;
        if is_full && text.is_empty() {
            return Err(FileError::TooLarge(input.path, SHOWN_BYTES_MAX as u64).into());
        }
        if is_full || number + 1 - from_line >= lines_max {
            next_line = Some(number + 1);
            break;
        }
        text.push_str(line);
    }
    Ok(Text {
        path: input.path,
        text,
        from_line,
        lines_total: whole.split_inclusive('\n').count(),
        next_line,
    })
}

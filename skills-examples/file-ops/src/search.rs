//! Tool `search`.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::failure::{Failed, FileError, Lists};
use crate::root::{Root, TEXT_BYTES_MAX};

/// Bytes of all files that one search reads: less than a call may read.
const SEARCHED_BYTES_MAX: u64 = 32 << 20;
/// Characters of a line that are shown.
const LINE_CHARS_MAX: usize = 300;

/// What to find.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct SearchInput {
    /// The words, as they stand in one line.
    #[schemars(length(min = 1, max = 200))]
    query: String,
    /// Only below this folder.
    #[schemars(length(max = 240))]
    #[serde(default)]
    folder: String,
    /// Only in files whose names end so, such as `.md`.
    #[schemars(length(min = 1, max = 32))]
    ending: Option<String>,
    /// Whether `A` is another letter than `a`.
    #[serde(default)]
    match_case: bool,
    /// Most lines of the answer.
    #[schemars(range(min = 1, max = 500))]
    #[serde(default = "matches_max")]
    matches_max: usize,
}

fn matches_max() -> usize {
    100
}

/// Where it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    /// The lines, by path and number.
    matches: Vec<Match>,
    /// Whether there may be more lines than these.
    is_cut: bool,
    /// Files that were looked into.
    files_searched: usize,
    /// Files that were left out: too large, or no text.
    files_skipped: usize,
}

/// One line.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Match {
    /// The file.
    path: String,
    /// The line's number, from 1.
    line: usize,
    /// The line, cut where it is long.
    text: String,
}

/// Searches all text files.
pub(crate) fn search(input: SearchInput, _: &Context) -> Result<Found, Failed<Lists>> {
    let root = Root::of_call();
    let mut found = Found {
        matches: Vec::new(),
        is_cut: false,
        files_searched: 0,
        files_skipped: 0,
    };
    let mut left = SEARCHED_BYTES_MAX;
    let query = fold(&input.query, input.match_case);
    for entry in root.walk(&input.folder)? {
        let Some(bytes) = entry.bytes else {
            continue;
        };
        let is_asked = input
            .ending
            .as_ref()
            .is_none_or(|end| entry.path.ends_with(end.as_str()));
        if !is_asked {
            continue;
        }
        if bytes > TEXT_BYTES_MAX {
            found.files_skipped += 1;
            continue;
        }
        if bytes > left {
            found.is_cut = true;
            break;
        }
        left -= bytes;
        match root.text(&entry.path) {
            Ok(text) => found.add(&entry.path, &text, &query, &input),
            Err(FileError::NotText(_)) => found.files_skipped += 1,
            Err(error) => return Err(error.into()),
        }
        if found.is_cut {
            break;
        }
    }
    Ok(found)
}

impl Found {
    fn add(&mut self, path: &str, text: &str, query: &str, input: &SearchInput) {
        self.files_searched += 1;
        for (number, line) in text.lines().enumerate() {
            if !fold(line, input.match_case).contains(query) {
                continue;
            }
            if self.matches.len() >= input.matches_max {
                self.is_cut = true;
                return;
            }
            self.matches.push(Match {
                path: path.to_owned(),
                line: number + 1,
                text: line.chars().take(LINE_CHARS_MAX).collect(),
            });
        }
    }
}

fn fold(text: &str, match_case: bool) -> String {
    match match_case {
        true => text.to_owned(),
        false => text.to_lowercase(),
    }
}

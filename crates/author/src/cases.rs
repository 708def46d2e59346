//! Test cases: the `*.toml` files of a skill's `tests/` folder.
//!
//! A case is one call of one tool, what the servers would answer, and what must come of it:
//!
//! ```toml
//! # tests/found.toml
//! tool = "find_order"
//! input = { number = "A-17" }
//!
//! [[exchange]]
//! method = "GET"
//! url = "https://shop.example.com/v1/orders/A-17"
//!
//! [exchange.answer]
//! status = 200
//! json = { number = "A-17", state = "sent" }
//!
//! [expect]
//! output = { state = "sent" }
//! ```
//!
//! It is named after its file: `found`. A file with several cases writes each as `[[case]]` with a
//! `name`, its exchanges as `[[case.exchange]]` and what is expected as `[case.expect]`; they are
//! named `file/name`.
//!
//! # The call
//!
//! | key | is |
//! |---|---|
//! | `tool` | the tool's name |
//! | `input` | its arguments; `{}` where there is none |
//! | `idempotency_key` | the caller's key |
//! | `settings` | values for `[[config]]` of skill.toml, by key |
//! | `withhold` | names of credentials, and ids of `[[http]]` tables, that the operator does not grant here |
//! | `files` | what stands at `/in`, by path; each is written as content (below) |
//! | `work` | what stands in the folder at `/work` when the call begins, by path, written as content. A skill that asks for one is granted it, and all of its changes are applied |
//! | `order` | `"script"` (the usual): requests come in the script's order. `"any"`: they may come in any |
//!
//! # The servers
//!
//! Each `[[exchange]]` is one request that the skill must send, and what it gets for it. All of
//! them have to be used, and nothing may be sent beside them.
//!
//! | key | is |
//! |---|---|
//! | `method`, `url` | the request, with its query as it stands on the wire |
//! | `headers` | headers that it must have, at least; names in any case |
//! | `body` | the body that it must have, written as content; `json` is compared as JSON |
//! | `answer.status` | the answer's status; 200 where it is left out |
//! | `answer.headers` | its headers |
//! | `answer` | its body, written as content beside these; none is an empty one |
//! | `{{credential:NAME}}` in an answer | stands for the made-up value of that credential, as of a server that echoes it |
//! | `fault` | instead of an answer: `"reset"`, the server took the request and hung up; `"timeout"`, it never answers; `"truncate"`, its answer ends in the middle (needs `answer` as well) |
//!
//! # What must come of it
//!
//! Exactly one of these stands in `[expect]`:
//!
//! | key | is |
//! |---|---|
//! | `output` | the whole output |
//! | `partial` | members that the output must have; objects may have more, lists may not |
//! | `failure` | the skill's own error code; `retry` beside it is `"never"`, `"same-key"` or milliseconds |
//! | `refused` | the host's code, such as `"invalid_arguments"` |
//! | `limit` | the limit that ends it, such as `"fuel"` |
//!
//! `[[expect.artifact]]` tables name the files that it must produce, all of them, each by `name` and
//! by `sha256`, content, or `contains` (a text, or a list of texts, that stand in it). Without any, the
//! files are not looked at.
//!
//! `[[expect.change]]` tables name what it must have changed at `/work`, all of it:
//!
//! | key | is |
//! |---|---|
//! | `path` | the path below `/work` |
//! | `kind` | `"created"`, `"modified"`, `"deleted"`, `"folder_created"` or `"folder_deleted"`, as in the Outcome |
//! | `sha256`, content, `contains` | what the file must hold afterwards, in one way; where there is none, it is not looked at |
//!
//! `changes = "none"` says that it must have changed nothing. Without either, changes are not looked at.
//!
//! # Values and content
//!
//! `input`, `output` and `partial` are TOML values. TOML has no null: `input_json = '{"a": null}'`
//! is the same as JSON, and `input_file = "tests/input.json"` a JSON file. Content is one of `text`,
//! `json` (a TOML value), `json_text`, `base64` and `file`. Paths begin at the skill's folder, and
//! none leads out of it.
//!
//! An unknown key is an error with its line.

mod content;
mod exchange;
mod expected;
mod files;
mod fit;
mod parse;
mod read;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

use hotcell_package::{FileTree, Place};
use serde_json::Value;

pub use content::Content;
pub use exchange::{Answer, Fault, ScriptedExchange};
pub use expected::{Expected, ExpectedEnd};
pub use files::{ExpectedArtifact, ExpectedChange, ExpectedContent};
pub use fit::misfits;
pub use parse::parse;
pub use read::{SkillFolder, read};

/// Most bytes of one file of cases: 1 MiB.
pub const CASE_FILE_BYTES_MAX: u64 = 1 << 20;
/// Most files of cases of one skill.
pub const CASE_FILES_MAX: usize = 256;
/// Most cases in one file.
pub const CASES_MAX: usize = 256;
/// Most exchanges of one case; a call may send no more.
pub const EXCHANGES_MAX: usize = 100;

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The file's name without its ending, and the case's own name behind it where the file has
    /// several.
    pub name: String,
    /// The file, as messages name it.
    pub file: String,
    /// Where it begins there.
    pub place: Place,
    /// The tool that is called.
    pub tool: String,
    /// Where it is named.
    pub tool_place: Place,
    /// Its arguments.
    pub input: Value,
    /// The caller's key.
    pub idempotency_key: Option<String>,
    /// The operator's settings, by key.
    pub settings: BTreeMap<String, String>,
    /// What the operator does not grant: names of credentials and ids of `[[http]]` tables.
    pub withhold: Vec<String>,
    /// What stands at `/in`.
    pub files: FileTree,
    /// What stands at `/work`.
    pub work: FileTree,
    /// What the servers answer.
    pub script: Vec<ScriptedExchange>,
    /// In which order they may be asked.
    pub order: Order,
    /// What must come of it.
    pub expected: Expected,
}

/// In which order a script's requests may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// In the script's.
    #[default]
    Script,
    /// In any, as those of a skill that sends several at one time.
    Any,
}

//! Tool `show_view`: all that a skill can see, for the operator who wants to look through its eyes.

use std::path::Path;

use hotcell_sdk::credentials::{self, CredentialStatus};
use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, NoError, http, settings};
use serde::{Deserialize, Serialize};

use crate::api::Api;

/// Files that are listed.
const FILES_MAX: usize = 200;
/// Folders inside of folders that are looked into.
const DEPTH_MAX: usize = 8;
/// Bytes of the response that are shown.
const BODY_BYTES_MAX: usize = 4 << 10;
/// Every folder that a host may offer.
const FOLDERS: [&str; 5] = ["/skill", "/in", "/out", "/tmp", "/work"];
/// Places where secrets lie on a machine; a skill has none of them.
const HIDING_PLACES: [&str; 6] = [
    "/proc/self/environ",
    "/etc/passwd",
    "/.ssh/id_ed25519",
    "/run/secrets",
    "hotcell.toml",
    "/skill/../hotcell.toml",
];

/// What to look at.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ViewInput {
    /// Words for the one search that is sent, to see an answer of the CRM.
    #[serde(default)]
    #[schemars(length(max = 200))]
    query: String,
}

/// All that the skill can see.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct View {
    /// Environment variables.
    environment: Vec<Pair>,
    /// Arguments of the program.
    arguments: Vec<String>,
    /// The call's context.
    context: CallView,
    /// Files and their sizes, in every folder that a host may offer.
    files: Vec<FileView>,
    /// Whether there were more files.
    files_cut: bool,
    /// What came of reading places where secrets lie on a machine.
    hiding_places: Vec<Pair>,
    /// Settings that the operator gave it.
    settings: Vec<Pair>,
    /// What the host says of the credential `crm`.
    credential: &'static str,
    /// One exchange with the CRM, as the skill sees it.
    exchange: Exchange,
    /// Why the host last refused a request of this call.
    last_denial: Option<String>,
}

/// A name and what stands for it.
#[derive(Debug, Serialize, JsonSchema)]
struct Pair {
    /// The name.
    name: String,
    /// The value.
    value: String,
}

/// What the host says of the call.
#[derive(Debug, Serialize, JsonSchema)]
struct CallView {
    /// The host's id of the invocation.
    invocation_id: String,
    /// The id of all that happens for one request of the caller.
    correlation_id: String,
    /// The caller's idempotency key.
    idempotency_key: Option<String>,
    /// The attempt, from 1.
    attempt: u32,
    /// Milliseconds that were left when the call began.
    time_left_ms: u64,
}

/// One file.
#[derive(Debug, Serialize, JsonSchema)]
struct FileView {
    /// Its path.
    path: String,
    /// Its size.
    bytes: u64,
}

/// One request and its response.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Exchange {
    /// The URL as the skill wrote it, without its query.
    url: Option<String>,
    /// Headers that the skill set.
    request_headers: Vec<Pair>,
    /// The response's status.
    status: Option<u16>,
    /// The response's headers.
    response_headers: Vec<Pair>,
    /// The beginning of the response's body.
    response_body: Option<String>,
    /// Why there was no response, or no whole body.
    failure: Option<String>,
}

/// Looks everywhere. What cannot be seen is told, not failed.
pub(crate) fn show_view(input: ViewInput, context: &Context) -> Result<View, NoError> {
    let (mut files, mut cut) = (Vec::new(), false);
    for folder in FOLDERS {
        cut |= !list(Path::new(folder), DEPTH_MAX, &mut files);
    }
    let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let environment = std::env::vars_os().map(|(name, value)| Pair::new(lossy(name), lossy(value)));
    let exchange = exchange(&input.query);
    Ok(View {
        environment: environment.collect(),
        arguments: std::env::args_os().map(lossy).collect(),
        context: CallView {
            invocation_id: context.invocation_id.clone(),
            correlation_id: context.correlation_id.clone(),
            idempotency_key: context.idempotency_key.clone(),
            attempt: context.attempt,
            time_left_ms: context.time_left_ms,
        },
        files,
        files_cut: cut,
        hiding_places: HIDING_PLACES.map(try_to_read).into(),
        settings: match settings::all() {
            Ok(all) => all.into_iter().map(|(k, v)| Pair::new(k, v)).collect(),
            Err(error) => vec![Pair::new("unreadable", error.to_string())],
        },
        credential: match credentials::status("crm") {
            CredentialStatus::Granted => "granted",
            CredentialStatus::NotGranted => "not granted",
            CredentialStatus::Suspended => "suspended",
            CredentialStatus::Undeclared => "undeclared",
        },
        exchange,
        last_denial: credentials::last_denial().map(|denial| denial.code),
    })
}

impl Pair {
    fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

/// Adds the files below `folder`; returns whether all of them found room.
fn list(folder: &Path, depth_left: usize, files: &mut Vec<FileView>) -> bool {
    // A folder that is not there has no files.
    let Ok(entries) = std::fs::read_dir(folder) else {
        return true;
    };
    let mut all = true;
    for entry in entries.flatten() {
        let path = entry.path();
        let kind = entry.file_type();
        if kind.is_ok_and(|kind| kind.is_dir()) {
            all &= depth_left > 0 && list(&path, depth_left - 1, files);
        } else if files.len() < FILES_MAX {
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            let path = path.to_string_lossy().into_owned();
            files.push(FileView { path, bytes });
        } else {
            all = false;
        }
    }
    all
}

fn try_to_read(path: &str) -> Pair {
    let found = match std::fs::read(path) {
        Ok(bytes) => format!("{} bytes were read", bytes.len()),
        Err(error) => format!("not there ({})", error.kind()),
    };
    Pair::new(path, found)
}

/// Sends one search, and keeps all that comes back.
fn exchange(query: &str) -> Exchange {
    let api = match Api::of_settings() {
        Ok(api) => api,
        Err(error) => {
            return Exchange {
                failure: Some(error.to_string()),
                ..Exchange::default()
            };
        }
    };
    let url = api.url("/v1/contacts");
    let request = http::get(&url)
        .query("query", query)
        .query("per_page", 3)
        .header("accept", "application/json");
    let mut seen = Exchange {
        url: Some(url),
        request_headers: vec![Pair::new("accept", "application/json")],
        ..Exchange::default()
    };
    match request.send() {
        Ok(response) => seen.take(response),
        Err(error) => seen.failure = Some(error.to_string()),
    }
    seen
}

impl Exchange {
    fn take(&mut self, response: http::Response) {
        self.status = Some(response.status());
        let headers = response.headers();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.response_headers = headers.map(|(k, v)| Pair::new(k, text(v))).collect();
        let mut body = Vec::new();
        let limited = std::io::Read::take(response.into_body(), BODY_BYTES_MAX as u64);
        let read = std::io::Read::read_to_end(&mut { limited }, &mut body);
        self.failure = read.err().map(|error| error.to_string());
        self.response_body = Some(text(&body));
    }
}

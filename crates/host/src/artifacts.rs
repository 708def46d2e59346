//! The files that a call produced, as its Outcome lists them.

use hotcell_package::FileTree;
use hotcell_policy::Artifact;
use sha2::{Digest, Sha256};

/// Lists `files`.
pub(crate) fn artifacts(files: &FileTree) -> Vec<Artifact> {
    files
        .iter()
        .map(|(name, bytes)| Artifact {
            name: name.clone(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
            media_type: media_type(name).to_owned(),
        })
        .collect()
}

/// Returns SHA-256 of some bytes in hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the media type that belongs to a name's ending (IANA's registry). The content is
/// not looked at: it is the skill's word, and no face acts on it.
pub(crate) fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "csv" => "text/csv",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "gif" => "image/gif",
        "html" => "text/html",
        "ics" => "text/calendar",
        "jpeg" | "jpg" => "image/jpeg",
        "json" => "application/json",
        "md" => "text/markdown",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml" => "application/xml",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

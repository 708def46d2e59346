//! What else is in the package.

use crate::diagnostic::{Diagnostic, Place};
use crate::document::DOCUMENT_FILE;
use crate::lint::finding;
use crate::package::{COMPONENT_FILE, Package};

/// A file past this deserves a word: 5 MiB.
const FILE_BYTES_ADVISED_MAX: usize = 5 << 20;
/// What hosts of skills over MCP accept, the component left out.
const SERVED_BYTES_MAX: u64 = 16 << 20;

/// How secrets begin, and how many characters of theirs must follow. A private key's header
/// is enough by itself.
const SECRETS: &[(&str, usize)] = &[
    ("-----BEGIN PRIVATE KEY-----", 0),
    ("-----BEGIN RSA PRIVATE KEY-----", 0),
    ("-----BEGIN EC PRIVATE KEY-----", 0),
    ("-----BEGIN OPENSSH PRIVATE KEY-----", 0),
    ("AKIA", 16),
    ("ghp_", 36),
    ("github_pat_", 22),
    ("xoxb-", 20),
    ("sk-ant-", 20),
    ("sk_live_", 20),
    ("glpat-", 20),
];

pub(super) fn lint(package: &Package) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (path, contents) in &package.files {
        if path != COMPONENT_FILE {
            file(path, contents, &mut found);
        }
    }
    let served = package.files.bytes() - package.component().len() as u64;
    if served > SERVED_BYTES_MAX {
        let message = format!("the files beside the component have {served} bytes");
        let hint = "leave out what the skill does not need";
        found.push(finding("served_size", DOCUMENT_FILE, message, hint));
    }
    found
}

fn file(path: &str, contents: &[u8], found: &mut Vec<Diagnostic>) {
    if let Some(at) = std::str::from_utf8(contents).ok().and_then(secret) {
        let text = String::from_utf8_lossy(&contents[..at]);
        let place = Place::of_offset(&text, text.len());
        let hint = "remove it, and revoke it: it may have been seen";
        found.push(finding("secret_in_file", path, "a secret stands here", hint).at(place));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if matches!(
        ending,
        "zip" | "tar" | "gz" | "tgz" | "7z" | "rar" | "xz" | "jar"
    ) {
        let message = "an archive stands inside the package";
        found.push(finding("nested_archive", path, message, "unpack it"));
    }
    if path != DOCUMENT_FILE && name.eq_ignore_ascii_case(DOCUMENT_FILE) {
        let message = "a second SKILL.md stands inside the package";
        found.push(finding(
            "second_document",
            path,
            message,
            "rename it, or pack it by itself",
        ));
    }
    if matches!(
        ending,
        "sh" | "bash" | "bat" | "ps1" | "exe" | "so" | "dll" | "dylib"
    ) {
        let message = "a script or program stands inside the package";
        found.push(finding(
            "script",
            path,
            message,
            "do in the component what it does",
        ));
    }
    if contents.len() > FILE_BYTES_ADVISED_MAX {
        let message = format!("the file has {} bytes", contents.len());
        found.push(finding(
            "large_file",
            path,
            message,
            "leave out what is not needed",
        ));
    }
}

fn secret(text: &str) -> Option<usize> {
    let secret = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    SECRETS.iter().find_map(|(prefix, length)| {
        let mut begins = text.match_indices(prefix);
        begins.find_map(|(at, _)| {
            let rest = text[at + prefix.len()..].chars();
            (rest.take(*length).take_while(secret).count() == *length).then_some(at)
        })
    })
}

//! Reads a package from a zip, to memory only, and trusts nothing in it.
//!
//! A zip says most things twice, and readers that believe different halves see different
//! files. This reader accepts only archives that leave no such choice: entries lie one after
//! the other from the first byte to the directory, the directory to the end record, the end
//! record to the last byte; what a local header says is what the directory says. Whatever
//! writes zips in the common way passes; the rest is refused with a name for it.
//!
//! The order is: end record (counts, before anything is parsed), directory, layout, names,
//! and only then the contents, counted while they are inflated. Only the methods *stored*
//! and *deflate* are read. The format is PKWARE's APPNOTE 6.3.10.

mod directory;
mod end;
mod inflate;
mod layout;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::file_tree::{FileTree, NameSet, TreeError};
use crate::limits::{RATIO_FREE_BYTES, ReadLimits};

use directory::Entry;

/// What diagnostics call the archive: its own name is the caller's to know.
pub(crate) const ARCHIVE: &str = "archive";

/// Reads every file of a zip. With them comes the name of the one top folder, if they are
/// all in one.
///
/// # Errors
/// The first reason to refuse the archive.
pub(crate) fn read(
    bytes: &[u8],
    limits: &ReadLimits,
) -> Result<(FileTree, Option<String>), Diagnostic> {
    check_size(bytes.len() as u64, limits)?;
    let end = end::find(bytes, limits)?;
    let entries = directory::read(bytes, &end)?;
    let data = layout::check(bytes, &entries, &end)?;
    let folder = top_folder(&entries);
    let names = check_names(&entries, folder.as_deref(), limits)?;
    check_declared_sizes(&entries, limits)?;
    let mut files: Vec<(String, Arc<[u8]>)> = Vec::with_capacity(names.len());
    for ((entry, range), name) in entries.iter().zip(data).zip(names) {
        let contents = inflate::inflate(entry, &bytes[range])?;
        if let Some(name) = name {
            files.push((name, contents));
        }
    }
    let files = FileTree::new(files).map_err(|error| tree_error(&error))?;
    Ok((files, folder))
}

/// Refuses an archive that is larger than the limit; to be asked before it is in memory.
pub(crate) fn check_size(bytes: u64, limits: &ReadLimits) -> Result<(), Diagnostic> {
    if bytes <= limits.archive_bytes {
        return Ok(());
    }
    let message = format!(
        "the archive has {bytes} bytes; the limit is {}",
        limits.archive_bytes
    );
    Err(refuse(
        "archive_too_large",
        message,
        "leave out what the skill does not need",
    ))
}

/// Returns the folder that holds every entry, where there is one.
fn top_folder(entries: &[Entry<'_>]) -> Option<String> {
    let (first, _) = entries.first()?.name.split_once('/')?;
    let inside = |entry: &Entry<'_>| {
        entry
            .name
            .split_once('/')
            .is_some_and(|(top, _)| top == first)
    };
    entries.iter().all(inside).then(|| first.to_owned())
}

/// Checks every name and returns those of files, below the top folder.
fn check_names(
    entries: &[Entry<'_>],
    folder: Option<&str>,
    limits: &ReadLimits,
) -> Result<Vec<Option<String>>, Diagnostic> {
    let mut set = NameSet::default();
    let mut names = Vec::with_capacity(entries.len());
    let mut files = 0;
    if let Some(folder) = folder {
        NameSet::default()
            .add_folder(folder)
            .map_err(|error| tree_error(&error))?;
    }
    for entry in entries {
        let name = match folder {
            Some(folder) => &entry.name[folder.len() + 1..],
            None => entry.name,
        };
        match name.strip_suffix('/') {
            _ if name.is_empty() => names.push(None),
            Some(folder) => {
                set.add_folder(folder).map_err(|error| tree_error(&error))?;
                names.push(None);
            }
            None => {
                set.add_file(name).map_err(|error| tree_error(&error))?;
                files += 1;
                names.push(Some(name.to_owned()));
            }
        }
    }
    if files > limits.files {
        let message = format!(
            "the archive has {files} files; the limit is {}",
            limits.files
        );
        return Err(refuse(
            "too_many_files",
            message,
            "leave out what the skill does not need",
        ));
    }
    Ok(names)
}

/// Checks the sizes that the directory declares, before anything is allocated for them. That
/// they are true is found while inflating.
fn check_declared_sizes(entries: &[Entry<'_>], limits: &ReadLimits) -> Result<(), Diagnostic> {
    let total: u64 = entries.iter().map(|entry| entry.size).sum();
    if total > limits.package_bytes {
        let message = format!(
            "the files have {total} bytes unpacked; the limit is {}",
            limits.package_bytes
        );
        return Err(refuse(
            "package_too_large",
            message,
            "leave out what the skill does not need",
        ));
    }
    let bomb = entries.iter().find(|entry| {
        entry.size > RATIO_FREE_BYTES && entry.size / entry.packed.max(1) > limits.ratio
    });
    match bomb {
        Some(entry) => {
            let message = format!(
                "`{}` unpacks to over {} times its size",
                entry.name, limits.ratio
            );
            Err(refuse(
                "zip_ratio",
                message,
                "this is the shape of a zip bomb",
            ))
        }
        None => Ok(()),
    }
}

fn tree_error(error: &TreeError) -> Diagnostic {
    name_error(&error.path, error.reason)
}

/// Returns the diagnostic for a name that the allow-list refuses.
pub(crate) fn name_error(path: &str, reason: crate::path::PathError) -> Diagnostic {
    let hint = match reason.code {
        "path_dot" | "path_twin" | "path_not_nfc" => {
            "pack the folder with `hotcell pack`, which leaves out what other systems add"
        }
        _ => "rename it: letters, digits, `-`, `_`, `.`, in folders separated by `/`",
    };
    let shown: String = path.chars().take(80).collect();
    Diagnostic::error(
        reason.code,
        ARCHIVE,
        format!("the name `{shown}` {}", reason.message),
    )
    .hint(hint)
}

/// Returns the error that refuses an archive.
fn refuse(code: &'static str, message: impl AsRef<str>, hint: &str) -> Diagnostic {
    Diagnostic::error(code, ARCHIVE, message).hint(hint)
}

/// The mend for an archive that is odd in a way that no common tool makes.
const REPACK: &str = "pack the folder again with `hotcell pack`";

/// Reads little-endian numbers. Every caller has made sure that the bytes are there.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

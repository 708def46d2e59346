//! The end record: where the directory is and how many entries it has.
//!
//! Read first, and alone: the counts are checked before one byte of the directory is.

use std::ops::Range;

use crate::archive::{REPACK, refuse, u16_at, u32_at};
use crate::diagnostic::Diagnostic;
use crate::limits::ReadLimits;

const SIGNATURE: &[u8] = b"PK\x05\x06";
const ZIP64_LOCATOR: &[u8] = b"PK\x06\x07";
/// Length of the record without its comment.
const LENGTH: usize = 22;
/// Most bytes of the archive's comment. `git archive` writes 40.
const COMMENT_BYTES_MAX: usize = 256;
/// Most bytes that one entry can take in the directory: the header, a name and extra fields.
const ENTRY_BYTES_MAX: usize = 46 + 1024;

/// What the end record says.
pub(super) struct End {
    /// The directory's bytes: they end where the record begins.
    pub(super) directory: Range<usize>,
    pub(super) entries: usize,
}

/// Finds and checks the end record.
pub(super) fn find(bytes: &[u8], limits: &ReadLimits) -> Result<End, Diagnostic> {
    let at = position(bytes)?;
    let record = &bytes[at..];
    let comment = &record[LENGTH..];
    let declared = usize::from(u16_at(record, 20));
    if declared != comment.len() {
        let message = "data follows the end of the archive";
        return Err(refuse("zip_trailing_data", message, REPACK));
    }
    if !comment
        .iter()
        .all(|b| b.is_ascii_graphic() || matches!(b, b' ' | b'\n' | b'\r'))
    {
        let message = "the archive's comment is not plain text";
        return Err(refuse("zip_comment", message, REPACK));
    }
    let is_zip64 = at >= 20 && &bytes[at - 20..at - 16] == ZIP64_LOCATOR;
    let (disk, start_disk) = (u16_at(record, 4), u16_at(record, 6));
    let (entries_here, entries) = (u16_at(record, 8), u16_at(record, 10));
    let (size, offset) = (u32_at(record, 12), u32_at(record, 16));
    if is_zip64
        || [disk, start_disk, entries].contains(&u16::MAX)
        || [size, offset].contains(&u32::MAX)
    {
        let message = "the archive is a zip64; no package needs to be so large";
        return Err(refuse("zip64", message, REPACK));
    }
    if disk != 0 || start_disk != 0 || entries_here != entries {
        let message = "the archive is one part of several";
        return Err(refuse("zip_multi_disk", message, REPACK));
    }
    let entries = usize::from(entries);
    if entries > limits.entries {
        let message = format!(
            "the archive has {entries} entries; the limit is {}",
            limits.entries
        );
        return Err(refuse(
            "too_many_entries",
            message,
            "leave out what the skill does not need",
        ));
    }
    if entries == 0 {
        return Err(refuse(
            "zip_empty",
            "the archive is empty",
            "pack a skill's folder",
        ));
    }
    let (start, size) = (offset as usize, size as usize);
    if start.checked_add(size) != Some(at) || size > entries * ENTRY_BYTES_MAX {
        let message = "the directory is not where the end record says";
        return Err(refuse(
            "zip_layout",
            message,
            "data may stand before the archive; remove it",
        ));
    }
    Ok(End {
        directory: start..at,
        entries,
    })
}

/// Returns where the end record begins: the last signature that can be one. Nothing past it
/// can hold another, since the comment must be printable.
fn position(bytes: &[u8]) -> Result<usize, Diagnostic> {
    let not_zip = || {
        let hint = "give a skill's folder, or a zip of it";
        Err(refuse("not_a_package", "this is no zip archive", hint))
    };
    if bytes.starts_with(b"\0asm") {
        let message = "this is a WebAssembly file, not a package";
        let hint = "put it into a folder as skill.wasm, with SKILL.md, skill.toml and schema.json";
        return Err(refuse("not_a_package", message, hint));
    }
    let Some(last) = bytes.len().checked_sub(LENGTH) else {
        return not_zip();
    };
    // The record may lie further forward only behind a comment or trailing data; both are
    // looked for, so that each gets its own answer, but no further than a comment can be.
    let first = last.saturating_sub(usize::from(u16::MAX));
    let found = (first..=last)
        .rev()
        .find(|&at| bytes[at..].starts_with(SIGNATURE));
    match found {
        Some(at) if last - at > COMMENT_BYTES_MAX => {
            let code = match usize::from(u16_at(bytes, at + 20)) == last - at {
                true => "zip_comment",
                false => "zip_trailing_data",
            };
            let message = "more than 256 bytes follow the end record";
            Err(refuse(code, message, REPACK))
        }
        Some(at) => Ok(at),
        None => not_zip(),
    }
}

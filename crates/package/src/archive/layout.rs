//! Where the entries lie: one after the other, with nothing before, between or under them.

use std::ops::Range;

use crate::archive::directory::{Entry, HAS_DESCRIPTOR, check_extra};
use crate::archive::end::End;
use crate::archive::{REPACK, refuse, u16_at, u32_at};
use crate::diagnostic::Diagnostic;

const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
const DESCRIPTOR_SIGNATURE: &[u8] = b"PK\x07\x08";
/// Length of a local header without its name and extra fields.
const LOCAL_LENGTH: usize = 30;
/// Length of a data descriptor without its signature, which is optional.
const DESCRIPTOR_LENGTH: usize = 12;

/// Returns where the packed data of each entry lies.
pub(super) fn check(
    bytes: &[u8],
    entries: &[Entry<'_>],
    end: &End,
) -> Result<Vec<Range<usize>>, Diagnostic> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&index| entries[index].offset);
    let mut data = vec![0..0; entries.len()];
    let mut expected = 0;
    for index in order {
        let entry = &entries[index];
        if entry.offset != expected {
            return Err(misplaced(entry, expected));
        }
        let area = &bytes[..end.directory.start];
        let range = local_data(area, entry)?;
        expected = after_descriptor(area, entry, range.end)?;
        data[index] = range;
    }
    if expected == end.directory.start {
        return Ok(data);
    }
    let message = "data lies between the last entry and the directory";
    Err(refuse("zip_hidden_data", message, REPACK))
}

fn misplaced(entry: &Entry<'_>, expected: usize) -> Diagnostic {
    if entry.offset < expected {
        let message = format!("`{}` overlaps another entry", entry.name);
        return refuse("zip_overlap", message, "this is the shape of a zip bomb");
    }
    match expected {
        0 => refuse(
            "zip_prepended_data",
            "data stands before the archive",
            "remove it",
        ),
        _ => {
            let message = format!("data lies hidden before `{}`", entry.name);
            refuse("zip_hidden_data", message, REPACK)
        }
    }
}

/// Checks the local header against the directory, and returns where the data lies.
fn local_data(area: &[u8], entry: &Entry<'_>) -> Result<Range<usize>, Diagnostic> {
    let mismatch = |what: &str| {
        let message = format!("`{}` has another {what} in its local header", entry.name);
        Err(refuse("zip_local_mismatch", message, REPACK))
    };
    let header = area.get(entry.offset..).unwrap_or_default();
    if header.len() < LOCAL_LENGTH || !header.starts_with(LOCAL_SIGNATURE) {
        let message = format!("`{}` has no local header", entry.name);
        return Err(refuse("zip_layout", message, REPACK));
    }
    let name_length = usize::from(u16_at(header, 26));
    let extra_length = usize::from(u16_at(header, 28));
    let head_length = LOCAL_LENGTH + name_length + extra_length;
    if header.len() < head_length {
        return Err(refuse("zip_layout", "a local header is cut short", REPACK));
    }
    if &header[LOCAL_LENGTH..LOCAL_LENGTH + name_length] != entry.name.as_bytes() {
        return mismatch("name");
    }
    check_extra(&header[LOCAL_LENGTH + name_length..head_length])?;
    if u16_at(header, 6) != entry.flags {
        return mismatch("set of flags");
    }
    if u16_at(header, 8) != entry.method_code {
        return mismatch("method");
    }
    let local = [u32_at(header, 14), u32_at(header, 18), u32_at(header, 22)];
    let deferred = entry.flags & HAS_DESCRIPTOR != 0 && local == [0; 3];
    if !deferred && local.map(u64::from) != [u64::from(entry.crc), entry.packed, entry.size] {
        return mismatch("checksum or size");
    }
    let start = entry.offset + head_length;
    let end = start.saturating_add(usize::try_from(entry.packed).unwrap_or(usize::MAX));
    if end > area.len() {
        let message = format!("`{}` runs into the directory", entry.name);
        return Err(refuse("zip_overlap", message, REPACK));
    }
    Ok(start..end)
}

/// Checks the data descriptor, where there is one, and returns where the entry ends.
fn after_descriptor(area: &[u8], entry: &Entry<'_>, end: usize) -> Result<usize, Diagnostic> {
    if entry.flags & HAS_DESCRIPTOR == 0 {
        return Ok(end);
    }
    let says = |bytes: &[u8]| {
        bytes.len() >= DESCRIPTOR_LENGTH
            && u32_at(bytes, 0) == entry.crc
            && u64::from(u32_at(bytes, 4)) == entry.packed
            && u64::from(u32_at(bytes, 8)) == entry.size
    };
    let rest = &area[end..];
    match rest.strip_prefix(DESCRIPTOR_SIGNATURE) {
        Some(signed) if says(signed) => Ok(end + 4 + DESCRIPTOR_LENGTH),
        _ if says(rest) => Ok(end + DESCRIPTOR_LENGTH),
        _ => {
            let message = format!(
                "`{}` has another checksum or size behind its data",
                entry.name
            );
            Err(refuse("zip_descriptor_mismatch", message, REPACK))
        }
    }
}

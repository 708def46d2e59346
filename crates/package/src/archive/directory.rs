//! The central directory: one header an entry.

use crate::archive::end::End;
use crate::archive::{REPACK, refuse, u16_at, u32_at};
use crate::diagnostic::Diagnostic;

const SIGNATURE: &[u8] = b"PK\x01\x02";
/// Length of a header without its name, extra fields and comment.
const LENGTH: usize = 46;

/// General purpose flags.
const ENCRYPTED: u16 = 1 << 0;
/// The sizes and the sum stand behind the data.
pub(super) const HAS_DESCRIPTOR: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;
/// Two bits that tell how hard deflate tried; they mean nothing to a reader.
const DEFLATE_EFFORT: u16 = 0b110;
const STRONG_ENCRYPTION: u16 = 1 << 6;
const MASKED_HEADERS: u16 = 1 << 13;

/// Extra fields that would say something else than the header does.
const ZIP64: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;
const UNICODE_COMMENT: u16 = 0x6375;
const STRONG_ENCRYPTION_FIELD: u16 = 0x0017;
const AES: u16 = 0x9901;

/// Unix file types, in the upper half of the external attributes.
const TYPE_MASK: u32 = 0o170_000;
const TYPE_REGULAR: u32 = 0o100_000;
const TYPE_FOLDER: u32 = 0o040_000;
const TYPE_LINK: u32 = 0o120_000;
const SET_ID_BITS: u32 = 0o7_000;
/// The DOS attribute of a folder, and of a volume's label.
const DOS_FOLDER: u32 = 0x10;
const DOS_LABEL: u32 = 0x08;

/// How an entry is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflate,
}

/// What the directory says of one entry.
#[derive(Debug)]
pub(super) struct Entry<'z> {
    pub(super) name: &'z str,
    pub(super) flags: u16,
    pub(super) method: Method,
    pub(super) method_code: u16,
    pub(super) crc: u32,
    /// Bytes in the archive.
    pub(super) packed: u64,
    /// Bytes unpacked.
    pub(super) size: u64,
    /// Where the local header begins.
    pub(super) offset: usize,
}

/// Reads exactly as many headers as the end record counts; they must fill the directory.
pub(super) fn read<'z>(bytes: &'z [u8], end: &End) -> Result<Vec<Entry<'z>>, Diagnostic> {
    let mut rest = &bytes[end.directory.clone()];
    let mut entries = Vec::with_capacity(end.entries);
    for _ in 0..end.entries {
        let (entry, length) = read_one(rest)?;
        entries.push(entry);
        rest = &rest[length..];
    }
    if rest.is_empty() {
        return Ok(entries);
    }
    let message = "the directory holds more than the entries that the end record counts";
    Err(refuse("zip_layout", message, REPACK))
}

fn read_one(bytes: &[u8]) -> Result<(Entry<'_>, usize), Diagnostic> {
    if bytes.len() < LENGTH || !bytes.starts_with(SIGNATURE) {
        return Err(refuse(
            "zip_layout",
            "the directory is cut short or overwritten",
            REPACK,
        ));
    }
    let name_length = usize::from(u16_at(bytes, 28));
    let extra_length = usize::from(u16_at(bytes, 30));
    let comment_length = usize::from(u16_at(bytes, 32));
    let length = LENGTH + name_length + extra_length + comment_length;
    if bytes.len() < length {
        return Err(refuse(
            "zip_layout",
            "the directory is cut short or overwritten",
            REPACK,
        ));
    }
    let flags = u16_at(bytes, 8);
    let name = read_name(&bytes[LENGTH..LENGTH + name_length], flags)?;
    let extra_start = LENGTH + name_length;
    check_extra(&bytes[extra_start..extra_start + extra_length])?;
    if comment_length > 0 {
        let message = format!("`{name}` has a comment");
        return Err(refuse("zip_comment", message, REPACK));
    }
    let method_code = u16_at(bytes, 10);
    let method = check_method(name, flags, method_code)?;
    let sizes = [u32_at(bytes, 20), u32_at(bytes, 24), u32_at(bytes, 42)];
    if sizes.contains(&u32::MAX) || u16_at(bytes, 34) == u16::MAX {
        return Err(refuse("zip64", "an entry is in zip64 form", REPACK));
    }
    if u16_at(bytes, 34) != 0 {
        return Err(refuse(
            "zip_multi_disk",
            "the archive is one part of several",
            REPACK,
        ));
    }
    check_attributes(name, u32_at(bytes, 38))?;
    let [packed, size, offset] = sizes;
    if name.ends_with('/') && size != 0 {
        let message = format!("the folder `{name}` has contents");
        return Err(refuse("zip_folder_data", message, REPACK));
    }
    if method == Method::Stored && packed != size {
        let message = format!("`{name}` is stored and has two sizes");
        return Err(refuse("zip_size_mismatch", message, REPACK));
    }
    let entry = Entry {
        name,
        flags,
        method,
        method_code,
        crc: u32_at(bytes, 16),
        packed: u64::from(packed),
        size: u64::from(size),
        offset: offset as usize,
    };
    Ok((entry, length))
}

fn read_name(bytes: &[u8], flags: u16) -> Result<&str, Diagnostic> {
    let is_utf8 = flags & UTF8 != 0 || bytes.is_ascii();
    match std::str::from_utf8(bytes) {
        Ok(name) if is_utf8 => Ok(name),
        _ => {
            let message = "a name is neither ASCII nor marked as UTF-8";
            Err(refuse("zip_name_encoding", message, REPACK))
        }
    }
}

fn check_method(name: &str, flags: u16, method: u16) -> Result<Method, Diagnostic> {
    if flags & (ENCRYPTED | STRONG_ENCRYPTION | MASKED_HEADERS) != 0 {
        let message = format!("`{name}` is encrypted");
        return Err(refuse("zip_encrypted", message, "pack without a password"));
    }
    if flags & !(HAS_DESCRIPTOR | UTF8 | DEFLATE_EFFORT) != 0 {
        let message = format!("`{name}` has flags that Hotcell does not read");
        return Err(refuse("zip_flags", message, REPACK));
    }
    match method {
        0 => Ok(Method::Stored),
        8 => Ok(Method::Deflate),
        other => {
            let message = format!("`{name}` is packed with method {other}, not stored or deflate");
            Err(refuse("zip_method", message, REPACK))
        }
    }
}

/// Refuses links, devices, pipes, set-id bits, and a type that contradicts the name. The
/// upper half holds Unix modes whichever system the header names: readers differ on whether
/// to believe that name.
fn check_attributes(name: &str, attributes: u32) -> Result<(), Diagnostic> {
    let mode = attributes >> 16;
    let is_folder = name.ends_with('/');
    let kind = mode & TYPE_MASK;
    if kind == TYPE_LINK {
        let message = format!("`{name}` is a symbolic link");
        return Err(refuse(
            "zip_symlink",
            message,
            "put the file itself into the package",
        ));
    }
    let fits = match kind {
        0 => true,
        TYPE_REGULAR => !is_folder,
        TYPE_FOLDER => is_folder,
        _ => false,
    };
    let dos_folder = attributes & DOS_FOLDER != 0;
    if !fits || mode & SET_ID_BITS != 0 || attributes & DOS_LABEL != 0 || (dos_folder && !is_folder)
    {
        let message = format!("`{name}` is not a plain file or folder");
        return Err(refuse(
            "zip_special_mode",
            message,
            "packages hold plain files",
        ));
    }
    Ok(())
}

/// Walks the extra fields: each must be whole, and none may change what the header says.
pub(super) fn check_extra(mut extra: &[u8]) -> Result<(), Diagnostic> {
    while !extra.is_empty() {
        let length = match extra.len() {
            4.. => 4 + usize::from(u16_at(extra, 2)),
            _ => usize::MAX,
        };
        if length > extra.len() {
            return Err(refuse("zip_extra", "an extra field is cut short", REPACK));
        }
        match u16_at(extra, 0) {
            ZIP64 => return Err(refuse("zip64", "an entry is in zip64 form", REPACK)),
            AES | STRONG_ENCRYPTION_FIELD => {
                return Err(refuse(
                    "zip_encrypted",
                    "an entry is encrypted",
                    "pack without a password",
                ));
            }
            UNICODE_PATH | UNICODE_COMMENT => {
                return Err(refuse("zip_extra", "an entry has a second name", REPACK));
            }
            _ => extra = &extra[length..],
        }
    }
    Ok(())
}

//! Unpacks one entry into exactly the memory that it was given.

use std::sync::Arc;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::archive::directory::{Entry, Method};
use crate::archive::refuse;
use crate::diagnostic::Diagnostic;

/// Returns the contents. The declared size, which the caller has bounded, is allocated once;
/// data that unpacks to more or less is refused when that shows.
pub(super) fn inflate(entry: &Entry<'_>, packed: &[u8]) -> Result<Arc<[u8]>, Diagnostic> {
    let size = usize::try_from(entry.size).expect("the size was checked against a limit");
    // Built in place: an Arc made from a Vec would hold the contents twice for a while.
    let mut contents: Arc<[u8]> = std::iter::repeat_n(0, size).collect();
    let buffer = Arc::get_mut(&mut contents).expect("nobody else has the new contents yet");
    match entry.method {
        Method::Stored => buffer.copy_from_slice(packed),
        Method::Deflate => unpack(entry, packed, buffer)?,
    }
    let mut crc = Crc::new();
    crc.update(&contents);
    if crc.sum() == entry.crc {
        return Ok(contents);
    }
    let message = format!("`{}` is damaged: its checksum is wrong", entry.name);
    Err(refuse(
        "zip_checksum",
        message,
        "fetch or pack the archive again",
    ))
}

fn unpack(entry: &Entry<'_>, packed: &[u8], buffer: &mut [u8]) -> Result<(), Diagnostic> {
    let lies = |what: &str| {
        let message = format!("`{}` {what}", entry.name);
        Err(refuse(
            "zip_size_mismatch",
            message,
            "this is the shape of a zip bomb",
        ))
    };
    let mut state = Decompress::new(false);
    let status = state.decompress(packed, buffer, FlushDecompress::Finish);
    let (read, written) = (state.total_in(), state.total_out());
    match status {
        Ok(Status::StreamEnd) if written != entry.size => lies("unpacks to less than it declares"),
        Ok(Status::StreamEnd) if read != entry.packed => lies("has data behind its end"),
        Ok(Status::StreamEnd) => Ok(()),
        Ok(_) if written == entry.size => lies("unpacks to more than it declares"),
        Ok(_) | Err(_) => {
            let message = format!("`{}` is damaged", entry.name);
            Err(refuse(
                "zip_damaged",
                message,
                "fetch or pack the archive again",
            ))
        }
    }
}

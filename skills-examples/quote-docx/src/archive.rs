//! A zip in memory, in and out.
//!
//! A caller's template is as foreign as any file: sizes are counted while reading. What is
//! written has no times of its own, so that the same parts make the same bytes.

use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Most bytes of a template as it comes.
pub(crate) const TEMPLATE_BYTES_MAX: u64 = 8 << 20;
/// Most bytes of all parts unpacked.
const UNPACKED_BYTES_MAX: u64 = 24 << 20;
/// Most parts.
const PARTS_MAX: usize = 512;

/// One part: its name and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Reads the parts of an archive, in its order.
///
/// # Errors
/// Why it cannot be read, to follow on "The template cannot be read: ".
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Part>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(problem)?;
    if archive.len() > PARTS_MAX {
        return Err(format!("it has more than {PARTS_MAX} parts"));
    }
    let mut left = UNPACKED_BYTES_MAX;
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(problem)?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().map_err(problem)?.into_owned();
        let mut bytes = Vec::new();
        let count = file
            .take(left + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| error.to_string())?;
        left = left
            .checked_sub(count as u64)
            .ok_or_else(|| format!("it unpacks to more than {UNPACKED_BYTES_MAX} bytes"))?;
        parts.push(Part { name, bytes });
    }
    Ok(parts)
}

/// Writes the parts, in their order.
///
/// # Errors
/// Where a name stands twice or is too long for a zip.
pub(crate) fn write(parts: &[Part]) -> Result<Vec<u8>, String> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for part in parts {
        writer
            .start_file(part.name.as_str(), options)
            .map_err(problem)?;
        writer
            .write_all(&part.bytes)
            .map_err(|error| error.to_string())?;
    }
    writer.finish().map(Cursor::into_inner).map_err(problem)
}

fn problem(error: ZipError) -> String {
    match error {
        ZipError::InvalidArchive(_) => "it is no zip, or a damaged one".to_owned(),
        ZipError::UnsupportedArchive(what) => format!("it uses what is not read here: {what}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn part(name: &str, bytes: &[u8]) -> Part {
        Part {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let parts = [
            part("[Content_Types].xml", b"<a/>"),
            part("word/document.xml", &[b'x'; 9000]),
        ];
        let bytes = write(&parts).unwrap();
        assert!(bytes.len() < 1000, "deflated");
        assert_eq!(read(&bytes).unwrap(), parts);
        assert_eq!(write(&parts).unwrap(), bytes);
    }

    #[test]
    fn no_zip_is_refused() {
        assert!(read(b"").is_err());
        assert!(read(b"%PDF-1.7").is_err());
    }

    #[test]
    fn a_bomb_is_refused_while_it_unpacks() {
        let bomb = vec![0; usize::try_from(UNPACKED_BYTES_MAX).unwrap() + 1];
        let bytes = write(&[part("word/document.xml", &bomb)]).unwrap();
        assert!(read(&bytes).unwrap_err().contains("unpacks to more"));
    }
}

//! A zip in memory, in and out.
//!
//! A caller's template is as foreign as any file: sizes are counted while reading. What is
//! written has no times of its own, so that the same parts make the same bytes.

use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// How much may be unpacked.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of all parts.
    pub unpacked_bytes: u64,
    /// Most parts.
    pub parts: usize,
}

/// One part: its name and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name in the zip, such as `word/document.xml`.
    pub name: String,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
}

/// Reads the parts of an archive, in its order.
///
/// # Errors
/// Why it cannot be read, to follow on "The template cannot be read: ".
pub fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Part>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(problem)?;
    let Limits {
        unpacked_bytes,
        parts: parts_max,
    } = limits;
    if archive.len() > parts_max {
        return Err(format!("it has more than {parts_max} parts"));
    }
    let mut left = unpacked_bytes;
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
            .ok_or_else(|| format!("it unpacks to more than {unpacked_bytes} bytes"))?;
        parts.push(Part { name, bytes });
    }
    Ok(parts)
}

/// Writes the parts, in their order.
///
/// # Errors
/// Where a name stands twice or is too long for a zip.
pub fn write(parts: &[Part]) -> Result<Vec<u8>, String> {
    write_storing(parts, |_| false)
}

/// Writes the parts, in their order, those as they are that would only cost time to pack: pictures
/// are packed already.
///
/// # Errors
/// Where a name stands twice or is too long for a zip.
pub fn write_storing(parts: &[Part], stored: fn(&Part) -> bool) -> Result<Vec<u8>, String> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for part in parts {
        let method = match stored(part) {
            true => CompressionMethod::Stored,
            false => CompressionMethod::Deflated,
        };
        writer
            .start_file(part.name.as_str(), options.compression_method(method))
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

    const LIMITS: Limits = Limits {
        unpacked_bytes: 1 << 20,
        parts: 3,
    };

    #[test]
    fn what_is_written_is_read_again() {
        let parts = [
            part("[Content_Types].xml", b"<a/>"),
            part("word/document.xml", &[b'x'; 9000]),
        ];
        let bytes = write(&parts).unwrap();
        assert!(bytes.len() < 1000, "deflated");
        assert_eq!(read(&bytes, LIMITS).unwrap(), parts);
        assert_eq!(write(&parts).unwrap(), bytes);
        let stored = write_storing(&parts, |part| part.name.ends_with("document.xml")).unwrap();
        assert!(stored.len() > 9000, "stored");
        assert_eq!(read(&stored, LIMITS).unwrap(), parts);
    }

    #[test]
    fn no_zip_is_refused() {
        assert!(read(b"", LIMITS).is_err());
        assert!(read(b"%PDF-1.7", LIMITS).is_err());
    }

    #[test]
    fn a_bomb_is_refused_while_it_unpacks() {
        let bomb = vec![0; usize::try_from(LIMITS.unpacked_bytes).unwrap() + 1];
        let bytes = write(&[part("word/document.xml", &bomb)]).unwrap();
        assert!(
            read(&bytes, LIMITS)
                .unwrap_err()
                .contains("unpacks to more")
        );
        let many = ["a", "b", "c", "d"].map(|name| part(name, b""));
        let bytes = write(&many).unwrap();
        assert!(
            read(&bytes, LIMITS)
                .unwrap_err()
                .contains("more than 3 parts")
        );
    }
}

//! Packs files into a zip, the same bytes for the same files.
//!
//! What could differ is fixed: the order (by the path's bytes), the time (1980-01-01, zip's
//! first), the mode (0644), the method and its level, one top folder without an entry of its
//! own, no comment and no extra field. The compressor is compiled in, so one build of Hotcell
//! gives one archive everywhere; another build may pack tighter, and the digest, which counts
//! contents only, stays.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::file_tree::FileTree;
use crate::path::{PathError, check_path};

/// Deflate's level. Nine takes four times as long to save two per cent of a component.
const LEVEL: i64 = 6;

/// Returns a zip of `files` below one folder `name`.
///
/// # Errors
/// When `name` cannot name a folder.
pub fn pack(files: &FileTree, name: &str) -> Result<Vec<u8>, PathError> {
    check_path(name)?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, contents) in files {
        writer
            .start_file(format!("{name}/{path}"), options)
            .and_then(|()| writer.write_all(contents).map_err(Into::into))
            .expect("writing to memory fails only past 4 GiB, which no tree reaches");
    }
    let cursor = writer
        .finish()
        .expect("writing to memory fails only past 4 GiB");
    Ok(cursor.into_inner())
}

//! Small files of state, one for each name, in folders that only this user may enter.

use std::fmt::Write as _;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use ring::digest::{SHA256, digest};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;

/// Makes `folder` and the folders above it, mode 0700 where they are new.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Opens the file of `name` in `folder` for reading and writing; makes both if they are not there.
/// The file's own name is the SHA-256 of `name`, so that any text is one.
pub(crate) fn open_file(folder: &Path, name: &str) -> io::Result<File> {
    let path = folder.join(file_name(name));
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR;
    let file = match open(&path, flags, mode) {
        Err(Errno::NOENT) => {
            make_folder(folder)?;
            open(&path, flags, mode)?
        }
        opened => opened?,
    };
    Ok(File::from(file))
}

/// Returns the name of the file of `name`: 64 hexadecimal digits.
pub(crate) fn file_name(name: &str) -> String {
    let digest = digest(&SHA256, name.as_bytes());
    let mut text = String::with_capacity(64);
    for byte in digest.as_ref() {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
    }
    text
}

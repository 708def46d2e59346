//! Byte streams over open files. They are always ready: nothing here waits.

use bytes::Bytes;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{InputStream, OutputStream, StreamError, StreamResult};

use super::content::CHUNK_BYTES;
use super::handle::Handle;
use super::place::Place;

/// Reads a file from an offset on. At the end it reports "closed", and goes on if the file
/// has grown since.
pub(super) struct FileReader {
    file: Place,
    at: u64,
}

/// Writes to a file. After the first refusal it is closed, as `wasi:io` says.
pub(super) struct FileWriter {
    file: Handle,
    next: WriteAt,
    closed: bool,
}

/// Where the next write goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum WriteAt {
    /// To this byte.
    Offset(u64),
    /// To the end that the file has then.
    End,
}

impl FileReader {
    pub(super) fn new(file: Place, at: u64) -> FileReader {
        FileReader { file, at }
    }
}

#[async_trait]
impl InputStream for FileReader {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if size == 0 {
            return Ok(Bytes::new());
        }
        let bytes = self
            .file
            .look(|tree, file| tree.read(file, self.at, size as u64));
        if bytes.is_empty() {
            return Err(StreamError::Closed);
        }
        self.at += bytes.len() as u64;
        Ok(bytes.into())
    }

    fn skip(&mut self, size: usize) -> StreamResult<usize> {
        let len = self.file.look(|tree, file| tree.stat(file).len);
        let left = usize::try_from(len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        if left == 0 && size > 0 {
            return Err(StreamError::Closed);
        }
        let skipped = left.min(size);
        self.at += skipped as u64;
        Ok(skipped)
    }
}

#[async_trait]
impl Pollable for FileReader {
    async fn ready(&mut self) {}
}

impl FileWriter {
    pub(super) fn new(file: Handle, next: WriteAt) -> FileWriter {
        FileWriter {
            file,
            next,
            closed: false,
        }
    }

    fn put(&mut self, data: &[u8]) -> Result<(), ErrorCode> {
        let mut memory = self.file.lock();
        match &mut self.next {
            WriteAt::End => memory.append(self.file.node(), data),
            WriteAt::Offset(at) => {
                memory.write(self.file.node(), *at, data)?;
                *at += data.len() as u64;
                Ok(())
            }
        }
    }
}

#[async_trait]
impl OutputStream for FileWriter {
    fn check_write(&mut self) -> StreamResult<usize> {
        match self.closed {
            true => Err(StreamError::Closed),
            false => Ok(CHUNK_BYTES),
        }
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if bytes.len() > self.check_write()? {
            return Err(StreamError::trap("a write larger than check-write allows"));
        }
        self.put(&bytes).map_err(|code| {
            self.closed = true;
            // `filesystem-error-code` finds the code in the error.
            StreamError::LastOperationFailed(code.into())
        })
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.check_write().map(drop)
    }
}

#[async_trait]
impl Pollable for FileWriter {
    async fn ready(&mut self) {}
}

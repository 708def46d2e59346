//! What a guest prints: kept as the call's log up to a limit, and counted beyond it.
//!
//! The writer never refuses, because a full pipe would turn an honest `println!` into a
//! panic; it never buffers more than the limit, and empty writes cost nothing.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{OutputStream, StreamResult};

/// Bytes that one write may bring.
const WRITE_BYTES_MAX: usize = 64 << 10;

/// A call's log as the guest wrote it: untrusted bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// The first bytes of stdout and stderr, in the order in which they were written.
    pub bytes: Vec<u8>,
    /// How many bytes came after the limit and were dropped.
    pub dropped_bytes: u64,
}

/// The writer's end of a [`Log`]; stdout and stderr share one.
#[derive(Clone)]
pub(crate) struct LogWriter {
    log: Arc<Mutex<Log>>,
    bytes_max: usize,
}

impl LogWriter {
    pub(crate) fn new(bytes_max: u64) -> LogWriter {
        LogWriter {
            log: Arc::default(),
            bytes_max: usize::try_from(bytes_max).unwrap_or(usize::MAX),
        }
    }

    /// Returns what has been written so far, and leaves an empty log.
    pub(crate) fn take(&self) -> Log {
        std::mem::take(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn append(&self, bytes: &[u8]) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.bytes_max.saturating_sub(log.bytes.len());
        let kept = bytes.len().min(room);
        log.bytes.extend_from_slice(&bytes[..kept]);
        log.dropped_bytes += (bytes.len() - kept) as u64;
    }
}

impl IsTerminal for LogWriter {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogWriter {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for LogWriter {
    async fn ready(&mut self) {}
}

impl OutputStream for LogWriter {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.append(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES_MAX)
    }
}

impl AsyncWrite for LogWriter {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.append(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_its_limit_and_counts_the_rest() {
        let mut writer = LogWriter::new(5);
        for _ in 0..1_000 {
            writer.write(Bytes::new()).unwrap();
        }
        writer.write(Bytes::from_static(b"abc")).unwrap();
        writer.write(Bytes::from_static(b"defgh")).unwrap();
        let log = writer.take();
        assert_eq!(log.bytes, b"abcde");
        assert_eq!(log.dropped_bytes, 3);
        assert_eq!(writer.take(), Log::default());
    }
}

//! Answers on their way out: whoever has one writes all that wait.

use std::io;
use std::sync::{Mutex as Shared, PoisonError};

use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Mutex;

use crate::limits::BACKLOG_BYTES_MAX;

/// Capacity that an emptied buffer keeps.
const KEPT_BYTES_MAX: usize = 256 << 10;

/// The way to one client.
#[derive(Debug)]
pub(super) struct Outbox<W> {
    waiting: Shared<Vec<u8>>,
    writer: Mutex<Writer<W>>,
}

#[derive(Debug)]
struct Writer<W> {
    /// None once it is closed.
    to: Option<W>,
    /// What is being written: swapped with what waits, so that neither is made anew.
    batch: Vec<u8>,
}

impl<W: AsyncWrite + Unpin> Outbox<W> {
    pub(super) fn new(to: W) -> Self {
        Self {
            waiting: Shared::default(),
            writer: Mutex::new(Writer {
                to: Some(to),
                batch: Vec::new(),
            }),
        }
    }

    /// Puts a message behind those that wait. [`Outbox::flush`] writes it.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be written as JSON.
    pub(super) fn push(&self, message: &impl Serialize) -> io::Result<()> {
        let mut waiting = self.waiting();
        let before = waiting.len();
        let written = serde_json::to_writer(&mut *waiting, message);
        if let Err(error) = written {
            waiting.truncate(before);
            return Err(error.into());
        }
        waiting.push(b'\n');
        Ok(())
    }

    /// Writes all that waits, unless somebody does already: that one sees ours too, since it looks
    /// again after it has let go.
    ///
    /// # Errors
    ///
    /// Fails where the client reads no more.
    pub(super) async fn flush(&self) -> io::Result<()> {
        while !self.waiting().is_empty() {
            let Ok(mut writer) = self.writer.try_lock() else {
                return Ok(());
            };
            self.drain(&mut writer).await?;
        }
        Ok(())
    }

    /// Waits while more is on its way than a client may leave unread.
    pub(super) async fn wait_for_room(&self) {
        while self.waiting().len() > BACKLOG_BYTES_MAX {
            // Whoever writes has it until the backlog is gone, or the client is.
            let writer = self.writer.lock().await;
            if writer.to.is_none() {
                return;
            }
            drop(writer);
            tokio::task::yield_now().await;
        }
    }

    /// Writes what waits, and lets go of the client.
    pub(super) async fn close(&self) -> io::Result<()> {
        let mut writer = self.writer.lock().await;
        let drained = self.drain(&mut writer).await;
        writer.to = None;
        drained
    }

    async fn drain(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let Writer { to, batch } = writer;
        loop {
            std::mem::swap(batch, &mut *self.waiting());
            let Some(client) = to.as_mut().filter(|_| !batch.is_empty()) else {
                batch.clear();
                return Ok(());
            };
            let written = async {
                client.write_all(batch).await?;
                client.flush().await
            };
            let written = written.await;
            batch.clear();
            batch.shrink_to(KEPT_BYTES_MAX);
            if written.is_err() {
                *to = None;
                return written;
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

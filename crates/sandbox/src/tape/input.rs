//! `input-stream`, with what came on the tape.

use wasmtime::component::{Resource, ResourceTable};
use wasmtime::{Result, format_err};
use wasmtime_wasi_io::bindings::wasi::io::streams::HostInputStream as _;
use wasmtime_wasi_io::poll::{DynPollable, subscribe};
use wasmtime_wasi_io::streams::{DynInputStream, StreamError, StreamResult};

use super::bindings::wasi::io::streams;
use super::deck::Deck;
use super::event::{Ended, Op};
use super::io::Taped;
use super::player::Player;

type Input = Resource<DynInputStream>;

impl streams::HostInputStream for Taped<'_> {
    async fn read(&mut self, stream: Input, len: u64) -> StreamResult<Vec<u8>> {
        if let Deck::Playing(player) = self.deck {
            return read(self.table, player, Op::Read, &stream, len).await;
        }
        let bytes = self.table.read(stream, len);
        self.deck
            .note_ended(Op::Read, &bytes, |bytes| bytes.len() as u64);
        bytes
    }

    async fn blocking_read(&mut self, stream: Input, len: u64) -> StreamResult<Vec<u8>> {
        if let Deck::Playing(player) = self.deck {
            return read(self.table, player, Op::BlockingRead, &stream, len).await;
        }
        let bytes = self.table.blocking_read(stream, len).await;
        self.deck
            .note_ended(Op::BlockingRead, &bytes, |bytes| bytes.len() as u64);
        bytes
    }

    async fn skip(&mut self, stream: Input, len: u64) -> StreamResult<u64> {
        if let Deck::Playing(player) = self.deck {
            return skip(self.table, player, Op::Skip, &stream, len).await;
        }
        let skipped = self.table.skip(stream, len);
        self.deck.note_ended(Op::Skip, &skipped, |count| *count);
        skipped
    }

    async fn blocking_skip(&mut self, stream: Input, len: u64) -> StreamResult<u64> {
        if let Deck::Playing(player) = self.deck {
            return skip(self.table, player, Op::BlockingSkip, &stream, len).await;
        }
        let skipped = self.table.blocking_skip(stream, len).await;
        self.deck
            .note_ended(Op::BlockingSkip, &skipped, |count| *count);
        skipped
    }

    fn subscribe(&mut self, stream: Input) -> Result<Resource<DynPollable>> {
        subscribe(self.table, stream)
    }

    async fn drop(&mut self, stream: Input) -> Result<()> {
        wasmtime_wasi_io::bindings::wasi::io::streams::HostInputStream::drop(self.table, stream)
            .await
    }
}

/// Reads as many bytes as came then, however many come at a time now.
async fn read(
    table: &mut ResourceTable,
    player: &mut Player,
    op: Op,
    stream: &Input,
    len: u64,
) -> StreamResult<Vec<u8>> {
    let due = due(table, player, op, stream, len).await?;
    let mut bytes = Vec::new();
    while bytes.len() < due {
        let input = table.get_mut(stream)?;
        match player.wait(input.blocking_read(due - bytes.len())).await {
            Ok(more) => bytes.extend_from_slice(&more),
            Err(error) => return Err(cut_short(player, op, &error, bytes.len(), due)),
        }
    }
    Ok(bytes)
}

/// The same for bytes that nobody looks at.
async fn skip(
    table: &mut ResourceTable,
    player: &mut Player,
    op: Op,
    stream: &Input,
    len: u64,
) -> StreamResult<u64> {
    let due = due(table, player, op, stream, len).await?;
    let mut skipped = 0;
    while skipped < due {
        let input = table.get_mut(stream)?;
        match player.wait(input.blocking_skip(due - skipped)).await {
            Ok(more) => skipped += more,
            Err(error) => return Err(cut_short(player, op, &error, skipped, due)),
        }
    }
    Ok(due as u64)
}

/// Returns how many bytes are due, or the error that came then: it has to come again.
async fn due(
    table: &mut ResourceTable,
    player: &mut Player,
    op: Op,
    stream: &Input,
    len: u64,
) -> StreamResult<usize> {
    let ended = player.ended(op)?;
    match &ended {
        Ended::Done(due) if *due <= len => {
            return usize::try_from(*due).map_err(|_| too_much(player, op));
        }
        Ended::Done(_) => return Err(too_much(player, op)),
        Ended::Trapped(text) => return Err(StreamError::Trap(format_err!("{text}"))),
        Ended::Closed | Ended::Failed => {}
    }
    let input = table.get_mut(stream)?;
    let found = player.wait(input.blocking_read(1)).await;
    let (wanted, why) = match found {
        Err(StreamError::Closed) if ended == Ended::Closed => return Err(StreamError::Closed),
        Err(error @ StreamError::LastOperationFailed(_)) if ended == Ended::Failed => {
            return Err(error);
        }
        Ok(_) => ("end", "goes on"),
        Err(_) => ("end otherwise", "ends in another way"),
    };
    let why = format!("{op}: the stream was to {wanted} here, and it {why}");
    Err(StreamError::Trap(player.diverge(why)))
}

fn too_much(player: &mut Player, op: Op) -> StreamError {
    let why = format!("{op}: the tape has more bytes than the guest asks for");
    StreamError::Trap(player.diverge(why))
}

fn cut_short(
    player: &mut Player,
    op: Op,
    error: &StreamError,
    found: usize,
    due: usize,
) -> StreamError {
    let why = format!("{op}: {found} of {due} bytes came: {error}");
    StreamError::Trap(player.diverge(why))
}

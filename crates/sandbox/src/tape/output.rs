//! `output-stream`, with what was allowed and how writes ended on the tape.
//!
//! In play a stream that was closed then is closed without being asked: whoever plays reads
//! requests to their end. What was written then is really written, once there is room for it.

use bytes::Bytes;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime::{Result, format_err};
use wasmtime_wasi_io::bindings::wasi::io::streams::HostOutputStream as _;
use wasmtime_wasi_io::poll::{DynPollable, subscribe};
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream, StreamError, StreamResult};

use super::bindings::wasi::io::streams;
use super::bindings::wasi::io::streams::HostInputStream;
use super::deck::Deck;
use super::event::{Ended, Op};
use super::io::Taped;
use super::player::Player;

/// Bytes of one blocking write, as `wasi:io` has it.
const BLOCKING_WRITE_BYTES_MAX: u64 = 4_096;

type Output = Resource<DynOutputStream>;

impl streams::Host for Taped<'_> {
    fn convert_stream_error(&mut self, error: StreamError) -> Result<streams::StreamError> {
        match error {
            StreamError::Closed => Ok(streams::StreamError::Closed),
            StreamError::LastOperationFailed(error) => Ok(
                streams::StreamError::LastOperationFailed(self.table.push(error)?),
            ),
            StreamError::Trap(error) => Err(error),
        }
    }
}

impl streams::HostOutputStream for Taped<'_> {
    async fn check_write(&mut self, stream: Output) -> StreamResult<u64> {
        if let Deck::Playing(player) = self.deck {
            return permit(self.table, player, Op::CheckWrite, &stream).await;
        }
        let permit = self.table.check_write(stream);
        self.deck
            .note_ended(Op::CheckWrite, &permit, |bytes| *bytes);
        permit
    }

    async fn write(&mut self, stream: Output, bytes: Vec<u8>) -> StreamResult<()> {
        if let Deck::Playing(player) = self.deck {
            let act = Act::Write(bytes.into());
            return play(self.table, player, Op::Write, &stream, act).await;
        }
        let written = self.table.write(stream, bytes);
        self.deck.note_ended(Op::Write, &written, |()| 0);
        written
    }

    async fn blocking_write_and_flush(
        &mut self,
        stream: Output,
        bytes: Vec<u8>,
    ) -> StreamResult<()> {
        if let Deck::Playing(player) = self.deck {
            let act = Act::BlockingWrite(bytes.into());
            return play(self.table, player, Op::BlockingWrite, &stream, act).await;
        }
        let written = self.table.blocking_write_and_flush(stream, bytes).await;
        self.deck.note_ended(Op::BlockingWrite, &written, |()| 0);
        written
    }

    async fn write_zeroes(&mut self, stream: Output, len: u64) -> StreamResult<()> {
        if let Deck::Playing(player) = self.deck {
            let act = Act::WriteZeroes(usize::try_from(len).unwrap_or(usize::MAX));
            return play(self.table, player, Op::WriteZeroes, &stream, act).await;
        }
        let written = self.table.write_zeroes(stream, len);
        self.deck.note_ended(Op::WriteZeroes, &written, |()| 0);
        written
    }

    async fn blocking_write_zeroes_and_flush(
        &mut self,
        stream: Output,
        len: u64,
    ) -> StreamResult<()> {
        let op = Op::BlockingWriteZeroes;
        if let Deck::Playing(player) = self.deck {
            // More would have trapped then; the tape may be forged.
            let zeroes = vec![0; len.min(BLOCKING_WRITE_BYTES_MAX) as usize];
            let act = Act::BlockingWrite(zeroes.into());
            return play(self.table, player, op, &stream, act).await;
        }
        let written = self
            .table
            .blocking_write_zeroes_and_flush(stream, len)
            .await;
        self.deck.note_ended(op, &written, |()| 0);
        written
    }

    async fn flush(&mut self, stream: Output) -> StreamResult<()> {
        if let Deck::Playing(player) = self.deck {
            let act = Act::Flush;
            return play(self.table, player, Op::Flush, &stream, act).await;
        }
        let flushed = self.table.flush(stream);
        self.deck.note_ended(Op::Flush, &flushed, |()| 0);
        flushed
    }

    async fn blocking_flush(&mut self, stream: Output) -> StreamResult<()> {
        if let Deck::Playing(player) = self.deck {
            let act = Act::BlockingFlush;
            return play(self.table, player, Op::BlockingFlush, &stream, act).await;
        }
        let flushed = self.table.blocking_flush(stream).await;
        self.deck.note_ended(Op::BlockingFlush, &flushed, |()| 0);
        flushed
    }

    async fn splice(
        &mut self,
        dest: Output,
        src: Resource<DynInputStream>,
        len: u64,
    ) -> StreamResult<u64> {
        if matches!(self.deck, Deck::Off) {
            return self.table.splice(dest, src, len);
        }
        // By its steps, because the tape has to tell which of the two streams failed.
        let len = self.check_write(again(&dest)).await?.min(len);
        if len == 0 {
            return Ok(0);
        }
        let bytes = HostInputStream::read(self, src, len).await?;
        let moved = bytes.len() as u64;
        if moved > 0 {
            self.write(dest, bytes).await?;
        }
        Ok(moved)
    }

    async fn blocking_splice(
        &mut self,
        dest: Output,
        src: Resource<DynInputStream>,
        len: u64,
    ) -> StreamResult<u64> {
        if matches!(self.deck, Deck::Off) {
            return self.table.blocking_splice(dest, src, len).await;
        }
        let len = self.write_ready(&dest).await?.min(len);
        if len == 0 {
            return Ok(0);
        }
        let bytes = HostInputStream::blocking_read(self, src, len).await?;
        let moved = bytes.len() as u64;
        if moved > 0 {
            self.write_all(&dest, bytes.into()).await?;
        }
        Ok(moved)
    }

    fn subscribe(&mut self, stream: Output) -> Result<Resource<DynPollable>> {
        subscribe(self.table, stream)
    }

    async fn drop(&mut self, stream: Output) -> Result<()> {
        wasmtime_wasi_io::bindings::wasi::io::streams::HostOutputStream::drop(self.table, stream)
            .await
    }
}

impl Taped<'_> {
    /// Waits until something may be written.
    async fn write_ready(&mut self, stream: &Output) -> StreamResult<u64> {
        if let Deck::Playing(player) = self.deck {
            return permit(self.table, player, Op::WriteReady, stream).await;
        }
        let permit = self.table.get_mut(stream)?.write_ready().await;
        let permit = permit.map(|bytes| bytes as u64);
        self.deck
            .note_ended(Op::WriteReady, &permit, |bytes| *bytes);
        permit
    }

    /// Writes any number of bytes, and waits for it.
    async fn write_all(&mut self, stream: &Output, bytes: Bytes) -> StreamResult<()> {
        if let Deck::Playing(player) = self.deck {
            let act = Act::BlockingWrite(bytes);
            return play(self.table, player, Op::BlockingWrite, stream, act).await;
        }
        let output = self.table.get_mut(stream)?;
        let written = output.blocking_write_and_flush(bytes).await;
        self.deck.note_ended(Op::BlockingWrite, &written, |()| 0);
        written
    }
}

/// What is done to a stream.
enum Act {
    Write(Bytes),
    WriteZeroes(usize),
    BlockingWrite(Bytes),
    Flush,
    BlockingFlush,
}

impl Act {
    async fn on(self, output: &mut DynOutputStream) -> StreamResult<()> {
        match self {
            Act::Write(bytes) => output.write(bytes),
            Act::WriteZeroes(len) => output.write_zeroes(len),
            Act::BlockingWrite(bytes) => output.blocking_write_and_flush(bytes).await,
            Act::Flush => output.flush(),
            Act::BlockingFlush => {
                output.flush()?;
                output.write_ready().await.map(drop)
            }
        }
    }
}

fn again(stream: &Output) -> Output {
    Resource::new_borrow(stream.rep())
}

/// Returns what was allowed then, once as much is allowed now.
async fn permit(
    table: &mut ResourceTable,
    player: &mut Player,
    op: Op,
    stream: &Output,
) -> StreamResult<u64> {
    let then = match player.ended(op)? {
        Ended::Done(0) => return Ok(0),
        Ended::Done(then) => then,
        Ended::Closed => return Err(StreamError::Closed),
        Ended::Trapped(text) => return Err(StreamError::Trap(format_err!("{text}"))),
        Ended::Failed => {
            let failed = table.get_mut(stream)?.check_write();
            return Err(failed_again(player, op, failed.map(drop)));
        }
    };
    let output = table.get_mut(stream)?;
    match player.wait(output.write_ready()).await {
        Ok(now) if now as u64 >= then => Ok(then),
        Ok(now) => {
            let why = format!("{op}: {then} bytes were allowed, and now {now} are");
            Err(StreamError::Trap(player.diverge(why)))
        }
        Err(error) => Err(other_end(player, op, &error)),
    }
}

/// Does what was done then, once there is room for it: it has to end as it did then.
async fn play(
    table: &mut ResourceTable,
    player: &mut Player,
    op: Op,
    stream: &Output,
    act: Act,
) -> StreamResult<()> {
    let ended = player.ended(op)?;
    match &ended {
        Ended::Closed => return Err(StreamError::Closed),
        Ended::Trapped(text) => return Err(StreamError::Trap(format_err!("{text}"))),
        Ended::Done(_) | Ended::Failed => {}
    }
    let output = table.get_mut(stream)?;
    let acting = async {
        output.ready().await;
        act.on(output).await
    };
    let now = player.wait(acting).await;
    match (&ended, now) {
        (Ended::Done(_), Ok(())) => Ok(()),
        (Ended::Done(_), Err(error)) => Err(other_end(player, op, &error)),
        (_, now) => Err(failed_again(player, op, now)),
    }
}

/// Passes on the error that came again, with what it says of itself.
fn failed_again(player: &mut Player, op: Op, now: StreamResult<()>) -> StreamError {
    match now {
        Err(error @ StreamError::LastOperationFailed(_)) => error,
        Ok(()) => {
            let why = format!("{op}: it failed then, and does not now");
            StreamError::Trap(player.diverge(why))
        }
        Err(error) => other_end(player, op, &error),
    }
}

fn other_end(player: &mut Player, op: Op, error: &StreamError) -> StreamError {
    let why = format!("{op}: it ended otherwise then: {error}");
    StreamError::Trap(player.diverge(why))
}

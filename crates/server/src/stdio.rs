//! MCP over stdin and stdout: one message a line.
//!
//! A transport of our own below rmcp's service. Its own one ignores what it cannot read, so that the
//! client waits for ever, and writes and flushes each answer by itself; here every line is answered,
//! and answers that are ready together are one write.

mod outbox;
mod parse;
mod streams;

use std::io;
use std::sync::Arc;

use rmcp::model::{ClientJsonRpcMessage, ClientRequest, ErrorData, GetMeta, ProtocolVersion};
use rmcp::service::TxJsonRpcMessage;
use rmcp::transport::Transport;
use rmcp::{RoleServer, model::RequestId};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio_util::sync::CancellationToken;

use crate::limits::{INPUT_END_GRACE, MESSAGE_BYTES_MAX};
use outbox::Outbox;
pub use streams::{Streams, standard_streams};

/// Bytes that are read at one time.
const READ_BYTES: usize = 64 << 10;

/// The lines of one client.
pub(crate) struct Lines<R, W> {
    read: BufReader<R>,
    /// What was read of a line whose end is yet to come. It outlasts a `receive` that is dropped.
    line: Vec<u8>,
    /// Whether the rest of a line is dropped that was too long.
    is_skipping: bool,
    /// Whether the client has opened its session, or asked something that needs none.
    has_begun: bool,
    out: Arc<Outbox<W>>,
    gone: CancellationToken,
}

/// What one look at the input gave.
enum Step {
    More,
    Line,
    TooLong,
}

impl<R, W> Lines<R, W>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send + 'static,
{
    /// Returns the transport. `gone` is told when the client reads no answers any more, or a while
    /// after its last word: then nobody waits for what its calls give.
    pub(crate) fn new(read: R, write: W, gone: CancellationToken) -> Self {
        Self {
            read: BufReader::with_capacity(READ_BYTES, read),
            line: Vec::new(),
            is_skipping: false,
            has_begun: false,
            out: Arc::new(Outbox::new(write)),
            gone,
        }
    }

    /// Returns the next line, within its limit; none at the end of the input.
    async fn next_line(&mut self) -> Option<Result<(), ErrorData>> {
        loop {
            let available = match self.read.fill_buf().await {
                Ok([]) | Err(_) => return None,
                Ok(available) => available,
            };
            let end = available.iter().position(|byte| *byte == b'\n');
            let take = end.map_or(available.len(), |end| end + 1);
            let step = match (self.is_skipping, end) {
                (true, _) => Step::More,
                _ if self.line.len() + take > MESSAGE_BYTES_MAX => Step::TooLong,
                (false, None) => {
                    self.line.extend_from_slice(available);
                    Step::More
                }
                (false, Some(end)) => {
                    self.line.extend_from_slice(&available[..end]);
                    Step::Line
                }
            };
            self.read.consume(take);
            match step {
                Step::More => self.is_skipping &= end.is_none(),
                Step::Line => return Some(Ok(())),
                Step::TooLong => {
                    self.line.clear();
                    self.is_skipping = end.is_none();
                    let message = format!("a message has at most {MESSAGE_BYTES_MAX} bytes");
                    return Some(Err(ErrorData::invalid_request(message, None)));
                }
            }
        }
    }

    /// Answers what is no message. It is written by a task of its own: `receive` may be dropped at
    /// any time, and half an answer would spoil the stream.
    fn answer_error(&self, (error, id): (ErrorData, Option<RequestId>)) {
        let out = Arc::clone(&self.out);
        if out
            .push(&TxJsonRpcMessage::<RoleServer>::error(error, id))
            .is_ok()
        {
            tokio::spawn(async move { out.flush().await });
        }
    }

    /// Returns whether the service may see a message. Before its session is open, rmcp ends the
    /// connection on anything but a request.
    fn admits(&mut self, message: &ClientJsonRpcMessage) -> bool {
        if self.has_begun {
            return true;
        }
        let ClientJsonRpcMessage::Request(request) = message else {
            return false;
        };
        self.has_begun = match &request.request {
            ClientRequest::InitializeRequest(_) => true,
            ClientRequest::DiscoverRequest(_) | ClientRequest::PingRequest(_) => false,
            other => {
                let meta = other.get_meta();
                let missing = meta.missing_required_keys(&ProtocolVersion::V_2026_07_28);
                missing.is_empty()
            }
        };
        true
    }

    /// Has the calls of a client that said its last word stopped, after a while.
    fn end_later(&self) {
        let gone = self.gone.clone();
        tokio::spawn(async move {
            let _ = tokio::time::timeout(INPUT_END_GRACE, gone.cancelled()).await;
            gone.cancel();
        });
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        // Put in order at once: a response must not overtake the progress before it.
        let pushed = self.out.push(&item);
        let out = Arc::clone(&self.out);
        let gone = self.gone.clone();
        async move {
            pushed?;
            let flushed = out.flush().await;
            if flushed.is_err() {
                gone.cancel();
            }
            flushed
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            self.out.wait_for_room().await;
            let Some(line) = self.next_line().await else {
                self.end_later();
                return None;
            };
            let read = line.map_err(|error| Box::new((error, None)));
            let read = read.and_then(|()| parse::parse(&self.line));
            self.line.clear();
            self.line.shrink_to(READ_BYTES);
            match read {
                Ok(Some(message)) if self.admits(&message) => return Some(message),
                Ok(_) => {}
                Err(wrong) => self.answer_error(*wrong),
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.out.close().await
    }
}

#[cfg(test)]
mod tests;

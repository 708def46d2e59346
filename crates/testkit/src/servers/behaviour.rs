//! What a server does with a connection.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::servers::answer::Answer;
use crate::servers::connection::Connection;
use crate::servers::request::Request;

type Handling = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// What a server does with each connection, however honest it is.
#[derive(Clone)]
pub struct Behaviour(Arc<dyn Fn(Connection) -> Handling + Send + Sync>);

impl Behaviour {
    /// Handles each connection by a function on its bytes. That the peer is gone is no error
    /// there: the function may return what its writes return.
    pub fn on_connection<F, Fut>(handle: F) -> Self
    where
        F: Fn(Connection) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<()>> + Send + 'static,
    {
        Self(Arc::new(move |connection| Box::pin(handle(connection))))
    }

    /// Answers each request, one after another, until the peer has had enough.
    pub fn answering(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::on_connection(move |mut connection| {
            let answer = Arc::clone(&answer);
            async move {
                while let Some(request) = connection.request().await? {
                    for piece in answer(&request).pieces() {
                        connection.write(piece).await?;
                    }
                    if request.is_last() {
                        break;
                    }
                }
                Ok(())
            }
        })
    }

    /// Writes the same bytes after each connection's first request, and ends its side.
    pub fn writing(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Arc::new(bytes.into());
        Self::on_connection(move |mut connection| {
            let bytes = Arc::clone(&bytes);
            async move {
                connection.request().await?;
                connection.write(bytes.as_slice()).await
            }
        })
    }

    /// Gives the first connection to the first behaviour, and so on; the last has the rest.
    ///
    /// # Panics
    /// Where there is none.
    pub fn in_turn(behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        let behaviours: Vec<Behaviour> = behaviours.into_iter().collect();
        assert!(!behaviours.is_empty(), "one behaviour at least");
        let next = AtomicUsize::new(0);
        Self(Arc::new(move |connection| {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            behaviours[turn.min(behaviours.len() - 1)].handle(connection)
        }))
    }

    pub(crate) fn handle(&self, connection: Connection) -> Handling {
        (self.0)(connection)
    }
}

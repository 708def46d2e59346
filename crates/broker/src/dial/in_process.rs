//! Servers inside this process, for tests of a skill: a script answers in place of the network.
//!
//! All of the broker's steps hold but resolving, the address and TLS, which have no like here. A
//! broker that is made with it has no resolver, no authority and no socket, so that nothing that
//! it is handed can reach a network; and one that has these never asks it. No configuration leads
//! from one to the other.

use std::io;

use hotcell_package::Origin;
use tokio::io::{AsyncRead, AsyncWrite};

/// One end of a connection inside this process. An error of the kind `TimedOut` is told as a
/// server that does not answer, without waiting for it.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Takes the place of every server.
pub trait Servers: Send + Sync {
    /// Returns the client's end of a new connection, on which HTTP/1.1 is spoken.
    ///
    /// # Errors
    ///
    /// Fails where `origin` is to be unreachable.
    fn connect(&self, origin: &Origin) -> io::Result<Box<dyn Wire>>;
}

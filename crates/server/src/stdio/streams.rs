//! This process's stdin and stdout, read and written without a thread in between where that can be.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream as StdUnixStream;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;

/// What a client is read from and written to.
pub type Streams = (
    Box<dyn AsyncRead + Send + Unpin>,
    Box<dyn AsyncWrite + Send + Unpin>,
);

/// Returns stdin and stdout of this process. Clients hand in pipes, or sockets where they are
/// written in JavaScript; both are driven by the runtime itself, everything else by its threads.
pub fn standard_streams() -> Streams {
    let read = socket(io::stdin().as_fd());
    let write = socket(io::stdout().as_fd());
    if let (Some(read), Some(write)) = (read, write) {
        return (Box::new(read), Box::new(write));
    }
    let (read, write) = rmcp::transport::stdio_pipes();
    (Box::new(read), Box::new(write))
}

/// Returns a descriptor as a socket; none where it is none.
fn socket(fd: BorrowedFd<'_>) -> Option<UnixStream> {
    let file = File::from(fd.try_clone_to_owned().ok()?);
    if !file.metadata().ok()?.file_type().is_socket() {
        return None;
    }
    let socket = StdUnixStream::from(std::os::fd::OwnedFd::from(file));
    socket.set_nonblocking(true).ok()?;
    UnixStream::from_std(socket).ok()
}

//! What never ends, as fast as the peer takes it.

use std::sync::Arc;

use crate::servers::answer::chunk;
use crate::servers::behaviour::Behaviour;

/// Bytes of one write.
const PIECE_BYTES: usize = 16 * 1024;

/// A body without a length.
pub fn body() -> Behaviour {
    repeating("HTTP/1.1 200 OK\r\n\r\n", vec![b'a'; PIECE_BYTES])
}

/// A body of chunks without a last one.
pub fn chunks() -> Behaviour {
    let piece = chunk(&[b'a'; PIECE_BYTES], b"");
    repeating(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        piece,
    )
}

/// Headers without an empty line.
pub fn headers() -> Behaviour {
    let piece = "x-more: and more\r\n".repeat(1_000);
    repeating("HTTP/1.1 200 OK\r\n", piece.into_bytes())
}

/// One header without an end.
pub fn header() -> Behaviour {
    repeating("HTTP/1.1 200 OK\r\nx-long: ", vec![b'a'; PIECE_BYTES])
}

/// One chunk extension without an end.
pub fn chunk_extension() -> Behaviour {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;x=";
    repeating(head, vec![b'a'; PIECE_BYTES])
}

/// Trailers without an empty line.
pub fn trailers() -> Behaviour {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n";
    repeating(head, "x-more: and more\r\n".repeat(1_000).into_bytes())
}

/// Interim answers (100, 102, 103) without a final one.
pub fn interim() -> Behaviour {
    let piece = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    repeating("", piece.repeat(100).into_bytes())
}

fn repeating(head: &'static str, piece: Vec<u8>) -> Behaviour {
    let piece = Arc::new(piece);
    Behaviour::on_connection(move |mut connection| {
        let piece = Arc::clone(&piece);
        async move {
            connection.request().await?;
            connection.write(head).await?;
            loop {
                connection.write(piece.as_slice()).await?;
            }
        }
    })
}

//! Leaves open where a message ends, which two readers may then see differently.

use crate::servers::behaviour::Behaviour;

/// Answers of which a careful client takes none, each with its name.
pub const WRONG: [(&str, &[u8]); 24] = [
    ("length and chunks", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    ("chunks and length", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    ("two lengths", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 50\r\n\r\nhello"),
    ("two lengths in one", b"HTTP/1.1 200 OK\r\ncontent-length: 5, 50\r\n\r\nhello"),
    ("negative length", b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello"),
    ("length with a sign", b"HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\nhello"),
    ("length in hexadecimal", b"HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\nhello"),
    ("length past 64 bits", b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551617\r\n\r\nhello"),
    ("empty length", b"HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\nhello"),
    ("chunk size is no number", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfive\r\nhello\r\n0\r\n\r\n"),
    ("chunk size is negative", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
    ("chunk size past 64 bits", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("empty chunk size", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n"),
    ("chunk is longer than it says", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n"),
    ("chunks without their end", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    ("a coding inside the chunks", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    ("body is shorter than its length", b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello"),
    ("space before the colon", b"HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\nhello"),
    ("a header without a name", b"HTTP/1.1 200 OK\r\n: 5\r\ncontent-length: 5\r\n\r\nhello"),
    ("a zero byte in a header", b"HTTP/1.1 200 OK\r\nx-a: b\0c\r\ncontent-length: 5\r\n\r\nhello"),
    ("a carriage return in a header", b"HTTP/1.1 200 OK\r\nx-a: b\rc: d\r\ncontent-length: 5\r\n\r\nhello"),
    ("no version", b"200 OK\r\ncontent-length: 5\r\n\r\nhello"),
    ("another version", b"HTTP/3.0 200 OK\r\ncontent-length: 5\r\n\r\nhello"),
    ("a status of two digits", b"HTTP/1.1 20 OK\r\ncontent-length: 5\r\n\r\nhello"),
];

/// Answers that are odd and that every reader takes alike, or refuses: chunks on HTTP/1.0, a
/// folded header, bare line feeds, a body of HTTP/0.9.
pub const ODD: [(&str, &[u8]); 5] = [
    (
        "a folded header",
        b"HTTP/1.1 200 OK\r\nx-a: b\r\n c\r\ncontent-length: 5\r\n\r\nhello",
    ),
    (
        "bare line feeds",
        b"HTTP/1.1 200 OK\ncontent-length: 5\n\nhello",
    ),
    (
        "chunks on HTTP/1.0",
        b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ),
    (
        "the same length twice",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello",
    ),
    ("HTTP/0.9", b"hello"),
];

/// Writes one of them and ends the server's side.
pub fn writing(answer: &[u8]) -> Behaviour {
    Behaviour::writing(answer)
}

/// Promises `promised` bytes and sends `sent`.
pub fn short(promised: usize, sent: usize) -> Behaviour {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {promised}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + sent, b'a');
    Behaviour::writing(answer)
}

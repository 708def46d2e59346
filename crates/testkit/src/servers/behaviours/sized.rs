//! Honest, and as large as is asked for.

use std::sync::Arc;

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;

/// Bytes of one write.
const PIECE_BYTES: u64 = 64 * 1024;

/// Sends a body of this many bytes, none of which is kept in memory.
pub fn download(bytes: u64) -> Behaviour {
    let piece = Arc::new(vec![
        b'a';
        usize::try_from(PIECE_BYTES).expect("it is small")
    ]);
    Behaviour::on_connection(move |mut connection| {
        let piece = Arc::clone(&piece);
        async move {
            while let Some(request) = connection.request().await? {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n");
                connection.write(head).await?;
                let mut left = bytes;
                while left > 0 {
                    let now = left.min(PIECE_BYTES);
                    let now_bytes = usize::try_from(now).expect("it is small");
                    connection.write(&piece[..now_bytes]).await?;
                    left -= now;
                }
                if request.is_last() {
                    break;
                }
            }
            Ok(())
        }
    })
}

/// Takes any body, keeps its beginning alone, and answers with its length.
pub fn upload() -> Behaviour {
    Behaviour::answering(|request| Answer::new(200).body(request.body_bytes.to_string()))
}

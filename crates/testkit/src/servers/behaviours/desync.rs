//! Begins the next answer before anybody asked for it, so that a reused connection lies.

use std::io;

use crate::servers::answer::Answer;
use crate::servers::behaviour::Behaviour;
use crate::servers::connection::Connection;

/// Writes `forged` right behind each answer, in one piece with it.
pub fn ahead(first: Answer, forged: Answer) -> Behaviour {
    let answer = [first.to_bytes(), forged.to_bytes()].concat();
    Behaviour::on_connection(move |connection| repeat(connection, answer.clone()))
}

/// Answers with a status that has no body (204, 304), and puts `forged` where one would be.
pub fn as_body_of(status: u16, forged: Answer) -> Behaviour {
    let hidden = forged.to_bytes();
    let head = format!(
        "HTTP/1.1 {status} As Asked\r\ncontent-length: {}\r\n\r\n",
        hidden.len()
    );
    let answer = [head.into_bytes(), hidden].concat();
    Behaviour::on_connection(move |connection| repeat(connection, answer.clone()))
}

async fn repeat(mut connection: Connection, answer: Vec<u8>) -> io::Result<()> {
    while let Some(request) = connection.request().await? {
        connection.write(&answer).await?;
        if request.is_last() {
            break;
        }
    }
    Ok(())
}

//! What comes byte by byte, so that something always moves and nothing is ever done.

use std::time::Duration;

use crate::servers::behaviour::Behaviour;

/// Trickles a head that never ends, one byte each `pause`.
pub fn head(pause: Duration) -> Behaviour {
    trickle("", "HTTP/1.1 200 OK\r\n", "x-slow: a\r\n", pause)
}

/// Sends the head at once and trickles a body that never ends.
pub fn body(pause: Duration) -> Behaviour {
    trickle("HTTP/1.1 200 OK\r\n\r\n", "", "a", pause)
}

/// Sends the head at once and trickles chunks that never end.
pub fn chunks(pause: Duration) -> Behaviour {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    trickle(head, "", "1\r\na\r\n", pause)
}

/// Answers whole and right, one byte each `pause`: slow, but honest.
pub fn honest(body: &str, pause: Duration) -> Behaviour {
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    Behaviour::on_connection(move |mut connection| {
        let answer = answer.clone();
        async move {
            connection.request().await?;
            connection.trickle(answer, pause).await
        }
    })
}

fn trickle(
    at_once: &'static str,
    slowly: &'static str,
    for_ever: &'static str,
    pause: Duration,
) -> Behaviour {
    Behaviour::on_connection(move |mut connection| async move {
        connection.request().await?;
        connection.write(at_once).await?;
        connection.trickle(slowly, pause).await?;
        loop {
            connection.trickle(for_ever, pause).await?;
        }
    })
}

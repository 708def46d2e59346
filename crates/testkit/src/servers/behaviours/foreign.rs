//! Speaks something else than HTTP/1.1.

use crate::servers::behaviour::Behaviour;

/// Answers with HTTP/2: its settings frame (RFC 9113, 6.5), and then a GOAWAY.
pub fn http2() -> Behaviour {
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let goaway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13];
    Behaviour::writing([settings.as_slice(), &goaway].concat())
}

/// Answers with the preface of an HTTP/2 client.
pub fn http2_preface() -> Behaviour {
    Behaviour::writing("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
}

/// Changes to another protocol that nobody asked for, and speaks it.
pub fn upgrade(protocol: &str) -> Behaviour {
    Behaviour::writing(format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: {protocol}\r\n\r\nhello"
    ))
}

/// Sends a few interim answers with a secret's worth of headers, and then a final one.
pub fn interim_first(count: usize) -> Behaviour {
    let interim = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n".repeat(count);
    Behaviour::writing(format!(
        "{interim}HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
    ))
}

/// Speaks before it is spoken to, as mail servers do.
pub fn greeting() -> Behaviour {
    Behaviour::on_connection(|mut connection| async move {
        connection.write("220 mail.test ESMTP\r\n").await?;
        connection.until_closed().await
    })
}

/// Sends bytes that are no protocol at all.
pub fn noise() -> Behaviour {
    let bytes: Vec<u8> = (0..=255u8).cycle().take(4_096).collect();
    Behaviour::writing(bytes)
}

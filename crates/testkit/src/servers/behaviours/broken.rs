//! Breaks an exchange off, at each stage and in each way.

use std::io;
use std::sync::Arc;

use rustls::ServerConnection;

use crate::servers::authority::{Identity, Tls};
use crate::servers::behaviour::Behaviour;
use crate::servers::connection::Connection;
use crate::servers::server::{Listen, Server};

/// How far an exchange gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The connection is made.
    Accepted,
    /// The client has said hello to TLS.
    ClientHello,
    /// Half of the server's part of the handshake is sent.
    Handshake,
    /// The request's head has come.
    RequestHead,
    /// Half of the response's head is sent.
    ResponseHead,
    /// The head and half of the body are sent.
    ResponseBody,
}

impl Stage {
    /// All, in their order.
    pub const ALL: [Stage; 6] = [
        Stage::Accepted,
        Stage::ClientHello,
        Stage::Handshake,
        Stage::RequestHead,
        Stage::ResponseHead,
        Stage::ResponseBody,
    ];
}

/// How it ends there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// By a reset.
    Reset,
    /// The server closes its side without TLS's goodbye, and would still read.
    HalfClose,
    /// The server says nothing more and waits for the peer to close.
    Stall,
}

impl Break {
    /// All.
    pub const ALL: [Break; 3] = [Break::Reset, Break::HalfClose, Break::Stall];
}

/// Starts a TLS server that breaks each exchange off.
///
/// # Errors
/// Fails where the loopback has no free port.
pub async fn broken(identity: &Identity, stage: Stage, how: Break) -> io::Result<Server> {
    let tls = identity.tls();
    let listen = match stage {
        Stage::Accepted | Stage::ClientHello | Stage::Handshake => Listen::before_tls(),
        Stage::RequestHead | Stage::ResponseHead | Stage::ResponseBody => Listen::tls(tls.clone()),
    };
    Server::start(listen, breaking(tls, stage, how)).await
}

fn breaking(tls: Tls, stage: Stage, how: Break) -> Behaviour {
    Behaviour::on_connection(move |mut connection| {
        let tls = tls.clone();
        async move {
            go_as_far_as(&mut connection, tls, stage).await?;
            match how {
                Break::Reset => connection.reset(),
                Break::HalfClose => connection.cut(),
                Break::Stall => connection.until_closed().await?,
            }
            Ok(())
        }
    })
}

async fn go_as_far_as(connection: &mut Connection, tls: Tls, stage: Stage) -> io::Result<()> {
    match stage {
        Stage::Accepted => Ok(()),
        Stage::ClientHello => connection.read().await.map(drop),
        Stage::Handshake => half_a_handshake(connection, tls).await,
        Stage::RequestHead => connection.head().await.map(drop),
        Stage::ResponseHead => {
            connection.head().await?;
            connection.write("HTTP/1.1 200 OK\r\ncontent-ty").await
        }
        Stage::ResponseBody => {
            connection.head().await?;
            let half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello";
            connection.write(half).await
        }
    }
}

async fn half_a_handshake(connection: &mut Connection, tls: Tls) -> io::Result<()> {
    let mut server = ServerConnection::new(Arc::clone(&tls.0)).map_err(io::Error::other)?;
    while !server.wants_write() {
        let bytes = connection.read().await?;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        server.read_tls(&mut bytes.as_slice())?;
        server.process_new_packets().map_err(io::Error::other)?;
    }
    let mut flight = Vec::new();
    while server.wants_write() {
        server.write_tls(&mut flight)?;
    }
    connection.write(&flight[..flight.len() / 2]).await
}

//! `[server]`: where the server over HTTP listens, and under which names it is known.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// `[server]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTable {
    /// Where it listens: this machine alone reaches it, unless the operator says otherwise.
    pub listen: SocketAddr,
    /// Values of `Host` that are answered, with or without a port.
    pub hosts: Vec<String>,
    /// Origins of pages of the web that may call.
    pub origins: Vec<String>,
}

impl ServerTable {
    /// The port where the operator names none.
    pub const PORT: u16 = 7411;

    /// Returns what holds where the operator says nothing.
    pub fn standard() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), Self::PORT),
            hosts: ["localhost", "127.0.0.1", "::1"]
                .map(str::to_owned)
                .to_vec(),
            origins: Vec::new(),
        }
    }
}

impl Default for ServerTable {
    fn default() -> Self {
        Self::standard()
    }
}

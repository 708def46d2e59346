//! From a name to addresses, behind a seam.

use std::io;
use std::net::IpAddr;

/// Finds the addresses of a name. Tests hand in one that lies; the broker asks it once for each
/// connection, and dials only what it answered.
#[async_trait::async_trait]
pub trait Resolve: Send + Sync {
    /// Returns the addresses of `host`, a lower-case DNS name; none where it has none.
    ///
    /// # Errors
    ///
    /// Fails where nobody could be asked.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The platform's resolver (`getaddrinfo`).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait::async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

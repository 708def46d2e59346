//! An origin: scheme, host and port, in one spelling only.

use std::fmt;

use serde::{Serialize, Serializer};

/// Scheme, host and port of a server (RFC 6454), in one canonical spelling: two origins are the
/// same server to the broker if and only if they are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Parses an origin: `https://` (or `http://`), a lower-case DNS name or address, a port
    /// that is not the scheme's own, and nothing more.
    ///
    /// # Errors
    /// One sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err("it must begin with `https://`"),
        };
        if rest.contains(['/', '?', '#', '@', '*', ' ']) {
            return Err("it must end after the host and port, without wildcard or user");
        }
        let usual = if https { 443 } else { 80 };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, canonical_port(port, usual)?),
            _ => (rest, usual),
        };
        check_host(host)?;
        let host = host.to_owned();
        Ok(Self { https, host, port })
    }

    /// Returns whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Returns the host as it stands in a URL: a lower-case DNS name, an IPv4 address, or an
    /// IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port, also where the text leaves it out.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns host and, where it is not the scheme's own, port: what a `Host` header says.
    pub fn authority(&self) -> String {
        match (self.https, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            _ => format!("{}:{}", self.host, self.port),
        }
    }
}

fn canonical_port(text: &str, usual: u16) -> Result<u16, &'static str> {
    match text.parse::<u16>() {
        Ok(port) if port > 0 && port != usual && port.to_string() == text => Ok(port),
        _ => Err("the port must be a number from 1 to 65535 and not the usual one"),
    }
}

fn check_host(host: &str) -> Result<(), &'static str> {
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        let canonical = address.parse::<std::net::Ipv6Addr>();
        return match canonical.is_ok_and(|a| a.to_string() == address) {
            true => Ok(()),
            false => Err("the IPv6 address is not in its short form"),
        };
    }
    let label = |l: &str| {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=63).contains(&l.len())
            && l.bytes().all(inner)
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err("the host must be a lower-case DNS name (`xn--` for other letters)");
    }
    // Browsers and resolvers read `0x7f.1` and `1.2` as addresses; so a host that ends in a
    // number must be a whole IPv4 address.
    let last = host.rsplit('.').next().unwrap_or(host);
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    if numeric && host.parse::<std::net::Ipv4Addr>().is_err() {
        return Err("the IPv4 address is not four plain numbers");
    }
    Ok(())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}
